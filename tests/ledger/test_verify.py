"""Verification of whole files: exports, proofs and certificates; damage of every kind; the verifier alone."""

import random
import subprocess
import sys
from pathlib import Path

import _cffi_backend
import cffi
import cryptography
import pytest
from hypothesis import given
from hypothesis import strategies as st

import upheld
from upheld.ledger.export import write_export
from upheld.ledger.keys import Ed25519Signer
from upheld.ledger.verdict import Failure, Verdict
from upheld.ledger.verify import verify_bytes, verify_file

from . import sample
from .vectors import load

EXPORT = sample.exported(cosigned=True)
CERTIFICATE = sample.issued().encode()
PROOF = sample.proof_of(2).text().encode()

# What a failure class of the vectors reads like here.
SAYS = {
    "key": "another key than the one given",
    "root": "do not lead to the root",
    "count": "entries were removed, added or moved",
    "entry": ("not an entry that may stand in the ledger", "about another entry"),
    "end": "The end line promises",
    "uncovered": "not covered by a good checkpoint",
    "cut": ("cut off"),
    "goes-on": "goes on after its end line",
    "signature": ("was changed", "about another certificate"),
    "undeclared-key": "a key that the header does not name",
    "header": "this version reads",
    "name": "does not have the ledger's name",
    "unknown": "begins neither like",
    "line": "neither an entry nor a checkpoint",
    "contradiction": "contradicts itself",
    "commitment": "about other words",
    "malformed": ("not a EvidenceClass", "not declared", "lacks vkey", "this version reads"),
    "not-canonical": "not in its canonical form",
}


def judged_as_said(data: bytes, vkey: str | None, expected: str) -> None:
    verdict = verify_bytes(data, vkey=vkey)

    if expected == "ok":
        assert (verdict.ok, verdict.failures) == (True, ())
    else:
        says = (SAYS[expected],) if isinstance(SAYS[expected], str) else SAYS[expected]
        assert not verdict.ok
        assert any(part in failure.message for failure in verdict.failures for part in says)


@pytest.mark.parametrize("vector", load("ledger/export.json")["exports"], ids=lambda vector: vector["name"])
def test_export_vectors_end_as_they_say(vector: dict) -> None:
    judged_as_said("\n".join(vector["lines"]).encode(), vector["vkey"], vector["expect"])


@pytest.mark.parametrize(
    "vector", load("certificate/certificate.json")["files"], ids=lambda vector: vector["name"]
)
def test_certificate_vectors_end_as_they_say(vector: dict) -> None:
    """P-21."""
    judged_as_said(vector["file"].encode(), vector["vkey"], vector["expect"])


def test_a_good_export_says_what_was_checked_and_what_it_does_not_show() -> None:
    """P-15, P-22."""
    verdict = verify_bytes(sample.exported(), vkey=sample.VKEY)

    assert verdict == Verdict(
        kind="ledger export",
        checked=(
            "All 6 entries are of known types, hold only declared fields, and were hashed again.",
            "All 3 checkpoints of juniper.example/ledger are signed with its key.",
            (
                "Each checkpoint's root was computed again from the entries before it, so each continues the one "
                "before: nothing was changed, removed or inserted between them."
            ),
        ),
        failures=(),
        limits=(
            (
                "No witness's signature was checked: the organisation could still show another history to "
                "somebody else. Compare the last checkpoint with one that somebody outside has kept."
            ),
            (
                "A ledger shows what the organisation said at the time and that it has not been rewritten since. "
                "It cannot show that bytes are gone."
            ),
        ),
    )


def test_the_line_of_a_changed_entry_is_narrowed_down() -> None:
    data = sample.exported().replace(b'"records":9', b'"records":8')

    assert verify_bytes(data, vkey=sample.VKEY).failures == (
        Failure(
            10,
            "The entries do not lead to the root that was signed here: an entry between line 6 and line 9 "
            "was changed, exchanged or replaced.",
        ),
    )


def test_a_key_from_inside_the_file_is_said_to_be_that() -> None:
    assert "taken from the file itself" in verify_bytes(CERTIFICATE).limits[0]
    assert "taken from the file itself" not in str(verify_bytes(CERTIFICATE, vkey=sample.VKEY).limits)


def test_a_proof_without_key_or_entry_asks_for_it() -> None:
    bare = sample.proof_of(2)
    without = bare.text().replace(bare.text().split("\n")[1] + "\n", "").encode()

    assert "--vkey" in verify_bytes(PROOF).failures[0].message
    assert "--entry" in verify_bytes(without, vkey=sample.VKEY).failures[0].message
    assert verify_bytes(without, vkey=sample.VKEY, entry=sample.entries()[2]).ok
    assert not verify_bytes(without, vkey=sample.VKEY, entry=sample.entries()[3]).ok
    assert not verify_bytes(PROOF, vkey=sample.VKEY, entry=sample.entries()[3]).ok


@given(st.integers(0, len(EXPORT) - 1), st.integers(1, 255))
def test_changing_any_byte_of_an_export_makes_it_fail(place: int, mask: int) -> None:
    damaged = EXPORT[:place] + bytes([EXPORT[place] ^ mask]) + EXPORT[place + 1 :]

    verdict = verify_bytes(damaged, vkey=sample.VKEY)

    assert not verdict.ok
    assert verdict.failures


