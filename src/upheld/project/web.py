"""The web server as a program of its own: `python -m upheld.project.web HOST PORT [CERTIFICATE KEY]`."""

import sys
from pathlib import Path

from granian import Granian
from granian.constants import Interfaces

from upheld.project.orphan import end_with_parent

THREADS = 32
"""Most of them sleep; of one address at most twelve are at work (`project.wsgi`)."""


def serve(host: str, port: str, certificate: str = "", key: str = "") -> None:
    """Until SIGTERM, or until whoever started it is gone; requests that are being answered are answered
    first."""
    end_with_parent()
    Granian(
        "upheld.project.wsgi:application",
        address=host,
        port=int(port),
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=THREADS,
        websockets=False,
        log_enabled=False,
        log_access=False,  # addresses hold links
        ssl_cert=Path(certificate) if certificate else None,
        ssl_key=Path(key) if key else None,
        workers_kill_timeout=30,
    ).serve()


if __name__ == "__main__":
    serve(*sys.argv[1:])
