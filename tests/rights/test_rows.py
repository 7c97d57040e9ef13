"""What a plan's steps mean for plain rows, where the standard world of the kit does not reach."""

from datetime import UTC, date, datetime

import pytest

from upheld.connectors.conformance import standard_rows, standard_system
from upheld.connectors.conformance.suite import EMAIL
from upheld.connectors.conformance.world import NOW as STANDARD_NOW
from upheld.connectors.conformance.world import steps_of
from upheld.datamap.model import (
    Anonymise,
    Assignment,
    Constant,
    DataMap,
    Delete,
    Detach,
    Field,
    FileReference,
    Ghost,
    Holding,
    IdentityColumn,
    JsonEdit,
    Link,
    Organisation,
    Pseudonym,
    Recount,
    Replies,
    ReplyRule,
    Rule,
    System,
    Table,
    Tenant,
    Treatment,
)
from upheld.datamap.model import Test as Comparison
from upheld.law.right import Right
from upheld.rights.outcome import Misconfigured
from upheld.rights.plan import Anonymise as AnonymiseStep
from upheld.rights.plan import Detach as DetachStep
from upheld.rights.plan import Erase, Retain
from upheld.rights.planner import plan
from upheld.rights.rows.values import day, edited, equal, reach
from upheld.rights.subject import Person, Subject
from upheld.rights.testing import InMemoryConnector, InMemoryJournal, drive, serial_entropy

NOW = datetime(2026, 3, 1, tzinfo=UTC)
USERS = Table("users", person=("id",), treatment=Treatment((Rule(Delete()),)))


def owned(name, *columns, action, **more):
    links = tuple(Link((column,), to="users", key=("id",)) for column in columns)
    return Table(name, key=("id",), links=links, treatment=Treatment((Rule(action),)), **more)


def erase(tables, rows, person=0, **system):
    world = System("world", tables=tables, **system)
    steps = plan(
        DataMap(Organisation("Example", "a@example.org"), systems=(world,)),
        Right.ERASURE,
        today=date(2026, 3, 1),
    ).steps
    connector = InMemoryConnector(world, rows, files=system.pop("files", None))
    subject = Subject((), (Person("world", "users", (person,)),))
    before = connector.count(steps, subject, now=NOW)
    journal = drive(
        connector.execute(steps, subject, now=NOW, entropy=serial_entropy(), allow=frozenset()),
        InMemoryJournal(),
    )
    assert before == journal.committed[0].counts
    verified = connector.verify(steps, subject, journal.traces, now=NOW)
    assert verified.remnants == ()
    return connector.tables, before


def people(*keys):
    return [{"id": key} for key in keys]


def test_scenario_4_what_hangs_on_hers_is_hers():
    accounts = owned("accounts", "user_id", action=Delete())
    payments = Table(
        "payments",
        key=("id",),
        links=(Link(("account_id",), to="accounts", key=("id",)),),
        treatment=Treatment((Rule(Delete()),)),
    )

    after, _ = erase(
        (USERS, accounts, payments),
        {
            "users": people(0, 5),
            "accounts": [{"id": 1, "user_id": 0}, {"id": 2, "user_id": 5}],
            "payments": [
                {"id": 1, "account_id": 1},
                {"id": 2, "account_id": 2},
                {"id": 3, "account_id": None},
            ],
        },
    )

    assert after == {
        "users": people(5),
        "accounts": [{"id": 2, "user_id": 5}],
        "payments": [{"id": 2, "account_id": 2}, {"id": 3, "account_id": None}],
    }


def comments(rule, action):
    return Table(
        "comments",
        key=("id",),
        links=(Link(("user_id",), to="users", key=("id",)),),
        treatment=Treatment((Rule(action),)),
        replies=Replies("parent_id", rule),
    )


THREAD = [(0, 0, None), (1, 0, 0), (2, 1, 1), (3, 2, 2), (4, 0, 3), (5, 1, 3)]
TOMBSTONE = Anonymise((Assignment("user_id", Constant()), Assignment("body", Constant("[removed]"))))


def thread(*gone, removed=()):
    return [
        {
            "id": key,
            "user_id": None if key in removed else user,
            "parent_id": parent,
            "body": "[removed]" if key in removed else "said",
        }
        for key, user, parent in THREAD
        if key not in gone
    ]


