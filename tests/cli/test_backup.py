"""Backups of our own records: taken, restored elsewhere, and refused where they are not what they should be."""

import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.program import ADA, Done, Shop
from tests.servers.plugin import NewDatabase
from tests.servers.postgresql import DEBIAN

BOB = "bob@example.com"
ORGANISATION = (
    "organisation: {name: Larkspur, contact: p@larkspur.example, regimes: [gdpr], backups: {days: 0}}\n"
)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    made = Shop(tmp_path)
    (tmp_path / "privacy" / "upheld.yaml").write_text(ORGANISATION)
    return made


def done(ended: Done) -> dict[str, object]:
    assert ended.returncode == 0, ended.stdout + ended.stderr
    read: dict[str, object] = json.loads(ended.stdout)
    return read


def back_up(shop: Shop, name: str = "one", **more: str) -> tuple[Path, Path]:
    said = done(
        shop.upheld("backup", "--to", f"{name}/records", "--keys-to", f"{name}/keys", "--json", **more)
    )
    return shop.folder / str(said["records"]), shop.folder / str(said["keys"])


def erase(shop: Shop, who: str = ADA, **more: str) -> None:
    assert shop.upheld("erase", "--identity", f"email={who}", "--yes", **more).returncode == 0


def restore(shop: Shop, file: Path, *more: str, to: str = "new", **environment: str) -> Done:
    return shop.upheld("restore", str(file), "--data", to, "--json", *more, **environment)


def export(shop: Shop, data: str, **more: str) -> list[str]:
    assert shop.upheld("ledger", "export", "--out", "ledger", "--data", data, **more).returncode == 0
    assert shop.upheld("ledger", "verify", "ledger").returncode == 0
    return [line for line in (shop.folder / "ledger").read_text().splitlines() if line.startswith('{"entry')]


def test_a_backup_restored_elsewhere_holds_the_same_records_and_the_same_ledger(shop: Shop) -> None:
    erase(shop)
    file, _ = back_up(shop)
    before = export(shop, "upheld-data")

    said = done(restore(shop, file, "--keys", "upheld-data/keys"))

    assert said["ended"] == {
        "cases": 0,
        "windows": 0,
        "arrivals": 0,
        "mails": 0,
        "statements": 0,
        "keys": 0,
        "marks": 0,
        "newer": 0,
    }
    after = export(shop, "new")
    assert after[: len(before)] == before
    assert ['"records.restored/v1"' in each for each in after[len(before) :]] == [True]


def test_who_is_erased_after_the_backup_stays_unreadable_in_what_is_restored(shop: Shop) -> None:
    """K-05, K-02, S-54: the key is gone from the key store, and the older records end as the newer did."""
    erase(shop)
    file, _ = back_up(shop)
    assert done(shop.upheld("purge", "--json"))["keys"] == 1
    exported = export(shop, "upheld-data")

    said = done(restore(shop, file, "--keys", "upheld-data/keys", "--ledger", "ledger"))

    assert {"brought": said["brought"], "lost": said["lost"]} == {"brought": 1, "lost": 0}
    assert said["ended"] == {
        "cases": 1,
        "windows": 0,
        "arrivals": 0,
        "mails": 0,
        "statements": 0,
        "keys": 0,
        "marks": 0,
        "newer": 0,
    }
    assert export(shop, "new")[: len(exported)] == exported
    assert shop.upheld("status", "--data", "new").returncode == 0


def test_a_key_that_comes_back_with_an_older_key_store_is_destroyed_again(shop: Shop) -> None:
    """K-02: the ledger of the newer records says which."""
    erase(shop)
    _, keys = back_up(shop)
    done(shop.upheld("purge", "--json"))
    file, _ = back_up(shop, "two")

    refused = restore(shop, file, "--keys", str(keys))
    said = done(restore(shop, file, "--keys", str(keys), "--older-keys"))

    assert refused.returncode == 1
    assert "The key store is older than the backup" in refused.stdout
    assert said["ended"]["keys"] == 1  # type: ignore[index]
    people = shop.folder / "new" / "keys" / "people"
    assert [each.read_text() for each in people.glob("*")] == [""]


def test_marks_of_the_erased_come_back_with_the_ledger(shop: Shop) -> None:
    """P-24: somebody erased after the backup is known as erased, though her case is lost."""
    erase(shop)
    file, _ = back_up(shop)
    erase(shop, BOB)
    export(shop, "upheld-data")

    said = done(restore(shop, file, "--keys", "upheld-data/keys", "--ledger", "ledger"))

    assert (said["ended"]["marks"], said["ended"]["newer"]) == (1, 1)  # type: ignore[index]


