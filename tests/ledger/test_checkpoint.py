"""Signed notes, checkpoints, cosignatures and proof files against their published vectors."""

import random

import pytest

from upheld.ledger import checkpoint, note, proof
from upheld.ledger.cosignature import CosignatureVerifier, cosigned_at
from upheld.ledger.keys import Ed25519Signer, Ed25519Verifier, MalformedKey, parse_vkey
from upheld.ledger.merkle import ProofRefused, leaf_hash
from upheld.ledger.tree import MemoryHashes, Tree

from .vectors import load

NOTES = load("ledger/checkpoint.json")
PROOFS = load("ledger/proof.json")
ORIGIN = NOTES["origin"]
SIGNER = Ed25519Signer(ORIGIN, bytes.fromhex(NOTES["seed"]))
KNOWN = (Ed25519Verifier.from_vkey(NOTES["vkey"]), CosignatureVerifier.from_vkey(NOTES["witness"]))
ENDINGS = {
    "unverified": note.UnverifiedNote,
    "malformed-note": note.MalformedNote,
    "malformed-checkpoint": checkpoint.MalformedCheckpoint,
    "malformed-proof": proof.MalformedProof,
    "refused": ProofRefused,
}


def grown(entries: list[bytes]) -> Tree:
    return Tree(MemoryHashes()).extend(leaf_hash(entry) for entry in entries)


@pytest.mark.parametrize("vector", NOTES["notes"], ids=lambda vector: vector["name"])
def test_checkpoint_vectors_end_as_they_say(vector: dict) -> None:
    """P-10, P-12."""
    if vector["expect"] == "ok":
        opened = checkpoint.open_checkpoint(vector["note"], KNOWN, origin=ORIGIN)
        assert (opened.checkpoint.size, opened.signed) == (8, vector["note"])
    else:
        with pytest.raises(ENDINGS[vector["expect"]]):
            checkpoint.open_checkpoint(vector["note"], KNOWN, origin=ORIGIN)


@pytest.mark.parametrize("vector", PROOFS["proofs"], ids=lambda vector: vector["name"])
def test_proof_vectors_end_as_they_say(vector: dict) -> None:
    """P-14."""
    entry = bytes.fromhex(vector["entry"])

    if vector["expect"] == "ok":
        read = proof.parse(vector["proof"])
        assert proof.verify(read, entry, KNOWN, origin=ORIGIN).size == 8
        assert read.text() == vector["proof"]
    else:
        with pytest.raises(ENDINGS[vector["expect"]]):
            proof.verify(proof.parse(vector["proof"]), entry, KNOWN, origin=ORIGIN)


def test_our_signature_equals_the_published_one_byte_for_byte() -> None:
    """P-11, P-13."""
    entries = [bytes.fromhex(value) for value in load("ledger/merkle.json")["entries"]]
    text = checkpoint.Checkpoint(ORIGIN, 8, grown(entries).root()).text()

    assert SIGNER.verifier().vkey == NOTES["vkey"]
    assert note.sign(text, SIGNER) == NOTES["notes"][0]["note"]


def test_a_cosignature_tells_when_the_witness_saw_the_checkpoint() -> None:
    """P-15."""
    opened = note.open_note(NOTES["notes"][1]["note"], KNOWN)

    assert [signature.name for signature in opened.verified] == [ORIGIN, "witness.example/w1"]
    assert cosigned_at(opened.verified[1]) == NOTES["cosigned_at"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "not a verifier key"),
        ("no plus", "not a verifier key"),
        (NOTES["vkey"].replace("a5db3e70", "a5db3e71"), "its id should be a5db3e70"),
        (NOTES["vkey"].replace("a5db3e70", "A5DB3E70"), "not a verifier key"),
        (NOTES["vkey"].replace("avow", "awow"), "damaged or altered"),
        (NOTES["vkey"][:-1], "damaged"),
        ("a b+00000000+AQ==", "must not be empty or contain spaces"),
        ("name+00000000+", "holds no key"),
        ("name+00000000+/w==", "does not know"),
    ],
)
def test_a_damaged_verifier_key_says_what_is_wrong(text: str, says: str) -> None:
    with pytest.raises(MalformedKey, match=says):
        parse_vkey(text)


def test_a_witness_key_does_not_pass_for_a_log_key_nor_the_reverse() -> None:
    with pytest.raises(MalformedKey, match="witness's key"):
        Ed25519Verifier.from_vkey(NOTES["witness"])
    with pytest.raises(MalformedKey, match="log's key"):
        CosignatureVerifier.from_vkey(NOTES["vkey"])


def test_signing_goes_on_while_the_tree_only_grows() -> None:
    last = checkpoint.begin(SIGNER)
    tree = Tree(MemoryHashes())

    for batch in ([b"a"], [b"b", b"c"], [], [b"d"]):
        tree = tree.extend(leaf_hash(entry) for entry in batch)
        last = checkpoint.advance(tree=tree, last=last, signer=SIGNER)

    assert last.checkpoint == checkpoint.Checkpoint(ORIGIN, 4, grown([b"a", b"b", b"c", b"d"]).root())
    assert checkpoint.open_checkpoint(last.signed, KNOWN, origin=ORIGIN) == last


