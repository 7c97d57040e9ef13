"""What the verbs work with: the map, the systems, the keys, the time, randomness, and who asks."""

import secrets
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from upheld.datamap.model import DataMap
from upheld.ledger.keys import Signer
from upheld.rights.connector import Connector, Entropy
from upheld.store.keys import KeyStore

ALPHABET = string.ascii_lowercase + string.digits


@dataclass(frozen=True, slots=True)
class Means:
    """`now` is read once, by the face, and is the time by which periods are judged; `clock` gives the time at
    which something happened, for records of long runs. `by` names who acts: an account, never the subject.
    `regime`: under which this run receives what is new; the organisation's first where it is empty. `kept`:
    the folder for sealed copies of files, while an undo window is open. `lease`: for how long what is begun
    is this program's own. `orders`: what is approved with these was ordered at the command line, by somebody
    who knows who asked; without it who asks must be proved."""

    datamap: DataMap
    connectors: Mapping[str, Connector]
    keys: KeyStore
    signer: Signer
    now: datetime
    clock: Callable[[], datetime]
    entropy: Entropy
    owner: str
    by: str
    regime: str = ""
    kept: Path | None = None
    lease: timedelta = timedelta(minutes=30)
    orders: bool = False


def utc_now() -> datetime:
    """The wall clock, for faces."""
    return datetime.now(UTC)


def random_token() -> str:
    """24 random letters and digits: 124 bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(24))
