"""The shop and Upheld's own records, each a database of one PostgreSQL server, and `upheld serve` on them."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg

from bench.cpu import Meter
from tests.servers.postgresql import create
from tests.servers.server import Server, free_port

HERE = Path(__file__).parent
RECORDS, SHOP = "records", "shop"
READY = "Privacy centre: "
STATEMENT = re.compile(r"^records\|\d+\|LOG:  (?:statement|execute [^:]*): (.*)$")


class WentWrong(Exception):
    """There is nothing to measure."""


@dataclass
class Place:
    """`server`: the database server, whose log says each statement of our own records."""

    server: Server
    folder: Path

    def load(self) -> None:
        """The shop with its rows, and an empty database for the records that logs what it is asked."""
        for name in (SHOP, RECORDS):
            create(self.server, name)
        with self.connect(SHOP) as shop:
            for name in ("schema", "data"):
                shop.execute((HERE / f"{name}.sql").read_text())
        with self.connect("postgres") as admin:
            admin.execute("ALTER SYSTEM SET log_line_prefix = '%d|%p|'")
            admin.execute("SELECT pg_reload_conf()")
            admin.execute(f"ALTER DATABASE {RECORDS} SET log_statement = 'all'")
            admin.execute(f"ALTER DATABASE {RECORDS} SET log_min_messages = 'log'")

    def connect(self, name: str) -> psycopg.Connection:
        """A plain connection."""
        return psycopg.connect(self.server.url(name).replace("+psycopg", ""), autocommit=True)

    def environment(self) -> dict[str, str]:
        """What `upheld` needs to know."""
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith("UPHELD_")},
            "SHOP_DATABASE_URL": self.server.url(SHOP),
            "UPHELD_DATABASE_URL": self.server.url(RECORDS).replace("+psycopg", ""),
            "UPHELD_DIR": str(HERE / "privacy"),
            "UPHELD_DATA": str(self.folder / "data"),
        }

    @contextmanager
    def serving(self, *options: str) -> Iterator["Serving"]:
        """`upheld serve`, until the block ends."""
        port = free_port()
        command = [sys.executable, "-m", "upheld.cli.main", "serve", "--port", str(port), *options]
        began = time.monotonic()
        program = subprocess.Popen(
            command, env=self.environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        with Meter((program.pid,)).spent() as spent:
            _answers(port, program, "healthz" if "--no-runner" in options else "readyz")
        try:
            took = round(time.monotonic() - began, 2)
            yield Serving(self, program.pid, port, took, round(spent.servers, 2))
        finally:
            program.send_signal(signal.SIGTERM)
            program.communicate(timeout=60)

    def said(self) -> list[str]:
        """Every statement of our own records so far, in order."""
        lines = (Path(self.server.folder) / "server.log").read_text(errors="replace").splitlines()
        return [found[1] for line in lines if (found := STATEMENT.match(line))]


def _answers(port: int, program: "subprocess.Popen[str]", page: str) -> None:
    for _ in range(9000):
        if program.poll() is not None:
            raise WentWrong(f"upheld serve ended: {program.communicate()[0][-2000:]}")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/{page}"):
                return
        except OSError:
            time.sleep(0.02)
    raise WentWrong("upheld serve does not answer")


@dataclass(frozen=True)
class Serving:
    """The server while it runs. `started`: seconds until it was ready; `cpu`: those of all its programs."""

    place: Place
    pid: int
    port: int
    started: float
    cpu: float

    def token(self) -> str:
        """A token that is trusted with everything, made as an administrator does."""
        made = subprocess.run(
            [*(sys.executable, "-m", "upheld.cli.main", "token", "make", "shop"),
             *("--submit", "--read", "--trusted", "high")],
            env=self.place.environment(), capture_output=True, text=True, check=True,
        )  # fmt: skip
        return made.stdout.strip()

    def submit(self, token: str, right: str, numbers: range) -> list[dict[str, Any]]:
        """One call for so many customers."""
        people = [{"kind": "email", "value": f"user{each}@example.com"} for each in numbers]
        body = {"requests": [{"right": right, "verified": True, "identities": [each]} for each in people]}
        call = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/v1/requests",
            json.dumps(body).encode(),
            {
                "Authorization": f"Bearer {token}",
                "Content-Type": "application/json",
                "Idempotency-Key": uuid4().hex,
            },
        )
        with urllib.request.urlopen(call) as answer:  # noqa: S310 - an address of ours
            results: list[dict[str, Any]] = json.loads(answer.read())["results"]
        if any("number" not in each for each in results):
            raise WentWrong("Somebody was not taken.")
        return results

    def files(self, right: str) -> int:
        """Packages, or certificates, that are written."""
        if right == "access":
            return len([*(self.place.folder / "data" / "packages").glob("*.age")])
        return len([*(self.place.folder / "data" / "certificates").glob("*.json")])


def kinds(statements: list[str]) -> list[tuple[int, str]]:
    """Statements that differ by their values alone, counted, the most frequent first."""
    names = Counter(re.sub(r"\(\$\d+.*", "($…", re.sub(r"'[^']*'", "?", each))[:150] for each in statements)
    return [(many, each) for each, many in names.most_common()]


def programs(root: int) -> list[int]:
    """The process tree of `upheld serve`."""
    found, todo = [], [root]
    while todo:
        pid = todo.pop()
        found.append(pid)
        for task in Path(f"/proc/{pid}/task").glob("*/children"):
            todo += map(int, task.read_text().split())
    return found


def pss(pids: list[int]) -> float:
    """Memory of them in MB, what they share counted once."""
    total = 0
    for pid in pids:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def runner(pids: list[int]) -> int:
    """The one of them that carries out what is approved."""
    for pid in pids:
        if Path(f"/proc/{pid}/comm").read_text().strip() == "upheld-runner":
            return pid
    raise WentWrong("There is no runner.")


def memory(pid: int, what: str) -> float:
    """Its `VmRSS`, or its highest so far, `VmHWM`, in MB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{what}:")) / 1024
