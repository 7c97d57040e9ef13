"""A process that erases and may be killed at any boundary; started once, warm, it forks one child an order.

Orders are JSON lines on its input, answers JSON lines on its output. The child keeps a journal of its own: one
JSON line an event, on disk before the next step (append and fsync). The engine is used as its callers use it.
"""

import gc
import json
import os
import signal
import sys
from collections.abc import Callable, Hashable, Iterator
from contextlib import suppress
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from tests.kill import drivers
from upheld.connectors.sql import connector
from upheld.datamap.model import DataMap
from upheld.datamap.read import read
from upheld.law.right import Right
from upheld.rights.codec import decode
from upheld.rights.connector import Connector
from upheld.rights.fulfil import Failed, execute
from upheld.rights.outcome import Committed, Counts, Established, Failure, Prepared, Settled, Verified
from upheld.rights.plan import Plan
from upheld.rights.planner import plan
from upheld.rights.subject import Identity, Person, Subject

Line = dict[str, Any]


class Boundaries:
    """Counts the places where a process can die, and dies at one of them. Between two statements that only read
    nothing changes: there each transaction counts once."""

    def __init__(self) -> None:
        self.begin(None)

    def begin(self, at: int | None) -> None:
        """Of one order; nothing is counted before `watch`."""
        self.at, self.passed, self.names, self.watched = at, 0, list[str](), False

    def watch(self) -> None:
        self.watched = True

    def reach(self, name: str) -> None:
        if not self.watched:
            return
        self.names.append(name)
        if self.at == self.passed:
            os.kill(os.getpid(), signal.SIGKILL)
        self.passed += 1

    def listen(self) -> None:
        """Every transaction, every statement that writes, every commit. Once a process."""

        @sa.event.listens_for(sa.Engine, "begin")
        def begin(_connection: object) -> None:
            self.reach("begin")

        @sa.event.listens_for(sa.Engine, "after_cursor_execute")
        def after(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            if statement.split(maxsplit=1)[0] in ("UPDATE", "DELETE", "INSERT"):
                self.reach("after " + " ".join(statement.split()[:3]))

        @sa.event.listens_for(sa.Engine, "commit")
        def commit(_connection: object) -> None:
            self.reach("before commit")


class Journal:
    """What is known across deaths."""

    def __init__(self, path: Path, *, prepares: bool) -> None:
        self.path, self.prepares = path, prepares

    def lines(self) -> list[Line]:
        return [json.loads(line) for line in self.path.read_text().splitlines()] if self.path.exists() else []

    def append(self, **line: Any) -> None:
        if line["event"] == "prepared" and not self.prepares:
            return
        with self.path.open("a") as file:
            file.write(json.dumps(line) + "\n")
            file.flush()
            os.fsync(file.fileno())


def counted(counts: Counts) -> list[list[int]]:
    """Rows by step, as a line holds them."""
    return sorted([each.step, each.rows] for each in counts.steps if each.rows)


def settle(journal: Journal, target: Connector, steps: Plan, subject: Subject, now: datetime) -> None:
    """Establish what became of what was prepared and not known to be committed."""
    lines = journal.lines()
    known = {line["token"] for line in lines if line["event"] in ("committed", "aborted")}
    for line in lines:
        if line["event"] != "prepared" or line["token"] in known:
            continue
        became, how = target.settle(line["token"]), line["how"]
        if became is Settled.UNKNOWN:
            how = Established.REREAD.value
            verified = target.verify(steps.of("club"), subject, [bytes.fromhex(line["traces"])], now=now)
            became = Settled.ABORTED if verified.remnants else Settled.COMMITTED
        if became is Settled.COMMITTED:
            journal.append(
                event="committed", part=line["part"], token=line["token"], how=how, counts=line["counts"]
            )
        else:
            journal.append(event="aborted", part=line["part"], token=line["token"])


def work(order: Line, boundaries: Boundaries) -> None:
    """One run, or the next after a death."""
    journal = Journal(Path(order["journal"]), prepares=order["prepares"])
    now = datetime.fromisoformat(order["now"])
    datamap = map_of(Path(order["folder"]))
    target = connector(datamap.system("club"), secrets={"CLUB_DATABASE_URL": order["url"]})
    subject = decode(order["subject"], (Subject, Identity, Person))
    assert isinstance(subject, Subject)
    steps = plan(datamap, Right.ERASURE, today=now.date())
    settle(journal, target, steps, subject, now)
    lines = journal.lines()
    if any(line["event"] == "committed" for line in lines):
        traces = [bytes.fromhex(line["traces"]) for line in lines if line["event"] == "prepared"]
        verified = target.verify(steps.of("club"), subject, traces, now=now)
        journal.append(event="verified", remnants=len(verified.remnants))
        return
    boundaries.watch()
    numbers = count(order["run"] * 1000)
    events = execute(steps, {"club": target}, subject, now=now, entropy=lambda: f"r{next(numbers):011d}")
    token = ""
    for event in events:
        name = type(event).__name__
        boundaries.reach(f"{name} not yet in the journal")
        if isinstance(event, Prepared):
            token = event.token
            how = json.loads(token)["how"]
            journal.append(
                event="prepared",
                part=event.part,
                token=token,
                how={"xid": "witnessed"}.get(how, how),
                traces=event.traces.hex(),
                counts=counted(event.counts),
            )
        elif isinstance(event, Committed):
            journal.append(
                event="committed",
                part=event.part,
                token=token,
                how=event.established.value,
                counts=counted(event.counts),
            )
        elif isinstance(event, Verified):
            journal.append(event="verified", remnants=len(event.remnants))
        elif isinstance(event, Failed):
            raise event.failure
        boundaries.reach(f"{name} in the journal")


def forked(todo: Callable[[], None]) -> int:
    """The status of a child that does it: 0 well, 1 refused, negative: the signal that ended it."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            todo()
            status = 0
        except Failure as failure:
            sys.stderr.write(f"{failure}\n")
        finally:
            sys.stderr.flush()
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def learnt(todo: Callable[[], None], *, of: Hashable) -> int:
    """As `forked`, but the first of its kind is done by this process itself: its children find compiled what it sent.
    Nothing that it opened may be left, for they would share it."""
    if of in _learnt:
        return forked(todo)
    _learnt.add(of)
    status = 0
    try:
        todo()
    except Failure as failure:
        sys.stderr.write(f"{failure}\n")
        status = 1
    freeze()
    left = [_opened(each) for each in Path("/proc/self/fd").iterdir()]
    assert [each for each in left if "sqlite" in each or each.startswith("socket")] == []
    return status


def _opened(descriptor: Path) -> str:
    with suppress(OSError):
        return str(descriptor.readlink())
    return ""


_learnt: set[Hashable] = set()


def freeze() -> None:
    """What is loaded already is shared with the children, not copied by their collections."""
    gc.collect()
    gc.freeze()


def orders() -> Iterator[Line]:
    drivers.share()
    freeze()
    for line in sys.stdin:
        yield json.loads(line)


def map_of(folder: Path) -> DataMap:
    """The map of a privacy folder; read once by the warm process for all its children, unless a file changed."""
    files = tuple((str(each), each.read_bytes()) for each in sorted(folder.rglob("*.yaml")))
    if files not in _maps:
        _maps[files] = read(folder)
    return _maps[files]


_maps: dict[tuple[tuple[str, bytes], ...], DataMap] = {}


def main() -> None:
    boundaries = Boundaries()
    boundaries.listen()
    for order in orders():
        boundaries.begin(order["at"])
        map_of(Path(order["folder"]))

        def todo(order: Line = order) -> None:
            work(order, boundaries)
            if order.get("names"):
                Path(order["names"]).write_text(json.dumps(boundaries.names))

        whole = order["at"] is None and order["prepares"]
        status = learnt(todo, of=order["folder"]) if whole else forked(todo)
        sys.stdout.write(json.dumps({"status": status}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
