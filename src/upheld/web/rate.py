"""How often a public form may be sent from one network address. Counted in the store; behind a proxy that is
named in the settings, the address is the one that the proxy says."""

from datetime import timedelta

from django.http import HttpRequest

from upheld.actions import pace
from upheld.actions.means import Means
from upheld.web.origin import origin

WITHIN = timedelta(minutes=10)


def exceeded(request: HttpRequest, means: Means, action: str, *, most: int) -> bool:
    """Count one more; whether it is beyond `most` within ten minutes."""
    return pace.exceeded(means=means, what=action, whom=origin(request.META), most=most, within=WITHIN)
