"""Scenario 61 and the person with 100,000 rows: handled in slices, each a transaction of its own."""

from typing import Any

import pytest

from tests.scenarios.conftest import Make
from tests.scenarios.people import ADA, PEOPLE, USERS
from tests.scenarios.world import NOW, World, counted
from upheld.rights.fulfil import Event, Started, execute
from upheld.rights.outcome import Committed, Prepared, Verified

POSTS = (
    PEOPLE
    + """
CREATE TABLE threads (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users(id));
CREATE TABLE posts (id INTEGER PRIMARY KEY, thread_id INTEGER NOT NULL REFERENCES threads(id), body VARCHAR(20));
CREATE INDEX posts_of ON posts (thread_id);
INSERT INTO threads VALUES (1, 0), (2, 5);
INSERT INTO posts VALUES (1000001, 2, 'his'), (1000002, 2, 'his');
"""
)
POSTED = (
    USERS
    + """
threads: {belongs_to: {user_id: users.id}, on_erase: delete}
posts: {belongs_to: {thread_id: threads.id}, on_erase: delete}
"""
)


def _fill(world: World, statement: str, many: int) -> None:
    """Run an INSERT … SELECT over the numbers 0 to many - 1, called n.n; the digits go again."""
    digits = ", ".join(f"({each})" for each in range(10))
    places = ["d", "e", "f", "g", "h"]
    value = " + ".join(f"{place}.d * {10**index}" for index, place in enumerate(places))
    numbers = (
        f"(SELECT {value} AS n FROM {', '.join(f'digits {place}' for place in places)}) n WHERE n.n < {many}"
    )
    world.run(
        "CREATE TABLE digits (d INTEGER)",
        f"INSERT INTO digits VALUES {digits}",
        f"{statement} FROM {numbers}",
        "DROP TABLE digits",
    )


def _parts(events: list[Event]) -> list[str]:
    """The order of what happened, with the rows of each transaction."""
    said = []
    for event in events:
        match event:
            case Prepared():
                said.append("prepared")
            case Committed():
                said.append(f"committed {sum(each.rows for each in event.counts)}")
            case Verified() | Started():
                said.append(type(event).__name__.lower())
    return said


@pytest.mark.scenario(61)
def test_a_person_with_100_000_rows_goes_in_slices_and_her_keys_last(make: Make) -> None:
    world = make(POSTS, POSTED)
    _fill(world, "INSERT INTO posts SELECT n.n, 1, 'hers'", 100_000)

    erasure = world.erase(ADA)

    slices = ["prepared", "committed 20000"] * 5
    assert _parts(erasure.events) == ["started", *slices, "prepared", "committed 2", "verified"]
    assert counted(world, erasure) == {"Erase posts": 100_000, "Erase threads": 1, "Erase users": 1}
    assert sum(each.rows for each in erasure.preview) == 100_002
    assert world.rows("posts") == [(1000001, 2, "his"), (1000002, 2, "his")]
    assert world.rows("threads") == [(2, 5)]


@pytest.mark.parametrize("stop", [2, 3, 6, 7])
def test_scenario_61_stopped_at_any_moment_her_keys_are_in_place_and_a_second_run_finishes(
    make: Make, stop: int
) -> None:
    world = make(POSTS, POSTED, system="max_rows: 2")
    world.run("INSERT INTO posts VALUES (1, 1, 'a'), (2, 1, 'b'), (3, 1, 'c'), (4, 1, 'd'), (5, 1, 'e')")
    subject = world.subject(ADA)
    run = execute(world.plan(), {"club": world.connector}, subject, now=NOW, entropy=lambda: "r1")
    seen = [next(run) for _ in range(stop)]
    run.close()

    commits = sum(isinstance(each, Committed) for each in seen)
    left = len(world.rows("posts")) - 2
    assert left == max(0, 5 - 2 * commits)
    assert (0 in [row[0] for row in world.rows("users")]) == (commits < 4)
    assert world.rows("threads") == ([(1, 0), (2, 5)] if commits < 4 else [(2, 5)])

    if commits < 4:
        assert sum(each.rows for each in world.preview(world.subject(ADA))) == left + 2
        world.erase(ADA)
    assert (len(world.rows("posts")), world.rows("threads"), len(world.rows("users"))) == (2, [(2, 5)], 2)


@pytest.mark.scenario(61)
@pytest.mark.parametrize("link", ["kept", "cut"])
def test_rows_that_stay_are_changed_once_though_they_go_in_slices(make: Make, link: str) -> None:
    cut = ", user_id: null" if link == "cut" else ""
    world = make(
        PEOPLE
        + """
        CREATE TABLE notes (id INTEGER PRIMARY KEY, user_id INTEGER, body VARCHAR(40));
        INSERT INTO notes VALUES (1, 0, 'a'), (2, 0, 'b'), (3, 0, 'c'), (4, 0, 'd'), (5, 0, 'e'), (6, 5, 'f');
        """,
        USERS.replace("on_erase: delete", 'on_erase: {anonymise: {email: {unique: "{random}@x.invalid"}}}')
        + f'notes: {{belongs_to: {{user_id: users.id}}, on_erase: {{anonymise: {{body: {{unique: "n-{{random}}"}}{cut}}}}}}}\n',
        system="max_rows: 2",
    )

    erasure = world.erase(ADA)

    assert _parts(erasure.events) == [
        *("started", "prepared", "committed 2", "prepared", "committed 2", "prepared", "committed 1"),
        *("prepared", "committed 1", "verified"),
    ]
    assert counted(world, erasure) == {"Anonymise notes": 5, "Anonymise users": 1}
    assert all(row[2].startswith("n-r") for row in world.rows("notes")[:5])
    assert world.rows("notes")[5] == (6, 5, "f")


@pytest.mark.scenario(50)
def test_a_row_that_comes_in_between_two_slices_goes_too(make: Make) -> None:
    world = make(POSTS, POSTED, system="max_rows: 2")
    world.run("INSERT INTO posts VALUES (1, 1, 'a'), (2, 1, 'b'), (3, 1, 'c')")
    came: list[Any] = []

    for event in execute(
        world.plan(), {"club": world.connector}, world.subject(ADA), now=NOW, entropy=lambda: "r1"
    ):
        if isinstance(event, Committed) and not came:
            world.run("INSERT INTO posts VALUES (9, 1, 'late')")
            came.append(event)

    assert (len(world.rows("posts")), world.rows("threads")) == (2, [(2, 5)])
