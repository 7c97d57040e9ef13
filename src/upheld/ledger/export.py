"""The ledger in one file: a header, every entry in order, every signed checkpoint, and an end line.

One line of canonical JSON each, so that a reader needs no more memory than one line, and no byte is free:

    {"format":"upheld.ledger/v1","former":[…],"origin":"…","vkey":"…","witnesses":[…]}
    {"entry":{…}}
    {"checkpoint":"<signed note>"}      right after the last entry it covers
    {"end":{"checkpoints":N,"entries":N}}
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from upheld.ledger.canonical import NotCanonical, decode, encode
from upheld.ledger.checkpoint import parse_text
from upheld.ledger.entry import MAX_BYTES
from upheld.ledger.note import parse as parse_note
from upheld.ledger.record import MalformedRecord, from_value, to_value

FORMAT = "upheld.ledger/v1"
# The longest line is a checkpoint with a hundred signatures; a longer one is not ours.
MAX_LINE = 64 * 1024
_ENTRY = b'{"entry":'


class MalformedExport(ValueError):
    """A line is not what the format has in its place. `line` counts from 1."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class Header:
    """Whose ledger this is. `former` are keys of this origin that signed before `vkey` did."""

    format: str
    former: tuple[str, ...]
    origin: str
    vkey: str
    witnesses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EntryLine:
    """An entry's own bytes, unjudged."""

    line: int
    data: bytes


@dataclass(frozen=True, slots=True)
class CheckpointLine:
    """A checkpoint's signed note, unjudged."""

    line: int
    signed: str


@dataclass(frozen=True, slots=True)
class EndLine:
    """What the file promises to have held."""

    line: int
    entries: int
    checkpoints: int


Line = EntryLine | CheckpointLine | EndLine


def write_export(
    *,
    origin: str,
    vkey: str,
    entries: Iterable[bytes],
    checkpoints: Iterable[str],
    former: Iterable[str] = (),
    witnesses: Iterable[str] = (),
) -> Iterator[bytes]:
    """The lines of an export, newline included.

    `checkpoints` are all that were signed, oldest first, and may carry cosignatures; the last must cover
    the last entry, or ValueError is raised at the end.
    """
    header = Header(FORMAT, tuple(former), origin, vkey, tuple(witnesses))
    yield encode(to_value(header)) + b"\n"
    waiting = iter(checkpoints)
    following = next(waiting, None)
    count = released = 0
    covered = 0
    source = iter(entries)
    while True:
        while following is not None and parse_text(parse_note(following).text).size == count:
            yield encode({"checkpoint": following}) + b"\n"
            following, covered, released = next(waiting, None), count, released + 1
        entry = next(source, None)
        if entry is None:
            break
        yield _ENTRY + entry + b"}\n"
        count += 1
    if following is not None:
        raise ValueError(f"A checkpoint out of order, or beyond the {count} entries: {following[:80]!r}.")
    if covered != count or not released:
        raise ValueError(f"The last {count - covered} entries are not covered by a checkpoint yet.")
    yield encode({"end": {"checkpoints": released, "entries": count}}) + b"\n"


def read_header(data: bytes) -> Header:
    """The first line of an export, newline included. Raises MalformedExport."""
    try:
        header = from_value(Header, decode(data.removesuffix(b"\n")), "the header")
    except (NotCanonical, MalformedRecord) as error:
        raise MalformedExport(1, f"The first line is not the header of a ledger export. {error}") from error
    if header.format != FORMAT:
        raise MalformedExport(1, f"The format is {header.format[:40]!r}; this version reads {FORMAT!r}.")
    return header


def read_lines(file: BinaryIO, *, start: int = 2) -> Iterator[Line]:
    """The lines after the header, their form judged and nothing else.

    Raises MalformedExport at the first line that has none, and at a file that goes on after its end line
    or stops before it.
    """
    number = start - 1
    while data := file.readline(MAX_LINE + 1):
        number += 1
        read = _read_line(number, data)
        yield read
        if isinstance(read, EndLine):
            if file.read(1):
                raise MalformedExport(number + 1, "The file goes on after its end line.")
            return
    raise MalformedExport(number + 1, "The file stops before its end line: something was cut off.")


def _read_line(number: int, data: bytes) -> Line:
    if len(data) > MAX_LINE or not data.endswith(b"\n"):
        raise MalformedExport(number, "The line is cut off, or longer than any line of an export.")
    body = data[:-1]
    if body.startswith(_ENTRY) and len(body) <= MAX_BYTES + len(_ENTRY) + 1 and body.endswith(b"}"):
        # The entry's own bytes are judged and hashed by the caller; canonical inside means canonical here.
        return EntryLine(number, body[len(_ENTRY) : -1])
    try:
        value = decode(body)
    except NotCanonical as error:
        raise MalformedExport(number, str(error)) from error
    if isinstance(value, dict) and len(value) == 1:
        ((name, content),) = value.items()
        if name == "checkpoint" and isinstance(content, str):
            return CheckpointLine(number, content)
        if name == "end" and isinstance(content, dict) and set(content) == {"checkpoints", "entries"}:
            entries, checkpoints = content["entries"], content["checkpoints"]
            if type(entries) is int and type(checkpoints) is int:
                return EndLine(number, entries, checkpoints)
    raise MalformedExport(number, "The line is neither an entry nor a checkpoint nor the end of the export.")
