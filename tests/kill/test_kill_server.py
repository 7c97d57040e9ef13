"""The server, two workers and the database, killed by SIGKILL at random moments while requests come in: nothing is
lost, nothing is done twice, nothing is stuck."""

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.servers import postgresql as on_postgresql
from tests.servers.database import Database
from tests.servers.server import ServerMissing, parent_folder, stop_all
from tests.web.journeys.plugin import ORGANISATION, PURPOSES, SHOP
from tests.web.journeys.server import Mailbox, Server

pytestmark = pytest.mark.kill

ROOT = Path(__file__).parents[2]
PATIENCE = 240.0
SCHEMA = (
    "CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(120) NOT NULL, name VARCHAR(80) NOT NULL)",
    "CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users(id), what VARCHAR(80))",
    "CREATE INDEX orders_user ON orders(user_id)",
)


class Company:
    """A PostgreSQL of its own with our records and a shop of `people`; the server, and workers."""

    def __init__(self, folder: Path, people: int) -> None:
        self.folder, self.people = folder, people
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
            *(
                f"INSERT INTO users VALUES ({n}, 'person{n}@example.org', 'Person {n}')"
                for n in range(people + 1)
            ),
            *(f"INSERT INTO orders VALUES ({n}, {n % (people + 1)}, 'ink')" for n in range(3 * (people + 1))),
        )
        privacy = folder / "privacy"
        (privacy / "systems").mkdir(parents=True)
        (privacy / "upheld.yaml").write_text(ORGANISATION)
        (privacy / "purposes.yaml").write_text(PURPOSES)
        (privacy / "systems" / "shop.yaml").write_text(SHOP)
        self.mailbox = Mailbox()
        self.given = {
            "SHOP_DATABASE_URL": self.shop.url,
            "UPHELD_DIR": str(privacy),
            "UPHELD_DATABASE_URL": self.postgres.url("records"),
            "UPHELD_SMTP_URL": self.mailbox.url,
        }
        self.server = Server(folder / "data", self.given).start()
        self.workers = [self.worker(), self.worker()]

    def environment(self) -> dict[str, str]:
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("UPHELD_", "DJANGO_"))
        }
        settings = {"UPHELD_DATA": str(self.folder / "data"), "DJANGO_SETTINGS_MODULE": "upheld.project.site"}
        return kept | self.given | settings | {"UPHELD_LISTENS": self.server.address}

    def worker(self) -> "subprocess.Popen[bytes]":
        with (self.folder / "workers.txt").open("ab") as said:
            return subprocess.Popen(
                [sys.executable, "-m", "upheld.cli.main", "worker", "--data", str(self.folder / "data")],
                env=self.environment(),
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

    def end(self) -> Any:
        """How it all ended, which is waited for."""
        with self.office("end", str(PATIENCE)) as asked:
            return json.loads(asked.communicate(timeout=2 * PATIENCE)[0])

    # --- what is killed ---

    def kill_worker(self, chance: random.Random) -> None:
        number = chance.randrange(2)
        self.workers[number].kill()
        self.workers[number].wait()
        self.workers[number] = self.worker()

    def kill_child(self, chance: random.Random) -> None:
        """The web server or the runner; `upheld serve` starts it again."""
        pid = self.server.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        with suppress(ProcessLookupError, IndexError):
            os.kill(int(chance.choice(children)), signal.SIGKILL)

    def kill_server(self, _chance: random.Random) -> None:
        """`upheld serve` itself; its runner and its web server end with it."""
        self.server.process.kill()
        self.server.process.wait()
        self.server.process.stdout.close()
        until = time.monotonic() + PATIENCE
        while _is_taken(self.server.port) and time.monotonic() < until:
            time.sleep(0.2)
        self.server = Server(self.server.data, self.given).start()

    def kill_database(self, chance: random.Random) -> None:
        """One of its processes: PostgreSQL then ends all others, rolls back, and recovers."""
        with psycopg.connect(self.postgres.url("postgres").replace("+psycopg", "")) as connection:
            found = connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname IN ('records', 'shop') AND pid <> pg_backend_pid()"
            ).fetchall()
        for (pid,) in found and [chance.choice(found)]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def stop(self) -> None:
        for each in self.workers:
            each.terminate()
        for each in self.workers:
            each.wait(PATIENCE)
        self.server.stop()
        self.mailbox.stop()
        self.shop.close()
        stop_all(self.run)


