"""What a page wants of a system and the runner does: a look, or a draft. A page connects to none."""

from datetime import timedelta

from django.db import transaction

from upheld.actions.means import Means
from upheld.store.models import Errand, ErrandKind

PATIENCE = timedelta(minutes=10)


@transaction.atomic
def order(*, means: Means, kind: ErrandKind, system: str, connect: str = "") -> Errand:
    """Have it done in the next round. What waits already is not ordered twice; what a runner took and did not
    end within ten minutes is done anew."""
    found, _ = Errand.objects.get_or_create(
        kind=kind,
        system=system,
        done_at=None,
        defaults={"connect": connect, "by": means.by, "at": means.clock()},
    )
    if found.taken_at is not None and found.taken_at <= means.clock() - PATIENCE:
        Errand.objects.filter(pk=found.pk).update(taken_at=None)
    return found


def ordered() -> bool:
    """Whether one waits to be taken."""
    return Errand.objects.filter(done_at=None, taken_at=None).exists()


def waiting(*, system: str) -> Errand | None:
    """The look at a system that is ordered and not done yet."""
    return Errand.objects.filter(kind=ErrandKind.LOOK, system=system, done_at=None).first()


def drafts() -> tuple[Errand, ...]:
    """The drafts that were ordered last, newest first."""
    found = Errand.objects.filter(kind=ErrandKind.DRAFT).select_related("revision")
    return tuple(found.order_by("-at", "-id")[:10])
