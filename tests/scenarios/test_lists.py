"""Lists of people from the office's side: what each of them has of her own, and one undone while the rest stay gone."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.scenarios.conftest import Make
from tests.scenarios.office import Office, open_office
from tests.scenarios.people import ADA, BEN, CY, PEOPLE, USERS
from tests.scenarios.undoing import WINDOW
from tests.scenarios.world import NOW
from tests.servers.database import Database
from upheld.actions import undo
from upheld.actions.batch import returning
from upheld.actions.batch.begin import approve_many
from upheld.actions.batch.fulfil import fulfil_many
from upheld.actions.batch.look import Line, look
from upheld.actions.batch.outcome import Outcome, outcomes
from upheld.actions.certificates import certify_many
from upheld.datamap.model import Limits
from upheld.rights.outcome import Permanent
from upheld.store.models import Case, Evidence, Part, Plan, Request, Step

SCHEMA = (
    PEOPLE
    + """
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER, body VARCHAR(50));
CREATE INDEX posts_user ON posts(user_id);
CREATE TABLE messages (id INTEGER PRIMARY KEY, sender_id INTEGER, recipient_id INTEGER, body VARCHAR(50));
CREATE INDEX messages_sender ON messages(sender_id);
CREATE INDEX messages_recipient ON messages(recipient_id);
INSERT INTO posts VALUES (1, 0, 'of Ada'), (2, 5, 'of Ben'), (3, 10, 'of Cy');
INSERT INTO messages VALUES (1, 0, 5, 'Ada to Ben'), (2, 5, 10, 'Ben to Cy'), (3, 0, 99, 'Ada to somebody');
"""
)
TABLES = (
    USERS
    + """
posts: {belongs_to: {user_id: users.id}, on_erase: delete}
messages:
  belongs_to: {sender_id: users.id, recipient_id: users.id}
  accept: [{finding: link.optional, reason: freed by an erasure}]
  on_erase: {by: {sender_id: detach, recipient_id: detach}, orphan: delete}