def test_flipping_one_bit_of_each_byte_makes_export_certificate_and_proof_fail() -> None:
    for data in (EXPORT, CERTIFICATE, PROOF):
        assert verify_bytes(data, vkey=sample.VKEY).ok
        for place in range(len(data)):
            damaged = data[:place] + bytes([data[place] ^ (1 << place % 8)]) + data[place + 1 :]
            verdict = verify_bytes(damaged, vkey=sample.VKEY)
            assert (verdict.ok, bool(verdict.failures)) == (False, True), damaged


def test_cutting_an_export_anywhere_makes_it_fail() -> None:
    for length in range(0, len(EXPORT), 7):
        assert not verify_bytes(EXPORT[:length], vkey=sample.VKEY).ok


@given(st.binary(max_size=300))
def test_anything_at_all_gets_a_verdict(data: bytes) -> None:
    start = EXPORT[: EXPORT.index(b"\n") + 1]
    for whole in (
        data,
        b"{" + data,
        b"c2sp.org/tlog-proof@v1\n" + data,
        start + data,
        start + b'{"entry":' + data,
    ):
        assert not verify_bytes(whole, vkey=sample.VKEY).ok


@pytest.mark.fuzz
def test_five_thousand_mangled_files_get_a_sentence_each() -> None:
    chance = random.Random(48)
    pieces = [
        b"{",
        b"}",
        b"[",
        b"\n",
        b'"',
        b"null",
        b"1e9",
        b"99999999999999999999",
        b"\\u0000",
        b"\xff",
        b"[" * 999,
    ]

    for turn in range(5_000):
        whole = (EXPORT, CERTIFICATE, PROOF)[turn % 3]
        data = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            place = chance.randrange(len(data))
            data[place : place + chance.choice((0, 0, 1, 9, 200))] = chance.choice(pieces)
        verdict = verify_bytes(bytes(data), vkey=sample.VKEY)
        assert verdict.ok == (data == whole)  # a piece may replace itself
        assert all(str(failure).endswith((".", ")")) for failure in verdict.failures)


def test_an_export_rewritten_with_another_key_fails_against_the_published_key() -> None:
    forger = Ed25519Signer(sample.ORIGIN, bytes([3]) * 32)
    data = sample.entries()[:2]
    _, released = sample.signed(data, (2,), signer=forger)
    forged = b"".join(
        write_export(
            origin=sample.ORIGIN,
            vkey=forger.verifier().vkey,
            entries=data,
            checkpoints=[item.signed for item in released],
        )
    )

    assert verify_bytes(forged).ok
    assert not verify_bytes(forged, vkey=sample.VKEY).ok


def test_writing_an_export_refuses_entries_that_no_checkpoint_covers() -> None:
    _, released = sample.signed(sample.entries(), (2,))

    with pytest.raises(ValueError, match="last 4 entries are not covered"):
        list(
            write_export(
                origin=sample.ORIGIN,
                vkey=sample.VKEY,
                entries=sample.entries(),
                checkpoints=[item.signed for item in released],
            )
        )


def test_a_missing_file_and_a_damaged_key_are_said_plainly(tmp_path: Path) -> None:
    assert "cannot be read" in verify_file(tmp_path / "nothing").failures[0].message
    assert "cannot be read" in verify_file(tmp_path).failures[0].message
    assert "not a verifier key" in verify_file(tmp_path, vkey="x").failures[0].message


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A folder with the ledger package, `cryptography` and the binding it needs, and nothing else."""
    folder = tmp_path / "bare"
    (folder / "upheld").mkdir(parents=True)
    source = Path(upheld.__file__).parent
    (folder / "upheld" / "__init__.py").symlink_to(source / "__init__.py")
    (folder / "upheld" / "ledger").symlink_to(source / "ledger")
    for module in (cryptography, cffi):
        (folder / module.__name__).symlink_to(Path(module.__file__).parent)
    backend = Path(_cffi_backend.__file__)
    (folder / backend.name).symlink_to(backend)
    return folder


def run_alone(bare: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`-S` leaves out every installed package, so only the folder and the standard library are seen."""
    return subprocess.run(
        [sys.executable, "-S", "-s", "-B", *arguments],
        env={"PYTHONPATH": str(bare), "PYTHONIOENCODING": "utf-8"},
        cwd=bare,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def test_the_verifier_runs_with_the_standard_library_and_cryptography_alone(bare: Path) -> None:
    """P-14, P-21."""
    missing = run_alone(bare, "-c", "import django")
    assert missing.returncode == 1  # the control: what is installed here is not seen there
    assert "No module named 'django'" in missing.stderr

    for name, data in (("ledger.jsonl", EXPORT), ("certificate.json", CERTIFICATE), ("2.tlog-proof", PROOF)):
        (bare / name).write_bytes(data)
        good = run_alone(bare, "-m", "upheld.ledger", name, "--vkey", sample.VKEY)
        assert (good.returncode, good.stderr) == (0, "")
        assert ": verified" in good.stdout.splitlines()[0]

        (bare / name).write_bytes(data.replace(b"2026-11-24", b"2026-11-25").replace(b"\n6\n", b"\n7\n"))
        bad = run_alone(bare, "-m", "upheld.ledger", name, "--vkey", sample.VKEY)
        assert (bad.returncode, bad.stderr) == (1, "")
        assert "NOT VERIFIED" in bad.stdout.splitlines()[0]
