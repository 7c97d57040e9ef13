"""A backup that is taken while the server works, restored elsewhere: whole, readable, and a server again."""

import json
import os
import sqlite3
import threading
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import create_engine, text

from tests.cli.program import run
from tests.servers.database import Database
from tests.servers.plugin import NewDatabase
from tests.servers.postgresql import DEBIAN
from tests.web.journeys.server import Mailbox, Server
from upheld.store.keys import KeyStore


class Visitors(threading.Thread):
    """People who ask, one after the other, each from an address of her own."""

    def __init__(self, server: Server) -> None:
        super().__init__()
        self._server, self._ended = server, threading.Event()
        self.asked = 0
        self.failed: list[object] = []

    def run(self) -> None:
        while not self._ended.is_set():
            form = {"email": f"person{self.asked}@example.org", "copy": "on", "step": "send"}
            request = urllib.request.Request(  # noqa: S310 - our own server
                f"{self._server.address}/en/",
                data=urllib.parse.urlencode(form).encode(),
                headers={"X-Forwarded-For": f"10.0.{self.asked // 250}.{self.asked % 250}"},
            )
            try:
                with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - our own server
                    assert answer.status == 200
            except Exception as error:  # noqa: BLE001 - told by the assertion
                self.failed.append(error)
                return
            self.asked += 1

    def end(self) -> None:
        self._ended.set()
        self.join()


@pytest.mark.parametrize("kind", [pytest.param("sqlite", marks=pytest.mark.store("sqlite")), "postgresql"])
def test_a_backup_of_a_working_server_is_restored_elsewhere_and_serves_again(
    kind: str,
    serving: Callable[..., Server],
    sqlite: Database,
    new_database: NewDatabase,
    mailbox: Mailbox,
    tmp_path: Path,
) -> None:
    """K-01, K-05: every message of the backup opens with the keys of the same moment, and the ledger is whole."""

    def records() -> dict[str, str]:
        """An empty place for them: on SQLite it is in the data folder."""
        if kind == "sqlite":
            return {}
        return {"UPHELD_DATABASE_URL": new_database(kind).url, "PATH": f"{DEBIAN}:{os.environ['PATH']}"}

    server = serving(sqlite, UPHELD_PROXIES="127.0.0.1", **records())
    there = ["--data", str(server.data)]
    visitors = Visitors(server)
    visitors.start()
    made = []
    for number in range(3):
        while visitors.asked < 4 * (number + 1) and not visitors.failed:
            visitors.join(0.05)
        answered = visitors.asked
        done = run(
            tmp_path, "backup", *there, "--to", "b/r", "--keys-to", "b/k", "--json", **server.environment
        )
        assert done.returncode == 0, done.stdout + done.stderr
        made.append((json.loads(done.stdout), answered))
    visitors.end()
    assert visitors.failed == []
    assert server.stop() == 0

    for number, (said, asked) in enumerate(made):
        data, elsewhere = tmp_path / f"new{number}", server.environment | records()
        done = run(
            tmp_path,
            *("restore", said["records"], "--keys", said["keys"], "--data", str(data), "--json"),
            **elsewhere,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        ended = json.loads(done.stdout)["ended"]
        assert {name: many for name, many in ended.items() if name != "newer"} == dict.fromkeys(
            ("cases", "windows", "arrivals", "mails", "statements", "keys", "marks"), 0
        )
        if kind == "sqlite":
            assert _checked(data / "upheld.sqlite3") == [("ok",)]
        found = _arrivals(elsewhere.get("UPHELD_DATABASE_URL", f"sqlite:///{data}/upheld.sqlite3"))
        assert len(found) >= asked, "what was answered before the backup began is in it"
        assert _read(data, found) == {f"person{each}@example.org" for each in range(len(found))}
        exported = run(tmp_path, "ledger", "export", "--data", str(data), "--out", "x", **elsewhere)
        assert exported.returncode == 0, exported.stderr
        assert run(tmp_path, "ledger", "verify", "x").returncode == 0

    again = replace(server, data=tmp_path / "new2", environment=elsewhere, said="").start()
    try:
        with urllib.request.urlopen(again.address, timeout=60) as answer:  # noqa: S310 - our own server
            assert answer.status == 200
    finally:
        assert again.stop() == 0


def _checked(database: Path) -> list[tuple[str]]:
    """What SQLite says of its own file, and of references that lead nowhere."""
    records = sqlite3.connect(database)
    try:
        return [
            *records.execute("PRAGMA integrity_check").fetchall(),
            *records.execute("PRAGMA foreign_key_check").fetchall(),
        ]
    finally:
        records.close()


def _arrivals(url: str) -> list[tuple[str, str, bytes]]:
    engine = create_engine(url)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT id, key, sealed_content FROM store_arrival")).fetchall()
    engine.dispose()
    return [(str(number), key, bytes(content)) for number, key, content in rows]


def _read(data: Path, found: list[tuple[str, str, bytes]]) -> set[str]:
    keys = KeyStore(data / "keys")
    return {
        json.loads(keys.open(key, content, record=f"arrival:{UUID(number)}"))["address"]
        for number, key, content in found
    }
