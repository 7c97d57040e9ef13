"""A week before her copy goes, she is told, once (P-25)."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from upheld.actions import arrivals, letters, links, outbox
from upheld.actions.means import Means
from upheld.store.keys import Destroyed
from upheld.store.models import Arrival, LinkPurpose, MailKind, Package

BEFORE = timedelta(days=7)


def tell(*, means: Means) -> int:
    """Write the mails that are due; gives how many. A copy that is there for little more than a week anyway
    is not worth a second mail."""
    at = means.clock()
    soon = Package.objects.filter(
        removed_at=None,
        expires_at__gt=at,
        expires_at__lte=at + BEFORE,
        written_at__lte=at - BEFORE,
    )
    # No join: this goes by the index of copies that end.
    wrote = Arrival.objects.filter(case__requests=OuterRef("request"), case__key_destroyed_at=None)
    ready = list(soon.filter(Exists(wrote)).prefetch_related("request__case"))
    known = outbox.told(kind=MailKind.REMINDER, about=[str(each.pk) for each in ready])
    return sum(_tell(means, each) for each in ready if str(each.pk) not in known)


def _tell(means: Means, package: Package) -> bool:
    case = package.request.case
    arrival = Arrival.objects.filter(case=case).order_by("-received_at").first()
    if arrival is None:
        return False
    try:
        to = arrivals.opened(means=means, arrival=arrival).address
        if not to:  # she is reached by post or telephone
            return False
        with transaction.atomic():
            given = links.give(means=means, purpose=LinkPurpose.FOLLOW, arrival=arrival)
            letter = letters.reminder(
                means=means,
                to=to,
                language=arrival.language,
                number=arrivals.number(arrival),
                address=arrivals.followed_at(arrival, given),
                until=means.datamap.organisation.local(package.expires_at).date(),
            )
            outbox.put(
                means=means,
                kind=MailKind.REMINDER,
                letter=letter,
                key=case.key,
                about=str(package.pk),
                arrival=arrival,
                case=case,
            )
    except (Destroyed, IntegrityError):  # her key is gone, or another runner was faster
        return False
    return True
