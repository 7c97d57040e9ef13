"""Keys in files: what is sealed opens, and after destruction never again (K-01, K-02)."""

import stat
from pathlib import Path

import pytest

from upheld.rights.outcome import Misconfigured
from upheld.store.keys import Destroyed, KeyStore

SECRET = b"ada@example.org"


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_what_is_sealed_opens_again_for_the_same_record(keys: KeyStore) -> None:
    """K-01"""
    name = keys.create()

    sealed = keys.seal(name, SECRET, record="case:1")

    assert keys.open(name, sealed, record="case:1") == SECRET
    assert SECRET not in sealed
    assert keys.seal(name, SECRET, record="case:1") != sealed


def test_a_sealed_value_moved_to_another_record_does_not_open(keys: KeyStore) -> None:
    """K-01"""
    name = keys.create()
    sealed = keys.seal(name, SECRET, record="case:1")

    with pytest.raises(Misconfigured, match="does not open with its key"):
        keys.open(name, sealed, record="case:2")


def test_a_destroyed_key_opens_nothing_and_stands_in_no_file(keys: KeyStore, tmp_path: Path) -> None:
    """K-02"""
    name, other = keys.create(), keys.create()
    sealed, kept = keys.seal(name, SECRET, record="a"), keys.seal(other, SECRET, record="a")

    assert keys.destroy([name]) == (name,)

    with pytest.raises(Destroyed):
        keys.open(name, sealed, record="a")
    with pytest.raises(Destroyed):
        keys.seal(name, SECRET, record="a")
    assert not keys.exists(name)
    assert not any(name.encode() in path.read_bytes() for path in files(tmp_path))
    assert keys.open(other, kept, record="a") == SECRET
    assert keys.destroy([name]) == ()


def test_an_old_backup_of_the_database_stays_unreadable_after_destruction(keys: KeyStore) -> None:
    """K-05: what was sealed last week is unreadable, and says so instead of crashing."""
    name = keys.create()
    backup = keys.seal(name, SECRET, record="case:1")
    keys.destroy([name])

    with pytest.raises(Destroyed) as refused:
        keys.open(name, backup, record="case:1")

    assert "destroyed" in str(refused.value)


def test_everything_in_the_key_folder_is_for_its_owner_alone(keys: KeyStore, tmp_path: Path) -> None:
    """K-01"""
    keys.create()
    keys.blind("email", "a")
    keys.suppress("email", "a")
    keys.signing_seed()

    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in files(tmp_path / "keys")}

    assert set(modes.values()) == {0o600}
    assert {"master.key", "index.key", "suppression.key", "ledger.key"} <= set(modes)
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700


def test_index_and_suppression_have_keys_of_their_own(keys: KeyStore) -> None:
    """P-24"""
    assert keys.blind("email", "ada@example.org") != keys.suppress("email", "ada@example.org")
    assert keys.blind("email", "ada@example.org") != keys.blind("phone", "ada@example.org")


def test_a_second_key_store_on_the_same_folder_reads_the_first_ones_keys(
    keys: KeyStore, tmp_path: Path
) -> None:
    name = keys.create()
    sealed = keys.seal(name, SECRET, record="a")

    assert KeyStore(tmp_path / "keys").open(name, sealed, record="a") == SECRET


def test_a_lost_master_key_is_never_replaced_beside_keys_it_wraps(keys: KeyStore, tmp_path: Path) -> None:
    keys.create()
    (tmp_path / "keys" / "master.key").unlink()

    with pytest.raises(Misconfigured, match="is missing, but keys that it wraps are there"):
        KeyStore(tmp_path / "keys").create()


def test_a_line_that_a_crash_cut_off_harms_no_other_key(tmp_path: Path) -> None:
    numbers = iter(range(1, 1000))
    keys = KeyStore(tmp_path / "keys", random=lambda size: next(numbers).to_bytes(size, "little"))
    first = keys.create()
    sealed = keys.seal(first, SECRET, record="a")
    for shard in (tmp_path / "keys" / "people").iterdir():
        shard.write_bytes(shard.read_bytes() + b"cut off he")
        shard.rename(shard.parent / f"{first[:2]}.keys")

    assert keys.open(first, sealed, record="a") == SECRET
    for _ in range(3):
        keys.create()
    assert keys.open(first, sealed, record="a") == SECRET


@pytest.mark.parametrize("lost", ["index.key", "suppression.key", "ledger.key"])
def test_a_lost_key_of_the_organisation_is_never_replaced(keys: KeyStore, tmp_path: Path, lost: str) -> None:
    """P-24: a new suppression key would know nobody who was erased, a new index key would find no open case."""
    keys.create()
    (tmp_path / "keys" / lost).unlink()
    again = KeyStore(tmp_path / "keys")
    use = {
        "index.key": again.blind,
        "suppression.key": again.suppress,
        "ledger.key": lambda *_: again.signing_seed(),
    }

    with pytest.raises(Misconfigured, match=f"{lost} is missing, but the others are there"):
        use[lost]("email", "ada@example.org")

    assert not (tmp_path / "keys" / lost).exists()
