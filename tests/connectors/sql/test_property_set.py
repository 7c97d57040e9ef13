"""Restricting and lifting leave no trace, a correction changes exactly what it names, and what a person takes along is
hers: whatever the schema and the rows.

`--hypothesis-profile=soak` runs many more examples, from a seed of their own.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.connectors.sql.built import NOW, Stage, State, asked, differences, state
from tests.connectors.sql.generated import Generated, worlds
from tests.connectors.sql.oracle import Oracle, folded
from tests.connectors.sql.shape import Column, Record, Sheet, Sheets
from tests.connectors.sql.test_property_erase import usual
from tests.scenarios.world import World
from tests.servers.plugin import NewDatabase
from upheld.law.right import Right
from upheld.rights.cells import first_to_last, loaded, reversed_
from upheld.rights.connector import Row
from upheld.rights.correcting import Wish, aim, to_cells
from upheld.rights.fulfil import Failed, execute
from upheld.rights.outcome import Misconfigured, Prepared, Verified
from upheld.rights.package.porting import projected
from upheld.rights.plan import Collect, Plan, Reason, Reset
from upheld.rights.planner import plan_correction
from upheld.rights.subject import Cell, Subject

MARKS: dict[str, tuple[Any, ...]] = {
    "int": (None, 0, 0, 1),
    "text": (None, "", "0", "restricted", "open"),
    "date": (None, None, "2020-02-29"),
}
SOME = 0.3
KINDS = ["sqlite", "postgresql", "mariadb"]


def with_marks(sheets: Sheets, chance: Random) -> None:
    """Each table gets a mark of some type, set in some rows; every field is provided, and what is written is one."""
    for sheet in sheets.values():
        kind = chance.choice(list(MARKS))
        sheet.columns["mark"] = Column(kind)
        sheet.more = {**deepcopy(sheet.more), "restriction": "mark"}
        if not sheet.key:
            sheet.more["key"] = ["n"]  # without any key no row could be told from another
        if "body" in sheet.columns:
            written = {"category": "text", "purposes": ["service"]}
            sheet.more["fields"] = {"body": written, **sheet.more.get("fields", {})}
        for each in sheet.more.get("fields", {}).values():
            if "category" in each:
                each["provided"] = True
        for row in sheet.rows:
            row["mark"] = chance.choice(MARKS[kind])


def marked(value: object) -> bool:
    return value not in (None, "", "0", 0)


def done(world: World, plan: Plan, subject: Subject) -> list[Cell]:
    """Execute; gives the cells that were remembered."""
    numbers = iter(range(10_000))
    cells: list[Cell] = []
    verified = 0
    for event in execute(
        plan, {"club": world.connector}, subject, now=NOW, entropy=lambda: f"r{next(numbers):011d}"
    ):
        if isinstance(event, Failed):
            raise event.failure
        if isinstance(event, Prepared):
            assert event.before is not None
            cells.extend(loaded((event.before,)))
        verified += isinstance(event, Verified) and not event.remnants
    assert verified == 1
    return cells


def back(cells: list[Cell]) -> tuple[Plan, tuple[Cell, ...]]:
    """The plan that puts them back, and what it sets."""
    steps, given_back = [], []
    for table in dict.fromkeys(each.table for each in cells):
        number = len(steps) + 1
        steps.append(Reset(number, "club", table, "mark", Reason("Art. 18(3) GDPR")))
        own = first_to_last(each for each in cells if each.table == table)
        given_back.extend(reversed_(own, number))
    return Plan(Right.RESTRICTION, "gdpr", tuple(steps)), tuple(given_back)


TRAIL = "no_personal_data: [{tables: [trail], reason: of the test}]\n"
TRACING = {
    "sqlite": ["CREATE TRIGGER traced AFTER UPDATE ON users BEGIN INSERT INTO trail VALUES (1); END"],
    "postgresql": [
        (
            "CREATE OR REPLACE FUNCTION traced() RETURNS trigger LANGUAGE plpgsql AS "
            "'BEGIN INSERT INTO trail VALUES (1); RETURN new; END'"
        ),
        "CREATE TRIGGER traced AFTER UPDATE ON users FOR EACH ROW EXECUTE FUNCTION traced()",
    ],
    "mariadb": ["CREATE TRIGGER traced AFTER UPDATE ON users FOR EACH ROW INSERT INTO trail VALUES (1)"],
}


@contextmanager
def traced(world: World, sheets: Sheets) -> Iterator[None]:
    """While code of the server's own copies what is updated: what is tried is refused, and nothing changes."""
    dialect = world.database.dialect
    before = state(world, sheets)
    world.run("CREATE TABLE trail (n INTEGER)", *TRACING[dialect])

    with pytest.raises(Misconfigured, match=r"restriction\.trigger"):
        yield

    assert (differences(before, state(world, sheets)), world.rows("trail")) == ([], [])
    world.run(f"DROP TRIGGER traced{' ON users' if dialect == 'postgresql' else ''}", "DROP TABLE trail")


