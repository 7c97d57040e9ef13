"""Scenarios 10 to 15: groups, shares, people who point at people, trees."""

import pytest

from tests.scenarios.conftest import Make
from tests.scenarios.people import ADA, BEN, CY, PEOPLE, USERS
from tests.scenarios.world import World, counted

GROUPS = (
    PEOPLE
    + """
CREATE TABLE clubs (id INTEGER PRIMARY KEY);
CREATE TABLE assoc (id INTEGER PRIMARY KEY, club_id INTEGER NOT NULL REFERENCES clubs(id),
                    user_id INTEGER NOT NULL REFERENCES users(id));
CREATE TABLE notes (id INTEGER PRIMARY KEY, club_id INTEGER NOT NULL REFERENCES clubs(id));
INSERT INTO clubs VALUES (0), (1);
INSERT INTO assoc VALUES (0, 0, 0), (1, 1, 0), (2, 1, 5), (3, 1, 5);
INSERT INTO notes VALUES (7, 0), (8, 1);
"""
)
MEMBERS = (
    USERS
    + """
assoc: {belongs_to: {user_id: users.id}, on_erase: delete}
clubs: {held_by: {assoc: {club_id: id}}, on_erase: {orphan: delete}}
notes: {belongs_to: {club_id: clubs.id}, on_erase: delete}
"""
)


@pytest.mark.key("tables.*.held_by", "tables.*.on_erase.orphan")
def test_scenario_10_a_group_lives_as_long_as_it_has_a_member(make: Make) -> None:
    world = make(GROUPS, MEMBERS)

    world.erase(ADA)

    assert (world.rows("clubs"), world.rows("notes")) == ([(1,)], [(8, 1)])
    assert world.rows("assoc") == [(2, 1, 5), (3, 1, 5)]


def test_scenario_10_a_member_entered_twice_counts_once(make: Make) -> None:
    world = make(GROUPS, MEMBERS)
    world.erase(ADA)

    erasure = world.erase(BEN)

    assert (world.rows("clubs"), world.rows("notes")) == ([], [])
    assert erasure.matched["clubs"] == 1


HOMES = """
CREATE TABLE homes (id INTEGER PRIMARY KEY);
CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(120) NOT NULL,
                    home_id INTEGER REFERENCES homes(id));
INSERT INTO homes VALUES (0), (1), (2);
INSERT INTO users VALUES (0, 'ada@chess.example.org', 0), (5, 'ben@chess.example.org', 1),
                         (10, 'cy@chess.example.org', 1);
"""
HOUSEHOLDS = (
    """
homes: {held_by: {users: {home_id: id}}, on_erase: {orphan: delete}}
"""
    + USERS
)


@pytest.mark.parametrize(
    "on_erase", ["delete", '{anonymise: {home_id: null, email: {unique: "x{random}@example.invalid"}}}']
)
def test_scenario_10_what_people_themselves_hold_lives_as_long_as_one_of_them_holds_it(
    make: Make, on_erase: str
) -> None:
    world = make(HOMES, HOUSEHOLDS.replace("on_erase: delete\n", f"on_erase: {on_erase}\n"))

    world.erase(ADA)
    assert world.rows("homes") == [(1,), (2,)]

    world.erase(BEN)
    assert world.rows("homes") == [(1,), (2,)]

    erasure = world.erase(CY)
    assert world.rows("homes") == [(2,)]
    assert erasure.matched["homes"] == 1


SHARES = (
    PEOPLE
    + """
CREATE TABLE clubs (id INTEGER PRIMARY KEY, admin_id INTEGER REFERENCES users(id));
CREATE TABLE assoc (id INTEGER PRIMARY KEY, club_id INTEGER NOT NULL REFERENCES clubs(id),
                    user_id INTEGER NOT NULL REFERENCES users(id));
CREATE TABLE files (id INTEGER PRIMARY KEY, owner_id INTEGER NOT NULL REFERENCES users(id));
CREATE TABLE shares (id INTEGER PRIMARY KEY, file_id INTEGER NOT NULL REFERENCES files(id),
                     club_id INTEGER NOT NULL REFERENCES clubs(id));
INSERT INTO clubs VALUES (0, 10), (1, 10);
INSERT INTO assoc VALUES (1, 1, 5), (2, 0, 10);
INSERT INTO files VALUES (0, 0), (1, 0);
INSERT INTO shares VALUES (0, 0, 1), (1, 1, 1);
"""
)
SHARED = (
    USERS
    + """
assoc: {belongs_to: {user_id: users.id}, on_erase: delete}
clubs: {belongs_to: {admin_id: users.id}, held_by: {assoc: {club_id: id}},
        on_erase: {by: {admin_id: detach}, orphan: delete}}
files: {belongs_to: {owner_id: users.id}, on_erase: delete}
shares: {belongs_to: {file_id: files.id, club_id: clubs.id}, on_erase: delete}
"""
)


def test_scenario_11_what_was_shared_with_a_member_stays_with_its_maker(make: Make) -> None:
    world = make(SHARES, SHARED)

    world.erase(BEN)

    assert world.rows("files") == [(0, 0), (1, 0)]
    assert world.rows("shares") == [(0, 0, 1), (1, 1, 1)]
    assert world.rows("clubs") == [(0, 10), (1, 10)]


