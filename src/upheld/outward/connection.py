"""A connection to a program of others: to no private address unless that is allowed, and to the very address
that was looked at, for a name that is asked twice may give two answers."""

import ipaddress
import socket
import ssl
from http.client import HTTPConnection

from upheld.rights.outcome import Misconfigured

PORTS = {"https": 443, "http": 80}


class Connection(HTTPConnection):
    """`refused`: what is raised for a private address; None where those are allowed too."""

    def __init__(
        self, host: str, port: int, *, encrypted: bool, refused: Misconfigured | None, seconds: float
    ) -> None:
        super().__init__(host, port, timeout=seconds)
        self._refused = refused
        self._encrypted = encrypted
        self._seconds = seconds

    def connect(self) -> None:
        self.sock = self._connected(_addresses(self.host, self.port, self._refused))
        if self._encrypted:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self.host)

    def _connected(self, addresses: list[str]) -> socket.socket:
        """To the first that answers: a host may have an address of a kind that does not work from here."""
        for address in addresses[:-1]:
            try:
                return socket.create_connection((address, self.port), self._seconds)
            except OSError:
                continue
        return socket.create_connection((addresses[-1], self.port), self._seconds)


def _addresses(host: str, port: int, refused: Misconfigured | None) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(each[4][0]) for each in found]
    if refused is not None and not all(public(each) for each in addresses):
        raise refused
    return addresses


def public(address: str) -> bool:
    """Whether an address is one of the public network, also inside another kind of address."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inside = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inside is None and ip in _TRANSLATED:
            inside = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inside is not None:
            return public(str(inside))
    return ip.is_global and not ip.is_multicast


_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")
