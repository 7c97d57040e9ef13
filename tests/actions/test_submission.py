"""What programs send in: verified or not, repeated, refused, and approved by the organisation's own rule."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tests.actions.chess import PEOPLE, USERS
from tests.datamap.keys.office import means
from tests.scenarios.conftest import Make
from tests.scenarios.world import World, make_world
from tests.servers.database import Database
from upheld.actions import alarms, arrivals, cases, erasure, rounds, ruled, standing, submission, tokens
from upheld.actions.asking import Asked
from upheld.actions.means import Means
from upheld.actions.preview import preview
from upheld.actions.submission import Repeated, Result, Wanted
from upheld.cli.certifying import certify_answered
from upheld.datamap.model import Limits
from upheld.datamap.quiet import QuietHours
from upheld.law.right import Right
from upheld.rights.connector import Connector
from upheld.rights.outcome import Permanent
from upheld.rights.subject import Identity
from upheld.rights.testing import Died
from upheld.store.models import (
    Alarm,
    Arrival,
    Case,
    Copy,
    Level,
    Link,
    Mail,
    PendingEntry,
    Plan,
    Request,
    RequestState,
    Submission,
    Token,
    TokenUse,
    Verification,
)


@pytest.fixture
def make(sqlite: Database, tmp_path: Path, settings: Any) -> Make:
    """On SQLite; on every database in tests/datamap/keys/test_approve.py."""
    settings.UPHELD_DATA, settings.UPHELD_PACKAGE_DAYS = tmp_path / "data", 30

    def made(ddl: str, tables: str) -> World:
        return make_world(sqlite, tmp_path / "privacy", ddl, tables)

    return made


EMAIL = {name: f"{name}@chess.example.org" for name in ("ada", "ben", "cy")}


def world(make: Make, *approve: str, limits: Limits | None = None) -> Means:
    """A server's means: whoever approves with them has to be told who asks."""
    able = replace(means(make(PEOPLE, USERS)), orders=False)
    mapped = able.datamap
    if limits is not None:
        mapped = replace(mapped, systems=tuple(replace(each, limits=limits) for each in mapped.systems))
    return replace(
        able, datamap=replace(mapped, organisation=replace(mapped.organisation, approve=approve)), by="x"
    )


def token(able: Means, trusted: Level = Level.HIGH) -> Token:
    return tokens.make(means=able, name="shop", submits=True, reads=True, trusted=trusted).token


def of(name: str, right: Right = Right.ACCESS, *, verified: bool = True, contact: str = "") -> Wanted:
    return Wanted(right, (Identity("email", EMAIL[name]),), verified, contact=contact)


def send(able: Means, by: Token, *wanted: Wanted, key: str = "1", body: bytes = b"{}") -> tuple[Result, ...]:
    return submission.submit(means=able, token=by, wanted=wanted, key=key, body=body).results


class Deadly(dict[str, Connector]):
    """Whoever looks for a system dies."""

    def items(self) -> Any:
        raise Died


class Meanwhile(dict[str, Connector]):
    """When the systems are looked for, something else happens first."""

    def __init__(self, connectors: Mapping[str, Connector], what: Callable[[], None]) -> None:
        super().__init__(connectors)
        self.what = what

    def items(self) -> Any:
        self.what()
        return super().items()


def drained(able: Means) -> None:
    for _ in range(2):
        rounds.drain(means=able, certify=certify_answered, server=None, sender="")


def left() -> dict[str, str]:
    return dict(Submission.objects.values_list("request__right", "left"))


def test_many_verified_people_get_what_they_asked_for_without_a_look_of_anybody(
    make: Make, sqlite_records: Path
) -> None:
    able = world(make, "access", "erasure")

    taken = send(able, by := token(able), of("ada"), of("ben", Right.ERASURE))
    drained(able)

    told = [standing.of(means=able, token=by, number=each.number) for each in taken if each.number]
    assert [(each["state"], bool(each["package"]), bool(each["certificate"])) for each in told if each] == [
        ("fulfilled", True, False),
        ("fulfilled", False, True),
    ]
    assert able.connectors["club"].check() == ()
    assert {*Copy.objects.values_list("approved_by", flat=True)} == {ruled.BY}
    assert {*Plan.objects.values_list("approved_by", flat=True)} == {ruled.BY}
    assert [each.by for each in Verification.objects.all()] == ["the program shop"] * 2
    assert all("/en/follow/" in each.follow for each in taken)


