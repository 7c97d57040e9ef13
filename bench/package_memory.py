"""Peak memory of an access package, above what the process needs idle: `package_memory.py [ROWS]`.

The goal is 50 MB at five million rows. Rows come from a generator, so that only the package is measured;
the age file is written to the temporary folder and removed. Run each figure in a fresh process: a peak
never sinks.
"""

import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyrage

from upheld.datamap.model import DataMap, Link, Organisation, System, Table
from upheld.law.right import Right
from upheld.rights.connector import Capabilities, Collected, Row
from upheld.rights.outcome import Established
from upheld.rights.package.writing import write
from upheld.rights.plan import Collect, Plan, Reason, Selection, Step
from upheld.rights.subject import Identity, Subject

goal = 50.0


class Endless:
    """A system that gives `rows` rows of a plausible shape."""

    def __init__(self, rows: int) -> None:
        self.rows = rows
        self.capabilities = Capabilities(True, Established.REREAD, restrict=False, undo=False)

    def collect(
        self,
        steps: Sequence[Step],  # noqa: ARG002 - the port's
        subject: Subject,  # noqa: ARG002 - the port's
        *,
        now: datetime,
    ) -> Iterator[Collected]:
        """Rows made as they are asked for."""
        text = "Some forty words would be usual here, of which these are the first few "
        for number in range(self.rows):
            yield Row(
                0,
                "events",
                {
                    "id": number,
                    "user_id": 7,
                    "kind": "page" if number % 3 else "login",
                    "note": text + str(number * 7919),
                    "address": None,
                    "happened_at": now - timedelta(seconds=number),
                },
            )

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)


def peak() -> float:
    """Highest resident set of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(rows: int) -> int:
    """Prints one line of JSON; 1 when the goal is missed."""
    table = Table("events", links=(Link(("user_id",), to="users", key=("id",)),))
    datamap = DataMap(
        Organisation("Example", "privacy@example.org"), systems=(System("log", tables=(table,)),)
    )
    plan = Plan(Right.ACCESS, "gdpr", (Collect(0, "log", Selection("events"), (), (), Reason("Art. 15(3)")),))
    subject = Subject((Identity("email", "ada@example.org"),))
    key = str(pyrage.x25519.Identity.generate().to_public())
    with tempfile.TemporaryDirectory() as folder:
        idle, began = peak(), time.monotonic()
        summary = write(
            plan,
            datamap,
            subject,
            {"log": Endless(rows)},
            now=datetime(2026, 1, 1, tzinfo=UTC),
            out=Path(folder) / "copy.age",
            recipients=[key],
        )
        above = peak() - idle
    figures = {
        "rows": rows,
        "files": summary.files,
        "age_mb": round(summary.size / 1e6, 1),
        "seconds": round(time.monotonic() - began, 1),
        "idle_mb": round(idle, 1),
        "above_idle_mb": round(above, 1),
        "goal_mb": goal,
    }
    sys.stdout.write(json.dumps(figures) + "\n")
    return int(above > goal)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 5_000_000))
