"""Who has been erased must not come back by an import (P-24, scenario 44)."""

from collections.abc import Iterable, Iterator, Mapping

from upheld.actions import cases
from upheld.actions.cases import canonical
from upheld.actions.means import Means
from upheld.actions.record import record
from upheld.law.right import Right
from upheld.ledger.types import SUPPRESSION_LIFTED
from upheld.rights.subject import Identity
from upheld.store.database import hold
from upheld.store.keys import KeyStore
from upheld.store.models import BlindIndex, FulfilmentState, Request, RequestState, Suppression

BATCH = 500


def suppressed(*, keys: KeyStore, identities: Iterable[Identity]) -> Iterator[Identity]:
    """Those of the identities that belong to erased people; asked in batches, in bounded memory."""
    batch: list[tuple[bytes, Identity]] = []
    for identity in identities:
        named = canonical(identity)
        batch.append((keys.suppress(named.kind, named.value), identity))
        if len(batch) == BATCH:
            yield from _known(batch)
            batch = []
    yield from _known(batch)


def _known(batch: list[tuple[bytes, Identity]]) -> Iterator[Identity]:
    digests = [digest for digest, _ in batch]
    known = {
        bytes(row) for row in Suppression.objects.filter(digest__in=digests).values_list("digest", flat=True)
    }
    return (identity for digest, identity in batch if digest in known)


# --- whose erasure a mark stands for --------------------------------------------------------------------
#
# Two people may share an identity. Its mark goes only when nobody's erasure stands any more: it is kept under
# one erasure that can be undone, and under none as soon as one of them cannot.


def lift(*, means: Means, request: Request) -> None:
    """The marks of an erasure that is undone go, except those that another erasure needs: they become its
    own. Writes `suppression.lifted`. Belongs into a transaction, as the others do."""
    hold("suppression")
    needed: dict[bytes, Request] = {}
    if request.marks.exists():
        for other in _beside(means, request):
            needed |= dict.fromkeys(_digests(means, other), other)
    for mark in request.marks.all():
        digest = bytes(mark.digest)
        if digest in needed:
            mark.request = needed[digest]
            mark.save(update_fields=["request"])
            continue
        mark.delete()
        record(SUPPRESSION_LIFTED, at=means.clock(), case=str(request.case_id), mark=digest.hex())


def for_good(*, means: Means, request: Request) -> None:
    """The erasure can no longer be undone: nor can its marks be lifted, whoever else they are of."""
    hold("suppression")
    request.marks.update(request=None)
    made_final(list(_digests(means, request)))


def made_final(digests: Iterable[bytes]) -> None:
    """These marks belong to an erasure that cannot be undone."""
    Suppression.objects.filter(digest__in=list(digests), request__isnull=False).update(request=None)


def _beside(means: Means, request: Request) -> list[Request]:
    """Erasures of others, complete but for their windows, whose cases are known by an identity of hers."""
    subject = cases.subject_for(means=means, request=request)
    named = [canonical(each) for each in subject.identities] if subject else []
    digests = [means.keys.blind(each.kind, each.value) for each in named]
    known = BlindIndex.objects.filter(digest__in=digests, open=True).exclude(case=request.case_id)
    found = Request.objects.filter(
        case__in=known.values("case"),
        right__in=[Right.ERASURE.value, Right.DELETE.value],
        state=RequestState.IN_PROGRESS,
        undone_at__isnull=True,
    )
    over = {FulfilmentState.DONE, FulfilmentState.RETAINED}
    return [
        each
        for each in found.select_related("case").prefetch_related("fulfilments")
        if all(one.state in over and not one.withheld for one in each.fulfilments.all())
    ]


def _digests(means: Means, request: Request) -> Mapping[bytes, None]:
    subject = cases.subject_for(means=means, request=request)
    named = [canonical(each) for each in subject.identities if each.verified] if subject else []
    return dict.fromkeys(means.keys.suppress(each.kind, each.value) for each in named)
