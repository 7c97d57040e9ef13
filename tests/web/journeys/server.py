"""`upheld serve` as somebody starts it, with a mailbox that catches what it sends."""

import http.client
import json
import os
import re
import select
import signal
import socket
import ssl
import subprocess
import sys
import time
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import BinaryIO

from aiosmtpd.controller import Controller

from tests.web.hearth import Hearth, Running

PATIENCE = 90.0
COLD = {"LD_PRELOAD", "UPHELD_DATABASE_URL"}
"""What a program has to be begun with: another clock, and records for which another package is imported."""
LINK = re.compile(r"https?://\S+/")


class Mailbox:
    """A mail server that keeps what comes in, and gives it out once."""

    def __init__(self) -> None:
        self._came: list[EmailMessage] = []
        self._controller = Controller(self, hostname="127.0.0.1", port=free_port())
        self._controller.start()

    async def handle_DATA(self, _server: object, _session: object, envelope: object) -> str:  # noqa: N802 - aiosmtpd's name
        self._came.append(message_from_bytes(envelope.content, policy=default))
        return "250 kept"

    @property
    def port(self) -> int:
        found: int = self._controller.port
        return found

    @property
    def url(self) -> str:
        return f"smtp+plain://127.0.0.1:{self.port}"

    def next(self, to: str, about: str) -> EmailMessage:
        """The next mail to that address with these words in its subject; waits for it."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            for mail in self._came:
                if str(mail["To"]) == to and about in str(mail["Subject"]):
                    self._came.remove(mail)
                    return mail
            time.sleep(0.05)
        raise AssertionError(
            f"no mail to {to} about {about!r}: {[(str(m['To']), str(m['Subject'])) for m in self._came]}"
        )

    def left(self, *, besides: str = "privacy@larkspur.example") -> list[tuple[str, str]]:
        """Mails that nobody fetched; without the alarms that the organisation's own desk gets."""
        return [(str(mail["To"]), str(mail["Subject"])) for mail in self._came if str(mail["To"]) != besides]

    def stop(self) -> None:
        self._controller.stop()


def plain(mail: EmailMessage) -> str:
    """What a mail says, in plain text."""
    return str(mail.get_body(("plain",)).get_content())


def link(mail: EmailMessage) -> str:
    """The one address in a mail."""
    (found,) = LINK.findall(plain(mail))
    return str(found)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Server:
    """A running server over the folder `data`; with HTTPS where it is said which certificate is to be trusted. `hearth`:
    where there is one, the server begins as a copy of a program that has imported all of it."""

    data: Path
    environment: dict[str, str]
    port: int = field(default_factory=free_port)
    said: str = ""
    arguments: tuple[str, ...] = ()
    hearth: Hearth | None = None
    program: str = "upheld.cli.main"
    trusts: Path | None = None

    def start(self, *, said: str = "Staff console") -> "Server":
        """Until it answers, and has said that on its terminal."""
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("UPHELD_", "DJANGO_"))
        }
        with (self.data.parent / "stderr.txt").open("ab") as errors:
            self._launch(kept, errors)
        until = time.monotonic() + PATIENCE
        while said not in self.said and time.monotonic() < until:
            self._listen(1.0)
            assert self.process.poll() is None, (self.said, self.errors())
        until = time.monotonic() + PATIENCE
        while not self._answers():
            assert time.monotonic() < until, ("it does not answer", self.said, self.errors())
            time.sleep(0.1)
        self._listen(0.2)
        return self

    def _answers(self) -> bool:
        """A whole answer, not only a connection: a program that has just begun to listen may have none yet."""
        asking = (
            http.client.HTTPSConnection(
                "127.0.0.1",
                self.port,
                timeout=PATIENCE,
                context=ssl.create_default_context(cafile=self.trusts),
            )
            if self.trusts
            else http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        )
        try:
            asking.request("GET", "/healthz")
            return asking.getresponse().read() == b"ok\n"
        except (OSError, http.client.HTTPException):
            return False
        finally:
            asking.close()

    def _launch(self, kept: dict[str, str], errors: BinaryIO) -> None:
        arguments = ["serve", "--data", str(self.data), "--port", str(self.port), *self.arguments]
        environment = {**kept, **self.environment}
        self.process: subprocess.Popen[bytes] | Running
        if self.hearth is not None and not COLD & set(self.environment):
            self.process = self.hearth.begin(arguments, environment, errors)
            return
        self.process = subprocess.Popen(
            [sys.executable, "-m", self.program, *arguments],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=errors,
            stdin=subprocess.DEVNULL,
        )

    def _listen(self, seconds: float) -> None:
        while select.select([self.process.stdout], [], [], seconds)[0]:
            piece = os.read(self.process.stdout.fileno(), 65536)
            if not piece:
                return
            self.said += piece.decode()

    @property
    def address(self) -> str:
        return f"{'https' if self.trusts else 'http'}://127.0.0.1:{self.port}"

    @property
    def first_account(self) -> str:
        (found,) = re.findall(r"http\S+/join/\S+/", self.said)
        return str(found)

    def seated(self, email: str, name: str, password: str) -> dict[str, str]:
        """The first account, made without its pages: the seed of its app, the name and the value of its cookie."""
        assert self.hearth is not None
        token = self.first_account.rstrip("/").rpartition("/")[2]
        listens = {"UPHELD_DATA": str(self.data), "UPHELD_LISTENS": self.address}
        with (self.data.parent / "seat.txt").open("ab") as errors:
            taking = self.hearth.begin(
                [token, email, name, password], {**self.environment, **listens}, errors, seat=True
            )
        told = taking.stdout.read()
        assert taking.wait(PATIENCE) == 0, (self.data.parent / "seat.txt").read_text()
        taking.stdout.close()
        return dict(json.loads(told))

    def errors(self) -> str:
        return (self.data.parent / "stderr.txt").read_text()

    def stop(self) -> int:
        """SIGTERM, as a system's manager sends it; the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(PATIENCE)
        self.process.stdout.close()
        return code
