"""What follows from the end of a request is done once, whatever a crash cut off, and then never looked for again."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest
from django.db.models import F

from tests.actions.office import asked, office, request
from tests.actions.world import FORUM, HER
from upheld.actions import approving, arrivals, cases, certificates, erasure, owing, rounds
from upheld.actions.erasure import Standing
from upheld.actions.means import Means
from upheld.law.right import Right
from upheld.store.models import Arrival, Case, CaseState, Mail, MailKind, Request, RequestState


@pytest.fixture
def able(records: str, tmp_path: Path) -> Means:
    return office(tmp_path, systems=(FORUM,))


def cut_off(means: Means, standings: Iterable[Standing]) -> Sequence[Path]:
    """As the runner certifies, but for the files."""
    waiting = {each.request.pk: each.request for each in standings}
    waiting |= {each.pk: each for each in certificates.unwritten()}
    list(certificates.certify_many(means=means, requests=[*waiting.values()]))
    return ()


def certify(means: Means, standings: Iterable[Standing]) -> Sequence[Path]:
    cut_off(means, standings)
    certificates.written_many(means=means, requests=certificates.unwritten())
    return ()


def rest(able: Means, certify: rounds.Certify = certify) -> None:
    rounds.drain(means=able, certify=certify, server=None, sender="")


def erased(able: Means, made: Request) -> Request:
    """Approved and carried out, and nothing yet of what follows."""
    looked = approving.fingerprint(approving.look(means=able, request=made))
    approving.approve(means=able, request=made, looked=looked)
    made.refresh_from_db()
    erasure.fulfil(means=able, request=made)
    made.refresh_from_db()
    assert made.state == RequestState.FULFILLED
    return made


def owed() -> tuple[int, int, int]:
    """How many wait for a certificate, for a word to the person, and how many are looked at at all."""
    looked_at = Request.objects.filter(finished_at__isnull=False, seen_through_at=None).count()
    return owing.uncertified().count(), owing.untold(MailKind.DONE).count(), looked_at


def told(*kinds: MailKind) -> int:
    return Mail.objects.filter(kind__in=kinds).count()


def test_what_is_owed_is_done_and_then_looked_for_no_more(able: Means) -> None:
    erased(able, request(asked(able, Right.ERASURE)))
    before = owed()

    rest(able)
    rest(able)

    assert (before, owed(), told(MailKind.DONE)) == ((1, 0, 1), (0, 0, 0), 1)
    Mail.objects.all().delete()
    rest(able)
    assert told(MailKind.DONE) == 0  # nobody looked


def test_a_certificate_that_did_not_reach_the_disk_is_still_owed(able: Means) -> None:
    made = erased(able, request(asked(able, Right.ERASURE)))

    rest(able, cut_off)
    rest(able, cut_off)

    assert (owed(), told(MailKind.DONE)) == ((1, 0, 1), 1)
    assert certificates.unwritten() == (made,)
    certificates.written(means=able, request=made)
    rest(able)
    assert owed() == (0, 0, 0)


def test_who_is_reached_by_post_is_not_tried_again_each_round(able: Means) -> None:
    made = erased(able, request(asked(able, Right.ERASURE)))
    letter = Arrival.objects.get()
    arrivals.seal(means=able, arrival=letter, address="")
    letter.save()

    rest(able)
    rest(able)

    letter.refresh_from_db()
    assert (owed(), told(MailKind.DONE), letter.reachable) == ((0, 0, 0), 0, False)
    made.refresh_from_db()
    assert made.seen_through_at is not None


def test_she_is_told_when_her_address_comes_while_the_case_is_open(able: Means) -> None:
    made = erased(able, request(asked(able, Right.ERASURE)))
    Arrival.objects.update(reachable=False)
    Case.objects.update(state=CaseState.OPEN, closed_at=None)  # something else of it is not finished
    rest(able)
    rest(able)
    before = (owed(), told(MailKind.DONE))

    Arrival.objects.update(reachable=True)
    rest(able)

    assert (before, owed(), told(MailKind.DONE)) == (((0, 0, 1), 0), (0, 0, 0), 1)
    made.refresh_from_db()
    assert made.seen_through_at is not None


def test_a_request_that_is_denied_owes_nothing(able: Means) -> None:
    made = cases.receive(means=able, right=Right.ERASURE, asked=HER)
    cases.finish(means=able, request=made, state=RequestState.DENIED, reason="no_match")
    assert owed() == (0, 0, 1)

    rest(able)

    assert owed() == (0, 0, 0)


def test_where_the_key_is_gone_nothing_can_be_done_any_more(able: Means) -> None:
    erased(able, request(asked(able, Right.ERASURE)))
    Case.objects.update(key_destroyed_at=F("closed_at"))

    rest(able)

    assert (owed(), told(MailKind.DONE)) == ((0, 0, 0), 0)
