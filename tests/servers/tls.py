"""PyMySQL reads the system's certificate authorities anew for each connection, 26 ms of CPU, where it will not verify
anything with them: it takes TLS if the server offers it, and asks for no proof. Ours here offers none."""

import ssl
from collections.abc import Callable
from typing import Any

from pymysql import connections

_OWN: Any = connections.Connection
_make: Callable[[object, object], ssl.SSLContext] = _OWN._create_ssl_ctx
_made: list[ssl.SSLContext] = []


def share_context() -> None:
    """From now on the context of connections that name no certificates is made once a process. Safe to repeat."""

    def context(self: object, given: object) -> ssl.SSLContext:
        if given:
            return _make(self, given)
        if not _made:
            _made.append(_make(self, given))
        return _made[0]

    _OWN._create_ssl_ctx = context
