"""The demo organisation's databases, drafted: compared with the map that was written by hand, and carried out."""

from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.connectors.sql.discover.trial import drafted, world_of
from tests.scenarios.world import NOW
from tests.servers.database import Database
from tests.servers.plugin import NewDatabase
from upheld.datamap.model import Keep, Retain, System, Table
from upheld.datamap.read import read
from upheld.demo import crm, shop
from upheld.demo.build import Drawn, draw, fill_postgresql, fill_sqlite
from upheld.demo.people import Person, her
from upheld.demo.scan import Names, hers

FLOOR = 0.9


@pytest.fixture(scope="module")
def drawn() -> Drawn:
    return draw(people=600, today=date(2026, 11, 25))


@pytest.fixture(params=["forum", "shop", "crm"])
def system(request: pytest.FixtureRequest, new_database: NewDatabase, drawn: Drawn) -> tuple[str, Database]:
    """One of them on the server that the demo has it on; the contact book on MariaDB."""
    name = str(request.param)
    if name == "forum":
        database = new_database("postgresql")
        fill_postgresql(database.url.replace("+psycopg", ""), drawn.forum)
    elif name == "shop":
        database = new_database("sqlite")
        fill_sqlite(Path(str(sa.make_url(database.url).database)), "shop", drawn.shop)
    else:
        database = new_database("mariadb")
        schema = (files("upheld.demo") / "schema" / "crm.sql").read_text()
        database.run(*(each for each in schema.split(";\n") if each.strip()))
        with database.engine().begin() as connection:
            for table, content in drawn.crm.items():
                marks = ", ".join(["%s"] * len(content.columns))
                statement = f"INSERT INTO {table} ({', '.join(content.columns)}) VALUES ({marks})"
                for start in range(0, len(content.rows), 500):
                    connection.exec_driver_sql(
                        statement, [tuple(row) for row in content.rows[start : start + 500]]
                    )
    return name, database


def _by_hand(name: str) -> System:
    return read(Path(str(files("upheld.demo"))) / "organisation").system(name)


def _identifying(table: Table) -> set[tuple[str, str]]:
    said = {"email-address", "name", "phone-number", "postal-address", "username", "ip-address"}
    found = {(table.name, each.column) for each in table.every_field if each.category in said}
    found |= {(table.name, each.column) for each in table.identities}
    return found | {(table.name, name) for link in table.links if link.to for name in link.columns}


def _places(system: System) -> set[tuple[str, str]]:
    return {place for table in system.tables for place in _identifying(table)}


def test_a_draft_has_the_places_of_the_map_that_was_written_by_hand(system: tuple[str, Database]) -> None:
    name, database = system

    draft = drafted(database)

    wanted = _places(_by_hand(name))
    there = {(table.name, each.column) for table in draft.system.tables for each in table.every_field}
    there |= _places(draft.system)
    missing = sorted(wanted - there)
    assert len(missing) <= (1 - FLOOR) * len(wanted), missing
    people = {table.name for table in _by_hand(name).tables if table.person}
    assert {table.name for table in draft.system.tables if table.person} == people


def _rows(
    database: Database, name: str, heroine: Person
) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Every row as text: hers by the demo's own hand, and the others'."""
    mine: dict[str, list[str]] = {}
    others: dict[str, list[str]] = {}
    conditions = {table: where for (system, table), where in hers(heroine).items() if system == name}
    with database.engine().connect() as connection:
        for table in sa.inspect(connection).get_table_names():
            where = conditions.get(table, "1 = 0")
            for own, *row in connection.exec_driver_sql(f"SELECT ({where}), t.* FROM {table} t"):
                (mine if own else others).setdefault(table, []).append(_text(row))
    return mine, others


def _text(row: list[Any]) -> str:
    return " | ".join(map(str, row))


def test_carried_out_unedited_it_leaves_nothing_of_her_and_every_row_of_others(
    system: tuple[str, Database], drawn: Drawn, tmp_path: Path
) -> None:
    name, database = system
    heroine = her(drawn.people)
    _, others = _rows(database, name, heroine)
    names = Names(heroine, heroine.name)
    draft = drafted(database)
    world = world_of(draft, database, tmp_path / "privacy")
    table, number = {
        "forum": ("users", heroine.number),
        "shop": ("customers", shop.number_of(heroine)),
        "crm": ("contacts", crm.number_of(heroine)),
    }[name]
    ((address,),) = database.rows(f"SELECT email FROM {table} WHERE id = {number}")
    kept = {
        table.name
        for table in draft.system.tables
        for rule in table.treatment.rules
        if isinstance(rule.action, Retain | Keep)
    }

    erasure = world.erase(f"email={address}", now=NOW)

    after, there = _rows(database, name, heroine)
    everything = {table: [*after.get(table, []), *there.get(table, [])] for table in {*after, *there}}
    lost = {
        table: [row for row in rows if row not in set(everything.get(table, []))]
        for table, rows in others.items()
    }
    left = {
        table: many
        for table, rows in everything.items()
        if (many := sum(names.stand_in(row) for row in rows if row not in set(others.get(table, []))))
    }
    assert {table: rows[:2] for table, rows in lost.items() if rows} == {}
    assert set(left) <= kept, left
    assert erasure.verified.remnants == ()
