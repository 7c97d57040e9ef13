"""As `child`, for restrictions and corrections: a process that sets cells and may be killed at any boundary."""

import json
import sys
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from tests.kill.child import Boundaries, Journal, counted, forked, learnt, map_of, orders
from upheld.connectors.sql import connector
from upheld.law.right import Right
from upheld.rights.cells import first_to_last, loaded, reversed_
from upheld.rights.codec import decode
from upheld.rights.connector import Connector
from upheld.rights.fulfil import Failed, execute
from upheld.rights.outcome import Committed, Prepared, Settled, Verified
from upheld.rights.plan import Plan, Reason, Reset
from upheld.rights.stored import read_plan
from upheld.rights.subject import Cell, Identity, Person, Subject

Line = dict[str, Any]


def settle(journal: Journal, target: Connector, now: datetime) -> None:
    """Each part by itself: whether its own cells stand."""
    lines = journal.lines()
    known = {line["token"] for line in lines if line["event"] in ("committed", "aborted")}
    for line in lines:
        if line["event"] != "prepared" or line["token"] in known:
            continue
        became = target.settle(line["token"])
        if became is Settled.UNKNOWN:
            seen = target.verify((), Subject(()), [bytes.fromhex(line["traces"])], now=now)
            became = Settled.ABORTED if seen.remnants else Settled.COMMITTED
        journal.append(event=became.value, token=line["token"], counts=line["counts"])


def remembered(journal: Journal) -> tuple[Cell, ...]:
    """What stood before, of every part that is known to be committed, in order."""
    lines = journal.lines()
    committed = {line["token"] for line in lines if line["event"] == "committed"}
    parts = [line["before"] for line in lines if line["event"] == "prepared" and line["token"] in committed]
    return loaded(bytes.fromhex(part) for part in parts)


def way_back(cells: tuple[Cell, ...]) -> tuple[Plan, tuple[Cell, ...]]:
    """The plan that puts all of them back, and what it sets."""
    steps, given = [], list[Cell]()
    places = dict.fromkeys((each.table, each.column) for each in cells)
    for number, (table, column) in enumerate(places, start=1):
        steps.append(Reset(number, "club", table, column, Reason("Art. 18(3) GDPR")))
        own = first_to_last(each for each in cells if (each.table, each.column) == (table, column))
        given.extend(reversed_(own, number))
    return Plan(Right.RESTRICTION, "gdpr", tuple(steps)), tuple(given)


def work(order: Line, boundaries: Boundaries) -> None:
    """One run, or the next after a death. `back`: put back what the journal remembers, instead."""
    journal = Journal(Path(order["journal"]), prepares=True)
    now = datetime.fromisoformat(order["now"])
    target = connector(
        map_of(Path(order["folder"])).system("club"), secrets={"CLUB_DATABASE_URL": order["url"]}
    )
    subject = decode(order["subject"], (Subject, Identity, Person, Cell))
    assert isinstance(subject, Subject)
    plan = read_plan(order["plan"])
    settle(journal, target, now)
    if order["back"]:
        plan, cells = way_back(remembered(journal))
        subject = Subject(subject.identities, subject.people, cells)
        journal = Journal(Path(order["journal"] + ".back"), prepares=True)
    boundaries.watch()
    numbers = count(order["run"] * 1000)
    events = execute(plan, {"club": target}, subject, now=now, entropy=lambda: f"r{next(numbers):011d}")
    token = ""
    for event in events:
        name = type(event).__name__
        boundaries.reach(f"{name} not yet in the journal")
        match event:
            case Prepared():
                token = event.token
                before = (event.before or b"").hex()
                journal.append(
                    event="prepared",
                    token=token,
                    traces=event.traces.hex(),
                    before=before,
                    counts=counted(event.counts),
                )
            case Committed():
                journal.append(event="committed", token=token, counts=counted(event.counts))
            case Verified():
                journal.append(event="verified", remnants=len(event.remnants))
            case Failed():
                raise event.failure
        boundaries.reach(f"{name} in the journal")


def main() -> None:
    boundaries = Boundaries()
    boundaries.listen()
    for order in orders():
        boundaries.begin(order["at"])
        map_of(Path(order["folder"]))

        def todo(order: Line = order) -> None:
            work(order, boundaries)
            Path(order["names"]).write_text(json.dumps(boundaries.names))

        status = (
            forked(todo) if order["at"] is not None else learnt(todo, of=(order["folder"], order["back"]))
        )
        sys.stdout.write(json.dumps({"status": status}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