def test_what_one_program_looks_at_no_other_does_until_it_is_likely_gone(
    make: Make, sqlite_records: Path
) -> None:
    able = world(make, "access")
    send(able, token(able), of("ada"))
    gone = replace(able, connectors=Deadly())

    with pytest.raises(Died):
        ruled.approve_due(means=gone)
    meanwhile = ruled.approve_due(means=able)
    at = able.clock() + timedelta(seconds=30)
    later = ruled.approve_due(means=replace(able, clock=lambda: at))

    assert (meanwhile, later) == (0, 1)


def test_of_cases_that_are_named_those_alone_are_looked_at(make: Make, sqlite_records: Path) -> None:
    able = world(make, "access")
    send(able, token(able), of("ada"), of("ben"))
    one, other = Request.objects.order_by("pk")

    approved = ruled.approve_due(means=able, among=[other.case_id])

    states = [Request.objects.get(pk=each.pk).state for each in (one, other)]
    assert (approved, states) == (1, [RequestState.OPEN, RequestState.IN_PROGRESS])


def test_a_certificate_that_another_worker_is_writing_is_not_written_twice(
    make: Make, sqlite_records: Path
) -> None:
    able, pause = world(make, "erasure"), timedelta(seconds=15)
    send(able, token(able), of("ben", Right.ERASURE))
    rounds.drain(means=able, certify=lambda *_: (), server=None, sender="")
    finished = Request.objects.get().finished_at
    assert finished is not None

    at_work = certify_answered(replace(able, clock=lambda: finished + pause / 2), (), pause=pause)
    cut_off = certify_answered(replace(able, clock=lambda: finished + pause), (), pause=pause)

    assert (len(at_work), len(cut_off)) == (0, 3)


def test_nothing_is_approved_for_rights_that_the_folder_does_not_name(
    make: Make, sqlite_records: Path
) -> None:
    able = world(make, "access")

    send(able, token(able), of("ben", Right.ERASURE))
    drained(able)

    assert Request.objects.get().state == RequestState.OPEN
    assert Submission.objects.get().rule_at is None


def test_whoever_no_system_knows_waits_for_staff(make: Make, sqlite_records: Path) -> None:
    able = world(make, "access", "erasure")
    nobody = Wanted(Right.ACCESS, (Identity("email", "nobody@example.org"),), verified=True)

    send(able, token(able), nobody)
    drained(able)

    assert (Request.objects.get().state, left()) == (RequestState.OPEN, {"ACCESS": "nobody"})


@pytest.mark.parametrize(
    ("limits", "why"),
    [(Limits(people_per_day=1), "people_per_day"), (Limits(rows_per_person=0), "rows_per_person")],
)
def test_the_rule_goes_beyond_no_limit(make: Make, sqlite_records: Path, limits: Limits, why: str) -> None:
    able = world(make, "erasure", limits=limits)

    send(able, token(able), of("ada", Right.ERASURE), of("ben", Right.ERASURE))
    drained(able)

    done = Request.objects.filter(state=RequestState.FULFILLED).count()
    assert done == (1 if why == "people_per_day" else 0)
    assert {*Submission.objects.exclude(left="").values_list("left", flat=True)} == {why}


def test_the_rule_grants_the_allowance_of_a_day_once_however_long_a_system_waits(
    make: Make, sqlite_records: Path
) -> None:
    """Scenario 68: who is approved and waits for the quiet hours is one of this day's people."""
    able = world(make, "erasure", limits=Limits(people_per_day=1, quiet_hours=QuietHours(time(3), time(4))))
    by = token(able)

    for number, name in enumerate(("ada", "ben", "cy")):
        send(able, by, of(name, Right.ERASURE), key=str(number))
        drained(able)

    states = Request.objects.order_by("received_at").values_list("state", flat=True)
    assert list(states) == [RequestState.IN_PROGRESS, RequestState.OPEN, RequestState.OPEN]
    assert list(Submission.objects.exclude(left="").values_list("left", flat=True)) == ["people_per_day"] * 2


def test_the_rule_counts_anew_when_it_approves(make: Make, sqlite_records: Path) -> None:
    """Scenario 68: somebody else approves another person while the rule looks at this one."""
    able = world(make, "erasure", limits=Limits(people_per_day=1))
    send(able, token(able), of("ada", Right.ERASURE))
    ordering, his = replace(able, orders=True), Asked((Identity("email", EMAIL["ben"]),))

    def approves_another() -> None:
        request = cases.receive(means=ordering, right=Right.ERASURE, asked=his)
        seen = preview(means=ordering, right=Right.ERASURE, asked=his)
        erasure.approve(means=ordering, request=request, preview=seen)

    ruled.approve_due(means=replace(able, connectors=Meanwhile(able.connectors, approves_another)))

    assert list(Plan.objects.values_list("approved_by", flat=True)) == [able.by]
    assert left() == {"ERASURE": "people_per_day"}


