"""Records of an earlier release, as they would be had its server kept them on PostgreSQL: the tables as its last migration
left them, and every row."""

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import psycopg
from psycopg import sql

from tests.cli.program import environment
from tests.servers.database import Database

MAKE = """
import json, sys
import django
django.setup()
from django.core.management import call_command
for app, name in json.loads(sys.argv[1]).items():
    call_command("migrate", app, name, verbosity=0)
"""
MADE_BY_MIGRATING = ("auth_permission", "django_content_type")


def move(data: Path, to: Database) -> None:
    """From SQLite in that data folder, where nothing of them stays, into the empty database."""
    file = data / "upheld.sqlite3"
    source = sqlite3.connect(file)
    last = dict(source.execute("SELECT app, max(name) FROM django_migrations GROUP BY app"))
    _make(data, to, last)
    tables = [
        name
        for (name,) in source.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        if not name.startswith("sqlite_") and name != "django_migrations"
    ]
    with psycopg.connect(to.url.replace("+psycopg", "")) as target:
        target.execute("SET TIME ZONE 'UTC'")
        for name in MADE_BY_MIGRATING:
            if name in tables:
                target.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))
        for name in tables:
            _copy(source, target, name)
    source.close()
    for each in data.glob("upheld.sqlite3*"):
        each.unlink()


def _make(data: Path, to: Database, last: dict[str, str]) -> None:
    settings = "upheld.project.site" if "account" in last else "upheld.project.settings"
    own = {"DJANGO_SETTINGS_MODULE": settings, "UPHELD_DATA": str(data), "UPHELD_DATABASE_URL": to.url}
    done = subprocess.run(
        [sys.executable, "-c", MAKE, json.dumps(last)],
        env=environment(**own, UPHELD_DIR=str(data.parent / "privacy")),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]


def _copy(source: sqlite3.Connection, target: "psycopg.Connection[tuple[object, ...]]", table: str) -> None:
    found = source.execute(f'SELECT * FROM "{table}"')
    columns = [each[0] for each in found.description]
    kinds = dict(
        target.execute(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s", [table]
        ).fetchall()
    )
    assert set(columns) == set(kinds), table
    rows = [
        [
            bool(value) if kinds[name] == "boolean" and value is not None else value
            for name, value in zip(columns, row, strict=True)
        ]
        for row in found
    ]
    into, names = sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    values = sql.SQL(", ").join(sql.Placeholder() * len(columns))
    with target.cursor() as cursor:
        cursor.executemany(sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(into, names, values), rows)
    counted = source.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", [table]).fetchone()
    if counted and counted[0]:  # numbers are given once, also those of rows that are gone
        target.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, counted[0]])
