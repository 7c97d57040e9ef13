"""The certificate: what was done in one case, system by system, and what stays (P-20, P-21).

A value without words; `letter` says it to the person, `issue` signs it and adds the proof. It names systems
and counts, never the person: whoever holds it knows whose it is.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from functools import lru_cache
from hashlib import sha256

from upheld.ledger.canonical import encode
from upheld.ledger.record import from_value, to_value

COPY_RIGHTS = frozenset({"ACCESS", "KNOW", "PORTABILITY"})
LIFTING = "LIFTING"
"""Stands in `right` of a certificate about the end of a restriction, which is nobody's right but our duty."""
SETTING_RIGHTS = frozenset({"RECTIFICATION", "RESTRICTION", "OBJECTION", "WITHDRAWAL", "OPT_OUT", LIFTING})


class Contradiction(ValueError):
    """The parts of a certificate do not fit together, so it must not be issued."""


class EvidenceClass(Enum):
    """How we know. The classes are never mixed: each system has one (P-20)."""

    A = "A"  # asserted by the connector
    B = "B"  # looked for again by us after the act
    C = "C"  # key destroyed
    D = "D"  # confirmed by the other party
    E = "E"  # kept, with ground and date


class Established(Enum):
    """How the outcome of a write was learnt."""

    WITNESSED = "witnessed"
    RECEIPT = "receipt"
    REREAD = "reread"


@dataclass(frozen=True, slots=True)
class SystemResult:
    """What happened in one system. Unfinished when there is an error or no time of finishing.

    `changed`: records that were corrected, marked, or whose mark was taken away, by the certificate's right;
    `left`: those that somebody had changed meanwhile and that were left alone."""

    system: str
    title: str
    connector: str
    connector_version: str
    matched: int
    erased: int
    anonymised: int
    detached: int
    retained: int
    evidence: EvidenceClass | None
    established: Established | None
    started_at: datetime | None
    finished_at: datetime | None
    error: str | None
    changed: int = 0
    left: int = 0

    def __post_init__(self) -> None:
        removed = (self.erased, self.anonymised, self.detached)
        counts = (self.matched, *removed, self.retained, self.changed, self.left)
        if min(counts) < 0:
            raise Contradiction(f"{self.title}: a count is below zero.")
        if self.finished and self.evidence is None:
            raise Contradiction(f"{self.title}: a finished system needs a class of evidence.")
        if self.evidence is EvidenceClass.E and (self.removed or not self.retained):
            raise Contradiction(f"{self.title}: class E is for systems where records only stay.")

    @property
    def finished(self) -> bool:
        """Whether the work in this system came to its end without an error."""
        return self.error is None and self.finished_at is not None

    @property
    def removed(self) -> int:
        """Records that no longer speak of the person, however that was done."""
        return self.erased + self.anonymised + self.detached


@dataclass(frozen=True, slots=True)
class Retained:
    """Records that stay: why, after which law or rule, and until when or when it is looked at again."""

    system: str
    what: str
    records: int
    ground: str
    reference: str
    reason: str
    until: date | None
    review: date | None

    def __post_init__(self) -> None:
        if self.until is None and self.review is None:
            raise Contradiction(f"{self.what}: what stays needs an end date or a date of review (P-20).")
        if self.records < 0:
            raise Contradiction(f"{self.what}: a count is below zero.")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A system in which the request was refused: nothing was done there. `ground`: its code in the regime
    pack; `reference`: the law that it stands in; `reason`: the ground in plain English."""

    system: str
    title: str
    ground: str
    reference: str
    reason: str


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody else who had the data and was told (Art. 19)."""

    recipient: str
    asked: date
    confirmed: date | None
    ask_again: date | None


@dataclass(frozen=True, slots=True)
class Backups:
    """`unreadable_by` is None when nobody has stated how long backups live; the letter then says that."""

    unreadable_by: date | None
    replayed: bool


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A part that is still open: what, why, what happens next."""

    system: str
    title: str
    why: str
    next_step: str
    expected: date | None


@dataclass(frozen=True, slots=True)
class DestroyedKey:
    """A key that is gone, and when its last backup copy is gone as well (K-02)."""

    key: str
    effective_by: date


BEYOND = ("copies", "exports", "letters", "recipients")


@dataclass(frozen=True, slots=True)
class Beyond:
    """What the destruction of a key does not reach (K-03): `copies`, `exports`, `letters`, or `recipients`,
    whose names are `who`."""

    what: str
    who: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.what not in BEYOND or bool(self.who) != (self.what == "recipients"):
            raise Contradiction(f"{self.what}: that is nothing beyond the reach of a key.")


@dataclass(frozen=True, slots=True)
class Certificate:
    """The whole certificate, before signature and proof. `plan` is the commitment that the ledger holds."""

    case: str
    right: str
    regime: str
    regime_version: str
    organisation: str
    contact: str
    authority: str | None
    finished_at: datetime
    plan: str
    systems: tuple[SystemResult, ...]
    retained: tuple[Retained, ...]
    told: tuple[Told, ...]
    backups: Backups
    unfinished: tuple[Unfinished, ...]
    destroyed_keys: tuple[DestroyedKey, ...]
    left_out: tuple[LeftOut, ...] = ()
    beyond_keys: tuple[Beyond, ...] = ()

    def __post_init__(self) -> None:
        codes = [result.system for result in self.systems]
        if len(set(codes)) != len(codes):
            raise Contradiction("A system is named twice.")
        if set(codes).intersection(part.system for part in self.left_out):
            raise Contradiction("A system was left out, and something was done in it.")
        explained = {part.system for part in self.unfinished}
        for result in self.systems:
            if not result.finished and result.system not in explained:
                raise Contradiction(
                    f"{result.title} is not finished; the certificate must say why and what happens next."
                )
            if result.evidence is EvidenceClass.C and not self.destroyed_keys:
                raise Contradiction(f"{result.title}: class C names no destroyed key.")
        self._check_retained()

    def _check_retained(self) -> None:
        """What a system counts as retained must be explained, record by record (P-20, class E)."""
        for result in self.systems:
            explained = sum(part.records for part in self.retained if part.system == result.system)
            if explained != result.retained:
                raise Contradiction(
                    f"{result.title} keeps {result.retained} records, but grounds are given for {explained}."
                )
        unknown = {part.system for part in self.retained} - {result.system for result in self.systems}
        if unknown:
            raise Contradiction(f"Records stay in a system that is not listed: {min(unknown)}.")

    @property
    def complete(self) -> bool:
        """Whether no part is left open."""
        return not self.unfinished

    @property
    def gives_copy(self) -> bool:
        """Whether the right is one to a copy, so that nothing was removed."""
        return self.right.upper() in COPY_RIGHTS

    @property
    def sets_values(self) -> bool:
        """Whether values were set and nothing was removed."""
        return self.right.upper() in SETTING_RIGHTS

    def canonical(self) -> bytes:
        """The bytes that the signature and the ledger's commitment are about."""
        return _canonical(self)

    def digest(self) -> bytes:
        """The SHA-256 of the canonical JSON, which the signature is about."""
        return sha256(self.canonical()).digest()


@lru_cache(maxsize=512)
def _canonical(certificate: Certificate) -> bytes:
    """It is entered, sealed, signed and compared; spelling it took longer than all of that."""
    return encode(to_value(certificate))


def read_certificate(value: object) -> Certificate:
    """Raises MalformedRecord, also when the parts contradict each other."""
    return from_value(Certificate, value, "certificate")
