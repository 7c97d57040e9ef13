"""How often: counted in the store, so that a restart forgets nothing, by a keyed digest that expires."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F

from upheld.actions.means import Means
from upheld.store.models import Pace, Tries


@transaction.atomic
def exceeded(*, means: Means, what: str, whom: str, most: int, within: timedelta) -> bool:
    """Count one more of `what` for `whom`; whether that is beyond `most` within the span, which begins with
    the first of it. What is beyond is counted too, and does not lengthen the span."""
    at = means.clock()
    digest = means.keys.blind(f"(pace) {what}", whom)
    Pace.objects.filter(digest=digest, ends_at__lte=at).delete()
    _, first = Pace.objects.get_or_create(digest=digest, defaults={"ends_at": at + within})
    if first:
        return most < 1
    Pace.objects.filter(digest=digest).update(many=F("many") + 1)
    return Pace.objects.get(digest=digest).many > most


def forget(*, means: Means) -> int:
    """Counts whose time is over go; gives how many."""
    at = means.clock()
    return sum(each.objects.filter(ends_at__lte=at).delete()[0] for each in (Pace, Tries))
