"""Scenarios 55 and 56 from the office's side: what a case says and keeps while its undo window is open, and after."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.scenarios.conftest import Make
from tests.scenarios.office import Office, open_office
from tests.scenarios.people import ADA, PEOPLE, USERS
from tests.scenarios.test_undo import CLUB, CLUBBED, NO_PERSON, TABLES
from tests.scenarios.undoing import WINDOW, dump
from tests.scenarios.world import NOW
from tests.servers.database import Database
from upheld.actions import journal, plans, replay, stop, undo, window
from upheld.actions.certificates import certify
from upheld.actions.preview import preview
from upheld.actions.status import status
from upheld.actions.suppression import suppressed
from upheld.law.right import Right
from upheld.ledger.types import REGISTRY
from upheld.rights.outcome import Counts, Permanent, Prepared
from upheld.rights.subject import Identity
from upheld.rights.undo import Back, Conflict, Restored, Why
from upheld.store.models import (
    BlindIndex,
    Case,
    Due,
    Evidence,
    Part,
    PendingEntry,
    Request,
    Suppression,
    Undoing,
    Window,
)

HERS = Identity("email", "ada@chess.example.org")
LAST_DAY = "2026-11-28"
END = "2026-11-29"
DONATED = (
    PEOPLE
    + """
CREATE TABLE gifts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users(id), paid_on DATE NOT NULL);
CREATE INDEX gifts_user ON gifts (user_id);
INSERT INTO gifts VALUES (1, 0, '2019-11-24');
""",
    USERS
    + """
gifts:
  belongs_to: {user_id: users.id}
  on_erase: {retain: {ground: legal-obligation, law: tax records, for: 7y, after: paid_on, anonymise: {user_id: null}}}