def test_a_ledger_that_would_be_rolled_back_is_found_and_goes_on_only_when_somebody_says_so(
    shop: Shop,
) -> None:
    """P-12: the key store knows the newest checkpoint that was signed."""
    erase(shop)
    file, _ = back_up(shop)
    erase(shop, BOB)

    refused = restore(shop, file, "--keys", "upheld-data/keys")
    said = done(restore(shop, file, "--keys", "upheld-data/keys", "--entries-lost"))

    assert refused.returncode == 1
    assert "but 14 were signed" in refused.stdout
    assert said["lost"] == 7
    (entry,) = [each for each in export(shop, "new") if "records.restored" in each]
    assert json.loads(entry)["entry"]["lost"] == 7


@pytest.mark.store("sqlite")
def test_a_database_that_was_put_back_by_hand_signs_nothing(shop: Shop) -> None:
    """P-12"""
    erase(shop)
    older = shop.folder / "older.sqlite3"
    source, target = sqlite3.connect(shop.folder / "upheld-data/upheld.sqlite3"), sqlite3.connect(older)
    source.backup(target)
    source.close()
    target.close()
    erase(shop, BOB)
    for each in (shop.folder / "upheld-data").glob("upheld.sqlite3*"):
        each.unlink()
    shutil.copy(older, shop.folder / "upheld-data" / "upheld.sqlite3")

    refused = shop.upheld("ledger", "show")

    assert refused.returncode == 1
    assert "an older state of the database was put in place" in refused.stderr


def test_without_the_key_store_nothing_sealed_is_read_and_every_command_says_so(shop: Shop) -> None:
    """K-01"""
    erase(shop)
    file, _ = back_up(shop)

    assert done(restore(shop, file, "--without-keys"))["keys"] is False

    for command in (["status"], ["ledger", "export"], ["erase", "--identity", f"email={BOB}", "--yes"]):
        refused = shop.upheld(*command, "--data", "new")
        assert (refused.returncode, "restored without it" in refused.stderr) == (1, True)
    assert shop.users() == [BOB]
    shutil.copytree(shop.folder / "upheld-data" / "keys", shop.folder / "new" / "keys", dirs_exist_ok=True)
    (shop.folder / "new" / "keys" / "lost").unlink()
    assert shop.upheld("status", "--data", "new").returncode == 0


def test_nothing_is_written_in_any_system_after_a_restore_until_somebody_has_looked(shop: Shop) -> None:
    file = back_up_empty(shop)
    done(restore(shop, file, "--keys", "upheld-data/keys"))

    stopped = shop.upheld("erase", "--identity", f"email={BOB}", "--yes", "--data", "new")

    assert (stopped.returncode, shop.users()) == (1, [ADA, BOB])
    shop.upheld("stop", "--lift", "--data", "new")
    assert shop.upheld("resume", "--data", "new").returncode == 0
    assert shop.users() == [ADA]


def back_up_empty(shop: Shop) -> Path:
    assert shop.upheld("status").returncode == 0
    assert shop.upheld("ledger", "show").returncode == 0
    return back_up(shop)[0]


