"""`python -m bench.five [--cases 200]`: erasures of people whom five systems know, from the first call of the
API to the last certificate.

Each system is a database of its own, with one row of each person: what is measured is the journal, not what
a system does. Our own records are on PostgreSQL. Prints one JSON document.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.cpu import Meter
from bench.shop.place import RECORDS, Place, Serving, WentWrong
from tests.servers.postgresql import create, postgresql
from tests.servers.server import new_run_folder, stop_all

HERE = Path(__file__).parent
SYSTEMS = ("accounts", "forum", "newsletter", "shop", "tickets")
A_CALL = 100
WAIT = 600.0
PEOPLE = 5_000


class Five(Place):
    """A server of databases, one a system, and one of the records."""

    def load(self) -> None:
        for name in (RECORDS, *SYSTEMS):
            create(self.server, name)
        for name in SYSTEMS:
            with self.connect(name) as system:
                system.execute(
                    "CREATE TABLE people (id integer PRIMARY KEY, email text NOT NULL UNIQUE, full_name text)"
                )
                system.execute(
                    "INSERT INTO people SELECT g, 'user' || g || '@example.com', 'Name ' || g "
                    f"FROM generate_series(1, {PEOPLE}) g"
                )
                system.execute("ANALYZE people")

    def environment(self) -> dict[str, str]:
        urls = {f"{name.upper()}_URL": self.server.url(name) for name in SYSTEMS}
        return super().environment() | urls | {"UPHELD_DIR": str(HERE / "privacy")}

    @contextmanager
    def working(self, many: int) -> Iterator[tuple[int, ...]]:
        """So many workers, until the block ends; their pids."""
        command = [sys.executable, "-m", "upheld.cli.main", "worker", "--data", str(self.folder / "data")]
        begun = [
            subprocess.Popen(command, env=self.environment(), stdout=subprocess.DEVNULL) for _ in range(many)
        ]
        try:
            yield tuple(each.pid for each in begun)
        finally:
            for each in begun:
                each.terminate()
            for each in begun:
                each.wait(60)


def main(arguments: argparse.Namespace) -> int:
    cases, run = arguments.cases, new_run_folder()
    try:
        with tempfile.TemporaryDirectory(prefix="upheld-five-") as folder:
            place = Five(postgresql(run, arguments.server), Path(folder))
            place.load()
            with place.serving() as server:
                token = server.token()
                _settled(server, token, range(1, 3))
                embedded = _measured(place, server, token, range(100, 100 + cases), ())
            with place.serving("--no-runner") as server, place.working(2) as workers:
                _settled(server, token, range(3, 5))
                begins = 200 + cases
                by_workers = _measured(place, server, token, range(begins, begins + cases), workers)
    finally:
        stop_all(run)
    sys.stdout.write(json.dumps({"embedded": embedded, "workers": by_workers}, indent=1) + "\n")
    return 0


def _measured(
    place: Five, server: Serving, token: str, numbers: range, workers: tuple[int, ...]
) -> dict[str, float]:
    with Meter((server.pid, place.server.pid, *workers)).spent() as spent:
        took = _settled(server, token, numbers)
    many = len(numbers)
    return {
        "each_ms": round(took / many * 1000, 1),
        "a_second": round(many / took, 1),
        "cpu_ms": round(spent.servers / many * 1000, 1),
    }


def _settled(server: Serving, token: str, numbers: range) -> float:
    """Until each has a certificate, and is gone from every system; seconds."""
    wanted, began = server.files("erasure") + len(numbers), time.monotonic()
    for start in range(numbers.start, numbers.stop, A_CALL):
        server.submit(token, "erasure", range(start, min(start + A_CALL, numbers.stop)))
    while server.files("erasure") < wanted:
        if time.monotonic() - began > WAIT:
            raise WentWrong(f"Of {len(numbers)}, {wanted - server.files('erasure')} are not done.")
        time.sleep(0.02)
    took = time.monotonic() - began
    for name in SYSTEMS:
        with server.place.connect(name) as system:
            left = system.execute(
                "SELECT count(*) FROM people WHERE id BETWEEN %s AND %s", (numbers.start, numbers.stop - 1)
            ).fetchone()
        if left != (0,):
            raise WentWrong(f"In {name} some are still there.")
    return took


if __name__ == "__main__":
    os.umask(0o077)
    parser = argparse.ArgumentParser(prog="python -m bench.five", description=__doc__)
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--server", default="postgresql15")
    sys.exit(main(parser.parse_args()))