def test_a_program_that_is_trusted_less_than_is_needed_approves_nothing(
    make: Make, sqlite_records: Path
) -> None:
    able = world(make, "access")

    send(able, token(able, Level.REASONABLE), of("ada"))
    Request.objects.filter(reached=Level.REASONABLE).update(needed=Level.HIGH)
    Submission.objects.update(rule_at=able.clock())
    drained(able)

    assert (Request.objects.get().state, left()) == (RequestState.OPEN, {"ACCESS": "doubt"})
    with pytest.raises(IntegrityError), transaction.atomic():
        Request.objects.update(state=RequestState.IN_PROGRESS)


def test_whoever_is_not_verified_gets_a_mail_and_is_looked_up_nowhere(
    make: Make, sqlite_records: Path
) -> None:
    able = replace(world(make, "access"), connectors={})

    (taken,) = send(able, by := token(able, Level.NONE), of("ada", verified=False))

    assert (taken.follow, Case.objects.count(), Mail.objects.get().kind) == ("", 0, "VERIFY")
    assert taken.number is not None
    told = standing.of(means=able, token=by, number=taken.number)
    assert told is not None
    assert (told["state"], told["follow"]) == ("unconfirmed", None)


def test_a_token_that_is_not_trusted_cannot_say_that_somebody_is_verified(
    make: Make, sqlite_records: Path
) -> None:
    able = world(make, "access")

    with pytest.raises(Permanent, match="may not do that"):
        send(able, token(able, Level.NONE), of("ada"))
    assert (Case.objects.count(), Arrival.objects.count()) == (0, 0)


def test_a_repeated_call_gives_the_same_answer_and_creates_nothing(make: Make, sqlite_records: Path) -> None:
    able = world(make)
    by, wanted = token(able), (of("ada"), Wanted(Right.ACCESS, (Identity("shoe", "44"),), verified=True))

    first, again = (send(able, by, *wanted) for _ in range(2))
    with pytest.raises(Repeated):
        send(able, by, *wanted, body=b"another")
    other = send(able, by, *wanted, key="2")

    assert first == again
    assert first[0].number != other[0].number
    assert [first[1].code, Arrival.objects.count(), Request.objects.count()] == ["kind", 2, 1]


def test_two_requests_of_one_person_are_one_case_new_or_open(make: Make, sqlite_records: Path) -> None:
    able = world(make)
    by = token(able)

    send(able, by, of("ada"), of("ada", Right.ERASURE))
    send(able, by, of("ada", Right.RESTRICTION), of("ben"), key="2")

    assert sorted(Request.objects.values_list("right", flat=True)) == [
        "ACCESS",
        "ACCESS",
        "ERASURE",
        "RESTRICTION",
    ]
    assert sorted(each.requests.count() for each in Case.objects.all()) == [1, 3]
    assert {*Request.objects.values_list("reached", flat=True)} == {Level.HIGH}


def test_somebody_of_two_open_cases_is_not_taken_and_the_others_are(make: Make, sqlite_records: Path) -> None:
    able = world(make)
    by = token(able)
    send(able, by, of("ada"), of("ben"))
    both = Wanted(
        Right.ACCESS, tuple(Identity("email", EMAIL[each]) for each in ("ada", "ben")), verified=True
    )

    mixed, cy = send(able, by, both, of("cy"), key="2")

    assert (mixed.code, mixed.number, cy.code) == ("two-cases", None, "")


def test_nobody_is_alarmed_of_what_the_rule_decides_and_somebody_of_what_it_leaves(
    make: Make, sqlite_records: Path
) -> None:
    able = world(make, "access")
    nobody = Wanted(Right.ACCESS, (Identity("email", "nobody@example.org"),), verified=True)

    send(able, token(able), of("ada"), nobody)
    before = alarms.notice(means=able, mailing=False)
    drained(able)
    alarms.notice(means=able, mailing=False)

    left_to_staff = Request.objects.get(state=RequestState.OPEN)
    assert before == 0
    assert {*Alarm.objects.values_list("event", "case")} == {
        ("case.new", left_to_staff.case_id),
        ("case.needs_you", left_to_staff.case_id),
    }


