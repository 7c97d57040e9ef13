"""Checkpoints (C2SP tlog-checkpoint): origin, size and root of the tree, as a signed note (P-12, P-13).

A log that signs two checkpoints of which neither continues the other has lied to somebody. So signing
always starts from the last signed checkpoint, and the first is that of the empty tree: a ledger that has
lost its last checkpoint cannot sign by accident.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from upheld.ledger import note
from upheld.ledger.encoding import from_base64, from_decimal, to_base64
from upheld.ledger.keys import Signer, Verifier, valid_name
from upheld.ledger.merkle import EMPTY_ROOT, HASH_SIZE, MAX_SIZE, ProofRefused, verify_consistency
from upheld.ledger.tree import Tree


class MalformedCheckpoint(ValueError):
    """The text does not have the form of a checkpoint."""


class InconsistentCheckpoint(ValueError):
    """Signing was refused: the tree does not continue the last signed checkpoint."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log looked like at one size. Extension lines are read from others, never written by us."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not valid_name(self.origin):
            raise MalformedCheckpoint(
                f"An origin must not be empty or contain spaces or '+'; this one is {self.origin!r}."
            )
        if not 0 <= self.size <= MAX_SIZE or len(self.root) != HASH_SIZE:
            raise MalformedCheckpoint("A checkpoint needs a size from 0 to 2^62 and a root of 32 bytes.")

    def text(self) -> str:
        """The lines that are signed, each ended by a newline."""
        lines = (self.origin, str(self.size), to_base64(self.root), *self.extensions)
        return "".join(line + "\n" for line in lines)


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint and the signed note that says it, byte for byte as it was released."""

    checkpoint: Checkpoint
    signed: str


def parse_text(text: str) -> Checkpoint:
    """Reads a note's text as a checkpoint; raises MalformedCheckpoint and nothing else."""
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1] or not all(lines[:-1]):
        raise MalformedCheckpoint(
            "A checkpoint has three lines or more, none of them empty: origin, size, root."
        )
    try:
        size, root = from_decimal(lines[1]), from_base64(lines[2])
    except ValueError as error:
        raise MalformedCheckpoint(f"The checkpoint's size or root cannot be read. {error}") from error
    return Checkpoint(lines[0], size, root, tuple(lines[3:-1]))


def open_checkpoint(signed: str, verifiers: Sequence[Verifier], *, origin: str) -> SignedCheckpoint:
    """A checkpoint of exactly this origin with a good signature by a known key that has the origin's name.

    Raises MalformedNote, UnverifiedNote or MalformedCheckpoint. A witness's signature alone is not enough.
    """
    opened = note.open_note(signed, verifiers)
    checkpoint = parse_text(opened.text)
    if checkpoint.origin != origin:
        raise MalformedCheckpoint(
            f"This is a checkpoint of {checkpoint.origin!r}; one of {origin!r} was expected."
        )
    if not any(signature.name == origin for signature in opened.verified):
        raise note.UnverifiedNote(f"The log {origin!r} itself has not signed this checkpoint.")
    return SignedCheckpoint(checkpoint, signed)


def begin(signer: Signer) -> SignedCheckpoint:
    """The first checkpoint of a log, over the empty tree. Its origin is the signer's name."""
    return _sign(Checkpoint(signer.name, 0, EMPTY_ROOT), signer)


def advance(
    *, tree: Tree, last: SignedCheckpoint, signer: Signer, former: Sequence[Verifier] = ()
) -> SignedCheckpoint:
    """Signs the tree as it is now, if it continues `last`; otherwise raises InconsistentCheckpoint.

    `last` must be the newest checkpoint ever signed for this log, and the result must be stored durably
    before anyone sees it (P-12). It is verified again with the signer's key, or with one of `former` after
    a change of keys, so that a damaged record cannot pass for it.
    """
    if last.checkpoint.origin != signer.name:
        raise InconsistentCheckpoint(
            f"The last checkpoint is of {last.checkpoint.origin!r}; {signer.name!r} does not sign for it."
        )
    verifiers = (signer.verifier(), *former)
    try:
        reread = open_checkpoint(last.signed, verifiers, origin=signer.name)
    except ValueError as error:
        raise InconsistentCheckpoint(f"The stored last checkpoint is damaged. {error}") from error
    if reread != last:
        raise InconsistentCheckpoint("The stored last checkpoint is not the one that was signed.")
    old = last.checkpoint
    if tree.size < old.size:
        raise InconsistentCheckpoint(
            f"The ledger has {tree.size} entries, but {old.size} were signed: entries are missing. "
            "Restore the ledger's own records before anything else is signed."
        )
    new = Checkpoint(signer.name, tree.size, tree.root())
    try:
        verify_consistency(
            old_size=old.size,
            new_size=new.size,
            old_root=old.root,
            new_root=new.root,
            proof=tree.consistency(old.size),
        )
    except ProofRefused as error:
        raise InconsistentCheckpoint(
            f"The first {old.size} entries are no longer those that were signed. {error} "
            "Nothing is signed until the ledger's records are restored."
        ) from error
    return _sign(new, signer)


def _sign(checkpoint: Checkpoint, signer: Signer) -> SignedCheckpoint:
    return SignedCheckpoint(checkpoint, note.sign(checkpoint.text(), signer))