@pytest.mark.parametrize(
    ("rule", "afterwards", "others"),
    [
        (ReplyRule.KEEP, thread(removed=(0, 1, 4)), 0),
        (ReplyRule.LEAVES, thread(4, removed=(0, 1)), 0),
        (ReplyRule.SUBTREE, [], 3),
    ],
)
def test_scenario_14_replies_of_others_stay_unless_the_map_says_otherwise(rule, afterwards, others):
    after, counts = erase(
        (USERS, comments(rule, TOMBSTONE)), {"users": people(0, 1, 2), "comments": thread()}
    )

    assert after["comments"] == afterwards
    assert sum(count.others for count in counts) == others


def test_scenario_10_a_group_goes_with_its_last_member_and_a_double_membership_counts_once():
    membership = owned("membership", "user_id", action=Delete())
    groups = Table(
        "groups",
        key=("id",),
        held_by=(Holding("membership", ("group_id",), ("id",)),),
        treatment=Treatment(orphan=True),
    )
    rows = {
        "users": people(0, 5),
        "groups": [{"id": 0}, {"id": 1}],
        "membership": [
            {"id": 0, "group_id": 0, "user_id": 0},
            {"id": 1, "group_id": 1, "user_id": 0},
            {"id": 2, "group_id": 1, "user_id": 5},
            {"id": 3, "group_id": 1, "user_id": 5},
        ],
    }

    after, _ = erase((USERS, membership, groups), rows)
    assert after["groups"] == [{"id": 1}]

    after, _ = erase((USERS, membership, groups), after, person=5)
    assert after["groups"] == []


def test_scenario_28_arrays_and_documents_keep_all_that_is_not_hers():
    watched = Table(
        "pages",
        key=("id",),
        links=(Link(("watchers",), to="users", key=("id",), array=True),),
        treatment=Treatment((Rule(Detach()),)),
    )
    events = owned(
        "events",
        "user_id",
        action=Anonymise(
            (
                Assignment("payload", JsonEdit((("$.user.email", "[removed]"), ("$.user.name", None)))),
                Assignment("user_id", Constant()),
            )
        ),
    )

    after, _ = erase(
        (USERS, watched, events),
        {
            "users": people(3, 7, 9),
            "pages": [
                {"id": 1, "watchers": [3, 7, 9]},
                {"id": 2, "watchers": "[7, 8]"},
                {"id": 3, "watchers": [77]},
            ],
            "events": [
                {
                    "id": 1,
                    "user_id": 7,
                    "payload": '{"z": 1, "user": {"name": "Ada", "email": "ada@example.org"}, "a": [2]}',
                }
            ],
        },
        person=7,
    )

    assert after["pages"] == [
        {"id": 1, "watchers": [3, 9]},
        {"id": 2, "watchers": "[8]"},
        {"id": 3, "watchers": [77]},
    ]
    assert after["events"] == [
        {"id": 1, "user_id": None, "payload": '{"z": 1, "user": {"email": "[removed]"}, "a": [2]}'}
    ]


def test_scenario_35_only_the_tenant_in_scope_is_touched():
    posts = owned("posts", "user_id", action=Delete())

    after, _ = erase(
        (USERS, posts),
        {
            "users": [{"id": 7, "tenant": "a"}, {"id": 7, "tenant": "b"}],
            "posts": [{"id": 1, "user_id": 7, "tenant": "a"}, {"id": 2, "user_id": 7, "tenant": "b"}],
        },
        person=7,
        tenant=Tenant("tenant", "a"),
    )

    assert after == {"users": [{"id": 7, "tenant": "b"}], "posts": [{"id": 2, "user_id": 7, "tenant": "b"}]}


def test_scenario_38_a_file_stays_until_the_last_row_that_names_it_is_gone():
    uploads = owned("uploads", "user_id", action=Delete(), files=(FileReference("path", "uploads"),))
    world = System("world", tables=(USERS, uploads))
    rows = {
        "users": people(0, 5),
        "uploads": [
            {"id": 1, "user_id": 0, "path": "shared.png"},
            {"id": 2, "user_id": 5, "path": "shared.png"},
            {"id": 3, "user_id": 0, "path": "own.png"},
            {"id": 4, "user_id": 0, "path": "missing.png"},
        ],
    }
    connector = InMemoryConnector(world, rows, files={"uploads/shared.png": b"1", "uploads/own.png": b"2"})
    steps = plan(
        DataMap(Organisation("E", "a@example.org"), systems=(world,)), Right.ERASURE, today=NOW.date()
    ).steps
    subject = Subject((), (Person("world", "users", (0,)),))

    drive(
        connector.execute(steps, subject, now=NOW, entropy=serial_entropy(), allow=frozenset()),
        InMemoryJournal(),
    )

    assert connector.files == {"uploads/shared.png": b"1"}


