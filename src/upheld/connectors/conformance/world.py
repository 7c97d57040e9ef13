"""The small world that the kit is played in: a few people, and what a privacy folder has to say about them.

Ada (7) is the one who asks. Ada Lovelock (71) and the address `xada@example.org` look like her; two people
share one address; nobody's data but hers may change. Dates are chosen for `NOW`.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from upheld.datamap.model import (
    Anonymise,
    Ask,
    Assignment,
    Condition,
    Constant,
    DataMap,
    Delete,
    Detach,
    Field,
    IdentityColumn,
    Keep,
    Limits,
    Link,
    NoPersonalData,
    Organisation,
    Period,
    Retain,
    Rule,
    Stop,
    System,
    Table,
    Treatment,
    Unique,
)
from upheld.datamap.model import Test as Comparison
from upheld.law.ground import Ground
from upheld.law.objection import Against
from upheld.law.right import Right
from upheld.rights.correcting import Target, Wish, aim
from upheld.rights.plan import Plan, Step
from upheld.rights.planner import plan, plan_correction

Rows = Mapping[str, list[dict[str, object]]]
"""Table name to rows; values are whole numbers, texts or None."""

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SECRETS = ("ada@example.org", "Ada Byron", "first note", "dinner at eight", "old gift", "new gift")
"""Values of hers that may show up nowhere but in her copy and in what is sealed."""

NO_LETTERS = "no letters"
"""What `with_stop` writes where she objects."""

KEYS: Mapping[str, tuple[str, ...]] = {
    "people": ("id",),
    "posts": ("id",),
    "messages": ("id",),
    "newsletter": ("id",),
    "donations": ("id",),
    "settings": ("person_id", "name"),
    "cities": ("id",),
}
"""The row keys, for stores that have to declare them."""


def standard_rows() -> dict[str, list[dict[str, object]]]:
    """The rows before anything happened. Each call gives fresh ones."""
    return {
        "people": [
            {"id": 0, "email": "ghost@example.invalid", "confirmed": 1, "name": "Somebody who left"},
            {"id": 5, "email": "shared@example.org", "confirmed": 1, "name": "Ben"},
            {"id": 6, "email": "shared@example.org", "confirmed": 1, "name": "Eve"},
            {"id": 7, "email": "Ada@Example.ORG", "confirmed": 1, "name": "Ada Byron"},
            {"id": 71, "email": "ada+x@example.org", "confirmed": 1, "name": "Ada Lovelock"},
            {"id": 72, "email": "xada@example.org", "confirmed": 0, "name": 'Ada, "the" other'},
        ],
        "posts": [
            {"id": 1, "person_id": 7, "body": "first note"},
            {"id": 2, "person_id": 71, "body": "a note of somebody else"},
            {"id": 3, "person_id": None, "body": "nobody's, 7"},
            {"id": 4, "person_id": 5, "body": 'Ben\'s, with ; and "marks"'},
        ],
        "messages": [
            {"id": 1, "sender_id": 7, "recipient_id": 5, "body": "dinner at eight"},
            {"id": 2, "sender_id": 7, "recipient_id": 7, "body": "note to self"},
            {"id": 3, "sender_id": 5, "recipient_id": 6, "body": "between others"},
            {"id": 4, "sender_id": 5, "recipient_id": 7, "body": "Ben to her"},
        ],
        "newsletter": [
            {"id": 1, "email": "ADA@example.org"},
            {"id": 2, "email": "ada+x@example.org"},
            {"id": 3, "email": "xada@example.org"},
            {"id": 4, "email": None},
        ],
        "donations": [
            {"id": 1, "person_id": 7, "amount": 10, "paid_at": "2019-02-28", "note": "old gift"},
            {"id": 2, "person_id": 7, "amount": 20, "paid_at": "2019-03-01", "note": "new gift"},
            {"id": 3, "person_id": 7, "amount": 30, "paid_at": "2024-02-29", "note": None},
            {"id": 4, "person_id": 71, "amount": 40, "paid_at": "2019-02-28", "note": "hers who stays"},
        ],
        "settings": [
            {"person_id": 7, "name": "nickname", "value": "Ada Byron"},
            {"person_id": 7, "name": "theme", "value": "dark"},
            {"person_id": 71, "name": "nickname", "value": "Countess"},
        ],
        "cities": [{"id": 7, "name": "Byron Bay"}, {"id": 8, "name": "Ghent"}],
    }


def rows_afterwards() -> dict[str, list[dict[str, object]]]:
    """What an erasure of Ada leaves."""
    rows = standard_rows()
    rows["people"] = [row for row in rows["people"] if row["id"] != 7]
    rows["posts"][0] = {"id": 1, "person_id": None, "body": "[removed]"}
    rows["messages"] = [
        {"id": 1, "sender_id": None, "recipient_id": 5, "body": "[removed]"},
        rows["messages"][2],
        {"id": 4, "sender_id": 5, "recipient_id": None, "body": "Ben to her"},
    ]
    rows["newsletter"] = rows["newsletter"][1:]
    rows["donations"] = [
        {"id": 2, "person_id": None, "amount": 20, "paid_at": "2019-03-01", "note": None},
        {"id": 3, "person_id": None, "amount": 30, "paid_at": "2024-02-29", "note": None},
        rows["donations"][3],
    ]
    rows["settings"] = rows["settings"][1:]
    return rows


def as_text(rows: Rows) -> dict[str, list[dict[str, object]]]:
    """The rows as a store of texts holds them: numbers written out, nothing as the empty text."""
    return {
        name: [{column: "" if value is None else str(value) for column, value in row.items()} for row in each]
        for name, each in rows.items()
    }


def _fields(*columns: str) -> tuple[Field, ...]:
    return tuple(Field(column, "other", ("service",)) for column in columns)


def _becomes(**values: str | None) -> tuple[Assignment, ...]:
    return tuple(Assignment(column, Constant(value)) for column, value in values.items())


def _to_people(column: str) -> Link:
    return Link((column,), to="people", key=("id",))


def _tables() -> tuple[Table, ...]:
    stay = Retain(
        Ground.LEGAL_OBLIGATION,
        "tax records",
        Period(years=7),
        "paid_at",
        Delete(),
        _becomes(person_id=None, note=None),
    )
    return (
        Table(
            "people",
            person=("id",),
            identities=(IdentityColumn("email", "email", "email", "confirmed"),),
            fields=_fields("id", "email", "name"),
            treatment=Treatment((Rule(Delete()),)),
            ghost=(Comparison("email", ("ghost@example.invalid",)),),
        ),
        Table(
            "posts",
            links=(_to_people("person_id"),),
            fields=_fields("id", "body"),
            treatment=Treatment((Rule(Anonymise(_becomes(person_id=None, body="[removed]"))),)),
        ),
        Table(
            "messages",
            links=(_to_people("sender_id"), _to_people("recipient_id")),
            fields=_fields("id", "sender_id", "recipient_id", "body"),
            treatment=Treatment(
                by=(
                    ("sender_id", Anonymise(_becomes(sender_id=None, body="[removed]"))),
                    ("recipient_id", Detach()),
                ),
                orphan=True,
            ),
        ),
        Table(
            "newsletter",
            links=(Link(("email",), identity="email", normalise="email"),),
            fields=_fields("id", "email"),
            treatment=Treatment((Rule(Delete()),)),
        ),
        Table(
            "donations",
            links=(_to_people("person_id"),),
            fields=_fields("id", "amount", "paid_at", "note"),
            treatment=Treatment((Rule(stay),)),
        ),
        Table(
            "settings",
            links=(_to_people("person_id"),),
            fields=_fields("person_id", "name", "value"),
            treatment=Treatment(
                (
                    Rule(Delete(), (Comparison("name", ("nickname", "address")),)),
                    Rule(Keep("says nothing about a person"), (Comparison("name", ("theme",)),)),
                    Rule(Ask()),
                )
            ),
        ),
    )


def standard_system(**changes: object) -> System:
    """The map of the world; `changes` are the fields of System that a kind needs, such as `connect`,
    and `paths` (table name to path) and `format` of its tables.
    """
    paths = changes.pop("paths", {})
    form = changes.pop("format", None)
    tables = tuple(
        replace(
            table,
            key=KEYS[table.name],
            path=paths.get(table.name) if isinstance(paths, Mapping) else None,
            format=str(form) if form else None,
        )
        for table in _tables()
    )
    system = System("world", no_personal_data=(NoPersonalData(("cities*",), "places"),), tables=tables)
    return replace(system, **changes)  # type: ignore[arg-type]


def with_limits(system: System, limits: Limits) -> System:
    """The same system with other limits."""
    return replace(system, limits=limits)


def with_unique_email(system: System) -> System:
    """People stay, with a random address that differs from row to row, and the ghost's name."""
    unique = Anonymise(
        (
            Assignment("email", Unique("gone-{random}@example.invalid")),
            Assignment("name", Constant("[removed]")),
        )
    )
    people = replace(system.table("people"), treatment=Treatment((Rule(unique),)))
    return replace(system, tables=(people, *system.tables[1:]))


