"""What somebody objects to stops, on every database: columns that say so, tasks for whoever alone can do it."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from tests.scenarios.conftest import Make
from tests.scenarios.office import Office, open_office
from tests.scenarios.world import NOW, World
from upheld.actions import cases, certificates, erasure, objection, suppression, tasks
from upheld.actions.erasure import Standing
from upheld.actions.preview import preview
from upheld.actions.replay import replay
from upheld.datamap.read import read
from upheld.law.objection import Against
from upheld.law.right import Right
from upheld.ledger.certificate import EvidenceClass
from upheld.rights.outcome import Misconfigured, Permanent
from upheld.rights.subject import Identity
from upheld.store.models import Case, CaseState, Decision, Look, PendingEntry, Request, Suppression, Task

ADA = "email=ada.quillfeather@example.org"
WORDS = "Nothing of ours weighs more than Ada Quillfeather's peace."
CONSENTS = """
CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(80) UNIQUE);
CREATE TABLE consents (id INTEGER PRIMARY KEY, user_id INTEGER, kind VARCHAR(20), granted INTEGER);
CREATE INDEX consents_user ON consents(user_id);
INSERT INTO users VALUES (7, 'ada.quillfeather@example.org'), (8, 'bob@example.org');
INSERT INTO consents VALUES (1, 7, 'newsletter', 1), (2, 7, 'research', 1), (3, 7, 'post', 1), (4, 7, NULL, 1),
  (5, 8, 'newsletter', 1);
"""
EACH = """
users:
  person: id
  identities: {email: {column: email, normalise: email}}
  fields: {email: {category: email-address, purposes: [service]}}
  on_erase: delete
consents:
  belongs_to: {user_id: users.id}
  stop:
    - {against: [marketing], column: granted, value: 0, when: {kind: [newsletter, post]}}
    - {against: [consent], column: granted, value: 0, when: {kind: research}}
  on_erase: delete
"""
SCHEMA = """
CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(80) UNIQUE, newsletter BOOLEAN, profiled INTEGER);
CREATE TABLE subscriptions (id INTEGER PRIMARY KEY, user_id INTEGER, status VARCHAR(20), stopped_at {moment} NULL);
CREATE INDEX subscriptions_user ON subscriptions(user_id);
INSERT INTO users VALUES (7, 'ada.quillfeather@example.org', {true}, 1), (8, 'bob@example.org', {true}, 1);
INSERT INTO subscriptions VALUES (1, 7, 'active', NULL), (2, 7, 'unsubscribed', '2020-02-29 01:02:03'), (3, 8, 'active', NULL);
"""
MAP = """
users:
  person: id
  identities: {email: {column: email, normalise: email}}
  fields: {email: {category: email-address, purposes: [service]}}
  stop:
    - {against: [marketing, consent], column: newsletter, value: false}
    - {against: [use], column: profiled, value: 0}
  on_erase: delete
subscriptions:
  belongs_to: {user_id: users.id}
  stop:
    - {against: [marketing], column: status, value: unsubscribed}
    - {against: [marketing], column: stopped_at}
  on_erase: delete