"""
)


def erase(office: Office, *people: str) -> list[Outcome]:
    """The list, one person a line, from the second line on."""
    means = office.means()
    lines = [Line(number, office.asked(each)) for number, each in enumerate(people, start=2)]
    batch = approve_many(means=means, look=look(means=means, lines=lines))
    requests = [each.request for each in batch.each.select_related("request").order_by("line")]
    fulfil_many(means=means, requests=requests)
    return list(outcomes(batch=batch))


def test_each_of_a_list_has_a_case_evidence_and_numbers_of_her_own(
    make: Make, each_database: Database, sqlite_records: Path, tmp_path: Path
) -> None:
    """P-20; scenario 51: the rows that two of them share are counted for each."""
    office = open_office(make(SCHEMA, TABLES), tmp_path)

    ends = erase(office, ADA, BEN)

    assert [(each.lines, each.standing.complete) for each in ends] == [((2,), True), ((3,), True)]
    assert each_database.rows("SELECT id, sender_id, recipient_id FROM messages ORDER BY id") == [
        (2, None, 10),
        (3, None, 99),
    ]
    parts = {part.fulfilment.request_id: part for part in Part.objects.select_related("fulfilment")}
    assert len({part.token for part in parts.values()}) == 1
    counted = [{row["table"]: row["matched"] for row in _tables(parts[each.request.pk])} for each in ends]
    assert counted == [
        {"posts": 1, "messages": 2, "users": 1},
        {"posts": 1, "messages": 2, "users": 1},
    ]
    assert Evidence.objects.count() == 4
    assert Plan.objects.count() == 2
    assert {row.plan_id for row in Step.objects.all()} == {Plan.objects.get(same_as=None).pk}
    assert Case.objects.filter(state="CLOSED").count() == 2


def test_whoever_watches_is_told_what_is_done_for_how_many_and_after_each_system(
    make: Make, each_database: Database, sqlite_records: Path, tmp_path: Path
) -> None:
    """Scenario 52"""
    office = open_office(make(SCHEMA, TABLES), tmp_path)
    means, told = office.means(), list[tuple[str, int, int]]()
    lines = [Line(number, office.asked(each)) for number, each in enumerate((ADA, BEN, CY))]

    def tell(what: str, more: int, total: int) -> None:
        told.append((what, more, total))

    batch = approve_many(means=means, look=look(means=means, lines=lines, told=tell), told=tell)
    requests = [each.request for each in batch.each.select_related("request")]
    fulfil_many(means=means, requests=requests, told=lambda more: tell("erasing", more, 3))
    list(certify_many(means=means, requests=requests, told=tell))

    assert told == [
        *(("finding", more, 3) for more in (0, 3)),
        *(("counting", more, 3) for more in (0, 3)),
        *(("approving", more, 3) for more in (0, 3)),
        *(("erasing", more, 3) for more in (0, 1, 2)),
        *(("certifying", more, 3) for more in (0, 3)),
    ]


THIRDS = (
    PEOPLE
    + "CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER, body VARCHAR(50));\n"
    + "CREATE INDEX posts_user ON posts(user_id);\n"
    + "INSERT INTO posts VALUES "
    + ", ".join(f"({number}, {(0, 5, 10)[number % 3]}, 'x')" for number in range(300))
    + ";\n"
)
POSTS = USERS + "posts: {belongs_to: {user_id: users.id}, on_erase: delete}\n"


@pytest.mark.parametrize(
    ("share", "people", "beyond", "doubts"),
    [
        ("40%", [ADA, BEN], ["67% of posts"], []),
        ("40%", [ADA], [], []),
        ("99%", [ADA, BEN, CY], ["100% of posts"], []),
        ("30%", [ADA], [], ["has 33% of posts in club, more than share_of_table allows (30%)"]),
    ],
)
def test_scenario_68_the_share_of_a_table_is_the_whole_lists_and_each_ones(
    share: str,
    people: list[str],
    beyond: list[str],
    doubts: list[str],
    make: Make,
    each_database: Database,
    sqlite_records: Path,
    tmp_path: Path,
) -> None:
    """Nobody of a list is looked at, so that what would be an alarm for one is one for all of them."""
    office = open_office(make(THIRDS, POSTS, system=f"limits: {{share_of_table: {share}}}"), tmp_path)
    means, lines = office.means(), [Line(number, office.asked(each)) for number, each in enumerate(people)]

    seen = look(means=means, lines=lines)

    assert [(each.limit, each.allowed, each.found) for each in seen.beyond] == [
        ("share_of_table", share, each) for each in beyond
    ]
    assert [each.why for each in seen.doubts] == doubts
    if beyond:
        with pytest.raises(Permanent, match="share_of_table"):
            approve_many(means=means, look=seen)
    assert len(each_database.rows("SELECT id FROM posts")) == 300
    assert Case.objects.count() == 0


def test_scenario_68_a_list_beyond_the_share_goes_through_when_somebody_allows_it_by_name(
    make: Make, each_database: Database, sqlite_records: Path, tmp_path: Path
) -> None:
    office = open_office(make(THIRDS, POSTS, system="limits: {share_of_table: 40%}"), tmp_path)
    means, allow = office.means(), frozenset({"share_of_table"})
    lines = [Line(number, office.asked(each)) for number, each in enumerate((ADA, BEN, CY))]

    seen = look(means=means, lines=lines, allow=allow)
    batch = approve_many(means=means, look=seen, allow=allow, reason="the club closes")
    fulfil_many(means=means, requests=[each.request for each in batch.each.select_related("request")])

    assert each_database.rows("SELECT id FROM posts") == []


def _tables(part: Part) -> list[dict[str, object]]:
    return list(json.loads(part.counts)["tables"])


@pytest.mark.parametrize("who", [ADA, BEN])
def test_scenario_55_one_of_a_list_is_undone_and_the_others_stay_erased(
    who: str, make: Make, each_database: Database, sqlite_records: Path, tmp_path: Path
) -> None:
    office = open_office(make(SCHEMA, TABLES, system="undo: 7d\n"), tmp_path)
    ends = erase(office, ADA, BEN, CY)
    assert [each.standing.recoverable_until is not None for each in ends] == [True] * 3
    assert each_database.rows("SELECT id FROM users") == []
    means, position = office.means(NOW), [ADA, BEN, CY].index(who)
    request = ends[position].request

    undo.approve(means=means, request=request)
    undo.undo(means=means, request=Request.objects.get(pk=request.pk))

    own = {ADA: (0, 1), BEN: (5, 2)}[who]
    assert each_database.rows("SELECT id FROM users") == [(own[0],)]
    assert each_database.rows("SELECT id, user_id FROM posts") == [(own[1], own[0])]
    messages = "SELECT id, sender_id, recipient_id FROM messages WHERE id < 3 ORDER BY id"
    # Ben wrote with both, so he was erased after them: what comes back is his side and nobody else's.
    assert each_database.rows(messages) == ([(1, None, 5), (2, 5, None)] if who == BEN else [])
    now = [Request.objects.get(pk=each.request.pk) for each in ends]
    assert [each.undone_at is not None for each in now] == [each == who for each in (ADA, BEN, CY)]
    # Of Ada's, what went with Ben since is a conflict, as after one by one.
    assert now[position].state == ("REVOKED" if who == BEN else "IN_PROGRESS")


def test_scenario_55_of_a_list_undone_a_stranger_with_a_number_of_theirs_gets_nothing(
    make: Make, each_database: Database, sqlite_records: Path, tmp_path: Path
) -> None:
    """No foreign key holds anything together here; what Ben and Cy wrote to each other hangs on both."""
    world = make(SCHEMA, TABLES, system=WINDOW)
    office = open_office(world, tmp_path)
    erase(office, ADA, BEN, CY)
    world.run("INSERT INTO users VALUES (0, 'stranger@chess.example.org')")
    means = office.means()
    lines = [Line(number, office.asked(each)) for number, each in enumerate((ADA, BEN, CY), start=2)]

    back = returning.put_back(means=means, seen=returning.look(means=means, lines=lines))

    assert [each.complete for each in back] == [False, True, True]
    assert sorted(world.rows("users", "id")) == [(0,), (5,), (10,)]
    assert world.rows("posts", "id") == [(2,), (3,)]
    assert [row for row in world.rows("messages") if 0 in row[1:3]] == []
    assert (2, 5, 10, "Ben to Cy") in world.rows("messages")
    assert world.copy("email=stranger@chess.example.org") == {"users": [(0, "stranger@chess.example.org")]}
    office.purge("2026-11-29")
    assert sorted((each.state, each.reason) for each in Request.objects.all()) == [
        ("FULFILLED", ""),
        ("REVOKED", "undone"),
        ("REVOKED", "undone"),
    ]


def limited(office: Office, people: int) -> Office:
    """The same records, under a map that allows so many people a day."""
    systems = tuple(replace(each, limits=Limits(people_per_day=people)) for each in office.datamap.systems)
    return replace(office, datamap=replace(office.datamap, systems=systems))


def test_scenario_68_a_list_is_approved_only_while_there_is_room_for_all_of_it(
    make: Make, each_database: Database, sqlite_records: Path, tmp_path: Path
) -> None:
    """Whatever was seen before: somebody is approved between the look and the approval, and nothing has run."""
    office = limited(open_office(make(THIRDS, POSTS), tmp_path), 2)
    means, lines = office.means(), [Line(2, office.asked(BEN)), Line(3, office.asked(CY))]
    seen = look(means=means, lines=lines)
    assert seen.beyond == ()
    office.begin(ADA)

    assert [each.found for each in look(means=means, lines=lines).beyond] == ["3"]
    with pytest.raises(Permanent, match="people_per_day is 2, this would be 3"):
        approve_many(means=means, look=seen)

    assert Plan.objects.count() == 1
    allowed = frozenset({"people_per_day"})
    assert approve_many(means=means, look=seen, allow=allowed, reason="they leave").each.count() == 2


def test_scenario_68_of_a_list_that_is_older_than_the_limit_no_more_are_begun_than_it_allows(
    make: Make, each_database: Database, sqlite_records: Path, tmp_path: Path
) -> None:
    office = open_office(make(THIRDS, POSTS), tmp_path)
    means = office.means()
    lines = [Line(number, office.asked(each)) for number, each in enumerate((ADA, BEN, CY))]
    batch = approve_many(means=means, look=look(means=means, lines=lines))
    requests = [each.request for each in batch.each.select_related("request").order_by("line")]

    fulfil_many(means=limited(office, 2).means(), requests=requests)

    stand = [each.standing.systems[0][1:] for each in outcomes(batch=batch)]
    assert [state for state, _ in stand] == ["DONE", "DONE", "FAILED"]
    assert stand[2][1].startswith("club: people_per_day is 2, this would be 3 whom nobody allowed beyond it.")
    assert each_database.rows("SELECT id FROM users") == [(10,)]
    assert each_database.rows("SELECT DISTINCT user_id FROM posts") == [(10,)]
