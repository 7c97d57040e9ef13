"""A company's server with all that it works with, each of which can be killed: on SQLite `upheld serve` alone, on
PostgreSQL with two workers as if on hosts of their own, whose data folders share what is written for people."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg

from tests.servers import postgresql as on_postgresql
from tests.servers.database import Database
from tests.servers.server import parent_folder, stop_all
from tests.web.journeys.plugin import ORGANISATION, PURPOSES, SHOP
from tests.web.journeys.server import Mailbox, Server

ROOT = Path(__file__).parents[2]
PATIENCE = 300.0
"""Seconds until a test gives up; no statement about how long anything may take."""
AT_REST = 20.0
"""Seconds after which one who shares the work is killed without being at a part."""
ORDERS = 10
SCHEMA = (
    "CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(120) NOT NULL, name VARCHAR(80) NOT NULL)",
    "CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users(id), what VARCHAR(80))",
    "CREATE INDEX orders_user ON orders(user_id)",
    "CREATE INDEX users_email ON users(email)",
)
SHARED = ("packages", "kept", "certificates")
Kill = Callable[[random.Random], None]


class Busy(threading.Thread):
    """Others work in the shop too, and hold its rows for half a second at a time: so long a part is at work. While
    `held` is set they hold them until it is not; `holding` says that they do."""

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self._url, self._ended = url, threading.Event()
        self.held, self.holding = threading.Event(), threading.Event()

    def run(self) -> None:
        while not self._ended.wait(0.2):
            with suppress(psycopg.OperationalError), psycopg.connect(self._url) as connection:
                connection.execute("LOCK TABLE orders IN SHARE MODE")
                self._ended.wait(0.5)
                while self.held.is_set() and not self._ended.wait(0.1):
                    self.holding.set()
                self.holding.clear()

    def end(self) -> None:
        self._ended.set()
        self.join()


class House:
    """A shop of `people` on a PostgreSQL of its own, which holds our records too unless they are on SQLite."""

    def __init__(self, folder: Path, kind: str, people: int, *, shop: str = SHOP) -> None:
        self.folder, self.kind, self.data = folder, kind, folder / "data"
        self.run = parent_folder() / f"run-{os.getpid()}-server"
        stop_all(self.run)
        self.run.mkdir(mode=0o711)
        self.run.chmod(0o711)
        self.postgres = on_postgresql.postgresql(self.run, "postgresql15")
        for name in ("records", "shop"):
            on_postgresql.create(self.postgres, name)
        self.shop = Database("postgresql15", "postgresql", self.postgres.url("shop"))
        self.shop.run(
            *SCHEMA,
            "INSERT INTO users SELECT n, 'person' || n || '@example.org', 'Person ' || n"
            f" FROM generate_series(0, {people}) n",
            f"INSERT INTO orders SELECT n, mod(n, {people + 1}), 'ink'"
            f" FROM generate_series(1, {ORDERS * (people + 1)}) n",
        )
        privacy = folder / "privacy"
        (privacy / "systems").mkdir(parents=True)
        (privacy / "upheld.yaml").write_text(ORGANISATION + "approve: [access, erasure]\n")
        (privacy / "purposes.yaml").write_text(PURPOSES)
        (privacy / "systems" / "shop.yaml").write_text(shop)
        self.busy = Busy(self.shop.url.replace("+psycopg", ""))
        self.busy.start()
        self.mailbox = Mailbox()
        self.given = {
            "SHOP_DATABASE_URL": self.shop.url,
            "UPHELD_DIR": str(privacy),
            "UPHELD_SMTP_URL": self.mailbox.url,
            "UPHELD_PROXIES": "127.0.0.1",
            "PYTHONPATH": str(ROOT),
            "LOOKS": str(folder / "looks.jsonl"),
        }
        if kind == "sqlite":
            self.records = Database("sqlite", "sqlite", f"sqlite:///{self.data / 'upheld.sqlite3'}")
        else:
            self.records = Database("postgresql15", "postgresql", self.postgres.url("records"))
            self.given["UPHELD_DATABASE_URL"] = self.records.url
        self.server = self._serving()
        self.hosts: list[str] = []
        self.workers = [self.worker() for _ in range(0 if kind == "sqlite" else 2)]
        self.killed: list[tuple[str, str]] = []
        """Of each kill what it was, and the owner of the part that was at work then."""

    def _serving(self) -> Server:
        return Server(self.data, self.given, program="tests.kill.watched").start()

    def environment(self) -> dict[str, str]:
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("UPHELD_", "DJANGO_"))
        }
        settings = {"UPHELD_DATA": str(self.data), "DJANGO_SETTINGS_MODULE": "upheld.project.site"}
        return kept | self.given | settings | {"UPHELD_LISTENS": self.server.address}

    def worker(self) -> "subprocess.Popen[bytes]":
        """On a host of its own: it shares with the server's what is written for people, the key store, the privacy
        folder, and the mark by which it belongs to the installation."""
        host = f"host{len(self.hosts)}"
        own = self.folder / host / "upheld"
        own.mkdir(parents=True)
        shutil.copy(self.data / "installation", own / "installation")
        for name in SHARED:
            (self.data / name).mkdir(exist_ok=True)
            (own / name).symlink_to(self.data / name)
        self.hosts.append(host)
        given = {"UPHELD_DATA": str(own), "UPHELD_KEYS": str(self.data / "keys"), "HOST": host}
        with (self.folder / "workers.txt").open("ab") as said:
            return subprocess.Popen(
                [sys.executable, "-m", "tests.kill.watched", "worker", "--data", str(own)],
                env=self.environment() | given,
                stdout=said,
                stderr=said,
            )

    def office(self, *arguments: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", "tests.kill.office", *arguments],
            cwd=ROOT,
            env=self.environment(),
            stdout=subprocess.PIPE,
            text=True,
        )

    def told(self, *what: str) -> Any:
        with self.office(*what) as asked:
            said = asked.communicate(timeout=PATIENCE)[0]
        return json.loads(said) if said else None

    def said(self) -> str:
        """What its programs said to whoever runs them."""
        workers = self.folder / "workers.txt"
        return (workers.read_text() if workers.exists() else "") + self.server.errors()

    # --- what is killed ---

    def victims(self) -> dict[str, Kill]:
        """Each kind by name."""
        both = {
            "web": self.kill_web,
            "runner": self.kill_runner,
            "server": self.kill_server,
            "backend": self.kill_backend,
        }
        more = {"worker": self.kill_worker, "database": self.kill_database}
        return both | more if self.workers else both

    def kill_web(self, chance: random.Random) -> None:
        """The web server: the program that listens, or the one that answers."""
        listening = self._child("web")
        os.kill(chance.choice([listening, *_children(listening)]), signal.SIGKILL)
        self.killed.append(("web", self._at_work()))

    def kill_runner(self, _chance: random.Random) -> None:
        """In the middle of a part."""
        owner = self._stopped(lambda owner: int(owner.split("/")[1]), self._is_own)
        self.killed.append(("runner", owner))
        with suppress(ProcessLookupError):
            os.kill(int(owner.split("/")[1]) if owner else self._child("runner"), signal.SIGKILL)

    def kill_worker(self, chance: random.Random) -> None:
        """In the middle of a part; another one is started, on another host."""
        owner = self._stopped(lambda owner: int(owner.split("/")[1]), self._is_worker)
        pids = [each.pid for each in self.workers]
        number = pids.index(int(owner.split("/")[1])) if owner else chance.randrange(len(pids))
        self.killed.append(("worker", owner))
        self.workers[number].kill()
        self.workers[number].wait()
        self.workers[number] = self.worker()

    def kill_server(self, _chance: random.Random) -> None:
        """`upheld serve` with all its programs at once, in the middle of a part of its runner."""
        owner = self._stopped(lambda owner: int(owner.split("/")[1]), self._is_own)
        self.killed.append(("server", owner))
        for pid in _family(self.server.process.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.server.process.wait()
        self.server.process.stdout.close()
        self.server = self._serving()

    def kill_backend(self, chance: random.Random) -> None:
        """One process of the database: PostgreSQL then ends all others, rolls back, and recovers."""
        self.wait_for_work()
        with psycopg.connect(self._administered()) as connection:
            found = connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname IN ('records', 'shop') AND pid <> pg_backend_pid()"
            ).fetchall()
        self.killed.append(("backend", self._at_work()))
        for (pid,) in found and [chance.choice(found)]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._wait_for_database()

    def kill_database(self, chance: random.Random) -> None:
        """PostgreSQL itself, and all of its processes with it; away for a moment, as a machine that starts again."""
        self.wait_for_work()
        self.killed.append(("database", self._at_work()))
        self.end_database()
        time.sleep(chance.uniform(0.2, 2.0))
        self.start_database()

    def end_database(self) -> None:
        for pid in _family(self.postgres.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        os.waitpid(self.postgres.pid, 0)

    def start_database(self) -> None:
        self.postgres = on_postgresql.again(self.postgres)

    # --- who is at what ---

    def _owners(self) -> list[str]:
        try:
            found = self.records.rows("SELECT owner FROM store_fulfilment WHERE state = 'RUNNING'")
        except Exception as error:
            if "OperationalError" not in type(error).__name__:
                raise
            return []
        return [owner for (owner,) in found if "/" in owner]

    def _at_work(self) -> str:
        return next(iter(self._owners()), "")

    def _is_own(self, owner: str) -> bool:
        return owner.split("/", maxsplit=1)[0] not in self.hosts and owner.split("/")[1] == str(
            self._child("runner")
        )

    def _is_worker(self, owner: str) -> bool:
        return owner.split("/")[1] in [str(each.pid) for each in self.workers]

    def wait_for_work(self) -> None:
        until = time.monotonic() + AT_REST
        while not self._owners() and time.monotonic() < until:
            time.sleep(0.05)

    def _stopped(self, pid_of: Callable[[str], int], chosen: Callable[[str], bool]) -> str:
        """Who is at a part, and stands still at it; empty where nobody of the chosen was for a while."""
        alone = not self.workers
        until = time.monotonic() + (PATIENCE if alone else AT_REST)
        while time.monotonic() < until:
            for owner in filter(chosen, self._owners()):
                with suppress(ProcessLookupError):
                    os.kill(pid_of(owner), signal.SIGSTOP)
                    if owner in self._owners():
                        return owner
                    os.kill(pid_of(owner), signal.SIGCONT)
            time.sleep(0.05)
        assert not alone, "nobody carried anything out"
        return ""

    def _child(self, name: str) -> int:
        """The program of that name, once `upheld serve` has started it."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            for pid in _children(self.server.process.pid):
                with suppress(OSError):
                    if Path(f"/proc/{pid}/comm").read_text().strip() == f"upheld-{name}":
                        return pid
            time.sleep(0.05)
        raise AssertionError(f"no {name}: {self.server.errors()}")

    def _administered(self) -> str:
        return self.postgres.url("postgres").replace("+psycopg", "")

    def _wait_for_database(self) -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            with suppress(psycopg.OperationalError), psycopg.connect(self._administered()):
                return
            time.sleep(0.2)

    def stop(self) -> None:
        self.busy.end()
        for each in self.workers:
            each.terminate()
        for each in self.workers:
            each.wait(PATIENCE)
        self.server.stop()
        self.mailbox.stop()
        self.shop.close()
        self.records.close()
        stop_all(self.run)


def _children(pid: int) -> list[int]:
    with suppress(OSError):
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def _family(pid: int) -> list[int]:
    """It and all that it started, and what these did."""
    return [pid, *(each for child in _children(pid) for each in _family(child))]
