"""What follows from the end of a request: its certificate on the disk, and a word to the person.

A round of the runner looks at those of which not all of it is known to be done; the others, which grow with
the years, it never looks at again.
"""

from datetime import datetime

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Replace

from upheld.actions.journal import SETTING
from upheld.law.objection import STOPPING
from upheld.law.right import Right
from upheld.store.models import Arrival, CaseState, Certificate, Copy, Mail, MailKind, Request, RequestState

CERTIFIED = [each.value for each in (Right.ERASURE, Right.DELETE, *SETTING)]
TOLD = [
    each.value for each in (Right.ERASURE, Right.DELETE, Right.RECTIFICATION, Right.RESTRICTION, *STOPPING)
]
"""Of whose end she is told once the certificate is there; of a copy once it is whole."""
TOGETHER = 500


def _owing() -> QuerySet[Request]:
    return Request.objects.filter(finished_at__isnull=False, seen_through_at=None)


def _certificate(**of: object) -> Exists:
    return Exists(Certificate.objects.filter(request=OuterRef("pk"), complete=True, **of))


def _told(*kinds: MailKind) -> Exists:
    """Whether such a mail is about the request."""
    number = Replace(Cast(OuterRef("pk"), CharField()), Value("-"), Value(""))
    mails = Mail.objects.filter(case=OuterRef("case"), kind__in=kinds)
    return Exists(mails.annotate(whose=Replace("about", Value("-"), Value(""))).filter(whose=number))


def _reachable() -> Exists:
    return Exists(Arrival.objects.filter(case=OuterRef("case"), reachable=True))


def uncertified() -> QuerySet[Request]:
    """Fulfilled requests without a complete certificate, or one whose files were not written, while their
    case's key is there."""
    fulfilled = _owing().filter(right__in=CERTIFIED, state=RequestState.FULFILLED)
    return fulfilled.filter(~_certificate(written_at__isnull=False), case__key_destroyed_at=None)


def untold(kind: MailKind) -> QuerySet[Request]:
    """Fulfilled requests of whose copy, or of whose end, a person who can be written to was not told."""
    fulfilled = _owing().filter(state=RequestState.FULFILLED, case__key_destroyed_at=None)
    whole = (
        Exists(Copy.objects.filter(request=OuterRef("pk")))
        if kind == MailKind.COPY_READY
        else Q(right__in=TOLD) & Q(_certificate())
    )
    return fulfilled.filter(whole, _reachable(), ~_told(kind)).select_related("case")


def see_through(*, at: datetime) -> int:
    """Look no more at those of which nothing is owed; gives how many. While a case is open an address may
    still come to it. Some hundreds at a time: after an upgrade they are many, and others write meanwhile."""
    waits = Q(case__state=CaseState.OPEN) | Q(_reachable())
    copied = Exists(Copy.objects.filter(request=OuterRef("pk")))
    told = Q(_told(MailKind.COPY_READY, MailKind.DONE)) | ~(waits & (Q(copied) | Q(right__in=TOLD)))
    certified = ~Q(right__in=CERTIFIED) | Q(_certificate(written_at__isnull=False))
    done = _owing().filter(
        ~Q(state=RequestState.FULFILLED) | Q(case__key_destroyed_at__isnull=False) | (certified & told)
    )
    many = 0
    while some := list(done.values_list("pk", flat=True)[:TOGETHER]):
        many += Request.objects.filter(pk__among=some).update(seen_through_at=at)
    return many
