"""A generated world on a real database, which is emptied and filled anew for the next."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from shutil import rmtree
from typing import Any

import sqlalchemy as sa

from tests.connectors.sql.oracle import Oracle, Random, folded
from tests.connectors.sql.shape import Record, Sheets, constraints, inserts, schema, written
from tests.scenarios.world import World, make_world
from tests.servers.database import Database
from upheld.law.right import Right
from upheld.rights.connector import Row
from upheld.rights.subject import Subject

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
State = dict[str, dict[int, Record]]


@dataclass
class Stage:
    """One database for many worlds."""

    database: Database
    folder: Path

    def build(self, sheets: Sheets, *, system: str = "") -> World:
        """The world of these sheets; whatever stood here before is gone. One connector goes on in it, as in a server:
        what it compiled for the first person serves all others."""
        rmtree(self.folder, ignore_errors=True)
        world = make_world(self.database, self.folder, "", written(sheets), system=system)
        self.fill(sheets)
        world.kept = world.connector
        return world

    def fill(self, sheets: Sheets) -> None:
        """Schema and rows anew, for a world that was built of the same sheets."""
        dialect = self.database.dialect
        if dialect == "sqlite":
            Path(str(sa.make_url(self.database.url).database)).write_bytes(b"")
        statements = [*schema(sheets, dialect), *inserts(sheets, dialect), *constraints(sheets, dialect)]
        with self.database.own.begin() as connection:
            for statement in (*self._cleared(connection), *statements):
                connection.exec_driver_sql(statement.replace("%", "%%") if dialect != "sqlite" else statement)

    def refill(self, sheets: Sheets) -> None:
        """The rows anew, where the schema stands already: much faster than `fill`."""
        dialect = self.database.dialect
        loose = {
            "sqlite": "PRAGMA foreign_keys = OFF",
            "postgresql": "SET session_replication_role = replica",
            "mariadb": "SET FOREIGN_KEY_CHECKS = 0",
        }[dialect]
        with self.database.own.begin() as connection:
            connection.exec_driver_sql(loose)
            for name in sheets:
                connection.exec_driver_sql(f"DELETE FROM {name}")
            for statement in inserts(sheets, dialect):
                connection.exec_driver_sql(statement.replace("%", "%%") if dialect != "sqlite" else statement)

    def _cleared(self, connection: sa.Connection) -> list[str]:
        match self.database.dialect:
            case "sqlite":
                return ["PRAGMA synchronous = OFF", "PRAGMA foreign_keys = OFF", "BEGIN"]
            case "postgresql":
                return ["DROP SCHEMA public CASCADE", "CREATE SCHEMA public"]
        names = sa.inspect(connection).get_table_names()
        return [
            "SET FOREIGN_KEY_CHECKS = 0",
            *(f"DROP TABLE {name}" for name in names),
            "SET FOREIGN_KEY_CHECKS = 1",
        ]


def state(world: World, sheets: Sheets) -> State:
    """All rows by table and number, as plain values."""
    found: State = {}
    with world.database.own.connect() as connection:
        for sheet in sheets.values():
            found[sheet.name] = {}
            for row in connection.exec_driver_sql(f"SELECT {', '.join(sheet.columns)} FROM {sheet.name}"):
                pairs = zip(sheet.columns.items(), row, strict=True)
                record = {name: plain(value, column.kind) for (name, column), value in pairs}
                found[sheet.name][record["n"]] = record
    return found


def plain(value: Any, kind: str) -> Any:
    if kind in ("json", "list") and isinstance(value, str):
        return json.loads(value)
    if kind == "date" and value is not None:
        return str(value)
    return value


def differences(expected: State, actual: State) -> list[str]:
    """Every row that is not as expected, in words."""
    told: list[str] = []
    for table, rows in expected.items():
        for number in sorted({*rows, *actual[table]}):
            wanted, there = rows.get(number), actual[table].get(number)
            if wanted is None or there is None:
                told.append(
                    f"{table} {number}: {'should be gone' if there else 'is gone'}: {there or wanted}"
                )
            else:
                told.extend(
                    f"{table} {number}.{column}: {there[column]!r}, not {value!r}"
                    for column, value in wanted.items()
                    if not (
                        value.fits(there[column]) if isinstance(value, Random) else value == there[column]
                    )
                )
    return told


def settled(sheets: Sheets, actual: State) -> None:
    """The sheets hold what the database holds now."""
    for name, rows in actual.items():
        sheets[name].rows = list(rows.values())


def asked(world: World, sheets: Sheets, person: int, *, by_address: bool) -> tuple[Subject, Oracle]:
    """Who asks, as the engine identifies her and as the oracle knows her."""
    row = next(each for each in sheets["users"].rows if each["id"] == person)
    vouches = "verified_by" not in sheets["users"].more["identities"]["email"] or bool(row["confirmed"])
    addresses = {folded(row["email"])} if by_address or vouches else set()
    if by_address:
        subject = world.subject(f"email={folded(row['email'])}")
    else:
        subject = world.subject(people=[f"users={person}"])
    return subject, Oracle(sheets, {person}, addresses, NOW.date())


def copied(world: World, subject: Subject) -> set[tuple[str, int]]:
    """Rows that her copy shows, by table and number."""
    steps = world.plan(Right.ACCESS).of("club")
    return {
        (each.table, int(each.values["n"]))  # type: ignore[call-overload]
        for each in world.connector.collect(steps, subject, now=NOW)
        if isinstance(each, Row)
    }


def touched(before: State, after: State, exempt: Sequence[tuple[str, str]]) -> set[tuple[str, int]]:
    """Rows that are gone or changed, beyond counters."""
    found = set()
    for table, rows in before.items():
        ignored = {column for name, column in exempt if name == table}
        for number, row in rows.items():
            now = after[table].get(number)
            if now is None or any(
                now[column] != value for column, value in row.items() if column not in ignored
            ):
                found.add((table, number))
    return found
