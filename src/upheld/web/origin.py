"""From which network address a request comes."""

from collections.abc import Mapping
from ipaddress import ip_address, ip_network

from django.conf import settings


def origin(said: Mapping[str, object]) -> str:
    """Whose request it is, by the server's environment of it. What a browser claims about itself is not
    believed: of the addresses in the header, the last that is none of our proxies counts, and only when a
    proxy of ours sent it."""
    sender = str(said.get("REMOTE_ADDR", ""))
    claimed = [each.strip() for each in str(said.get("HTTP_X_FORWARDED_FOR", "")).split(",")]
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
