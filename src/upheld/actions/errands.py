"""What a page wants of a system and the runner does: a look, or a draft. A page connects to none."""

from django.db import transaction

from upheld.actions.means import Means
from upheld.store.models import Errand, ErrandKind


@transaction.atomic
def order(*, means: Means, kind: ErrandKind, system: str, connect: str = "") -> Errand:
    """Have it done in the next round. What is waiting already is not ordered twice."""
    found, _ = Errand.objects.get_or_create(
        kind=kind,
        system=system,
        done_at=None,
        defaults={"connect": connect, "by": means.by, "at": means.clock()},
    )
    return found


def waiting(*, system: str) -> Errand | None:
    """The look at a system that is ordered and not taken yet."""
    return Errand.objects.filter(kind=ErrandKind.LOOK, system=system, done_at=None).first()


def drafts() -> tuple[Errand, ...]:
    """The drafts that were ordered last, newest first."""
    found = Errand.objects.filter(kind=ErrandKind.DRAFT).select_related("revision")
    return tuple(found.order_by("-at", "-id")[:10])
