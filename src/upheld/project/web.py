"""The web server: granian, whose one worker is a program of its own again."""

from pathlib import Path

from granian import Granian
from granian.constants import Interfaces

THREADS = 32
"""Most of them sleep; of one address at most twelve are at work (`project.wsgi`)."""


def serve(host: str, port: int, certificate: Path | None = None, key: Path | None = None) -> None:
    """Until SIGTERM; requests that are being answered are answered first."""
    Granian(
        "upheld.project.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=THREADS,
        websockets=False,
        log_enabled=False,
        log_access=False,  # addresses hold links
        ssl_cert=certificate,
        ssl_key=key,
        workers_kill_timeout=30,
    ).serve()
