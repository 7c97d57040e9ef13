"""`python -m bench.shop [--people 50] [--sites]`: one call of the API, to package or certificate of each.

Statements are those of our own records by the server's log, BEGIN and COMMIT among them, of every process
that asks there: the web server and the runner, its looks while there is nothing to do included. CPU is of the
process tree of `upheld serve` and of the database server together. Memory is proportional: what programs
share counts once. Prints one JSON document.
"""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

from bench.cpu import Meter
from bench.shop.place import SHOP, Place, Serving, WentWrong, kinds, memory, programs, pss, runner
from tests.servers.postgresql import postgresql
from tests.servers.server import new_run_folder, stop_all

WAIT = 300.0
RESTS = 90.0
"""Seconds in which the runner, which had something to look at after the start, has come to rest."""
LARGE = {"erasure": (5000, 20_000), "access": (5001, 100_000)}
"""A customer of many orders: her number, and how many rows are hers."""


def main(arguments: argparse.Namespace) -> int:
    run = new_run_folder()
    figures: dict[str, object] = {}
    try:
        with tempfile.TemporaryDirectory(prefix="upheld-shop-") as folder:
            place = Place(postgresql(run, arguments.server), Path(folder))
            place.load()
            with place.serving() as server:
                figures |= {"start_empty_s": server.started, "start_empty_cpu_s": server.cpu}
            with place.serving() as server:
                figures |= {"start_s": server.started, "start_cpu_s": server.cpu}
                token = server.token()
                time.sleep(5)  # what is done once after a start is done
                figures["begun_mb"] = round(pss(programs(server.pid)), 1)
                time.sleep(RESTS)
                figures["idle_mb"] = round(pss(programs(server.pid)), 1)
                idle = memory(runner(programs(server.pid)), "VmRSS")
                _settled(server, "access", token, range(1, 3))
                _settled(server, "erasure", token, range(3, 5))
                for right, first in (("access", 100), ("erasure", 1000)):
                    numbers = range(first, first + arguments.people)
                    figures[right] = _measured(place, server, token, right, numbers, sites=arguments.sites)
                figures["large"] = _large(place, server, token, idle)
    finally:
        stop_all(run)
    sys.stdout.write(json.dumps(figures, indent=1) + "\n")
    return 0


def _settled(server: Serving, right: str, token: str, numbers: range) -> float:
    """Until the file of each is there; seconds."""
    wanted, began = server.files(right) + len(numbers), time.monotonic()
    server.submit(token, right, numbers)
    while server.files(right) < wanted:
        if time.monotonic() - began > WAIT:
            raise WentWrong(f"Of {len(numbers)}, {wanted - server.files(right)} are not done.")
        time.sleep(0.02)
    took = time.monotonic() - began
    time.sleep(2.5)  # the rest of the round: what follows from it is part of what it costs
    return took


def _large(place: Place, server: Serving, token: str, idle: float) -> dict[str, float]:
    """Seconds of one person's erasure, and how far above idle her copy takes the runner."""
    for number, rows in LARGE.values():
        with place.connect(SHOP) as shop:
            first = 1_000_000 * (number - 4000)
            shop.execute(
                "INSERT INTO orders (id, customer_id, placed_at, total_cents, ship_to_name, note) "
                "SELECT %s + g, %s, now(), g, 'Name', 'a note of hers' FROM generate_series(1, %s) g",
                (first, number, rows),
            )
            shop.execute("ANALYZE orders")
    pid = runner(programs(server.pid))
    reads, _ = LARGE["access"]
    Path(f"/proc/{pid}/clear_refs").write_text("5")  # the highest begins anew
    _settled(server, "access", token, range(reads, reads + 1))
    above = memory(pid, "VmHWM") - idle
    erased, _ = LARGE["erasure"]
    took = _settled(server, "erasure", token, range(erased, erased + 1))
    return {"access_above_idle_mb": round(above, 1), "erasure_s": round(took, 2)}


def _measured(
    place: Place, server: Serving, token: str, right: str, numbers: range, *, sites: bool
) -> dict[str, object]:
    many, before = len(numbers), len(place.said())
    ours, theirs = Meter((server.pid,)), Meter((place.server.pid,))
    with ours.spent() as upheld, theirs.spent() as database:
        wall = _settled(server, right, token, numbers)
    said = place.said()[before:]
    found: dict[str, object] = {
        "statements": round(len(said) / many, 1),
        "cpu_s": round((upheld.servers + database.servers) / many, 4),
        "cpu_upheld_s": round(upheld.servers / many, 4),
        "wall_s": round(wall / many, 3),
    }
    if sites:
        found["sites"] = [f"{count / many:6.2f}  {what}" for count, what in kinds(said)[:70]]
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.shop", description=__doc__)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--sites", action="store_true", help="which statements")
    parser.add_argument("--server", default="postgresql15")
    sys.exit(main(parser.parse_args()))
