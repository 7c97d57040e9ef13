"""Exim on this machine, and a certificate for it."""

import os
import time
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.servers import certificate as certificates
from tests.servers import exim
from tests.servers.exim import Exim
from tests.servers.plugin import MISSING_MARK
from tests.servers.server import ServerMissing

Begun = Callable[..., Exim]


@pytest.fixture
def begun() -> Iterator[Callable[..., Exim]]:
    """A function that starts Exim."""
    made: list[Exim] = []

    def start(**how: object) -> Exim:
        try:
            made.append(exim.start(**how))
        except ServerMissing as missing:
            if os.environ.get("UPHELD_REQUIRE_SERVERS"):
                pytest.fail(f"{missing.why}: {missing.remedy}")
            pytest.skip(f"{MISSING_MARK}{missing.why} ({missing.remedy})")
        return made[-1]

    yield start
    for each in made:
        each.stop()


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Of 127.0.0.1, signed by itself, and trusted by this program; with its key."""
    files = certificates.made(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(files.public))
    return files.both


def come(box: Exim, many: int = 1) -> list[tuple[str, EmailMessage]]:
    """What has come, once there are so many."""
    until = time.monotonic() + 30
    while len(box.came()) < many and time.monotonic() < until:
        time.sleep(0.05)
    return box.came()