"""
MANUAL = """
system: calls
title: The calling agency
kind: manual
owner: Sam
address: sam@chess.example.org
look_for: the number
how: shred
days: 5
"""


def club(make: Make, tables: str = MAP) -> World:
    """The same club on each database."""
    kinds = {"sqlite": ("TIMESTAMP", "1"), "postgresql": ("TIMESTAMPTZ", "true")}

    def written(dialect: str) -> str:
        moment, true = kinds.get(dialect, ("DATETIME", "1"))
        return SCHEMA.format(moment=moment, true=true)

    return make(written, tables)


def rows(world: World) -> tuple[list[tuple[int, bool, int]], list[tuple[int, str, bool]]]:
    """What says whether she is written to: people, subscriptions."""
    users = [(each[0], bool(each[1]), each[2]) for each in world.rows("users", "id, newsletter, profiled")]
    found = world.rows("subscriptions", "id, status, stopped_at")
    return users, [(each[0], each[1], each[2] is not None) for each in found]


BEFORE = (
    [(7, True, 1), (8, True, 1)],
    [(1, "active", False), (2, "unsubscribed", True), (3, "active", False)],
)
NO_MARKETING = (
    [(7, False, 1), (8, True, 1)],
    [(1, "unsubscribed", True), (2, "unsubscribed", True), (3, "active", False)],
)


def begun(office: Office, against: Against, words: str = "") -> Request:
    means, asked = office.means(), office.asked(ADA)
    request = cases.receive(means=means, right=against.right, asked=asked)
    request = objection.say(request=request, against=against)
    seen = preview(means=means, right=against.right, asked=asked, request=request)
    objection.approve(means=means, request=request, preview=seen, words=words)
    request.refresh_from_db()
    return request


def stopped(office: Office, against: Against, words: str = "") -> Standing:
    return erasure.fulfil(means=office.means(), request=begun(office, against, words))


@pytest.mark.key("tables.*.stop", "tables.*.stop.against", "tables.*.stop.column", "tables.*.stop.value")
def test_an_objection_to_marketing_sets_what_says_so_in_her_rows_alone_and_is_certified(
    make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    """G-21.2"""
    world = club(make)
    office = open_office(world, tmp_path)
    assert rows(world) == BEFORE

    standing = stopped(office, Against.MARKETING)

    assert standing.complete, standing.systems
    assert rows(world) == NO_MARKETING
    assert Case.objects.get().state == CaseState.CLOSED
    issued = certificates.certify(means=office.means(), request=standing.request)
    assert issued.certificate.right == "OBJECTION"
    assert [(each.title, each.matched, each.changed) for each in issued.certificate.systems] == [
        ("The club", 2, 3)
    ]


def test_who_objected_to_marketing_is_known_in_any_later_list_and_is_not_taken_for_erased(
    make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    """G-21.2"""
    world = club(make)
    office = open_office(world, tmp_path)
    keys = office.means().keys
    a_new_list = [
        Identity("email", value)
        for value in ("BOB@example.org", "Ada.Quillfeather@Example.org", "cy@example.org")
    ]
    stopped(office, Against.USE, WORDS)
    assert list(suppression.unwanted(keys=keys, identities=a_new_list)) == [], "of another use"

    request = stopped(office, Against.MARKETING).request
    stopped(office, Against.MARKETING)

    assert list(suppression.unwanted(keys=keys, identities=a_new_list)) == [a_new_list[1]]
    assert list(suppression.suppressed(keys=keys, identities=a_new_list)) == []
    entries = [json.loads(bytes(each.content)) for each in PendingEntry.objects.order_by("pk")]
    marks = [each for each in entries if each["type"] == "suppression.added/v1"]
    assert [(each["case"], each["against"]) for each in marks] == [(str(request.case_id), "marketing")]
    assert [bytes(each.digest).hex() for each in Suppression.objects.all()] == [marks[0]["mark"]]
    assert "quillfeather" not in json.dumps(entries).casefold()

    assert office.erase(ADA).complete
    assert list(suppression.unwanted(keys=keys, identities=a_new_list)) == [a_new_list[1]]
    assert list(suppression.suppressed(keys=keys, identities=a_new_list)) == [a_new_list[1]]


def test_stopping_what_is_stopped_already_writes_nothing_and_is_answered(
    make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    """G-21.2"""
    world = club(make)
    office = open_office(world, tmp_path)
    stopped(office, Against.MARKETING)
    first = world.rows("subscriptions", "id, status, stopped_at")

    again = stopped(office, Against.MARKETING)

    assert again.complete
    assert world.rows("subscriptions", "id, status, stopped_at") == first
    assert rows(world) == NO_MARKETING


def test_a_withdrawn_consent_stops_what_rests_on_it_and_nothing_else(
    make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    """G-07.5"""
    world = club(make)

    standing = stopped(open_office(world, tmp_path), Against.CONSENT)

    assert standing.complete
    assert rows(world) == ([(7, False, 1), (8, True, 1)], BEFORE[1])


def test_an_objection_to_a_use_is_upheld_in_words_or_not_at_all(
    make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    """G-21.1"""
    world = club(make)
    office = open_office(world, tmp_path)

    with pytest.raises(Permanent, match="Nobody said why"):
        stopped(office, Against.USE)
    assert (rows(world), Decision.objects.count()) == (BEFORE, 0)

    standing = stopped(office, Against.USE, WORDS)

    assert standing.complete
    assert rows(world) == ([(7, True, 0), (8, True, 1)], BEFORE[1])
    assert WORDS.encode() not in bytes(Decision.objects.get().sealed_words)
    written = [json.loads(bytes(each.content)) for each in PendingEntry.objects.all()]
    kinds = [each["type"] for each in written]
    assert kinds.count("objection.upheld/v1") == 1
    assert "Quillfeather" not in json.dumps(written)


def test_an_objection_of_which_nobody_said_to_what_is_not_planned(
    make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    """Fail closed: which of the two it is decides whether it is weighed."""
    office = open_office(club(make), tmp_path)
    means, asked = office.means(), office.asked(ADA)
    request = cases.receive(means=means, right=Right.OBJECTION, asked=asked)

    with pytest.raises(Misconfigured, match="what is objected to"):
        preview(means=means, right=Right.OBJECTION, asked=asked, request=request)
    with pytest.raises(Permanent, match="not about consent"):
        objection.say(request=request, against=Against.CONSENT)


def test_whoever_alone_can_stop_it_is_asked_and_it_is_done_when_all_have_answered(
    make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    """G-21.2: a system by hand, and a database that has no place for it."""
    world = club(make, MAP.replace("marketing, consent", "consent").replace("[marketing]", "[sale]"))
    (world.folder / "systems" / "calls.yaml").write_text(MANUAL)
    office = open_office(world, tmp_path)
    office.datamap = read(world.folder)

    standing = stopped(office, Against.MARKETING)

    assert not standing.complete
    assert rows(world) == BEFORE
    waiting = list(Task.objects.order_by("fulfilment__position"))
    assert [each.fulfilment.system for each in waiting] == ["calls", "club"]
    for each in waiting:
        tasks.answer(means=office.means(), task=each, words="off every list", rows=1, by="Sam")
    done = office.resume(now=office.means().now)
    assert [each.complete for each in done] == [True]
    certificate = certificates.certify(means=office.means(), request=done[0].request).certificate
    assert [(each.system, each.changed, each.evidence) for each in certificate.systems] == [
        ("calls", 1, EvidenceClass.A),
        ("club", 1, EvidenceClass.A),
    ]


def test_a_system_whose_every_purpose_rests_on_something_else_is_not_asked(
    make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    """G-07.5: nothing in the club rests on a consent."""
    known = MAP.replace("marketing, consent", "marketing")
    known = known.replace(
        "belongs_to: {user_id: users.id}", "belongs_to: {user_id: users.id}\n  purposes: [service]"
    )
    world = club(make, known)
    (world.folder / "systems" / "calls.yaml").write_text(MANUAL)
    office = open_office(world, tmp_path)
    office.datamap = read(world.folder)

    stopped(office, Against.CONSENT)

    assert [each.fulfilment.system for each in Task.objects.all()] == ["calls"]


def test_a_mark_that_came_away_in_a_restored_backup_is_set_again(
    make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    """G-21.2"""
    world = club(make)
    office = open_office(world, tmp_path)
    stopped(office, Against.MARKETING)
    world.run("UPDATE users SET newsletter = " + ("true" if world.database.dialect == "postgresql" else "1"))

    done = replay(means=office.means(), system="club", since=NOW - timedelta(days=1))

    assert (done.failures, done.values) == ((), 1)
    assert rows(world) == NO_MARKETING


@pytest.mark.key("tables.*.stop.when")
@pytest.mark.parametrize(
    ("against", "ends", "matched"),
    [(Against.MARKETING, {1, 3}, 2), (Against.CONSENT, {2}, 1)],
)
def test_of_several_consents_in_one_column_the_one_that_is_meant_ends(
    make: Make, sqlite_records: Path, tmp_path: Path, against: Against, ends: set[int], matched: int
) -> None:
    """G-07.3, G-21.2"""
    world = make(lambda _: CONSENTS, EACH)
    office = open_office(world, tmp_path)
    wanted = [(number, int(number not in ends)) for number in range(1, 6)]

    standing = stopped(office, against)

    assert standing.complete, standing.systems
    assert world.rows("consents", "id, granted") == wanted
    issued = certificates.certify(means=office.means(), request=standing.request)
    assert [each.changed for each in issued.certificate.systems] == [matched]
    world.run("UPDATE consents SET granted = 1")
    replay(means=office.means(), system="club", since=NOW - timedelta(days=1))
    assert world.rows("consents", "id, granted") == wanted


def test_a_consent_is_told_apart_by_a_column_that_is_there_or_nothing_is_written(
    make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    world = make(lambda _: CONSENTS, EACH.replace("when: {kind: research}", "when: {sort: research}"))

    standing = stopped(open_office(world, tmp_path), Against.MARKETING)

    assert not standing.complete
    assert "consents.sort" in str(standing.systems)
    assert {granted for _, granted in world.rows("consents", "id, granted")} == {1}


def test_who_wants_to_be_written_to_again_is_with_a_reason_and_an_erasure_keeps_its_mark(
    make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    """G-21.2, P-24: by the address that she objected with; that somebody asked is kept also where it was none."""
    world = club(make)
    office = open_office(world, tmp_path)
    stopped(office, Against.MARKETING)
    means, ada = office.means(), Identity("email", "ada.quillfeather@example.org")
    erased = means.keys.suppress(ada.kind, ada.value)
    Suppression.objects.create(kind="email", digest=erased, at=NOW)
    others = list(Suppression.objects.exclude(digest=erased))

    def want(words: str, why: str = "her letter of May") -> int:
        return suppression.want_again(means=means, words=words, why=why)

    with pytest.raises(Permanent, match="Nobody said why"):
        want(ada.value, " ")
    with pytest.raises(Permanent, match="Nobody said why"):
        want("bob@example.org", "")
    assert (want("bob@example.org"), Suppression.objects.count(), Look.objects.count()) == (0, 2, 1)
    assert want(" Ada.Quillfeather@EXAMPLE.org ") == len(others) == 1

    assert [bytes(each.digest) for each in Suppression.objects.all()] == [erased]
    lifted = [json.loads(bytes(each.content)) for each in PendingEntry.objects.all()][-1]
    assert (lifted["type"], lifted["against"], lifted["mark"], "case" in lifted) == (
        "suppression.lifted/v1",
        "marketing",
        bytes(others[0].digest).hex(),
        False,
    )
    assert {(each.case, each.by, each.why) for each in Look.objects.all()} == {
        (None, means.by, "her letter of May")
    }
    assert list(suppression.unwanted(keys=means.keys, identities=[ada])) == [ada]  # she is erased, too
    Suppression.objects.all().delete()
    assert list(suppression.unwanted(keys=means.keys, identities=[ada])) == []
    assert rows(world) == NO_MARKETING
