"""A warm process that runs `upheld …` in a child, which may be killed at any boundary.

Orders are JSON lines on its input, answers JSON lines on its output. The child is forked and runs the program's own
entry: options, settings, records, connectors, everything. Boundaries are counted in the databases of the systems,
in the store, and where files of ours are opened to be written.
"""

import io
import json
import os
import sys
from contextlib import redirect_stderr, redirect_stdout, suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from tests.kill import drivers
from tests.kill.child import Boundaries, forked, learnt, map_of, orders
from upheld.cli import faults, start
from upheld.cli.commands import command
from upheld.datamap.fault import Invalid
from upheld.ledger import __main__ as _verifier  # noqa: F401 - loaded before the children are forked

start.settle(None, None)

from django.db import connection, connections  # noqa: E402 - Django is settled by the line above
from django.db.backends.base.base import BaseDatabaseWrapper  # noqa: E402

from upheld.actions import journal, reach  # noqa: E402
from upheld.actions.batch import delivery  # noqa: E402
from upheld.actions.batch import fulfil as batch_fulfil  # noqa: E402
from upheld.cli import certifying, copying, erasing, running, work  # noqa: E402, F401
from upheld.store import clock  # noqa: E402

Order = dict[str, Any]
WRITES = ("INSERT", "UPDATE", "DELETE")
TOGETHER, ROOM = batch_fulfil.TOGETHER, delivery.Room


def watch_store(boundaries: Boundaries) -> None:
    """Every statement that writes to the store, and both sides of every commit."""

    def wrapper(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        done = execute(sql, parameters, many, context)
        words = sql.split(maxsplit=3)
        if words[0] in WRITES:
            boundaries.reach(f"store: after {' '.join(words[:3])}")
        return done

    committing = BaseDatabaseWrapper._commit

    def commit(self: BaseDatabaseWrapper) -> Any:
        boundaries.reach("store: before COMMIT")
        done = committing(self)
        boundaries.reach("store: after COMMIT")
        return done

    connection.execute_wrappers.append(wrapper)
    BaseDatabaseWrapper._commit = commit  # type: ignore[method-assign]


def watch_files(boundaries: Boundaries, folder: Path) -> None:
    """Where a key file, a certificate, a copy or a copy of a file is about to be written, and where a file of a
    system is about to go or to get its name."""
    ours = tuple(str(folder / name) for name in ("keys", "certificates", "packages", "kept"))
    theirs = str(folder.parent / "files")

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event in ("os.remove", "os.rename", "os.link", "shutil.rmtree") and theirs in str(arguments[0]):
            boundaries.reach(f"file: before {event}")
        if event != "open" or not str(arguments[0]).startswith(ours):
            return
        writes = any(letter in (arguments[1] or "") for letter in "wax") or arguments[2] & (
            os.O_WRONLY | os.O_RDWR
        )
        if writes and not str(arguments[0]).endswith(".lock"):
            boundaries.reach(f"file: before writing {Path(arguments[0]).suffix}")

    sys.addaudithook(hook)


def without_prepare_record() -> None:
    """What is prepared becomes durable only with its commit: the record that the whole design rests on is off."""
    preparing, committing = journal.prepare, journal.commit
    kept: list[Any] = []

    def prepare(**given: Any) -> Any:
        kept.append(given)

    def commit(**given: Any) -> None:
        preparing(**kept.pop())
        committing(**given)

    journal.prepare, journal.commit = prepare, commit  # type: ignore[assignment]


def run(arguments: list[str]) -> tuple[int, str]:
    """One command, as `upheld` runs it, and what it said."""
    said = io.StringIO()

    def commanded() -> int:
        command().main(arguments, prog_name="upheld")
        return 0

    with redirect_stdout(said), redirect_stderr(said):
        code = faults.guarded(commanded)
    return code, said.getvalue()


def work_on(order: Order, boundaries: Boundaries) -> None:
    """The commands of an order; what they said goes to its file."""
    os.environ.update(order["environment"])
    batch_fulfil.TOGETHER = int(os.environ.get("PEOPLE_TOGETHER", TOGETHER))
    rows = os.environ.get("ROWS_TOGETHER")
    delivery.Room = partial(ROOM, rows=int(rows)) if rows else ROOM  # type: ignore[misc, assignment]
    beginning, started = datetime.fromisoformat(order["now"]), datetime.now().astimezone()
    clock.now = lambda: beginning + (datetime.now().astimezone() - started) + timedelta(0)
    if not order["prepares"]:
        without_prepare_record()
    boundaries.watch()
    told = []
    for arguments in order["commands"]:
        told.append(run(arguments))
        boundaries.reach("end of a command")
    Path(order["told"]).write_text(json.dumps({"told": told, "names": boundaries.names}))


def itself(order: Order, boundaries: Boundaries) -> None:
    """As `work_on`, and then as if it had not been done here."""
    before = dict(os.environ)
    try:
        work_on(order, boundaries)
    finally:
        boundaries.begin(None)
        connections.close_all()
        clock._asked.clear()
        os.environ.clear()
        os.environ.update(before)


def main() -> None:
    start.read = map_of
    reach.kinds()
    drivers.load_records()
    for name in ("erase", "undo", "resume", "purge", "replay", "ledger", "status"):
        command().get_command(None, name)  # type: ignore[attr-defined]
    boundaries = Boundaries()
    boundaries.listen()
    watch_store(boundaries)
    watch_files(boundaries, Path(os.environ["UPHELD_DATA"]))
    for order in orders():
        boundaries.begin(order["at"])
        with suppress(Invalid):
            map_of(Path(os.environ["UPHELD_DIR"]))
        disturbed = order["at"] is not None or not order["prepares"] or "FORUM_URL" in order["environment"]
        if disturbed:
            status = forked(partial(work_on, order, boundaries))
        else:
            kind = json.dumps([order["commands"], order["environment"], order["now"][:10]])
            status = learnt(partial(itself, order, boundaries), of=kind)
        sys.stdout.write(json.dumps({"status": status}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