""",
)


@pytest.fixture
def office(make: Make, sqlite_records: Path, tmp_path: Path) -> Office:
    """The club with a window of seven days; nothing is erased yet."""
    return open_office(make(CLUB, CLUBBED, system=NO_PERSON), tmp_path)


def put_back(office: Office, request: Request, now: datetime = NOW) -> undo.Putting:
    """Approved and done, as the command does it."""
    means = office.means(now)
    found = undo.find(means=means, case=str(request.case_id))
    undo.approve(means=means, request=found)
    return undo.undo(means=means, request=found)


def said() -> Counter[str]:
    return Counter(REGISTRY.decode(bytes(each.content)).type for each in PendingEntry.objects.all())


def test_scenario_55_an_erasure_in_its_window_is_removed_and_recoverable_and_not_certified(
    office: Office, each_database: Database
) -> None:
    standing = office.erase(ADA)

    assert (standing.complete, standing.settled, standing.answered) == (False, True, False)
    assert standing.recoverable_until == date(2026, 11, 29)
    assert standing.systems == (("club", "DONE", "recoverable until 2026-11-29"),)
    [seen] = status(now=NOW).requests
    assert seen.recoverable_until == standing.recoverable_until
    assert office.world.rows("users", "id") == [(5,)]
    with pytest.raises(Permanent, match="2026-11-29"):
        certify(means=office.means(), request=standing.request)
    assert BlindIndex.objects.exists()
    assert [each.value for each in suppressed(keys=office.keys, identities=[HERS])] == [HERS.value]
    sealed = b"".join(bytes(part.sealed_before or b"") for part in Part.objects.all())
    assert sealed
    assert b"ada@chess" not in sealed
    case = Case.objects.get()
    with pytest.raises(Exception, match="does not open"):
        office.keys.open(
            case.key,
            bytes(Part.objects.get().sealed_before or b""),
            record=f"part:{Part.objects.get().pk}:before",
        )


def test_scenario_55_an_undo_restores_the_bytes_and_closes_the_case(
    office: Office, each_database: Database
) -> None:
    before = dump(each_database, TABLES)
    request = office.erase(ADA).request
    evidence = Evidence.objects.count()

    putting = put_back(office, request)

    assert dump(each_database, TABLES) == before
    back = Restored((Back("posts", 3), Back("sessions", 2), Back("users", 1)))
    assert [(each.system, each.restored, each.why) for each in putting.systems] == [("club", back, "")]
    assert putting.complete
    request.refresh_from_db()
    assert (request.state, request.reason, request.undone_by) == ("REVOKED", "undone", "officer")
    [kept] = Window.objects.all()
    assert kept.destroyed_at is not None
    assert not office.keys.exists(kept.key)
    assert not Part.objects.filter(sealed_before__isnull=False).exists()
    assert not Suppression.objects.exists()
    entries = said()
    assert (entries["erasure.undone/v1"], entries["suppression.lifted/v1"], entries["key.destroyed/v1"]) == (
        1,
        1,
        1,
    )
    assert entries["case.closed/v1"] == 1
    assert Evidence.objects.count() == evidence + 1
    with pytest.raises(Permanent, match="was undone"):
        undo.find(means=office.means(), case=str(request.case_id))


def test_no_window_ends_while_all_writing_is_stopped(office: Office) -> None:
    office.erase(ADA)
    stop.stop(means=office.means(), reason="a wrong map")

    held = office.purge(END)
    stop.lift(means=office.means())

    assert (held.windows, [name for name, _ in held.failures]) == (0, ["club"])
    assert office.purge(END).windows == 1


def test_what_is_due_within_the_window_is_purged_at_its_end(
    make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    """G-17.3"""
    ddl, tables = DONATED
    world = make(ddl, tables, system=NO_PERSON)
    office = open_office(world, tmp_path)
    request = office.erase(ADA).request

    within = office.purge(LAST_DAY)
    kept = world.rows("gifts")
    ended = office.purge(END)

    assert (within.rows, len(kept), ended.rows, ended.windows, ended.failures) == (0, 1, 1, 1, ())
    assert world.rows("gifts") == []
    request.refresh_from_db()
    assert request.state == "FULFILLED"


def test_scenario_56_when_the_window_ends_its_key_goes_and_the_certificate_is_issued(
    office: Office, each_database: Database
) -> None:
    request = office.erase(ADA).request
    gone = dump(each_database, TABLES)

    assert office.purge(LAST_DAY).windows == 0
    found = undo.find(means=office.means(datetime(2026, 11, 28, 12, tzinfo=UTC)), case=str(request.case_id))
    assert found == request
    purged = office.purge(END)

    assert (purged.windows, purged.failures) == (1, ())
    request.refresh_from_db()
    assert request.state == "FULFILLED"
    [kept] = Window.objects.all()
    assert not office.keys.exists(kept.key)
    issued = certify(means=office.means(NOW + timedelta(days=7)), request=request)
    assert issued.certificate.complete
    assert [each.key for each in issued.certificate.destroyed_keys] == [kept.key]
    for now in (NOW + timedelta(days=7), NOW):
        with pytest.raises(Permanent, match="ended on 2026-11-29"):
            undo.find(means=office.means(now), case=str(request.case_id))
    with pytest.raises(Permanent, match="No case of this person"):
        undo.find(means=office.means(), asked=office.asked(ADA))
    assert dump(each_database, TABLES) == gone
    assert [each.value for each in suppressed(keys=office.keys, identities=[HERS])] == [HERS.value]
    assert Suppression.objects.get().request is None


def test_scenario_55_what_cannot_come_back_stays_sealed_until_the_window_ends(
    office: Office, each_database: Database
) -> None:
    request = office.erase(ADA).request
    office.world.run("UPDATE posts SET body = 'edited' WHERE id = 1")

    putting = put_back(office, request)

    [club] = putting.systems
    assert club.restored.conflicts == (Conflict("posts", Why.CHANGED, 1),)
    request.refresh_from_db()
    assert request.state == "IN_PROGRESS"
    standing = office.resume(now=NOW)[0]
    assert (standing.undone, standing.settled, standing.answered) == (True, True, False)
    assert office.world.rows("users", "id") == [(0,), (5,)]

    office.world.run("UPDATE posts SET body = '[removed]' WHERE id = 1")
    assert put_back(office, request).complete

    assert office.world.rows("posts")[0] == (1, 0, "mine", 3, 1)
    request.refresh_from_db()
    assert request.state == "REVOKED"
    assert [each.state for each in Undoing.objects.all()] == ["COMMITTED", "COMMITTED"]


def test_scenario_56_a_conflict_that_nobody_solves_ends_with_the_window(
    office: Office, each_database: Database
) -> None:
    request = office.erase(ADA).request
    office.world.run("DELETE FROM posts WHERE id = 1")
    put_back(office, request)

    assert office.purge(END).windows == 1

    request.refresh_from_db()
    assert (request.state, request.reason) == ("REVOKED", "undone")
    with pytest.raises(Permanent, match="undone"):
        certify(means=office.means(), request=request)


def test_scenario_54_a_replay_within_the_window_can_be_undone_as_the_erasure_could(
    office: Office, each_database: Database
) -> None:
    before = {table: office.world.rows(table) for table in TABLES}
    dumped = dump(each_database, TABLES)
    request = office.erase(ADA).request
    office.world.run("INSERT INTO users VALUES (0, 'ada@chess.example.org', 'Ada')")
    office.world.run("UPDATE posts SET user_id = 0, body = 'mine' WHERE id = 1")

    replayed = replay.replay(means=office.means(), system="club")

    assert (replayed.erasures, replayed.failures) == (1, ())
    assert office.world.rows("users", "id") == [(5,)]
    put_back(office, request)
    assert {table: office.world.rows(table) for table in TABLES} == before
    assert dump(each_database, TABLES) == dumped
    assert replay.replay(means=office.means(), system="club").erasures == 0


def test_the_window_ends_with_the_legal_date_and_the_preview_says_so(
    office: Office, each_database: Database
) -> None:
    office.datamap = replace(office.datamap, systems=(replace(office.datamap.system("club"), undo=60),))
    means = office.means()

    seen = preview(means=means, right=Right.ERASURE, asked=office.asked(ADA))
    late = preview(
        means=means, right=Right.ERASURE, asked=office.asked(ADA), received=NOW.date() - timedelta(days=40)
    )

    assert seen.spans == {"club": window.Span(date(2026, 12, 22), legal=True)}
    assert late.spans == {"club": window.Span(None, legal=True)}
    standing = office.erase(ADA)
    assert standing.recoverable_until == date(2026, 12, 22)


def test_an_erasure_that_is_being_undone_commits_nothing_more(
    make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    office = open_office(make(CLUB, CLUBBED, system=NO_PERSON), tmp_path)
    request = office.begin(ADA)
    means, [fulfilment] = office.means(), request.fulfilments.all()
    hold = journal.take(means=means, fulfilment=fulfilment, plan=plans.load(fulfilment.plan))
    assert hold is not None
    undo.approve(means=means, request=request)

    with pytest.raises(journal.Fenced):
        journal.prepare(means=means, hold=hold, event=Prepared("club", "rest", "{}", Counts(()), b"{}"))

    assert not Part.objects.exists()
    request.refresh_from_db()
    office.fulfil(request)
    assert office.world.rows("users", "id") == [(0,), (5,)]


def test_without_a_window_nothing_is_kept(make: Make, sqlite_records: Path, tmp_path: Path) -> None:
    office = open_office(make(CLUB, CLUBBED, system=NO_PERSON.replace("7d", "none")), tmp_path)

    standing = office.erase(ADA)

    assert (standing.complete, standing.recoverable_until) == (True, None)
    assert not Window.objects.exists()
    assert not Part.objects.filter(sealed_before__isnull=False).exists()
    with pytest.raises(Permanent, match="no undo window"):
        undo.find(means=office.means(), case=str(standing.request.case_id))


GIFTS = (
    "CREATE TABLE gifts (id INTEGER PRIMARY KEY, user_id INTEGER, paid DATE, note VARCHAR(20));\n"
    "INSERT INTO gifts VALUES (1, 0, '2025-03-01', 'for the club');\n"
)
GIVEN = (
    "gifts: {belongs_to: {user_id: users.id}, on_erase: {retain: {ground: legal-obligation, law: tax, for: 7y, "
    "after: paid, then: delete, strip: [note]}}}\n"
)


def test_scenario_56_what_stays_for_a_period_is_still_found_on_its_date(
    make: Make, each_database: Database, sqlite_records: Path, tmp_path: Path
) -> None:
    """The window's key is gone; the case's, which holds which rows those are, is not."""
    office = open_office(make(CLUB + GIFTS, CLUBBED + GIVEN, system=NO_PERSON), tmp_path)
    office.erase(ADA)
    assert office.purge(END).windows == 1
    assert [row[3] for row in office.world.rows("gifts")] == [None]

    assert office.purge("2032-03-01").rows == 1

    assert office.world.rows("gifts") == []


def test_rows_that_were_kept_for_a_period_are_not_purged_once_the_erasure_is_undone(
    make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    """G-17.3: undone, the row is hers again, and no date of the erasure's is left to it."""
    world = make(CLUB + GIFTS, CLUBBED + GIVEN, system=NO_PERSON)
    office = open_office(world, tmp_path)
    before = world.rows("gifts")
    request = office.erase(ADA).request
    assert Due.objects.count() == 1

    put_back(office, request)

    assert office.purge("2033-01-01").rows == 0
    assert world.rows("gifts") == before


