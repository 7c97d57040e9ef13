"""The log of server, runner and worker: what is allowed to be in it, and how it is written.

An allow-list. An event that does not stand in EVENTS loses its words, a field that does not stand in FIELDS
is left out, and so is a value that does not look as its field says. What other libraries log is reduced to
who spoke and the kind of the error: their messages hold addresses, statements and values.
"""

import json
import logging
import re
import sys
import threading
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from string import Formatter
from types import TracebackType

from upheld.cli.log import PERSONAL

NAME = "upheld"
FORMS = ("text", "json")


@dataclass(frozen=True, slots=True)
class Event:
    """`text`: its sentence for the terminal, with fields in braces. `quiet`: only in JSON, for a terminal has
    more of them than anybody reads."""

    text: str
    quiet: bool = False


EVENTS = {
    "page.answered": Event("{method} {route} {status} in {seconds} s", quiet=True),
    "page.failed": Event("unexpected: {error} at {where}"),
    "account.entered": Event("account {account} logged in", quiet=True),
    "account.left": Event("account {account} logged out", quiet=True),
    "account.refused": Event("a log-in was refused at its {step}", quiet=True),
    "account.proved": Event("account {account} proved again who it is", quiet=True),
    "account.changed": Event("account {account} changed its password", quiet=True),
    "records.away": Event(
        "the database of our own records is away or busy ({error} at {where}); pages say so."
    ),
    "folder.unreadable": Event("the privacy folder has {many} errors; see `upheld map check`."),
    "round.done": Event("{requests} requests, {copies} copies, {told} told, {sent} mails sent", quiet=True),
    "request.answered": Event("case {case}: answered", quiet=True),
    "system.verified": Event("{system}: verified", quiet=True),
    "system.failed": Event("{system}: failed; see the journal", quiet=True),
    "system.spared": Event("{system}: rows are due and restricted; they stay", quiet=True),
    "work.refused": Event("{kind} at {where}; {words}"),
    "work.folder": Event("the privacy folder cannot be read; see `upheld map check`."),
    "work.records": Event("the database of our own records is away or busy; it is tried again."),
    "work.unexpected": Event("{error}; the report {report} names no person."),
    "worker.waits": Event("waits for cases."),
    "worker.database": Event("the database is away; it is tried again."),
    "program.ended": Event("The {child} ended by itself ({code}); it is started again."),
    "program.failing": Event("The {child} does not stay up; the server ends."),
    "program.unexpected": Event("{error} at {where}"),
    "server.begun": Event("the server begins", quiet=True),
    "server.alone": Event(
        "Nobody has an account yet: `upheld invite` prints the link for the first.", quiet=True
    ),
    "library.spoke": Event("{logger} reports {error}"),
}
"""By name: `topic.past_participle`, or what there is to do with it."""

_NUMBER = re.compile(r"-?\d{1,12}(?:\.\d{1,6})?")
_CASE = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_KIND = re.compile(r"[A-Za-z_][\w.]{0,80}")
FIELDS: Mapping[str, re.Pattern[str]] = {
    **dict.fromkeys(
        ("status", "seconds", "many", "requests", "copies", "told", "sent", "code", "count"),
        _NUMBER,
    ),
    "account": _NUMBER,
    "case": _CASE,
    "number": _CASE,
    "system": re.compile(r"[a-z0-9][a-z0-9_-]{0,99}"),
    "route": re.compile(r"[a-z][a-z0-9_-]{0,60}"),
    "method": re.compile(r"GET|HEAD|POST|OPTIONS|PUT|PATCH|DELETE|other"),
    "kind": re.compile(r"Transient|Permanent|Misconfigured"),
    "error": _KIND,
    "logger": _KIND,
    "where": re.compile(r"[\w./-]{1,200}\.py:\d+"),
    "report": re.compile(r"\d{8}T\d{12}\.txt"),
    "step": re.compile(r"password|second factor|rate"),
    "child": re.compile(r"[a-z ]{1,20}"),
    "words": re.compile(r"[^\r\n]{0,400}"),
}
"""What may be said, and how it looks. `words` are sentences of Misconfigured alone, which speak of machines;
what looks like a person in them is redacted all the same."""