@pytest.fixture
def company(tmp_path: Path, pytestconfig: pytest.Config) -> Iterator[Company]:
    people = 40 if pytestconfig.getoption("--all-boundaries") else 6
    try:
        made = Company(tmp_path, people)
    except ServerMissing as missing:
        pytest.skip(f"no server: {missing.why} ({missing.remedy})")
    yield made
    made.stop()


def test_whatever_is_killed_every_approved_request_ends_once(
    company: Company, pytestconfig: pytest.Config
) -> None:
    """S-69, S-53: `--all-boundaries` asks for more people and kills more."""
    chance = random.Random(4)
    kills: list[Callable[[random.Random], None]] = [
        company.kill_worker,
        company.kill_child,
        company.kill_database,
        company.kill_server,
    ]
    if pytestconfig.getoption("--all-boundaries"):
        kills = [chance.choice(kills) for _ in range(40)]
    rights = ["ERASURE" if number % 3 else "ACCESS" for number in range(1, company.people + 1)]
    people = [(f"person{number}@example.org", right) for number, right in enumerate(rights, 1)]

    office = company.office("ask", json.dumps(people))
    assert office.stdout
    office.stdout.readline()  # the first is approved
    for kill in kills:
        time.sleep(chance.uniform(0.2, 2.5))
        kill(chance)
    at = time.time()
    assert office.wait(PATIENCE) == 0
    office.stdout.close()
    end = company.end()

    assert end["left"] == 0, end
    said = (company.folder / "workers.txt").read_text() + company.server.errors()
    assert "Traceback" not in said
    assert not [address for address, _ in people if address in said]
    print(f"the last request ended {end['finished'] - at:.0f} s after the last of {len(kills)} kills")  # noqa: T201
    erased, copied = rights.count("ERASURE"), rights.count("ACCESS")
    requests = {each[0] for each in end["evidence"]}
    assert company.shop.rows("SELECT id FROM users ORDER BY id") == [
        (0,),
        *((number,) for number, right in enumerate(rights, 1) if right == "ACCESS"),
    ]
    assert len(requests) == erased
    assert {tuple(each[1:]) for each in end["evidence"]} == {(2, 1)}, "one of the part, one of the look"
    assert (end["open parts"], end["leased"], end["unsequenced"]) == (0, 0, 0)
    assert _entries(end) == {
        "case.opened": {1: erased + copied},
        "case.closed": {1: erased + copied},
        "verification.added": {1: erased + copied},
        "plan.approved": {1: erased},
        "step.fulfilled": {2: erased},
        "certificate.issued": {1: erased},
        "suppression.added": {1: erased},
        "package.issued": {1: copied},
    }
    assert end["certificates"] == [True] * erased
    assert end["files"] == end["packages"]
    assert (len(end["packages"]), end["read"]) == (copied, copied)
    mails = dict(end["mails"])
    assert (mails["DONE"], mails["COPY_READY"]) == (erased, copied), "each is written once"
    arrived = [to for to, about in company.mailbox.left() if "deleted" in about or "copy" in about.lower()]
    assert set(arrived) >= {address for address, _ in people}
    assert len(arrived) <= erased + copied + len(kills), "and sent again only where a sender was killed"


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _entries(end: dict[str, Any]) -> dict[str, dict[int, int]]:
    """Of each type: in how many cases it stands how often. What failed on the way is left out."""
    found: dict[str, dict[int, int]] = {}
    for (_, kind), times in end["entries"]:
        name = str(kind).partition("/")[0]
        if name != "step.failed":
            of = found.setdefault(name, {})
            of[times] = of.get(times, 0) + 1
    return found