@pytest.mark.parametrize(
    "taken", ["(70, 'ada@chess.example.org', 'Ada again')", "(0, 'a@b.example', 'Other')"]
)
def test_scenario_55_an_undo_that_did_not_bring_her_back_ends_as_the_erasure_that_it_is(
    make: Make, each_database: Database, sqlite_records: Path, tmp_path: Path, taken: str
) -> None:
    """Her number or her address is somebody's by now, and no foreign key says that her rows hang on it."""
    unguarded = CLUB.replace("REFERENCES users(id)", "")
    office = open_office(make(unguarded, CLUBBED, system=NO_PERSON), tmp_path)
    request = office.erase(ADA).request
    office.world.run(f"INSERT INTO users VALUES {taken}")
    since = dump(each_database, TABLES)

    putting = put_back(office, request)

    assert (putting.rows, putting.left, dump(each_database, TABLES)) == (0, 6, since)
    request.refresh_from_db()
    assert request.state == "IN_PROGRESS"
    assert office.purge(END).windows == 1
    request.refresh_from_db()
    assert (request.state, request.reason, request.undone_at) == ("FULFILLED", "", None)
    assert (Case.objects.get().state, dump(each_database, TABLES)) == ("CLOSED", since)
    issued = certify(means=office.means(NOW + timedelta(days=7)), request=request)
    [club] = issued.certificate.systems
    assert (issued.certificate.complete, club.erased, club.anonymised) == (True, 3, 3)
    assert [each.value for each in suppressed(keys=office.keys, identities=[HERS])] == [HERS.value]


