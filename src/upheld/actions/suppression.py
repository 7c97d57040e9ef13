"""Who has been erased must not come back by an import (P-24, scenario 44), and who objected to direct
marketing must not be written to from a new list (Art. 21(3))."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from django.db import transaction

from upheld.actions import cases, search, staff
from upheld.actions.cases import canonical
from upheld.actions.means import Means
from upheld.actions.record import record
from upheld.law.objection import Against
from upheld.law.right import Right
from upheld.ledger.types import SUPPRESSION_ADDED, SUPPRESSION_LIFTED
from upheld.rights.subject import Identity, Subject
from upheld.store.database import hold
from upheld.store.keys import KeyStore
from upheld.store.models import BlindIndex, FulfilmentState, Request, RequestState, Suppression

BATCH = 500
MARKETING = Against.MARKETING.value


def suppressed(*, keys: KeyStore, identities: Iterable[Identity]) -> Iterator[Identity]:
    """Those of the identities that belong to erased people; asked in batches, in bounded memory."""
    yield from _marked(identities, lambda named: [keys.suppress(named.kind, named.value)])


def unwanted(*, keys: KeyStore, identities: Iterable[Identity]) -> Iterator[Identity]:
    """Those of the identities to whom nobody may write for direct marketing, whatever list they come from: of
    people who objected to it, and of erased people."""
    yield from _marked(
        identities, lambda named: [keys.suppress(named.kind, named.value), _objected(keys, named)]
    )


def _objected(keys: KeyStore, named: Identity) -> bytes:
    """Another mark than that of an erasure: she is still there, and may be imported for what she uses."""
    return keys.suppress(f"{MARKETING}:{named.kind}", named.value)


def keep_out(*, means: Means, request: Request, subject: Subject) -> None:
    """Mark who objected to direct marketing. Belongs into the transaction that upholds it. Writes
    `suppression.added` for each new mark."""
    named = [canonical(each) for each in subject.identities if each.verified]
    hold("suppression")
    at = means.clock()
    for mark in dict.fromkeys(_objected(means.keys, each) for each in named):
        _row, fresh = Suppression.objects.get_or_create(digest=mark, defaults={"kind": MARKETING, "at": at})
        if fresh:
            record(SUPPRESSION_ADDED, at=at, case=str(request.case_id), mark=mark.hex(), against=MARKETING)


@transaction.atomic
def want_again(*, means: Means, words: str, why: str) -> int:
    """Whoever objected to direct marketing wants to be written to again: the marks of that one address,
    number or account go; gives how many did. That somebody asked is kept, as a look, with the reason, also
    where there was none: the answer tells whether she objected. The mark of an erasure stays, and nothing is
    written in any system. Permanent without a reason. Writes `suppression.lifted` for each mark."""
    hold("suppression")
    at = means.clock()
    staff.look(case=None, by=means.by, at=at, what="a mark of an objection", why=why)
    named = (Identity(kind, value) for kind, value in search.read_as(means, words.strip()))
    digests = {_objected(means.keys, each) for each in named}
    marks = list(Suppression.objects.filter(digest__in=digests))
    for each in marks:
        each.delete()
        record(SUPPRESSION_LIFTED, at=at, mark=bytes(each.digest).hex(), against=MARKETING)
    return len(marks)


def _marked(identities: Iterable[Identity], marks: Callable[[Identity], list[bytes]]) -> Iterator[Identity]:
    batch: list[tuple[list[bytes], Identity]] = []
    for identity in identities:
        batch.append((marks(canonical(identity)), identity))
        if len(batch) == BATCH:
            yield from _known(batch)
            batch = []
    yield from _known(batch)


def _known(batch: list[tuple[list[bytes], Identity]]) -> Iterator[Identity]:
    digests = [digest for those, _ in batch for digest in those]
    known = {
        bytes(row) for row in Suppression.objects.filter(digest__in=digests).values_list("digest", flat=True)
    }
    return (identity for those, identity in batch if not known.isdisjoint(those))


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
