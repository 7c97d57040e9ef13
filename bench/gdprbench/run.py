"""One kind of database, in a process of its own: `run.py KIND FOLDER SERVERS RECORDS OPERATIONS` prints JSON.

Every side carries out every operation; unless all answer the same, and hold the same records after each mix,
there is no figure.
"""

import json
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from bench.cpu import Meter
from bench.gdprbench import upheld
from bench.gdprbench.place import Place, place
from bench.gdprbench.plain import Plain
from bench.gdprbench.records import MIXES, Operation, Stream, records
from bench.gdprbench.side import Answer, Side
from bench.gdprbench.tables import Tables
from bench.gdprbench.upheld import Upheld

SEED = 2020


class Unequal(Exception):
    """Two sides differ. There is nothing to compare."""


@dataclass
class Tally:
    """What one side used for one mix, in CPU seconds. `operations`: how many, and the client's part."""

    client: float = 0.0
    server: float = 0.0
    operations: dict[str, list[float]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "client": round(self.client, 4),
            "server": round(self.server, 2),
            "cpu": round(self.client + self.server, 4),
            "operations": {
                name: {"count": int(many), "client_ms": round(1000 * used / many, 3)}
                for name, (many, used) in sorted(self.operations.items())
            },
        }


def carry_out(side: Side, operations: list[Operation], there: Place) -> tuple[Tally, list[Answer]]:
    """Do them all on one side."""
    tally, answers = Tally(), []
    with Meter((there.pid,) if there.pid else ()).spent() as spent:
        for each in operations:
            before = time.process_time()
            answers.append(side.do(each))
            counted = tally.operations.setdefault(each.name, [0, 0.0])
            counted[0] += 1
            counted[1] += time.process_time() - before
        side.finish()
    tally.client, tally.server = spent.client, spent.servers
    return tally, answers


def compare(
    mix: str, operations: list[Operation], answers: dict[str, list[Answer]], sides: dict[str, Side]
) -> None:
    """Raises Unequal where two sides answered otherwise, or hold other records."""
    first, *others = answers
    for name in others:
        for number, operation in enumerate(operations):
            if answers[first][number] != answers[name][number]:
                raise Unequal(
                    f"{mix}, operation {number + 1}, {operation.name}: {name} answers otherwise than {first}."
                )
        if sides[first].state() != sides[name].state():
            raise Unequal(f"{mix}: {name} holds other records than {first}.")


def measure(kind: str, folder: Path, servers: Path, many: int, operations: int) -> dict[str, Any]:
    """All four mixes, one after the other, on all sides. Our own files go to `folder`."""
    upheld.begin(folder)
    there = place(kind, servers)
    sides: dict[str, Side] = {
        "plain": Plain(there.base("plain")),
        "tables": Tables(there.base("tables")),
        "upheld": Upheld(there.base("upheld"), folder=folder),
    }
    listed = list(records(many, Random(SEED)))
    for side in sides.values():
        side.load(listed)
    stream, mixes = Stream(many, Random(SEED + 1), []), []
    for mix in MIXES:
        drawn = stream.mix(mix, operations)
        done = {name: carry_out(side, drawn, there) for name, side in sides.items()}
        compare(mix, drawn, {name: answers for name, (_, answers) in done.items()}, sides)
        mixes.append({"mix": mix, "sides": {name: tally.as_json() for name, (tally, _) in done.items()}})
    version = sides["plain"].base.version()
    return {
        "database": kind,
        "version": version,
        "records": many,
        "operations": operations,
        "mixes": mixes,
    }


if __name__ == "__main__":
    _kind, _folder, _servers, _records, _operations = sys.argv[1:]
    _measured = measure(_kind, Path(_folder), Path(_servers), int(_records), int(_operations))
    sys.stdout.write(json.dumps(_measured))