def signed_five() -> checkpoint.SignedCheckpoint:
    return checkpoint.advance(
        tree=grown([b"a", b"b", b"c", b"d", b"e"]), last=checkpoint.begin(SIGNER), signer=SIGNER
    )


@pytest.mark.parametrize(
    "rewritten",
    [
        [b"a", b"b", b"c", b"d"],
        [b"a", b"X", b"c", b"d", b"e"],
        [b"a", b"b", b"c", b"d", b"X", b"f"],
        [b"X", b"b", b"c", b"d", b"e", b"f", b"g", b"h", b"i"],
    ],
)
def test_nothing_is_signed_over_a_rewritten_ledger(rewritten: list[bytes]) -> None:
    """P-12: two inconsistent checkpoints are never signed."""
    with pytest.raises(checkpoint.InconsistentCheckpoint):
        checkpoint.advance(tree=grown(rewritten), last=signed_five(), signer=SIGNER)


def test_nothing_is_signed_after_a_forged_damaged_or_foreign_last_checkpoint() -> None:
    """P-12: a record of the last checkpoint that this key did not sign is no ground to go on."""
    honest = signed_five()
    longer = grown([b"X", b"Y"])
    forged = checkpoint.Checkpoint(ORIGIN, 2, longer.root())
    stranger = Ed25519Signer(ORIGIN, bytes([9]) * 32)
    lasts = [
        checkpoint.SignedCheckpoint(forged, honest.signed),
        checkpoint.SignedCheckpoint(forged, note.sign(forged.text(), stranger)),
        checkpoint.SignedCheckpoint(honest.checkpoint, honest.signed[:-9] + "\n"),
        checkpoint.begin(Ed25519Signer("other.example", bytes([8]) * 32)),
    ]

    for last in lasts:
        with pytest.raises(checkpoint.InconsistentCheckpoint):
            checkpoint.advance(tree=longer, last=last, signer=SIGNER)


def test_a_changed_key_continues_the_log_when_the_former_key_is_named() -> None:
    former, last = SIGNER, signed_five()
    signer = Ed25519Signer(ORIGIN, bytes([5]) * 32)
    tree = grown([b"a", b"b", b"c", b"d", b"e", b"f"])

    with pytest.raises(checkpoint.InconsistentCheckpoint):
        checkpoint.advance(tree=tree, last=last, signer=signer)
    moved = checkpoint.advance(tree=tree, last=last, signer=signer, former=[former.verifier()])

    assert moved.checkpoint.size == 6


def mutations(text: str, count: int) -> list[str]:
    """Deterministic damage: bytes flipped, cut, doubled, exchanged, lines dropped."""
    chance = random.Random(20261122)
    results = []
    for _ in range(count):
        data = bytearray(text.encode())
        for _ in range(chance.randint(1, 3)):
            place = chance.randrange(len(data))
            kind = chance.randrange(5)
            if kind == 0:
                data[place] ^= 1 << chance.randrange(8)
            elif kind == 1:
                del data[place : place + chance.randint(1, 40)]
            elif kind == 2:
                data[place:place] = data[place : place + chance.randint(1, 40)]
            elif kind == 3:
                data[place] = chance.choice(b"\n 0+=/A\xe2\x00\xff")
            else:
                lines = data.split(b"\n")
                del lines[chance.randrange(len(lines))]
                data = bytearray(b"\n".join(lines))
            data = data or bytearray(b"\n")
        results.append(data.decode("utf-8", "surrogateescape"))
    return results


@pytest.mark.fuzz
def test_ten_thousand_damaged_proofs_are_refused_with_a_sentence() -> None:
    """P-14: only the refusals of the specification come out, and no damaged proof passes."""
    whole = PROOFS["proofs"][0]
    entry = bytes.fromhex(whole["entry"])
    passed, refusals = [], []

    for text in mutations(whole["proof"], 10_000):
        try:
            proof.verify(proof.parse(text), entry, KNOWN, origin=ORIGIN)
        except tuple(ENDINGS.values()) as refusal:
            refusals.append(str(refusal))
        else:
            passed.append(text)

    assert len(refusals) > 9_900
    assert [sentence for sentence in refusals if not sentence.endswith((".", ")."))] == []
    assert [text for text in passed if not is_the_same_claim(text, whole["proof"])] == []


def is_the_same_claim(text: str, original: str) -> bool:
    """Damage that added or copied what a verifier must ignore (extra data, a repeated signature)."""
    read, first = proof.parse(text), proof.parse(original)
    same_path = (read.index, read.hashes) == (first.index, first.hashes)
    return same_path and note.parse(read.checkpoint).text == note.parse(first.checkpoint).text
