"""What happened, from the ledger: entries in words, the proof of one, and what was signed last."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from upheld.actions import ledger
from upheld.actions.means import Means
from upheld.ledger.checkpoint import SignedCheckpoint
from upheld.ledger.entry import Entry, Kind, RefusedEntry
from upheld.ledger.types import REGISTRY
from upheld.rights.outcome import Misnamed, Permanent
from upheld.store import models, sequencer

PAGE = 50
WINDOW = 20_000
"""Entries that one page looks through for those that were asked for."""
CHECKPOINTS = 10
"""So many of the newest are listed."""


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


def checkpoints() -> tuple[models.Checkpoint, ...]:
    """The newest that were signed, the newest first."""
    return tuple(models.Checkpoint.objects.order_by("-size")[:CHECKPOINTS])
