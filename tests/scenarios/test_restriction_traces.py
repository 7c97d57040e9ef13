"""Code of the server's own that would leave a trace of a restriction: nothing is written, or the map accepts it."""

from pathlib import Path

import pytest

from tests.scenarios.conftest import Make
from tests.scenarios.office import open_office
from tests.scenarios.test_restriction import ADA, BOB, MAP, club, lift, restrict, state
from tests.scenarios.world import World
from tests.servers.database import Database
from upheld.actions.preview import preview
from upheld.law.right import Right
from upheld.rights.connector import Severity
from upheld.store.models import Case

HISTORY = {
    "sqlite": [
        "CREATE TRIGGER kept AFTER UPDATE ON users BEGIN INSERT INTO hist VALUES (old.id, old.name); END"
    ],
    "postgresql": [
        (
            "CREATE FUNCTION kept() RETURNS trigger LANGUAGE plpgsql AS "
            "'BEGIN INSERT INTO hist VALUES (old.id, old.name); RETURN new; END'"
        ),
        "CREATE TRIGGER kept AFTER UPDATE ON users FOR EACH ROW EXECUTE FUNCTION kept()",
    ],
    "mariadb": [
        "CREATE TRIGGER kept AFTER UPDATE ON users FOR EACH ROW INSERT INTO hist VALUES (old.id, old.name)"
    ],
}
STAMPED = {
    "sqlite": [
        "CREATE TRIGGER kept AFTER UPDATE ON users BEGIN UPDATE users SET changed = changed + 1 WHERE id = new.id; END"
    ],
    "postgresql": [
        (
            "CREATE FUNCTION kept() RETURNS trigger LANGUAGE plpgsql AS "
            "'BEGIN new.changed = old.changed + 1; RETURN new; END'"
        ),
        "CREATE TRIGGER kept BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION kept()",
    ],
    "mariadb": ["CREATE TRIGGER kept BEFORE UPDATE ON users FOR EACH ROW SET NEW.changed = OLD.changed + 1"],
}
TRACED = pytest.mark.parametrize("code", [HISTORY, STAMPED], ids=["a history", "a moment of change"])
HIST = (
    "CREATE TABLE hist (uid INTEGER, name VARCHAR(40));\n"
    "ALTER TABLE users ADD COLUMN changed INTEGER DEFAULT 0;\n"
)
NO_PERSON = "no_personal_data: [{tables: [hist], reason: of the club}]\n"
ACCEPTED = MAP.replace(
    "restriction: frozen",
    "restriction: frozen\n  accept: [{finding: restriction.trigger, reason: we want it}]",
)


def every(world: World) -> dict[str, list[tuple[object, ...]]]:
    return {**state(world), "hist": world.rows("hist")}


@TRACED
def test_a_restriction_that_would_leave_a_trace_by_the_servers_own_code_writes_nothing(
    code: dict[str, list[str]],
    make: Make,
    each_database: Database,
    sqlite_records: Path,
    tmp_path: Path,
) -> None:
    """G-18.1: a restriction changes nothing but the mark, and its end leaves nothing of it."""
    world = club(make, extra=HIST, system=NO_PERSON)
    world.run(*code[each_database.dialect])
    office = open_office(world, tmp_path)
    before = every(world)

    seen = preview(means=office.means(), right=Right.RESTRICTION, asked=office.asked(ADA))
    standing = restrict(office, ADA)

    assert seen.waiting == ("club",)
    assert [(state, "restriction.trigger at users.frozen" in why) for _, state, why in standing.systems] == [
        ("FAILED", True)
    ]
    assert every(world) == before


@TRACED
def test_the_end_of_a_restriction_that_would_leave_a_trace_by_the_servers_own_code_writes_nothing(
    code: dict[str, list[str]],
    make: Make,
    each_database: Database,
    sqlite_records: Path,
    tmp_path: Path,
) -> None:
    """G-18.1: the code came to the server while the rows were restricted."""
    world = club(make, extra=HIST, system=NO_PERSON)
    office = open_office(world, tmp_path)
    assert restrict(office, ADA).complete
    world.run(*code[each_database.dialect])
    before = every(world)

    standing = lift(office, Case.objects.get())

    assert [(state, "restriction.trigger at users.frozen" in why) for _, state, why in standing.systems] == [
        ("FAILED", True)
    ]
    assert every(world) == before


def test_code_of_the_servers_own_that_the_map_accepts_stops_no_restriction_and_never_an_erasure(
    make: Make, each_database: Database, sqlite_records: Path, tmp_path: Path
) -> None:
    """G-18.1"""
    world = club(make, ACCEPTED, extra=HIST, system=NO_PERSON)
    world.run(*HISTORY[each_database.dialect])
    office = open_office(world, tmp_path)

    assert restrict(office, ADA).complete
    assert lift(office, Case.objects.get()).complete
    assert world.rows("hist") == [(7, "Ada"), (7, "Ada")]
    [found] = [each for each in world.check() if each.code == "restriction.trigger"]
    assert found.severity is Severity.NOTE
    assert office.erase(BOB).complete
