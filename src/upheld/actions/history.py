"""What happened, from the ledger: entries in words, the proof of one, and the whole of it verified."""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from upheld.actions import ledger
from upheld.actions.means import Means
from upheld.ledger.audit import verify_export
from upheld.ledger.checkpoint import SignedCheckpoint
from upheld.ledger.entry import Entry, Kind, RefusedEntry
from upheld.ledger.types import REGISTRY
from upheld.ledger.verdict import Verdict
from upheld.rights.outcome import Misnamed, Permanent
from upheld.store import models, sequencer

PAGE = 50
WINDOW = 20_000
"""Entries that one page looks through for those that were asked for."""
MOST = 200_000
"""Entries that are verified while somebody waits."""


@dataclass(frozen=True, slots=True)
class Line:
    """One entry. `meaning` says what such an entry records; `facts` are its fields, as they stand there."""

    index: int
    at: datetime
    type: str
    meaning: str
    case: str
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Some entries, the newest first. `before` goes into the address of the next page; None on the last."""

    lines: tuple[Line, ...]
    before: int | None


def kinds() -> tuple[tuple[str, str], ...]:
    """The types of entries that there are, with what they record."""
    return tuple((each.name, each.meaning) for each in REGISTRY.types.values())


def page(*, before: int | None = None, kind: str = "", case: str = "") -> Page:
    """Entries before that index, of one type or one case where it is named. A page may hold fewer than fifty
    and still have a next one: it looks through so many entries and no more."""
    wanted = [f'"{name}":"{value}"'.encode() for name, value in (("type", kind), ("case", case)) if value]
    rows = models.Entry.objects.order_by("-index")
    if before is not None:
        rows = rows.filter(index__lt=before)
    lines: list[Line] = []
    last: int | None = None
    for index, content in rows.values_list("index", "content")[:WINDOW].iterator(2_000):
        last = index
        data = bytes(content)
        if all(each in data for each in wanted):
            lines.append(_line(index, data))
        if len(lines) == PAGE:
            break
    return Page(tuple(lines), last or None)


def _line(index: int, data: bytes) -> Line:
    try:
        entry: Entry = REGISTRY.decode(data)
    except RefusedEntry as error:
        raise Permanent(
            f"Entry {index} of the ledger cannot be read: it is of a later version, or was altered.",
            "Verify the ledger: `upheld ledger export`, then `upheld ledger verify`.",
        ) from error
    known = REGISTRY.types[entry.type]
    facts = tuple(
        (each.name.replace("_", " "), _said(entry.fields[each.name]))
        for each in known.fields
        if each.name in entry.fields and each.name != "case" and each.kind is not Kind.DIGEST
    )
    return Line(index, entry.at, entry.type, known.meaning, str(entry.fields.get("case", "")), facts)


def _said(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{many} {name}" for name, many in value.items() if many) or "none"
    return str(value)


def proof(*, means: Means, index: int) -> str:
    """A file that proves that this entry stands in the ledger (P-14). Misnamed where there is none."""
    ledger.checkpoint(means=means)  # an entry that waited has its place now
    entry = models.Entry.objects.filter(index=index).first()
    if entry is None:
        raise Misnamed(f"The ledger has no entry {index}.", "Choose one of the list.")
    return sequencer.prove_entry(entry.pending, by=means.signer, now=means.clock()).text()


def newest(*, means: Means) -> tuple[str, SignedCheckpoint]:
    """The ledger's public key and its newest checkpoint; signs one where entries wait."""
    return means.signer.verifier().vkey, ledger.checkpoint(means=means)


def verify(*, means: Means) -> Verdict:
    """Every entry hashed again, every checkpoint and every root computed again, as `upheld ledger verify`
    does. Permanent where that takes longer than somebody waits for a page."""
    if sequencer.size() > MOST:
        raise Permanent(
            f"The ledger has more than {MOST:,} entries; a page would take too long.",
            "Verify it by command: `upheld ledger export`, then `upheld ledger verify`.",
        )
    lines = _Lines(ledger.export(means=means))
    return verify_export(io.BufferedReader(lines), vkey=means.signer.verifier().vkey, registry=REGISTRY)


class _Lines(io.RawIOBase):
    """Lines as a file that is read once."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        self._lines, self._left = lines, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if not self._left:
            self._left = next(self._lines, b"")
        size = min(len(buffer), len(self._left))
        buffer[:size], self._left = self._left[:size], self._left[size:]
        return size
