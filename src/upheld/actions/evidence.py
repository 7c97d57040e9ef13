"""Evidence as it is stored and read back (spec/evidence.md)."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

from upheld.ledger import canonical
from upheld.rights.codec import Unreadable
from upheld.rights.outcome import Established, EvidenceClass
from upheld.store import models
from upheld.store.database import fresh, insert_all

FORMAT = "upheld.evidence/v1"


def write(
    fulfilment: models.Fulfilment,
    content: Mapping[str, canonical.Value],
    cls: EvidenceClass,
    established: Established,
    *,
    attempt: int,
    at: datetime,
    part: models.Part | None = None,
) -> models.Evidence:
    """One piece: of a committed part, or without `part` of a verification or of a task's answer. `attempt` is
    the task's step for an answer."""
    row = made(fulfilment, content, cls, established, attempt=attempt, at=at, part=part)
    insert_all([row])
    return row


def made(
    fulfilment: models.Fulfilment,
    content: Mapping[str, canonical.Value],
    cls: EvidenceClass,
    established: Established,
    *,
    attempt: int,
    at: datetime,
    part: models.Part | None = None,
) -> models.Evidence:
    """As `write`, not yet stored."""
    written = canonical.encode({"format": FORMAT, **content})
    return fresh(
        models.Evidence,
        fulfilment=fulfilment,
        part=part,
        attempt=attempt,
        cls=cls.value,
        established=established.value,
        record=written.decode(),
        digest=sha256(written).hexdigest(),
        at=at,
    )


def read(row: models.Evidence) -> dict[str, object]:
    """What the record holds. Raises Unreadable when it is not what was written, or in another format."""
    return opened(row.record, row.digest)


def opened(record: str, digest: str) -> dict[str, object]:
    """The members of a record with that digest."""
    written = record.encode()
    if sha256(written).hexdigest() != digest:
        raise Unreadable("altered", "A piece of evidence is not the one that was recorded.")
    try:
        content = canonical.decode(written)
    except canonical.NotCanonical as error:
        raise Unreadable("form", "A piece of evidence is not canonical JSON.") from error
    if not isinstance(content, dict):
        raise Unreadable("form", "A piece of evidence holds no members.")
    if content.get("format") != FORMAT:
        raise Unreadable("format", f"A piece of evidence is in another format than {FORMAT}.")
    return content
