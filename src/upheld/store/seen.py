"""The newest checkpoint that was ever signed, remembered in the key folder (spec/keys.md, section 1).

A restored database knows only its own checkpoints: going on from an older one would sign a second history of
the ledger. The key folder is not restored with the database, so what stands in it tells that entries are
missing.
"""

from upheld.ledger.checkpoint import Checkpoint, MalformedCheckpoint, SignedCheckpoint, parse_text
from upheld.ledger.keys import Ed25519Signer
from upheld.ledger.note import MalformedNote, parse
from upheld.rights.outcome import Misconfigured
from upheld.store.keys import KeyStore

FILE = "ledger.seen"


class RolledBack(Misconfigured):
    """The database's ledger ends before the newest checkpoint that was signed."""

    def __init__(self, *, size: int, seen: int) -> None:
        super().__init__(
            f"The ledger ends after {size} entries, but {seen} were signed: an older state of the database "
            "was put in place. Nothing is signed until this is settled.",
            "Put the newest database back; or restore its backup by `upheld restore`, with the newest export "
            "of the ledger.",
        )


class OurSigner(Ed25519Signer):
    """The ledger's key, and the memory of what it signed."""

    def __init__(self, name: str, keys: KeyStore) -> None:
        super().__init__(name, keys.signing_seed())
        self._keys = keys

    def refuse_older(self, last: SignedCheckpoint) -> None:
        """RolledBack where the last checkpoint of the database is older than what was signed. A key folder of
        an earlier release knows none: it learns this one."""
        known = seen(self._keys)
        if known is None:
            self.remember(last)
        elif known.size > last.checkpoint.size:
            raise RolledBack(size=last.checkpoint.size, seen=known.size)

    def remember(self, signed: SignedCheckpoint) -> None:
        """Once it is committed. Of two that come at once the larger stays."""
        size = signed.checkpoint.size
        self._keys.note(FILE, signed.signed.encode(), unless=lambda before: _read(before).size >= size)


def seen(keys: KeyStore) -> Checkpoint | None:
    """The newest checkpoint that this key folder knows of."""
    written = keys.noted(FILE)
    return None if written is None else _read(written)


def _read(written: bytes) -> Checkpoint:
    try:
        return parse_text(parse(written.decode()).text)
    except (MalformedNote, MalformedCheckpoint, UnicodeDecodeError) as error:
        raise Misconfigured(
            f"The file {FILE} of the key folder is damaged.",
            "Restore it from the newest copy of the key folder.",
        ) from error
