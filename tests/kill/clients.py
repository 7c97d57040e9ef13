"""Many who ask at once while everything around them is killed: programs by the API, each call repeated until it is
answered, and people by the form, who do not try again."""

import json
import random
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterable
from http.client import HTTPException
from uuid import UUID

Where = Callable[[], str]
"""The server's address now."""


class Program(threading.Thread):
    """Sends one request after the other, for persons of its own; never one twice, whatever breaks off."""

    def __init__(self, where: Where, secret: str, people: Iterable[int], seed: int) -> None:
        super().__init__(daemon=True)
        self._where, self._secret, self._people = where, secret, people
        self._chance, self._ended = random.Random(seed), threading.Event()
        self.asked: dict[int, str] = {}
        """Of each person the right, once the server has answered."""
        self.wrong: list[str] = []

    def run(self) -> None:
        for number in self._people:
            right = self._chance.choice(("access", "erasure", "erasure"))
            key = str(UUID(int=self._chance.getrandbits(128)))
            while not self._sent(number, right, key):
                time.sleep(0.3)
            self.asked[number] = right.upper()
            if self.wrong or self._ended.wait(self._chance.uniform(0.5, 2.5)):
                return

    def end(self) -> None:
        """The call at hand is answered when this returns."""
        self._ended.set()
        self.join()

    def _sent(self, number: int, right: str, key: str) -> bool:
        """Whether it is answered: not by a server that is away, or whose records are."""
        who = [{"kind": "email", "value": f"person{number}@example.org"}]
        asked = {"requests": [{"right": right, "verified": True, "identities": who}]}
        call = urllib.request.Request(  # noqa: S310 - our own server
            f"{self._where()}/api/v1/requests",
            data=json.dumps(asked).encode(),
            headers={
                "Authorization": f"Bearer {self._secret}",
                "Content-Type": "application/json",
                "Idempotency-Key": key,
            },
        )
        try:
            with urllib.request.urlopen(call, timeout=60) as answer:  # noqa: S310 - our own server
                (one,) = json.load(answer)["results"]
        except urllib.error.HTTPError as error:
            if error.code < 500 and error.code != 429:
                self.wrong.append(f"{error.code}: {error.read().decode()}")
            return bool(self.wrong)
        except (OSError, ValueError, HTTPException):  # cut off, also in the middle of an answer
            return False
        if "number" not in one:
            self.wrong.append(json.dumps(one))
        return True


class Visitor(threading.Thread):
    """Asks by the form, each time as somebody else. What was not answered is not asked again."""

    def __init__(self, where: Where, seed: int) -> None:
        super().__init__(daemon=True)
        self._where, self._chance, self._ended = where, random.Random(seed), threading.Event()
        self.tried, self.answered = 0, 0

    def run(self) -> None:
        while not self._ended.wait(self._chance.uniform(0.5, 2.5)):
            self.tried += 1
            form = {"email": f"visitor{self.tried}@example.org", "copy": "on", "step": "send"}
            asked = urllib.request.Request(  # noqa: S310 - our own server
                f"{self._where()}/en/",
                data=urllib.parse.urlencode(form).encode(),
                headers={"X-Forwarded-For": f"10.0.{self.tried // 250}.{self.tried % 250}"},
            )
            try:
                with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310 - our own server
                    answer.read()
                    self.answered += answer.status == 200
            except (OSError, ValueError, HTTPException):
                continue

    def end(self) -> None:
        self._ended.set()
        self.join()