def with_mark(system: System) -> System:
    """Donations carry the mark of a restriction in `note`; the other tables need none."""
    accepted = (("restriction.absent", "nothing here is used"),)
    tables = (
        replace(table, restricted="note" if table.name == "donations" else None, accept=accepted)
        for table in system.tables
    )
    return replace(system, tables=tuple(tables))


def with_stop(system: System, when: Condition = ()) -> System:
    """Donations say in `note`, by a value, that nobody asks for more; with `when` some of them."""
    stops = (Stop("note", (Against.MARKETING,), NO_LETTERS, when),)
    tables = (replace(table, stops=stops if table.name == "donations" else ()) for table in system.tables)
    return replace(system, tables=tuple(tables))


def correction_of(system: System, *wishes: Wish) -> tuple[Plan, tuple[Target, ...]]:
    """The plan of a correction for the world, and what it is about."""
    datamap = DataMap(Organisation(name="Example", contact="privacy@example.org"), systems=(system,))
    targets = tuple(aim(datamap, wishes).targets)
    return plan_correction(datamap, targets, regime="gdpr"), targets


def steps_of(system: System, right: Right, *, against: Against | None = None) -> tuple[Step, ...]:
    """The plan of that right for the world. `against`: what an objection is to."""
    organisation = Organisation(name="Example", contact="privacy@example.org")
    return plan(DataMap(organisation, systems=(system,)), right, today=NOW.date(), against=against).steps
