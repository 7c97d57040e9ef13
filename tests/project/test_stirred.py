"""A runner that waits: it is woken by whatever is written, by whomever, and by the time at which something is due."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from django.db import transaction

from tests.actions.world import NOW, forum, means
from upheld.actions import approving, awaited, cases
from upheld.actions.asking import Asked
from upheld.law.right import Right
from upheld.project.stirred import Stirred
from upheld.rights.subject import Identity
from upheld.store.models import Fulfilment, FulfilmentState, Milestone, Request
from upheld.store.models.journal import FailureKind


def is_still(stirred: Stirred, look: Callable[[], object] = lambda: None) -> bool:
    """Whether nothing stirs it: other tests write on the same PostgreSQL, though not all the time."""
    for _ in range(500):
        stirred.since()
        look()
        if not stirred.since():
            return True
    return False


def test_what_is_written_stirs_and_reading_does_not(records: str, tmp_path: Path) -> None:
    stirred = Stirred()
    said = [stirred.since(), is_still(stirred), is_still(stirred, Milestone.objects.count)]

    Milestone.objects.create(name="link", state="DONE", by="somebody", at=NOW)
    said += [stirred.since(), is_still(stirred)]
    with transaction.atomic():
        Milestone.objects.all().delete()
        transaction.set_rollback(True)
    stirred.since()  # PostgreSQL cannot tell that nothing came of it
    stirred.close()

    assert said == [True] * 5


def test_a_write_that_is_not_committed_yet_stirs_when_it_is(records: str, tmp_path: Path) -> None:
    stirred = Stirred()
    stirred.since()
    with transaction.atomic():
        Milestone.objects.create(name="link", state="DONE", by="somebody", at=NOW)
        stirred.since()
    seen = stirred.since()
    stirred.close()

    assert seen


def test_what_may_be_tried_later_is_awaited_and_what_waits_for_somebody_is_not(
    records: str, tmp_path: Path
) -> None:
    able = means(tmp_path, forum())
    request = cases.receive(
        means=able, right=Right.ERASURE, asked=Asked((Identity("email", "a@example.net"),))
    )
    looked = approving.fingerprint(approving.look(means=able, request=request))
    approving.approve(means=able, request=request, looked=looked)
    none = awaited.earliest(at=NOW)
    later = NOW + timedelta(minutes=5)
    Fulfilment.objects.update(
        state=FulfilmentState.FAILED, failure=FailureKind.TRANSIENT, not_before=later, leased_until=None
    )

    assert (none, awaited.earliest(at=NOW), awaited.earliest(at=later)) == (None, later, None)
    Request.objects.filter(pk=request.pk).update(state="REVOKED", finished_at=NOW)
    assert awaited.earliest(at=NOW) is None
