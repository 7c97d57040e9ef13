"""CSV files record by record, without losing a byte of what is not changed.

The csv module reads values but forgets how they were written. Here a record stays the bytes it was; only the
cells of a changed row are written anew, each in the manner of the cell it replaces.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

QUOTE = b'"'
BOM = b"\xef\xbb\xbf"
LONGEST = 4 * 1024 * 1024
"""Bytes of one record; beyond, a quote was opened and forgotten."""


class Unreadable(ValueError):
    """Which record, counted from 1 with the header, cannot be read, and why."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a file is written: its header, delimiter and encoding. `start`: a byte-order mark, if any."""

    header: tuple[str, ...]
    delimiter: bytes
    encoding: str
    start: bytes = b""


def records(lines: Iterable[bytes], delimiter: bytes) -> Iterator[bytes]:
    """Records with their line ends. Unreadable where a quote is never closed."""
    pending, number = b"", 0
    for line in lines:
        closes = QUOTE in line
        pending += line
        if (not closes and pending != line) or (closes and cells(bare(pending), delimiter) is None):
            if len(pending) > LONGEST:
                raise Unreadable(f"record {number + 1} opens a quote and never closes it")
            continue
        number += 1
        yield pending
        pending = b""
    if pending:
        raise Unreadable(f"record {number + 1} opens a quote and never closes it")


def bare(record: bytes) -> bytes:
    """The record without its line end."""
    return record[: -len(end)] if (end := line_end(record)) else record


def line_end(record: bytes) -> bytes:
    """How the record ends: CRLF, LF, or not at all."""
    return b"\r\n" if record.endswith(b"\r\n") else b"\n" if record.endswith(b"\n") else b""


def cells(record: bytes, delimiter: bytes) -> list[bytes] | None:
    """The cells as they are written, quotes included; None while a quote is open."""
    if QUOTE not in record:
        return record.split(delimiter)
    found, start = [], 0
    while True:
        after = start
        if record.startswith(QUOTE, start):
            after = _closing(record, start + 1)
            if after < 0:
                return None
        end = record.find(delimiter, after)
        if end < 0:
            found.append(record[start:])
            return found
        found.append(record[start:end])
        start = end + len(delimiter)


def _closing(record: bytes, start: int) -> int:
    while True:
        quote = record.find(QUOTE, start)
        if quote < 0 or not record.startswith(QUOTE, quote + 1):
            return quote
        start = quote + 2


def value(cell: bytes, encoding: str) -> str | None:
    """What a cell says; the empty text is None. UnicodeDecodeError where it is not in that encoding."""
    if cell.startswith(QUOTE):
        end = _closing(cell, 1)
        cell = cell[1:end].replace(QUOTE * 2, QUOTE) + cell[end + 1 :]
    return cell.decode(encoding) or None


def written(text: str | None, before: bytes, dialect: Dialect) -> bytes:
    """A new value in the manner of the cell before it: quoted if that was, or if it has to be."""
    plain = (text or "").encode(dialect.encoding)
    special = (
        any(mark in plain for mark in (dialect.delimiter, QUOTE, b"\r", b"\n")) or plain.strip() != plain
    )
    if before.startswith(QUOTE) or special:
        return QUOTE + plain.replace(QUOTE, QUOTE * 2) + QUOTE
    return plain


def read_header(first: bytes, encoding: str, wanted: Sequence[str], delimiter: str = "") -> Dialect:
    """The dialect, from the first record. No delimiter given: the one that yields most wanted columns."""
    start = BOM if first.startswith(BOM) else b""
    record = bare(first[len(start) :])
    tries = [delimiter.encode()] if delimiter else [b",", b";", b"\t", b"|"]
    headers = {
        each: tuple(value(cell, encoding) or "" for cell in cells(record, each) or ()) for each in tries
    }
    best = max(tries, key=lambda each: (len(set(headers[each]) & set(wanted)), len(headers[each])))
    if len(set(headers[best])) != len(headers[best]):
        raise Unreadable("two columns of the header have the same name")
    return Dialect(headers[best], best, encoding, start)


def row(record: bytes, dialect: Dialect) -> dict[str, object] | None:
    """The row of a record; None for an empty line. Cells beyond the header are kept, but not read."""
    plain = bare(record)
    if not plain:
        return None
    found = cells(plain, dialect.delimiter) or []
    return {name: value(cell, dialect.encoding) for name, cell in zip(dialect.header, found, strict=False)}


def changed(
    record: bytes, dialect: Dialect, before: Mapping[str, object], after: Mapping[str, object]
) -> bytes:
    """The record with the cells that differ written anew; all other bytes stay."""
    found = cells(bare(record), dialect.delimiter) or []
    for index, name in enumerate(dialect.header[: len(found)]):
        if after.get(name) != before.get(name):
            new = after.get(name)
            found[index] = written(None if new is None else str(new), found[index], dialect)
    return dialect.delimiter.join(found) + line_end(record)
