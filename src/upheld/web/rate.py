"""How often a public form may be sent from one network address. Counted in the store; behind a proxy that is
named in the settings, the address is the one that the proxy says."""

from datetime import timedelta
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

from upheld.actions import pace
from upheld.actions.means import Means

WITHIN = timedelta(minutes=10)


def exceeded(request: HttpRequest, means: Means, action: str, *, most: int) -> bool:
    """Count one more; whether it is beyond `most` within ten minutes."""
    return pace.exceeded(means=means, what=action, whom=origin(request), most=most, within=WITHIN)


def origin(request: HttpRequest) -> str:
    """Whose request it is. What a browser claims about itself is not believed: of the addresses in the
    header, the last that is none of our proxies counts, and only when a proxy of ours sent it."""
    sender = str(request.META.get("REMOTE_ADDR", ""))
    claimed = [each.strip() for each in str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",")]
    while _ours(sender) and claimed and claimed[-1]:
        sender = claimed.pop()
    return _network(sender)


def _ours(address: str) -> bool:
    try:
        read = ip_address(address)
    except ValueError:
        return False
    return any(read in ip_network(each, strict=False) for each in settings.UPHELD_PROXIES)


def _network(address: str) -> str:
    """One subscriber has 2^64 addresses of IPv6: they count as one."""
    try:
        read = ip_address(address)
    except ValueError:
        return ""
    return str(ip_network((read, 64), strict=False)) if read.version == 6 else str(read)
