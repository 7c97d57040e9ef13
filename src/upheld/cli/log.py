"""The log of the command line: JSON lines in the data folder. What looks like a person is redacted, whoever
wrote it."""

import re
from collections.abc import Callable, MutableMapping
from pathlib import Path
from typing import Any, TextIO

PERSONAL = re.compile(r"[^\s@]+@[^\s@]+|(?:\d[ ./()-]?){7,}")
MARK = "[redacted]"
PLAIN = frozenset({"timestamp", "level", "case", "pid"})
"""Keys whose values are ours: a time or a random id looks like a telephone number."""


def redact(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A processor: in every value that is not ours, addresses and long numbers become a mark."""
    for key, value in event.items():
        if key not in PLAIN:
            event[key] = PERSONAL.sub(MARK, str(value))
    return event


def logger(file: TextIO) -> Any:
    """A logger that writes to this file only."""
    import structlog  # lazy: slow import

    return structlog.wrap_logger(
        structlog.PrintLogger(file),
        processors=[
            structlog.processors.add_log_level,
            redact,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
    )


def to(folder: Path) -> Callable[[str, str], None]:
    """Write what happens in which system to the log of the data folder, which is opened for each line:
    nothing is held open while a foreign system works."""

    def write(system: str, what: str) -> None:
        with (folder / "upheld.log").open("a", encoding="utf-8") as file:
            logger(file).info(what, system=system)

    return write
