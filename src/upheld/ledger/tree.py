"""The growing Merkle tree: extends in batches, answers roots and proofs at any size, keeps no hash itself.

Only hashes of complete subtrees are stored. They never change once written, so the store may be append-only
(P-04), and any root or proof up to the tree's size is made of O(log n) of them (P-02).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from upheld.ledger.merkle import MAX_SIZE, fold, node_hash


class Node(NamedTuple):
    """The complete subtree over entries `position * 2**level` up to `(position + 1) * 2**level - 1`."""

    level: int
    position: int


class HashStore(Protocol):
    """Where node hashes are kept: a table with the primary key (level, position) is enough."""

    def read(self, nodes: Sequence[Node]) -> Mapping[Node, bytes]:
        """The hashes of these nodes, in one round trip; a node that is missing is left out."""

    def write(self, hashes: Mapping[Node, bytes]) -> None:
        """Adds nodes that were never written before; must be atomic with the entries they stand for."""


class MissingNode(LookupError):
    """The hash store has lost a node that a tree of this size must have."""


class MemoryHashes:
    """A hash store in memory, for tests and for trees that live no longer than the program."""

    def __init__(self) -> None:
        self.hashes: dict[Node, bytes] = {}

    def read(self, nodes: Sequence[Node]) -> Mapping[Node, bytes]:
        """The nodes asked for, as far as they are here."""
        return {node: self.hashes[node] for node in nodes if node in self.hashes}

    def write(self, hashes: Mapping[Node, bytes]) -> None:
        """Keeps the nodes."""
        self.hashes.update(hashes)


def peaks(start: int, stop: int) -> tuple[Node, ...]:
    """The complete subtrees that make up [start, stop), left to right.

    `start` must be aligned as a split of the tree is (a multiple of the largest subtree within).
    """
    nodes = []
    while start < stop:
        level = (stop - start).bit_length() - 1
        nodes.append(Node(level, start >> level))
        start += 1 << level
    return tuple(nodes)


def _split(width: int) -> int:
    """The largest power of two below `width` (RFC 9162 §2.1.1)."""
    return 1 << ((width - 1).bit_length() - 1)


def inclusion_ranges(index: int, size: int) -> tuple[tuple[int, int], ...]:
    """The ranges of entries whose hashes prove `index` in a tree of `size`, the leaf's sibling first."""
    ranges = []
    start, stop = 0, size
    while stop - start > 1:
        middle = start + _split(stop - start)
        if index < middle:
            ranges.append((middle, stop))
            stop = middle
        else:
            ranges.append((start, middle))
            start = middle
    return tuple(reversed(ranges))


def consistency_ranges(old_size: int, new_size: int) -> tuple[tuple[int, int], ...]:
    """The ranges of entries whose hashes prove that the new tree continues the old one, in proof order."""
    if old_size in (0, new_size):
        return ()
    ranges = []
    start, stop = 0, new_size
    whole = True  # the old tree, as far as seen, is a node that the verifier already knows
    while stop != old_size:
        middle = start + _split(stop - start)
        if old_size <= middle:
            ranges.append((middle, stop))
            stop = middle
        else:
            ranges.append((start, middle))
            start, whole = middle, False
    if not whole:
        ranges.append((start, stop))
    return tuple(reversed(ranges))


@dataclass(frozen=True, slots=True)
class Tree:
    """The tree over the first `size` entries of a log. Extending gives a new Tree on the same store."""

    store: HashStore
    size: int = 0

    def extend(self, leaves: Iterable[bytes]) -> "Tree":
        """Appends leaf hashes in order: one read of at most log2(size) nodes, one write.

        One sequencer extends a log: two at once would write different nodes in the same places.
        """
        edge = list(peaks(0, self.size))
        known = self._read(edge)
        stack = [(node.level, known[node]) for node in edge]
        written: dict[Node, bytes] = {}
        size = self.size
        for leaf in leaves:
            level, value = 0, leaf
            written[Node(0, size)] = value
            while stack and stack[-1][0] == level:
                value = node_hash(stack.pop()[1], value)
                level += 1
                written[Node(level, size >> level)] = value
            stack.append((level, value))
            size += 1
        if written:
            self.store.write(written)
        return Tree(self.store, size)

    def root(self, size: int | None = None) -> bytes:
        """The root over the first `size` entries, of all when not given."""
        return self._hashes([(0, self._within(self.size if size is None else size))])[0]

    def inclusion(self, index: int, size: int | None = None) -> tuple[bytes, ...]:
        """The hashes that prove entry `index` in the tree of `size` (P-02), the leaf's sibling first."""
        size = self._within(self.size if size is None else size)
        if not 0 <= index < size:
            raise IndexError(f"The ledger of {size} entries has no entry {index}.")
        return self._hashes(inclusion_ranges(index, size))

    def inclusions(self, indexes: Sequence[int], size: int) -> tuple[tuple[bytes, ...], ...]:
        """As `inclusion` for each of these entries, in one read: most of their nodes are the same."""
        size = self._within(size)
        if any(not 0 <= index < size for index in indexes):
            raise IndexError(f"The ledger of {size} entries has no entry {max(indexes)}.")
        return self._hashes_of([inclusion_ranges(index, size) for index in indexes])

    def consistency(self, old_size: int, size: int | None = None) -> tuple[bytes, ...]:
        """The hashes that prove that the tree of `size` continues the tree of `old_size` (P-02)."""
        size = self._within(self.size if size is None else size)
        if not 0 <= old_size <= size:
            raise IndexError(f"A tree of {size} entries does not contain one of {old_size}.")
        return self._hashes(consistency_ranges(old_size, size))

    def _within(self, size: int) -> int:
        if not 0 <= size <= min(self.size, MAX_SIZE):
            raise IndexError(f"The ledger has {self.size} entries, not {size}.")
        return size

    def _hashes(self, ranges: Sequence[tuple[int, int]]) -> tuple[bytes, ...]:
        return self._hashes_of([ranges])[0]

    def _hashes_of(self, many: Sequence[Sequence[tuple[int, int]]]) -> tuple[tuple[bytes, ...], ...]:
        parts = [[peaks(start, stop) for start, stop in ranges] for ranges in many]
        wanted = dict.fromkeys(node for each in parts for nodes in each for node in nodes)
        known = self._read(list(wanted))
        return tuple(tuple(fold([known[node] for node in nodes]) for nodes in each) for each in parts)

    def _read(self, nodes: Sequence[Node]) -> Mapping[Node, bytes]:
        if not nodes:
            return {}
        known = self.store.read(nodes)
        for node in nodes:
            if node not in known:
                raise MissingNode(
                    f"The hash of level {node.level}, position {node.position} is missing from "
                    "the ledger's store. Rebuild the stored hashes from the entries, and compare the root "
                    "with the last checkpoint."
                )
        return known
