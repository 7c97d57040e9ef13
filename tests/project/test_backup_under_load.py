"""A backup that is taken while the server works, restored elsewhere: whole, readable, and a server again."""

import json
import sqlite3
import threading
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tests.cli.program import run
from tests.servers.database import Database
from tests.web.journeys.server import Mailbox, Server


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


def test_a_backup_of_a_working_server_is_restored_elsewhere_and_serves_again(
    serving: Callable[..., Server], sqlite: Database, mailbox: Mailbox, tmp_path: Path
) -> None:
    """K-01, K-05: every message of the backup opens with the keys of the same moment, and the ledger is whole."""
    server = serving(sqlite, UPHELD_PROXIES="127.0.0.1")
    there = ["--data", str(server.data)]
    visitors = Visitors(server)
    visitors.start()
    made = []
    for number in range(3):
        while visitors.asked < 4 * (number + 1) and not visitors.failed:
            visitors.join(0.05)
        done = run(
            tmp_path, "backup", *there, "--to", "b/r", "--keys-to", "b/k", "--json", **server.environment
        )
        assert done.returncode == 0, done.stdout + done.stderr
        made.append((json.loads(done.stdout), visitors.asked))
    visitors.end()
    assert visitors.failed == []
    assert server.stop() == 0

    for number, (said, asked) in enumerate(made):
        data = tmp_path / f"new{number}"
        done = run(
            tmp_path,
            *("restore", said["records"], "--keys", said["keys"], "--data", str(data), "--json"),
            **server.environment,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        ended = json.loads(done.stdout)["ended"]
        assert {name: many for name, many in ended.items() if name != "newer"} == dict.fromkeys(
            ("cases", "windows", "arrivals", "mails", "statements", "keys", "marks"), 0
        )
        records = sqlite3.connect(data / "upheld.sqlite3")
        assert records.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert records.execute("PRAGMA foreign_key_check").fetchall() == []
        found = records.execute("SELECT id, key, sealed_content FROM store_arrival").fetchall()
        records.close()
        assert len(found) >= asked - 4, "what was answered before the backup began is in it"
        assert _read(data, found) == {f"person{each}@example.org" for each in range(len(found))}
        assert (
            run(
                tmp_path, "ledger", "export", "--data", str(data), "--out", "x", **server.environment
            ).returncode
            == 0
        )
        assert run(tmp_path, "ledger", "verify", "x").returncode == 0

    again = replace(server, data=tmp_path / "new2", said="").start()
    try:
        with urllib.request.urlopen(again.address, timeout=60) as answer:  # noqa: S310 - our own server
            assert answer.status == 200
    finally:
        assert again.stop() == 0


def _read(data: Path, found: list[tuple[str, str, bytes]]) -> set[str]:
    from uuid import UUID

    from upheld.store.keys import KeyStore

    keys = KeyStore(data / "keys")
    return {
        json.loads(keys.open(key, content, record=f"arrival:{UUID(number)}"))["address"]
        for number, key, content in found
    }