REFUSALS: dict[str, tuple[Callable[[Path], None], str]] = {
    "cut off": (lambda file: os.truncate(file, file.stat().st_size // 2), "cut off"),
    "no backup": (lambda file: file.write_text("a letter") and None, "no backup of Upheld"),
}


@pytest.mark.parametrize("what", REFUSALS)
def test_what_is_no_whole_backup_is_refused_before_anything_is_written(shop: Shop, what: str) -> None:
    file = back_up_empty(shop)
    spoil, words = REFUSALS[what]
    spoil(file)

    refused = restore(shop, file, "--keys", "upheld-data/keys")

    assert (refused.returncode, words in refused.stdout) == (1, True)
    assert not (shop.folder / "new").exists()


def test_the_backup_of_another_installation_is_refused(
    shop: Shop, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = back_up_empty(shop)
    other = Shop(tmp_path_factory.mktemp("other"))
    back_up_empty(other)

    refused = restore(other, file, "--keys", "upheld-data/keys")
    swapped = restore(other, back_up(shop, "two")[1], "--keys", "upheld-data/keys")

    assert (refused.returncode, "another installation" in refused.stdout) == (1, True)
    assert (swapped.returncode, "another installation" in swapped.stdout) == (1, True)


def test_a_folder_that_is_not_empty_is_left_alone(shop: Shop) -> None:
    file = back_up_empty(shop)
    (shop.folder / "new").mkdir()
    (shop.folder / "new" / "letter.txt").write_text("hers")

    refused = restore(shop, file, "--keys", "upheld-data/keys")

    assert (refused.returncode, "is not empty" in refused.stdout) == (1, True)
    assert [each.name for each in (shop.folder / "new").iterdir()] == ["letter.txt"]


def test_records_and_keys_are_never_put_together(shop: Shop) -> None:
    """K-01"""
    back_up_empty(shop)

    same = shop.upheld("backup", "--to", "b", "--keys-to", "b")
    inside = shop.upheld("backup", "--to", "upheld-data/b")

    assert (same.returncode, "would stand in one folder" in same.stderr) == (1, True)
    assert (inside.returncode, "would be lost with it" in inside.stderr) == (1, True)


def test_a_backup_holds_no_key_and_no_secret_and_is_for_its_owner_alone(shop: Shop) -> None:
    """K-01: planted secrets and every key are looked for in the file's bytes."""
    secrets = shop.folder / "upheld-data" / "secrets"
    erase(shop)
    secrets.mkdir()
    (secrets / "FORUM_PASSWORD").write_text("seven lamps beside the harbour")
    (shop.folder / "upheld-data" / "packages").mkdir(exist_ok=True)
    (shop.folder / "upheld-data" / "packages" / "hers.zip.age").write_text("her copy, encrypted")
    (shop.folder / "upheld-data" / "packages" / "hers.zip.age.key").write_text("AGE-SECRET-KEY-OF-HERS")

    records, keys = back_up(shop)

    content = records.read_bytes()
    keyed = [
        line.split(b" ")[-1].strip()
        for each in (shop.folder / "upheld-data" / "keys").rglob("*.key*")
        for line in each.read_bytes().splitlines()
    ]
    assert len(keyed) == 5
    assert [each for each in (*keyed, b"seven lamps", b"AGE-SECRET") if each in content] == []
    assert b"her copy, encrypted" in content
    assert ADA.encode() not in content + keys.read_bytes()
    assert {each.stat().st_mode & 0o777 for each in (records, keys)} == {0o600}


def test_copies_of_the_key_store_live_no_longer_than_backups_do(shop: Shop) -> None:
    """K-02: after so many days no copy can bring a destroyed key back. Copies of the records stay, and so
    does what is not ours."""
    erase(shop)
    records, keys = back_up(shop)
    foreign = keys.with_name("upheld-keys-of-somebody.tar")
    foreign.write_text("another's")

    said = done(shop.upheld("backup", "--to", "one/records", "--keys-to", "one/keys", "--json"))

    assert said["removed"] == [str(keys.relative_to(shop.folder))]
    assert sorted(foreign.parent.iterdir()) == sorted([foreign, shop.folder / str(said["keys"])])
    assert records.exists()


def test_the_records_on_postgresql_are_backed_up_and_restored(shop: Shop, new_database: NewDatabase) -> None:
    old, new = new_database("postgresql").url, new_database("postgresql").url
    path = f"{DEBIAN}:{os.environ['PATH']}"
    erase(shop, UPHELD_DATABASE_URL=old)
    file, _ = back_up(shop, UPHELD_DATABASE_URL=old, PATH=path)
    before = export(shop, "upheld-data", UPHELD_DATABASE_URL=old)

    filled = restore(shop, file, "--keys", "upheld-data/keys", UPHELD_DATABASE_URL=old, PATH=path)
    wrong = restore(shop, file, "--keys", "upheld-data/keys", UPHELD_DATABASE_URL="", PATH=path)
    missing = shop.upheld("backup", "--to", "x", UPHELD_DATABASE_URL=old, PATH="/nowhere")
    done(restore(shop, file, "--keys", "upheld-data/keys", UPHELD_DATABASE_URL=new, PATH=path))

    assert (filled.returncode, "is not empty" in filled.stdout) == (1, True)
    assert (wrong.returncode, "The backup is of postgresql" in wrong.stdout) == (1, True)
    assert (missing.returncode, "pg_dump is not installed" in missing.stderr) == (1, True)
    assert export(shop, "new", UPHELD_DATABASE_URL=new)[: len(before)] == before


def test_a_folder_that_is_no_key_store_is_refused_and_gets_no_keys(shop: Shop) -> None:
    """K-01: keys that are made where others were expected would look well, and open nothing."""
    file = back_up_empty(shop)
    (shop.folder / "empty").mkdir()

    refused = restore(shop, file, "--keys", "empty")

    assert (refused.returncode, "is no key store" in refused.stdout) == (1, True)
    assert list((shop.folder / "empty").iterdir()) == []
    assert not (shop.folder / "new").exists()


def test_a_folder_behind_a_link_is_not_left_out_silently(shop: Shop) -> None:
    back_up_empty(shop)
    (shop.folder / "elsewhere").mkdir()
    (shop.folder / "upheld-data" / "kept").symlink_to(shop.folder / "elsewhere")

    refused = shop.upheld("backup", "--to", "two")

    assert (refused.returncode, "is a link to another folder" in refused.stderr) == (1, True)
    assert list((shop.folder / "two").iterdir()) == []
