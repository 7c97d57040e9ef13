"""Portable proofs (C2SP tlog-proof): one small file that shows that an entry stands in the log (P-14).

c2sp.org/tlog-proof@v1
extra <base64>            (optional; Upheld puts the entry itself here)
index <number>
<sibling hash, base64>    (none or more, leaf side first)
<empty line>
<the checkpoint, verbatim>
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from upheld.ledger.checkpoint import Checkpoint, SignedCheckpoint, open_checkpoint
from upheld.ledger.encoding import from_base64, from_decimal, to_base64
from upheld.ledger.keys import Verifier
from upheld.ledger.merkle import HASH_SIZE, leaf_hash, verify_inclusion
from upheld.ledger.note import MAX_BYTES, MalformedNote
from upheld.ledger.note import parse as parse_note
from upheld.ledger.tree import Tree

FIRST_LINE = "c2sp.org/tlog-proof@v1"
SUFFIX = ".tlog-proof"
# A path through the largest tree that can exist; the check comes before any hash is decoded.
_MAX_HASHES = 63


class MalformedProof(ValueError):
    """The text does not have the form of a tlog-proof."""


@dataclass(frozen=True, slots=True)
class Proof:
    """An inclusion proof with its checkpoint. `extra` proves nothing by itself: hash it as the entry."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: str
    extra: bytes | None = None

    def text(self) -> str:
        """The file's content."""
        lines = [FIRST_LINE]
        if self.extra is not None:
            lines.append(f"extra {to_base64(self.extra)}")
        lines.append(f"index {self.index}")
        lines.extend(to_base64(value) for value in self.hashes)
        return "\n".join(lines) + "\n\n" + self.checkpoint


def prove(tree: Tree, index: int, checkpoint: SignedCheckpoint, *, extra: bytes | None = None) -> Proof:
    """The proof of entry `index` under a checkpoint that this log has signed."""
    hashes = tree.inclusion(index, checkpoint.checkpoint.size)
    return Proof(index, hashes, checkpoint.signed, extra)


def prove_many(
    tree: Tree, entries: Sequence[tuple[int, bytes]], checkpoint: SignedCheckpoint
) -> Iterator[Proof]:
    """As `prove` for each of these, an index and the entry that stands there, in their order."""
    paths = tree.inclusions([index for index, _ in entries], checkpoint.checkpoint.size)
    for (index, content), hashes in zip(entries, paths, strict=True):
        yield Proof(index, hashes, checkpoint.signed, content)


def parse(text: str) -> Proof:
    """Reads a proof without judging it. Raises MalformedProof and nothing else."""
    if len(text) > 2 * MAX_BYTES:
        raise MalformedProof("The proof is longer than any proof can be.")
    head, divider, signed = text.partition("\n\n")
    lines = head.split("\n")
    if not divider or lines[0] != FIRST_LINE:
        raise MalformedProof(f"A proof begins with the line {FIRST_LINE!r} and holds an empty line.")
    lines.pop(0)
    extra, index = _take(lines, "extra "), _take(lines, "index ")
    if index is None:
        raise MalformedProof("The proof does not say which entry it is about (a line 'index N').")
    try:
        read = Proof(
            index=from_decimal(index),
            hashes=_hashes(lines),
            checkpoint=signed,
            extra=None if extra is None else from_base64(extra),
        )
        parse_note(signed)
    except MalformedProof:
        raise
    except MalformedNote as error:
        raise MalformedProof(f"The proof's checkpoint is damaged. {error}") from error
    except ValueError as error:
        raise MalformedProof(f"A line of the proof is damaged. {error}") from error
    return read


def _take(lines: list[str], word: str) -> str | None:
    """The rest of the first line, which is taken away, if it begins with this word."""
    return lines.pop(0).removeprefix(word) if lines and lines[0].startswith(word) else None


def _hashes(lines: list[str]) -> tuple[bytes, ...]:
    if len(lines) > _MAX_HASHES:
        raise MalformedProof("The proof has more hashes than any tree has levels.")
    hashes = tuple(from_base64(line) for line in lines)
    if any(len(value) != HASH_SIZE for value in hashes):
        raise MalformedProof("A hash in the proof is not 32 bytes long.")
    return hashes


def verify(proof: Proof, entry: bytes, verifiers: Sequence[Verifier], *, origin: str) -> Checkpoint:
    """The checkpoint under which `entry` is proved to stand in the log `origin`.

    Raises MalformedNote, UnverifiedNote, MalformedCheckpoint or ProofRefused.
    """
    checkpoint = open_checkpoint(proof.checkpoint, verifiers, origin=origin).checkpoint
    verify_inclusion(
        index=proof.index,
        size=checkpoint.size,
        leaf=leaf_hash(entry),
        root=checkpoint.root,
        proof=proof.hashes,
    )
    return checkpoint