def test_the_copy_comes_before_the_deletion(make: Make, sqlite_records: Path) -> None:
    able = world(make, "access", "erasure")

    send(able, token(able), of("ada"), of("ada", Right.ERASURE))
    drained(able)

    states = dict(Request.objects.values_list("right", "state"))
    assert states == {"ACCESS": RequestState.FULFILLED, "ERASURE": RequestState.OPEN}
    assert Submission.objects.get(request__right="ERASURE").rule_at is not None


def test_with_an_address_she_is_told_by_mail_and_without_one_by_the_program(
    make: Make, sqlite_records: Path
) -> None:
    able = world(make, "access")

    send(able, token(able), of("ada", contact=EMAIL["ada"]), of("ben"))
    drained(able)

    assert Request.objects.filter(state=RequestState.FULFILLED).count() == 2
    assert [each.kind for each in Mail.objects.all()] == ["COPY_READY"]


def test_another_program_learns_nothing_of_it_and_a_newer_token_of_the_same_does(
    make: Make, sqlite_records: Path
) -> None:
    able = world(make)
    (taken,) = send(able, token(able), of("ada"))
    newer = token(able)
    other = tokens.make(means=able, name="newsletter", submits=False, reads=True).token

    assert taken.number is not None
    assert standing.of(means=able, token=other, number=taken.number) is None
    told = standing.of(means=able, token=newer, number=taken.number)
    assert told is not None
    assert told["follow"] == taken.follow


def test_her_link_is_known_here_by_its_digest_alone_and_asking_prolongs_it(
    make: Make, sqlite_records: Path
) -> None:
    able = world(make)
    (taken,) = send(able, by := token(able), of("ada"))
    secret = taken.follow.rstrip("/").rpartition("/")[2]
    later = replace(able, clock=lambda: able.now + timedelta(days=29))

    assert taken.number is not None
    standing.of(means=later, token=by, number=taken.number)

    link = Link.objects.get(arrival=taken.number)
    assert secret.encode() not in bytes(link.digest)
    assert link.expires_at == later.clock() + timedelta(days=30)


def test_every_use_is_kept_and_says_nothing_of_anybody(make: Make, sqlite_records: Path) -> None:
    able = world(make)
    (taken,) = send(able, by := token(able), of("ada"))
    assert taken.number is not None
    standing.of(means=able, token=by, number=taken.number)

    uses = list(TokenUse.objects.order_by("pk").values_list("what", "status", "people"))
    assert uses == [("submit", 201, 1), ("read", 200, 0)]
    assert EMAIL["ada"] not in "".join(map(str, TokenUse.objects.values_list("results", flat=True)))
    assert not any(EMAIL["ada"].encode() in bytes(each.content) for each in PendingEntry.objects.all())


def test_a_token_is_good_until_it_is_revoked_or_over(sqlite_records: Path, make: Make) -> None:
    able = world(make)
    made = tokens.make(means=able, name="shop", submits=True, reads=False, days=2)
    assert tokens.find(means=able, secret=made.secret) == made.token

    over = replace(able, clock=lambda: able.now + timedelta(days=3))
    for means_, secret in ((over, made.secret), (able, made.secret + "x"), (able, "")):
        with pytest.raises(tokens.Unknown):
            tokens.find(means=means_, secret=secret)
    tokens.revoke(means=able, number=made.token.pk)
    tokens.revoke(means=able, number=made.token.pk)

    with pytest.raises(tokens.Unknown):
        tokens.find(means=able, secret=made.secret)
    assert [each.standing for each in tokens.listed(means=able)] == ["revoked"]
    assert made.secret not in repr(made)


@pytest.mark.parametrize(
    ("name", "may", "trusted", "days"),
    [
        ("", (True, True), Level.NONE, 1),
        ("shop", (False, False), Level.NONE, 1),
        ("shop", (False, True), Level.HIGH, 1),
        ("shop", (True, True), Level.NONE, 401),
    ],
)
def test_a_token_that_makes_no_sense_is_not_made(
    make: Make, sqlite_records: Path, name: str, may: Iterable[bool], trusted: Level, days: int
) -> None:
    submits, reads = may
    with pytest.raises(Permanent):
        tokens.make(means=world(make), name=name, submits=submits, reads=reads, trusted=trusted, days=days)
    assert Token.objects.count() == 0


def test_an_arrival_of_a_program_that_nobody_confirmed_goes_and_its_submission_with_it(
    make: Make, sqlite_records: Path
) -> None:
    able = world(make)
    send(able, token(able, Level.NONE), of("ada", verified=False))

    later = replace(able, clock=lambda: able.now + arrivals.LASTS + timedelta(days=1))

    assert (arrivals.expire(means=later), Submission.objects.count()) == (1, 0)