def test_scenario_12_a_group_outlives_its_admin_unless_nobody_is_left(make: Make) -> None:
    world = make(SHARES, SHARED)

    world.erase(CY)

    assert world.rows("clubs") == [(1, None)]
    assert world.rows("assoc") == [(1, 1, 5)]
    assert world.rows("shares") == [(0, 0, 1), (1, 1, 1)]


INVITED = """
CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(120) NOT NULL, inviter_id INTEGER REFERENCES users(id));
INSERT INTO users VALUES (0, 'ada@chess.example.org', NULL), (1, 'ben@chess.example.org', 0);
INSERT INTO users VALUES (5, 'cy@chess.example.org', 1);
UPDATE users SET inviter_id = 5 WHERE id = 0;
"""
INVITING = """
users:
  person: id
  identities: {email: email}
  fields: {email: {category: email-address, purposes: [service]}}
  belongs_to: {inviter_id: users.id}
  on_erase: {by: {id: delete, inviter_id: detach}}
"""


@pytest.mark.scenario(15)
def test_scenario_13_people_she_invited_are_people_of_their_own(make: Make) -> None:
    world = make(INVITED, INVITING)

    world.erase(ADA)

    assert world.rows("users", "id, inviter_id") == [(1, None), (5, 1)]

    world.erase(CY)

    assert world.rows("users", "id, inviter_id") == [(1, None)]


def test_scenario_15_who_she_referred_stays_without_a_referrer(make: Make) -> None:
    world = make(INVITED, INVITING)

    erasure = world.erase(BEN)

    assert world.rows("users", "id, inviter_id") == [(0, 5), (5, None)]
    assert counted(world, erasure) == {"Erase users": 1, "Detach users": 1}


TREE = (
    PEOPLE
    + """
CREATE TABLE comments (id INTEGER PRIMARY KEY, author_id INTEGER REFERENCES users(id),
                       parent_id INTEGER REFERENCES comments(id), body VARCHAR(40));
INSERT INTO comments VALUES (0, 0, NULL, 'c0');
INSERT INTO comments VALUES (1, 0, 0, 'c1');
INSERT INTO comments VALUES (2, 5, 1, 'c2');
INSERT INTO comments VALUES (3, 10, 2, 'c3');
INSERT INTO comments VALUES (4, 0, 3, 'c4');
INSERT INTO comments VALUES (5, 5, 3, 'c5');
"""
)


def _comments(make: Make, rule: str) -> World:
    tables = f"""
comments:
  belongs_to: {{author_id: users.id}}
  replies: {{column: parent_id, erase: {rule}}}
  fields: {{body: {{category: free-text, purposes: [service]}}}}
  on_erase: {{anonymise: {{author_id: null, body: "[removed]"}}}}
"""
    return make(TREE, USERS + tables)


OTHERS = [(2, 5, 1, "c2"), (3, 10, 2, "c3"), (5, 5, 3, "c5")]


def test_scenario_14_comments_become_tombstones_and_replies_stay(make: Make) -> None:
    world = _comments(make, "keep")

    world.erase(ADA)

    tombs = [(0, None, None, "[removed]"), (1, None, 0, "[removed]"), (4, None, 3, "[removed]")]
    assert world.rows("comments") == sorted([*tombs, *OTHERS])


def test_scenario_14_a_leaf_may_be_deleted_instead(make: Make) -> None:
    world = _comments(make, "leaves")

    world.erase(ADA)

    tombs = [(0, None, None, "[removed]"), (1, None, 0, "[removed]")]
    assert world.rows("comments") == sorted([*tombs, *OTHERS])


@pytest.mark.key("tables.*.replies", "tables.*.replies.column", "tables.*.replies.erase")
def test_scenario_14_a_whole_subtree_goes_only_when_declared_and_says_whose_it_was(make: Make) -> None:
    world = _comments(make, "subtree")

    erasure = world.erase(ADA)

    assert world.rows("comments") == []
    assert next((each.rows, each.others) for each in erasure.preview if each.table == "comments") == (6, 3)


def test_scenario_6_a_side_that_is_never_hers_keeps_the_row(make: Make) -> None:
    world = make(
        PEOPLE
        + """
        CREATE TABLE rooms (id INTEGER PRIMARY KEY, host_id INTEGER REFERENCES users(id));
        CREATE TABLE lines (no INTEGER PRIMARY KEY, author_id INTEGER REFERENCES users(id),
                            room_id INTEGER REFERENCES rooms(id));
        INSERT INTO rooms VALUES (1, 0), (2, 5);
        INSERT INTO lines VALUES (1, 0, 1), (2, 0, NULL), (3, 5, 2);
        """.replace("lines", "remarks"),
        USERS
        + """
rooms: {belongs_to: {host_id: users.id}, on_erase: {by: {host_id: detach}}}
remarks:
  belongs_to: {author_id: users.id, room_id: rooms.id}
  on_erase: {by: {author_id: detach, room_id: detach}, orphan: delete}
""",
    )

    world.erase(ADA)

    assert world.rows("remarks") == [(1, None, 1), (3, 5, 2)]
