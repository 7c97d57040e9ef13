"""Records that begin: their tables are made from a file, in a moment; all migrations take seconds.

`beginning.sql` for SQLite and `beginning-postgresql.sql` are what some of our migrations make of an empty
database, with their names in Django's list. Those that came later are done to it afterwards, as to any older
records: nobody has to write the files anew with each, only now and then (`python -m tools.beginning`).
"""

import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.db import connection, transaction
from django.utils.timezone import now

from upheld.store.database import hold

FILES = {
    "sqlite": Path(__file__).with_suffix(".sql"),
    "postgresql": Path(__file__).with_name("beginning-postgresql.sql"),
}
LIST = "django_migrations"


def begin(file: Path | None = None) -> None:
    """Make the tables. Does nothing elsewhere than in an empty database."""
    text = (file or FILES[connection.vendor]).read_text(encoding="utf-8")
    with transaction.atomic():
        hold("beginning")  # of two programs that begin the other finds tables
        if connection.introspection.table_names():
            return
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(text)  # all of it is one round trip
            else:
                for statement in statements(text.splitlines(keepends=True)):
                    cursor.execute(statement)
            cursor.execute(f"UPDATE {LIST} SET applied = %s", [now()])  # noqa: S608 - Django's table


def statements(lines: Iterable[str]) -> Iterator[str]:
    """Each statement of a file; a trigger has several within it."""
    held = ""
    for line in lines:
        held += line
        if sqlite3.complete_statement(held):
            yield held.strip()
            held = ""


def written(database: sqlite3.Connection) -> str:
    """The file for a database to which our migrations were done and nothing else."""
    return "".join(f"{each}\n" for each in _dumped(database))


def _dumped(database: sqlite3.Connection) -> Iterator[str]:
    made = database.execute(
        "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
        " ORDER BY CASE type WHEN 'table' THEN 0 WHEN 'index' THEN 1 ELSE 2 END, rowid"
    )
    for (statement,) in made:
        yield f"{statement};"
    for app, name in database.execute(f"SELECT app, name FROM {LIST} ORDER BY id"):  # noqa: S608 - as above
        yield f"INSERT INTO {LIST} (app, name, applied) VALUES ('{app}', '{name}', '');"  # noqa: S608 - names of files