def restricted_and_lifted(stage: Stage, generated: Generated, chance: Random) -> None:
    sheets = generated.sheets
    with_marks(sheets, chance)
    world = stage.build(sheets, system=f"{TRAIL}max_rows: {chance.choice((2, 20000))}\n")
    before = state(world, sheets)
    person, by_address = generated.erased[0]
    subject, oracle = asked(world, sheets, person, by_address=by_address)
    if chance.random() < SOME:
        with traced(world, sheets):
            done(world, world.plan(Right.RESTRICTION), subject)

    cells = done(world, world.plan(Right.RESTRICTION), subject)

    during = state(world, sheets)
    for name, sheet in sheets.items():
        for row in sheet.rows:
            was, now = before[name][row["n"]], during[name][row["n"]]
            assert {**now, "mark": was["mark"]} == was
            if marked(was["mark"]):
                assert now["mark"] == was["mark"]
            else:
                assert marked(now["mark"]) == oracle.owned(name, row), (name, row)
    plan, given_back = back(cells)
    restored = Subject(subject.identities, subject.people, given_back)
    if any(each.table == "users" for each in given_back) and chance.random() < SOME:
        with traced(world, sheets):
            done(world, plan, restored)
    done(world, plan, restored)
    assert differences(before, state(world, sheets)) == []


def corrected(sheets: Sheets, oracle: Oracle, before: State, category: str, value: str) -> State:
    """What a correction of a category leaves, by the map's words alone."""
    expected = deepcopy(before)
    for name, sheet in sheets.items():
        for column, each in sheet.more.get("fields", {}).items():
            if each.get("category") != category or several(sheets, name):
                continue
            for row in sheet.rows:
                if oracle.owned(name, row) and row[column] not in (None, ""):
                    expected[name][row["n"]][column] = value
    return expected


def several(sheets: Sheets, name: str) -> bool:
    """Whether the words of the map let a row be more than one person's, counted as ways to her."""
    return len(ways_up(sheets, name, ())) > 1


def ways_up(sheets: Sheets, name: str, below: tuple[str, ...]) -> list[str]:
    """Every way from a row to a person, one for each end; two for an end that may be several people."""
    sheet = sheets[name]
    if sheet.person:
        return [name]
    if name in below:
        return []
    found: list[str] = []
    for way in sheet.ways:
        if not way.sees:
            ends = [str(way.name)] if way.to is None else ways_up(sheets, way.to, (*below, name))
            found += ends * (2 if way.array else 1) or ["nobody"]
    if sheet.held:
        found += ["a member", "another"]
    if sheet.history:
        found += ways_up(sheets, sheet.history[0], (*below, name))
    return found


def owners(sheets: Sheets, name: str, row: Record) -> set[object]:
    """Everybody to whom a row leads in the data by owning ways, whatever an erasure would do: ids of people
    and addresses."""
    seen, found, todo = set[tuple[str, int]](), set[object](), [(name, row)]
    while todo:
        where, each = todo.pop()
        if sheets[where].person:
            found.add(each["id"])
        elif (where, each["n"]) not in seen:
            seen.add((where, each["n"]))
            todo += hung_on(sheets, sheets[where], each)
            columns = [way.columns[0] for way in sheets[where].ways if way.to is None and not way.sees]
            found |= {folded(each[column]) for column in columns if each[column] is not None}
    return found


