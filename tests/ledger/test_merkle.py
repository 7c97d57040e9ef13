"""The hash tree against its published vectors and against the definition, written out naively."""

from collections.abc import Mapping, Sequence
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upheld.ledger import merkle
from upheld.ledger.tree import MemoryHashes, MissingNode, Node, Tree

from .vectors import load

VECTORS = load("ledger/merkle.json")
ENTRIES = [bytes.fromhex(value) for value in VECTORS["entries"]]

logs = st.lists(st.binary(max_size=40), max_size=70)


def naive_root(entries: list[bytes]) -> bytes:
    """P-01 as it is written: split at the largest power of two below n."""
    if not entries:
        return sha256(b"").digest()
    if len(entries) == 1:
        return sha256(b"\x00" + entries[0]).digest()
    middle = 1
    while middle * 2 < len(entries):
        middle *= 2
    return sha256(b"\x01" + naive_root(entries[:middle]) + naive_root(entries[middle:])).digest()


def naive_inclusion(index: int, entries: list[bytes]) -> tuple[bytes, ...]:
    if len(entries) == 1:
        return ()
    middle = 1
    while middle * 2 < len(entries):
        middle *= 2
    if index < middle:
        return (*naive_inclusion(index, entries[:middle]), naive_root(entries[middle:]))
    return (*naive_inclusion(index - middle, entries[middle:]), naive_root(entries[:middle]))


def grown(entries: list[bytes]) -> Tree:
    return Tree(MemoryHashes()).extend(merkle.leaf_hash(entry) for entry in entries)


def hexed(hashes: tuple[bytes, ...]) -> list[str]:
    return [value.hex() for value in hashes]


@pytest.mark.parametrize(("size", "root"), VECTORS["roots"].items())
def test_roots_equal_the_published_vectors(size: str, root: str) -> None:
    """P-01, P-03."""
    assert grown(ENTRIES).root(int(size)).hex() == root
    assert merkle.root_of(ENTRIES[: int(size)]).hex() == root


def test_proofs_equal_the_published_vectors() -> None:
    """P-03: index 2 in size 3, and 6 to 8."""
    tree = grown(ENTRIES)

    assert hexed(tree.inclusion(2, 3)) == [VECTORS["roots"]["2"]]
    assert hexed(tree.consistency(6, 8)) == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        VECTORS["roots"]["4"],
    ]


@pytest.mark.parametrize("vector", VECTORS["inclusion"])
def test_inclusion_vectors_end_as_they_say(vector: dict) -> None:
    """P-02."""
    claim = {
        "index": vector["index"],
        "size": vector["size"],
        "leaf": bytes.fromhex(vector["leaf"]),
        "root": bytes.fromhex(vector["root"]),
        "proof": [bytes.fromhex(value) for value in vector["proof"]],
    }

    if vector["expect"] == "ok":
        merkle.verify_inclusion(**claim)
    else:
        with pytest.raises(merkle.ProofRefused):
            merkle.verify_inclusion(**claim)


@pytest.mark.parametrize("vector", VECTORS["consistency"])
def test_consistency_vectors_end_as_they_say(vector: dict) -> None:
    """P-02."""
    claim = {
        "old_size": vector["old"],
        "new_size": vector["new"],
        "old_root": bytes.fromhex(vector["old_root"]),
        "new_root": bytes.fromhex(vector["new_root"]),
        "proof": [bytes.fromhex(value) for value in vector["proof"]],
    }

    if vector["expect"] == "ok":
        merkle.verify_consistency(**claim)
    else:
        with pytest.raises(merkle.ProofRefused):
            merkle.verify_consistency(**claim)


@given(logs, st.data())
def test_tree_extended_in_batches_equals_the_definition(entries: list[bytes], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(entries)))
    leaves = [merkle.leaf_hash(entry) for entry in entries]
    tree = Tree(MemoryHashes()).extend(leaves[:cut]).extend(leaves[cut:])

    assert tree.size == len(entries)
    for size in range(len(entries) + 1):
        assert tree.root(size) == naive_root(entries[:size])
    assert merkle.root_of(entries) == naive_root(entries)