def markdown() -> str:
    """The table of docs/log.md."""
    rows = (
        f"| `{name}` | {', '.join(f'`{each}`' for each in _fields(event.text)) or '–'} | "
        f"{'' if event.quiet else 'yes'} | {event.text.replace('{', '*').replace('}', '*')} |"
        for name, event in EVENTS.items()
    )
    return "\n".join(("| event | fields | in `text` too | says |", "|---|---|---|---|", *rows)) + "\n"


def _fields(text: str) -> tuple[str, ...]:
    return tuple(name for _, name, _, _ in Formatter().parse(text) if name)


def begin(program: str, *, form: str) -> None:
    """This program's log, on stderr, from now on; uncaught errors too, as kind and place. `form` is one of
    FORMS; another is text."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json(program) if form == "json" else _Text(program))
    if form != "json":
        handler.addFilter(_loud)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger(NAME).setLevel(logging.INFO)
    logging.captureWarnings(capture=True)
    sys.excepthook = _uncaught
    threading.excepthook = lambda given: _uncaught(given.exc_type, given.exc_value, given.exc_traceback)


def said(record: logging.LogRecord) -> tuple[str, dict[str, str | float]]:
    """What of a record may be written: its event, and its fields."""
    if record.name.partition(".")[0] != NAME or record.msg not in EVENTS:
        error = record.exc_info[0] if record.exc_info else None
        given: dict[str, object] = {"logger": record.name, "error": error.__name__ if error else "something"}
        return "library.spoke", _allowed(given)
    return str(record.msg), _allowed(getattr(record, "fields", {}))


def _allowed(given: Mapping[str, object]) -> dict[str, str | float]:
    found: dict[str, str | float] = {}
    for name, value in given.items():
        shape, written = FIELDS.get(name), str(value)
        if shape is None or not shape.fullmatch(written):
            continue
        if name == "words":
            written = PERSONAL.sub("[redacted]", written)
        found[name] = value if isinstance(value, int | float) else written
    return found


def place(error: BaseException) -> str:
    """Where it was raised: file below the package, and line."""
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return "unknown.py:0"
    head, found, tail = frames[-1].filename.rpartition("/upheld/")
    return f"{found.lstrip('/') if found else ''}{tail if found else head or tail}:{frames[-1].lineno or 0}"


def _loud(record: logging.LogRecord) -> bool:
    return not EVENTS[said(record)[0]].quiet


class _Json(logging.Formatter):
    """One line, one JSON object."""

    def __init__(self, program: str) -> None:
        super().__init__()
        self._program = program

    def format(self, record: logging.LogRecord) -> str:
        event, fields = said(record)
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"time": at, "level": record.levelname.lower(), "program": self._program, "event": event}
        return json.dumps({**line, **fields}, ensure_ascii=False)


class _Missing(dict[str, str | float]):
    def __missing__(self, name: str) -> str:
        return "?"


class _Text(logging.Formatter):
    """A sentence, after the name of the program."""

    def __init__(self, program: str) -> None:
        super().__init__()
        self._head = f"{program}: " if program != "server" else ""

    def format(self, record: logging.LogRecord) -> str:
        event, fields = said(record)
        return self._head + EVENTS[event].text.format_map(_Missing(fields))


def _uncaught(kind: type[BaseException], error: BaseException | None, _trace: TracebackType | None) -> None:
    if not issubclass(kind, KeyboardInterrupt | SystemExit):
        where = place(error) if error is not None else "unknown.py:0"
        logging.getLogger(NAME).critical(
            "program.unexpected", extra={"fields": {"error": kind.__name__, "where": where}}
        )
