"""Hashing and proof verification of the ledger's Merkle tree, after RFC 9162 §2.1 (same hashes as RFC 6962).

Everything here is a pure function of its arguments; `tree` builds and stores, this module judges.
Requirements P-01, P-02, P-03.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256

HASH_SIZE = 32
EMPTY_ROOT = sha256(b"").digest()
# A tree of 2^62 entries cannot exist; a larger number in a file is an attack on whoever computes with it.
MAX_SIZE = 2**62


class ProofRefused(ValueError):
    """The proof does not show what it claims; the message says which part failed."""


def leaf_hash(entry: bytes) -> bytes:
    """The hash of an entry, which no inner node can have (P-01)."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees side by side (P-01)."""
    return sha256(b"\x01" + left + right).digest()


def fold(peaks: Sequence[bytes]) -> bytes:
    """The hash over complete subtrees that stand side by side, largest first (a tree's "peaks")."""
    if not peaks:
        return EMPTY_ROOT
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = node_hash(peak, root)
    return root


def root_of(entries: Iterable[bytes]) -> bytes:
    """The root over `entries`, read once and in order; holds one hash per level, never the entries."""
    frontier = Frontier()
    for entry in entries:
        frontier.append(leaf_hash(entry))
    return frontier.root()


class Frontier:
    """The right edge of a growing tree: enough to append and to know the root, not enough to prove.

    What a verifier needs that reads a ledger of any length in one pass.
    """

    __slots__ = ("_peaks", "size")

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    @property
    def peaks(self) -> tuple[bytes, ...]:
        """With `size` all that is needed to go on later (`after`)."""
        return tuple(self._peaks)

    @classmethod
    def after(cls, size: int, peaks: Iterable[bytes]) -> "Frontier":
        """One that goes on where another of that size had these peaks."""
        made = cls()
        made.size, made._peaks = size, list(peaks)
        return made

    def append(self, leaf: bytes) -> None:
        """Adds the next leaf's hash."""
        merged = leaf
        # Each trailing one-bit of the size is a complete subtree that this leaf's own subtree completes.
        size = self.size
        while size & 1:
            merged = node_hash(self._peaks.pop(), merged)
            size >>= 1
        self._peaks.append(merged)
        self.size += 1

    def root(self) -> bytes:
        """The root over all leaves so far."""
        return fold(self._peaks)


def _check_hashes(hashes: Iterable[bytes]) -> None:
    if any(len(value) != HASH_SIZE for value in hashes):
        raise ProofRefused("A hash in the proof is not 32 bytes long.")


def root_from_inclusion(*, index: int, size: int, leaf: bytes, proof: Sequence[bytes]) -> bytes:
    """The root that this inclusion proof leads to (RFC 9162 §2.1.3.2), or ProofRefused if it cannot fit."""
    if not 0 <= index < size <= MAX_SIZE:
        raise ProofRefused(f"Entry {index} cannot be in a tree of {size} entries.")
    _check_hashes((leaf, *proof))
    first, last, root = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise ProofRefused("The inclusion proof has more hashes than the tree has levels.")
        if first & 1 or first == last:
            root = node_hash(sibling, root)
            while first and not first & 1:
                first >>= 1
                last >>= 1
        else:
            root = node_hash(root, sibling)
        first >>= 1
        last >>= 1
    if last != 0:
        raise ProofRefused("The inclusion proof has fewer hashes than the tree has levels.")
    return root


def verify_inclusion(*, index: int, size: int, leaf: bytes, root: bytes, proof: Sequence[bytes]) -> None:
    """Raises ProofRefused unless `leaf` stands at `index` of the tree with this size and root."""
    if root_from_inclusion(index=index, size=size, leaf=leaf, proof=proof) != root:
        raise ProofRefused(f"The proof does not lead from entry {index} to the root of size {size}.")


def verify_consistency(
    *, old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """Raises ProofRefused unless the newer tree begins with the older one, unchanged (RFC 9162 §2.1.4.2).

    An empty old tree is the start of every tree: its proof is empty and its root must be the empty root.
    """
    if not 0 <= old_size <= new_size <= MAX_SIZE:
        raise ProofRefused(f"A tree of {new_size} entries cannot continue one of {old_size}.")
    _check_hashes((old_root, new_root, *proof))
    if old_size in (0, new_size):
        if proof:
            raise ProofRefused("A consistency proof between these sizes must be empty.")
        if old_root != (EMPTY_ROOT if old_size == 0 else new_root):
            raise ProofRefused(f"Two different roots are given for size {old_size}.")
        return
    roots = _walk_consistency(old_size, new_size, old_root, proof)
    if roots != (old_root, new_root):
        raise ProofRefused(f"The tree of {new_size} entries does not continue the one of {old_size}.")


def _walk_consistency(
    old_size: int, new_size: int, old_root: bytes, proof: Sequence[bytes]
) -> tuple[bytes, bytes]:
    complete = old_size & (old_size - 1) == 0  # then the old root is itself a node of the new tree
    path = (old_root, *proof) if complete else tuple(proof)
    if not path:
        raise ProofRefused("The consistency proof is empty.")
    first, last = old_size - 1, new_size - 1
    while first & 1:
        first >>= 1
        last >>= 1
    old, new = path[0], path[0]
    for value in path[1:]:
        if last == 0:
            raise ProofRefused("The consistency proof has more hashes than the tree has levels.")
        if first & 1 or first == last:
            old, new = node_hash(value, old), node_hash(value, new)
            while first and not first & 1:
                first >>= 1
                last >>= 1
        else:
            new = node_hash(new, value)
        first >>= 1
        last >>= 1
    if last != 0:
        raise ProofRefused("The consistency proof has fewer hashes than the tree has levels.")
    return old, new