def hung_on(sheets: Sheets, sheet: Sheet, row: Record) -> list[tuple[str, Record]]:
    """The rows one step nearer to a person."""
    wanted: list[tuple[str, tuple[str, ...], object]] = []
    for way in sheet.ways:
        if way.to is None or way.sees or any(row[column] != value for column, value in way.when):
            continue
        if way.array:
            wanted += [(way.to, way.key, (item,)) for item in row[way.columns[0]] or ()]
        elif way.json is None:
            wanted.append((way.to, way.key, tuple(row[column] for column in way.columns)))
    if sheet.held:
        wanted.append((sheet.held[0], (sheet.held[1],), (row["id"],)))
    if sheet.history:
        wanted.append((sheet.history[0], ("id",), (row[sheet.history[1]],)))
    return [
        (to, above)
        for to, key, value in wanted
        for above in sheets[to].rows
        if tuple(above[column] for column in key) == value
    ]


def rectified(stage: Stage, generated: Generated, chance: Random) -> None:
    sheets = generated.sheets
    with_marks(sheets, chance)
    world = stage.build(sheets, system=f"max_rows: {chance.choice((2, 20000))}\n")
    before = state(world, sheets)
    person, by_address = generated.erased[0]
    subject, oracle = asked(world, sheets, person, by_address=by_address)
    for category, value in (("name", "Ada Quillfeather"), ("text", "what is right"), ("nothing", "")):
        if not any(
            each.get("category") == category
            for sheet in sheets.values()
            for each in sheet.more.get("fields", {}).values()
        ):
            continue
        aimed = aim(world.datamap, [Wish(category, value)])
        plan = plan_correction(world.datamap, aimed.targets, regime="gdpr")
        rows = [
            each
            for each in world.connector.collect(plan.of("club"), subject, now=NOW)
            if isinstance(each, Row)
        ]
        cells = to_cells(plan, aimed.targets, {"club": rows})
        expected = corrected(sheets, oracle, before, category, value)

        if plan.steps:
            done(world, plan, Subject(subject.identities, subject.people, cells))

        before = state(world, sheets)
        assert differences(expected, before) == []


def taken_along(stage: Stage, generated: Generated, chance: Random) -> None:
    sheets = generated.sheets
    with_marks(sheets, chance)
    world = stage.build(sheets)
    before = state(world, sheets)
    person, by_address = generated.erased[0]
    subject, oracle = asked(world, sheets, person, by_address=by_address)
    numbers = {name: {row["n"]: row for row in sheet.rows} for name, sheet in sheets.items()}
    whole = {
        (each.table, each.values["n"]): each.values
        for each in world.connector.collect(world.plan(Right.ACCESS).of("club"), subject, now=NOW)
        if isinstance(each, Row)
    }
    steps = world.plan(Right.PORTABILITY).of("club")
    fields = {step.number: step.fields for step in steps if isinstance(step, Collect)}

    for each in world.connector.collect(steps, subject, now=NOW):
        assert isinstance(each, Row)
        row = projected(each, fields[each.step])
        if row is None:
            continue
        number = each.values["n"]
        provided = {
            column
            for column, form in sheets[each.table].more.get("fields", {}).items()
            if form.get("provided")
        }
        assert oracle.owned(each.table, numbers[each.table][number])
        assert set(row.values) <= provided
        assert owners(sheets, each.table, numbers[each.table][number]) <= {*oracle.people, *oracle.addresses}
        assert {name: whole[each.table, number][name] for name in row.values} == dict(row.values)
    assert differences(before, state(world, sheets)) == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("holds", [restricted_and_lifted, rectified, taken_along])
def test_it_holds_for_every_generated_world(
    holds: Callable[[Stage, Generated, Random], None], kind: str, new_database: NewDatabase, tmp_path: Path
) -> None:
    """G-16.1, G-18.2, G-18.4, G-20.1"""
    stage = Stage(new_database(kind), tmp_path / "privacy")

    @usual(100 if kind == "sqlite" else 15)
    @given(worlds(), st.integers(0, 2**32))
    def prove(generated: Generated, seed: int) -> None:
        holds(stage, generated, Random(seed))

    prove()
