"""How often a public form may be sent from one address. Counted in memory, for minutes, as a keyed digest."""

import hmac
from hashlib import sha256

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

SECONDS = 600


def exceeded(request: HttpRequest, action: str, *, most: int) -> bool:
    """Count one more; whether it is beyond `most` within ten minutes."""
    origin = str(request.META.get("REMOTE_ADDR", ""))
    mark = hmac.new(str(settings.SECRET_KEY).encode(), f"{action} {origin}".encode(), sha256).hexdigest()
    cache.add(f"rate:{mark}", 0, SECONDS)
    try:
        return cache.incr(f"rate:{mark}") > most
    except ValueError:  # it ran out between the two
        return False
