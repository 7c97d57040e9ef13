"""Make the organisation's systems: draw their rows from the seed and write them, many at a time."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path
from random import Random

import psycopg

from upheld.demo import archive, mariadb, postgresql
from upheld.demo.crm import ContactBook
from upheld.demo.forum import Forum, write_files
from upheld.demo.people import Person, make_people
from upheld.demo.place import ARCHIVE, CRM, FILES, FORUM, SHOP, Place
from upheld.demo.rows import Tables, count
from upheld.demo.shop import Shop

PEOPLE = 5000
SEED = 2026
MANY = 1000
"""Rows of one statement."""

Told = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Drawn:
    """All systems, before they stand anywhere."""

    people: list[Person]
    forum: Tables
    shop: Tables
    crm: Tables
    archive: Tables


def draw(seed: int = SEED, people: int = PEOPLE, *, today: date) -> Drawn:
    """The same seed and day draw the same rows on every machine."""
    crowd = make_people(Random(f"{seed} people"), people, today)
    return Drawn(
        crowd,
        Forum(crowd, Random(f"{seed} forum"), today).tables(),
        Shop(crowd, Random(f"{seed} shop"), today).tables(),
        ContactBook(crowd, Random(f"{seed} crm"), today).tables(),
        archive.draw(crowd, Random(f"{seed} archive"), today),
    )


def build(place: Place, drawn: Drawn, *, with_mariadb: bool, told: Told) -> None:
    """Start what has to run and fill all systems. A server is remembered before anything is written to it."""
    told("PostgreSQL starts")
    server = postgresql.run(place.systems / "postgresql")
    place.remember(server)
    url = postgresql.address(server.port, server.password, "forum")
    place.tell(FORUM, url)
    told(f"{count(drawn.forum):,} rows of the forum")
    fill_postgresql(url, drawn.forum)
    write_files(drawn.forum, place.forum_files)
    place.tell(FILES, str(place.forum_files.resolve()))
    told(f"{count(drawn.shop):,} rows of the shop")
    fill_sqlite(place.shop, "shop", drawn.shop)
    place.tell(SHOP, f"sqlite:///{place.shop.resolve()}")
    told(f"{count(drawn.crm):,} rows of the contact book")
    if with_mariadb:
        second = mariadb.run(place.systems / "mariadb")
        place.remember(second)
        fill_mariadb(second.port, second.password, drawn.crm)
        place.tell(CRM, mariadb.address(second))
    else:
        fill_sqlite(place.crm, "crm", drawn.crm)
        place.tell(CRM, f"sqlite:///{place.crm.resolve()}")
    told(f"{count(drawn.archive):,} lines of the archive")
    archive.write(drawn.archive, place.archive)
    place.tell(ARCHIVE, str(place.archive.resolve()))


def fill_postgresql(url: str, tables: Tables) -> None:
    """By COPY."""
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        for statement in _statements("forum"):
            cursor.execute(statement.encode())
        for name, table in tables.items():
            with cursor.copy(f"COPY {name} ({', '.join(table.columns)}) FROM STDIN".encode()) as copy:
                for row in table.rows:
                    copy.write_row(row)
        for statement in _statements("forum-trigger"):
            cursor.execute(statement.encode())


def fill_sqlite(file: Path, schema: str, tables: Tables) -> None:
    """In one transaction."""
    connection = sqlite3.connect(file)
    try:
        connection.executescript(";\n".join(_statements(schema)))
        with connection:
            for name, table in tables.items():
                marks = ", ".join("?" * len(table.columns))
                connection.executemany(
                    f"INSERT INTO {name} ({', '.join(table.columns)}) VALUES ({marks})", table.rows
                )
        connection.execute("ANALYZE")
    finally:
        connection.close()


def fill_mariadb(port: int, password: str, tables: Tables) -> None:
    """Many rows a statement."""
    import pymysql  # lazy: optional dependency

    connection = pymysql.connect(
        host="127.0.0.1", port=port, user="upheld", password=password, database="crm", charset="utf8mb4"
    )
    with connection, connection.cursor() as cursor:
        for statement in _statements("crm"):
            cursor.execute(statement)
        for name, table in tables.items():
            marks = ", ".join(["%s"] * len(table.columns))
            statement = f"INSERT INTO {name} ({', '.join(table.columns)}) VALUES ({marks})"
            for first in range(0, len(table.rows), MANY):
                cursor.executemany(statement, table.rows[first : first + MANY])
        connection.commit()


def _statements(schema: str) -> list[str]:
    """The statements of a schema file; a function's body is one with it."""
    text = (files("upheld.demo") / "schema" / f"{schema}.sql").read_text(encoding="utf-8")
    text = "\n".join(line for line in text.splitlines() if not line.startswith("--"))
    plain, dollar, function = text.partition("CREATE FUNCTION")
    found = [each.strip() for each in plain.split(";") if each.strip()]
    return [*found, dollar + function] if dollar else found