def test_scenario_55_of_an_undo_in_part_without_her_what_stays_erased_is_certified(
    make: Make, each_database: Database, sqlite_records: Path, tmp_path: Path
) -> None:
    """Her account as a customer comes back, with its bill; her number in the club is a stranger's."""
    ddl = """
    CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER, body VARCHAR(40));
    CREATE TABLE customers (id INTEGER PRIMARY KEY, email VARCHAR(120) NOT NULL);
    CREATE TABLE bills (id INTEGER PRIMARY KEY, customer_id INTEGER);
    CREATE INDEX posts_user ON posts (user_id);
    CREATE INDEX bills_customer ON bills (customer_id);
    INSERT INTO posts VALUES (1, 0, 'hers'), (2, 0, 'hers too'), (4, 5, 'his');
    INSERT INTO customers VALUES (7, 'ada@chess.example.org');
    INSERT INTO bills VALUES (1, 7);
    """
    tables = (
        USERS
        + USERS.replace("users:", "customers:")
        + "posts: {belongs_to: {user_id: users.id}, on_erase: delete}\n"
        + "bills: {belongs_to: {customer_id: customers.id}, on_erase: delete}\n"
    )
    world = make(PEOPLE + ddl, tables, system=WINDOW)
    office = open_office(world, tmp_path)
    request = office.erase(ADA).request
    world.run("INSERT INTO users VALUES (0, 'stranger@chess.example.org')")

    put_back(office, request)

    assert (world.rows("posts"), world.rows("bills")) == ([(4, 5, "his")], [(1, 7)])
    assert office.purge(END).windows == 1
    request.refresh_from_db()
    assert (request.state, request.reason) == ("FULFILLED", "undone in part")
    issued = certify(means=office.means(NOW + timedelta(days=7)), request=request)
    [club] = issued.certificate.systems
    assert (issued.certificate.complete, club.matched, club.erased) == (True, 3, 3)
    assert list(suppressed(keys=office.keys, identities=[HERS])) == []
