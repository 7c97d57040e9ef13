"""A backup's file: what was put in comes out, and nothing else ever does."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from upheld.ledger.keys import Ed25519Signer
from upheld.store.bundle import KEYS, RECORDS, Manifest, Refused, opened, writing

SEED = bytes(range(32))
SIGNER = Ed25519Signer("example.org/ledger", SEED)
FILES = {"a.txt": b"letters of hers", "data/kept/b": bytes(range(256)) * 9, "data/empty": b""}


def write(path: Path, signer: Ed25519Signer = SIGNER) -> Manifest:
    with writing(path) as file:
        for name, content in FILES.items():
            file.put(name, content)
        return file.finish(
            lambda size, members: Manifest(
                RECORDS,
                "2026-11-26T08:00:00+00:00",
                "/data",
                "0.1.0",
                signer.verifier().vkey,
                "",
                "sqlite",
                ("store.0001_records",),
                size,
                members,
            ),
            signer,
        )


def taken_out(path: Path, folder: Path, seed: bytes | None = SEED) -> dict[str, bytes]:
    opened(path, kind=RECORDS, seed=seed).extract(folder)
    return {
        each.relative_to(folder).as_posix(): each.read_bytes() for each in folder.rglob("*") if each.is_file()
    }


def test_what_was_put_in_comes_out(tmp_path: Path) -> None:
    made = write(tmp_path / "b.tar")

    assert taken_out(tmp_path / "b.tar", tmp_path / "out") == FILES
    assert opened(tmp_path / "b.tar", kind=RECORDS, seed=None).manifest == made


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_a_changed_bit_is_refused_or_changes_nothing_that_is_taken_out(
    tmp_path_factory: pytest.TempPathFactory, where: float, bit: int
) -> None:
    place = tmp_path_factory.mktemp("bit")
    write(place / "b.tar")
    content = bytearray((place / "b.tar").read_bytes())
    content[int(where * len(content))] ^= 1 << bit
    (place / "b.tar").write_bytes(content)

    try:
        found = taken_out(place / "b.tar", place / "out")
    except Refused:
        return

    assert found == FILES


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=st.floats(0, 1, exclude_max=True))
def test_a_file_that_is_cut_off_is_refused(tmp_path_factory: pytest.TempPathFactory, where: float) -> None:
    place = tmp_path_factory.mktemp("cut")
    write(place / "b.tar")
    content = (place / "b.tar").read_bytes()
    end = content.rindex(b"upheld.backup/v1")  # what follows the manifest is filling
    (place / "b.tar").write_bytes(content[: int(where * end)])

    with pytest.raises(Refused):
        taken_out(place / "b.tar", place / "out")


def test_one_that_somebody_else_signed_is_refused_even_where_it_says_that_it_is_ours(tmp_path: Path) -> None:
    write(tmp_path / "b.tar", Ed25519Signer(SIGNER.name, bytes(range(1, 33))))

    with pytest.raises(Refused, match="another installation"):
        opened(tmp_path / "b.tar", kind=RECORDS, seed=SEED)


def test_the_one_kind_is_not_taken_for_the_other(tmp_path: Path) -> None:
    write(tmp_path / "b.tar")

    with pytest.raises(Refused, match="a backup of the records"):
        opened(tmp_path / "b.tar", kind=KEYS, seed=SEED)


def test_what_was_not_finished_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyError), writing(tmp_path / "b.tar") as file:
        file.put("a", b"a")
        raise KeyError

    assert list(tmp_path.iterdir()) == []
