"""The organisation's server, its officer, and an inbox beside it: started, and ended together."""

import re
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_urlsafe
from typing import Self

from upheld.demo.inbox import Inbox, digits
from upheld.demo.place import Place
from upheld.demo.server import end
from upheld.demo.terminal import environment
from upheld.demo.visitor import Visitor
from upheld.rights.outcome import Misconfigured

PATIENCE = 60.0
EMAIL = "officer@wattgrund.example"
NAME = "Olga Officer"


@dataclass
class Office:
    """`upheld serve` over the demo's records, as one types it, and the officer's account."""

    place: Place
    port: int
    inbox_port: int
    password: str = field(default_factory=lambda: token_urlsafe(12))
    secret: str = ""
    desk: Visitor = field(default_factory=Visitor)

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(self, *_ended: object) -> None:
        self.close()

    def open(self) -> None:
        """Start everything, and let the officer log in. Misconfigured, with what it said, where the server
        does not come up."""
        self.inbox = Inbox(page=self.inbox_port, style=f"{self.address}/static/")
        log = self.place.root / "serve.log"
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "upheld.cli.main", "serve"),
                    *("--data", str(self.place.data), "--dir", str(self.place.privacy)),
                    *("--port", str(self.port)),
                ],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env=environment() | self.settings(),
            )
        self._enrol(self._first_account(log))

    def settings(self) -> dict[str, str]:
        """What the server's environment says."""
        return {"UPHELD_SMTP_URL": self.inbox.url}

    @property
    def address(self) -> str:
        """Of what people see."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def console(self) -> str:
        """Of what the staff sees."""
        return f"{self.address}/console/"

    def close(self) -> None:
        """End the server and the inbox; more than once is no error."""
        if hasattr(self, "_process"):
            end(self._process.pid)
        if hasattr(self, "inbox"):
            self.inbox.stop()
            del self.inbox

    def wait(self) -> int:
        """Until the server ends by itself, or Ctrl-C."""
        return self._process.wait()

    def _first_account(self, log: Path) -> str:
        limit = time.monotonic() + PATIENCE
        while time.monotonic() < limit and self._process.poll() is None:
            found = re.search(r"http\S+/join/\S+/", log.read_text(encoding="utf-8"))
            if found and self._answers():
                return found[0]
            time.sleep(0.1)
        self.close()
        said = log.read_text(encoding="utf-8", errors="replace")[-800:].strip()
        raise Misconfigured(f"The server does not start: {said}", "Repair that, then run it again.")

    def _answers(self) -> bool:
        try:
            Visitor().open(self.address)
        except OSError:
            return False
        return True

    def _enrol(self, link: str) -> None:
        """The account, then the second factor, as the pages ask for it."""
        desk = self.desk
        desk.open(link)
        desk.press("Make my account", Your_name=NAME, Your_e=EMAIL, A_password=self.password)
        desk.press("Log in", Email=EMAIL, Password=self.password)
        found = re.search(r"Key: ([A-Z2-7]{16,})", desk.page.text)
        self.secret = found[1] if found else ""
        self.inbox.code = lambda: digits(self.secret, time.time())
        if (left := 30 - time.time() % 30) < 2:  # the code is sent before it ends
            time.sleep(left)
        desk.press("Set it up", Authenticator_code=self.inbox.code())
        desk.follow("I have kept them")