def test_scenario_39_a_counter_equals_a_recount():
    likes = owned("likes", "user_id", action=Delete())
    posts = Table("posts", key=("id",), recounts=(Recount("like_count", "likes", "post_id"),))

    after, _ = erase(
        (USERS, posts, likes),
        {
            "users": people(0, 5),
            "posts": [{"id": 1, "like_count": 2}, {"id": 2, "like_count": 9}],
            "likes": [
                {"id": 1, "user_id": 0, "post_id": 1},
                {"id": 2, "user_id": 5, "post_id": 1},
                {"id": 3, "user_id": 5, "post_id": 2},
            ],
        },
    )

    assert after["posts"] == [{"id": 1, "like_count": 1}, {"id": 2, "like_count": 9}]


def test_a_ghost_takes_over_what_may_not_be_empty():
    users = Table(
        "users",
        person=("id",),
        ghost=(Comparison("name", ("ghost",)),),
        treatment=Treatment((Rule(Delete()),)),
        fields=(Field("name", "name"),),
        identities=(IdentityColumn("name", "name"),),
    )
    approvals = owned("approvals", "user_id", action=Detach(to_ghost=True))
    notes = owned(
        "notes",
        "user_id",
        action=Anonymise(
            (
                Assignment("author", Ghost("name")),
                Assignment("user_id", Constant()),
                Assignment("mark", Pseudonym("p-{random}")),
            )
        ),
    )

    after, _ = erase(
        (users, approvals, notes),
        {
            "users": [{"id": 1, "name": "ghost"}, {"id": 7, "name": "Ada"}],
            "approvals": [{"id": 1, "user_id": 7}],
            "notes": [{"id": key, "user_id": 7, "author": "Ada", "mark": "m"} for key in (1, 2)],
        },
        person=7,
    )

    assert after["approvals"] == [{"id": 1, "user_id": 1}]
    assert {row["author"] for row in after["notes"]} == {"ghost"}
    assert len({row["mark"] for row in after["notes"]}) == 1


@pytest.mark.parametrize(
    ("cell", "value"),
    [("7", 7), (7, "7"), (1, True), (0, False), ("", None), (None, ""), ("7 ", "7"), (None, 0)],
)
def test_scenario_27_values_of_another_type_are_not_equal(cell, value):
    assert not equal(cell, value, textual=False)


def test_paths_are_written_with_or_without_brackets():
    value = {"a": [{"b": 1}, {"b": 2}]}

    assert list(reach(value, "$.a[1].b")) == [2]
    assert list(reach(value, "a.*.b")) == [1, 2]
    assert edited(value, "$.a[*].b", 3) == {"a": [{"b": 3}, {"b": 3}]}
    assert list(reach("no json", "a")) == []


def test_a_retention_that_counts_from_no_date_stops_before_the_first_write():
    with pytest.raises(Misconfigured):
        day("soon")


WRITING = [
    step
    for step in steps_of(standard_system(), Right.ERASURE)
    if isinstance(step, Erase | AnonymiseStep | DetachStep | Retain)
]


@pytest.mark.parametrize(
    "left_out", WRITING, ids=lambda step: f"{type(step).__name__}-{step.selection.table}-{step.number}"
)
def test_verification_notices_every_step_that_was_left_out(left_out):
    """Mutation: looking again goes by the map, so a plan that forgot a rule cannot pass (P-20)."""
    steps = tuple(step for step in steps_of(standard_system(), Right.ERASURE) if step != left_out)
    connector = InMemoryConnector(standard_system(), standard_rows())
    subject = Subject((EMAIL,), (Person("world", "people", (7,)),))

    journal = drive(
        connector.execute(steps, subject, now=STANDARD_NOW, entropy=serial_entropy(), allow=frozenset()),
        InMemoryJournal(),
    )
    verified = connector.verify(steps, subject, journal.traces, now=STANDARD_NOW)

    assert left_out.selection.table in {remnant.table for remnant in verified.remnants}