@given(logs.filter(len), st.data())
def test_every_inclusion_proof_is_the_defined_one_and_verifies(
    entries: list[bytes], data: st.DataObject
) -> None:
    size = data.draw(st.integers(1, len(entries)))
    tree = grown(entries)

    for index in range(size):
        proof = tree.inclusion(index, size)
        assert proof == naive_inclusion(index, entries[:size])
        merkle.verify_inclusion(
            index=index,
            size=size,
            leaf=merkle.leaf_hash(entries[index]),
            root=tree.root(size),
            proof=proof,
        )


@given(logs, st.data())
def test_every_consistency_proof_verifies_and_binds_both_roots(
    entries: list[bytes], data: st.DataObject
) -> None:
    new = data.draw(st.integers(0, len(entries)))
    tree = grown(entries)

    for old in range(new + 1):
        claim = {
            "old_size": old,
            "new_size": new,
            "old_root": tree.root(old),
            "new_root": tree.root(new),
            "proof": tree.consistency(old, new),
        }
        merkle.verify_consistency(**claim)
        for side in ("old_root", "new_root"):
            if side == "new_root" and old == 0:
                continue  # every tree continues the empty one
            with pytest.raises(merkle.ProofRefused):
                merkle.verify_consistency(**{**claim, side: b"\x07" * 32})


@given(logs.filter(len), st.data())
def test_a_proof_for_one_entry_refuses_another(entries: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(entries) - 1))
    other = data.draw(st.binary(max_size=40).filter(lambda value: value != entries[index]))
    tree = grown(entries)

    with pytest.raises(merkle.ProofRefused):
        merkle.verify_inclusion(
            index=index,
            size=tree.size,
            leaf=merkle.leaf_hash(other),
            root=tree.root(),
            proof=tree.inclusion(index),
        )


@given(logs.filter(len), st.data())
def test_proofs_of_many_entries_are_those_of_each(entries: list[bytes], data: st.DataObject) -> None:
    size = data.draw(st.integers(1, len(entries)))
    indexes = data.draw(st.lists(st.integers(0, size - 1)))
    tree = grown(entries)

    assert tree.inclusions(indexes, size) == tuple(tree.inclusion(each, size) for each in indexes)


class CountingHashes(MemoryHashes):
    """Counts the nodes and the round trips that a proof costs a database."""

    def __init__(self) -> None:
        super().__init__()
        self.nodes = 0
        self.trips = 0

    def read(self, nodes: Sequence[Node]) -> Mapping[Node, bytes]:
        self.nodes += len(nodes)
        self.trips += 1
        return super().read(nodes)


def test_a_proof_reads_a_logarithmic_number_of_nodes_in_one_round_trip() -> None:
    store = CountingHashes()
    tree = Tree(store).extend(merkle.leaf_hash(b"%d" % number) for number in range(50_021))

    for index in (0, 1, 31_337, 50_019, 50_020):
        for size in (index + 1, 32_768, 50_021):
            if index >= size:
                continue
            store.nodes = store.trips = 0
            tree.inclusion(index, size)
            tree.consistency(index + 1, size)
            assert store.nodes <= 4 * 16
            assert store.trips <= 2


def test_proofs_of_many_entries_read_what_they_have_in_common_once() -> None:
    store = CountingHashes()
    tree = Tree(store).extend(merkle.leaf_hash(b"%d" % number) for number in range(1_024))
    store.nodes = store.trips = 0

    tree.inclusions(range(512, 1_024), 1_024)

    assert store.trips == 1
    assert store.nodes == 512 + 256 + 128 + 64 + 32 + 16 + 8 + 4 + 2 + 1  # the half itself, and its sibling


def test_a_lost_node_is_named_with_its_cure() -> None:
    tree = grown(ENTRIES)
    del tree.store.hashes[Node(1, 1)]

    with pytest.raises(MissingNode, match=r"level 1, position 1 is missing .* Rebuild"):
        tree.inclusion(0, 8)


def test_sizes_and_indexes_outside_the_tree_are_refused() -> None:
    tree = grown(ENTRIES)

    for call in (
        lambda: tree.root(9),
        lambda: tree.root(-1),
        lambda: tree.inclusion(8),
        lambda: tree.inclusions([0, 8], 8),
        lambda: tree.inclusion(3, 3),
        lambda: tree.consistency(8, 6),
    ):
        with pytest.raises(IndexError):
            call()
