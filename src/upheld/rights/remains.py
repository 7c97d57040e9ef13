"""What the destruction of a key does not reach (K-03): it ends what was sealed with it, in our records, their
backups and copies of rows kept for an undo, and nothing that left them in plain."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from upheld.datamap.model import DataMap, System
from upheld.law.right import Right

ERASING = (Right.ERASURE, Right.DELETE)


class Kind(StrEnum):
    """What it does not reach."""

    COPIES = "copies"
    EXPORTS = "exports"
    LETTERS = "letters"
    RECIPIENTS = "recipients"


@dataclass(frozen=True, slots=True)
class Remains:
    """One of them. `who`: the recipients, by their names for people."""

    kind: Kind
    who: tuple[str, ...] = ()


def remains(right: Right, systems: Iterable[System], datamap: DataMap) -> tuple[Remains, ...]:
    """Of what is carried out in these systems; nothing where no key is what it ends with: neither our own
    records are among them, which go with theirs, nor a system whose removed rows are kept sealed for an
    undo."""
    named = tuple(systems)
    if right not in ERASING or not any(_rests(datamap, each) for each in named):
        return ()
    others = tuple(_recipients(named, datamap))
    every = tuple(Remains(each) for each in (Kind.COPIES, Kind.EXPORTS, Kind.LETTERS))
    return (*every, Remains(Kind.RECIPIENTS, others)) if others else every


def _rests(datamap: DataMap, system: System) -> bool:
    undo = datamap.organisation.undo if system.undo is None else system.undo
    return system.kind == "own" or undo > 0


def _recipients(systems: Iterable[System], datamap: DataMap) -> Iterable[str]:
    titles = {each.name: each.title or each.name for each in datamap.processors}
    names = [each.processor for each in systems if each.processor]
    names += [who for purpose in datamap.purposes for who in purpose.recipients]
    return dict.fromkeys(titles.get(each, each) for each in names)
