"""`upheld doctor`: what is wrong is named, with what to do; no person ever is."""

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from tests.cli.program import ADA, Shop

GOOD = (
    "organisation: {name: Larkspur, contact: p@larkspur.example, regimes: [gdpr], time_zone: Europe/Berlin, "
    "backups: {days: 14}}\n"
)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    made = Shop(tmp_path)
    (tmp_path / "privacy" / "upheld.yaml").write_text(GOOD)
    made.execute("CREATE UNIQUE INDEX users_email ON users(email)")
    made.upheld("erase", "--identity", f"email={ADA}", "--yes")
    return made


def signs(shop: Shop, **more: str) -> dict[str, list[tuple[str, str]]]:
    done = shop.upheld("doctor", "--json", **more)
    assert ADA not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    read = json.loads(done.stdout)
    assert done.returncode == (1 if read["wrong"] else 0)
    found: dict[str, list[tuple[str, str]]] = {}
    for each in read["signs"]:
        assert each["state"] == "good" or each["remedy"], each
        found.setdefault(each["about"], []).append((each["state"], each["what"]))
    return found


def wrong(found: dict[str, list[tuple[str, str]]]) -> list[str]:
    return [what for each in found.values() for state, what in each if state == "wrong"]


def test_an_installation_that_is_well_has_nothing_wrong(shop: Shop) -> None:
    found = signs(shop)

    assert wrong(found) == []
    assert list(found) == [
        "settings",
        "permissions",
        "disk",
        "privacy folder",
        "records",
        "keys",
        "clock",
        "time zone",
        "queue",
        "system shop",
        "mail server",
    ]


def test_each_thing_that_is_wrong_is_named(shop: Shop) -> None:
    (shop.folder / "upheld-data" / "keys" / "master.key").chmod(0o644)
    (shop.folder / "upheld-data" / "keys" / "master.next").write_text("cut off")
    (shop.folder / "upheld-data" / "keys" / "master.next").chmod(0o600)
    shop.execute("DROP TABLE orders")

    found = signs(
        shop,
        UPHELD_SMTP_URL="smtp+plain://127.0.0.1:9",
        UPHELD_WEBHOOK_URL="https://hook.example",
        UPHELD_SMPT_URL="x",
        UPHELD_ADDRESS="http://privacy.example",
    )

    assert [each[:40] for each in wrong(found)] == [
        "UPHELD_WEBHOOK_URL is set, UPHELD_WEBHOO",
        f"{shop.folder}/upheld-data/keys/master.key may be read by others, or belongs to somebody else."[:40],
        "A change of the master key was cut off.",
        "Reached; 1 findings that stop writing, 0",
        "The mail server 127.0.0.1 cannot be reac",
    ]
    assert ("doubt", "UPHELD_SMPT_URL is no setting.") in found["settings"]


@pytest.mark.parametrize(
    ("lost", "words"),
    [
        ("keys", "is missing or not whole"),
        ("keys/index.key", "is missing or not whole"),
        ("keys/ledger.seen", ""),
    ],
)
def test_a_key_store_that_is_not_whole_is_wrong(shop: Shop, lost: str, words: str) -> None:
    path = shop.folder / "upheld-data" / lost
    shutil.rmtree(path) if path.is_dir() else path.unlink()

    found = wrong(signs(shop))

    assert [words in each for each in found] == ([True] if words else [])
    assert path.exists() is False


@pytest.mark.store("sqlite")
def test_a_ledger_that_was_put_back_is_wrong(shop: Shop) -> None:
    """P-12"""
    older = shop.folder / "older"
    with sqlite3.connect(shop.folder / "upheld-data" / "upheld.sqlite3") as source:
        source.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    source.close()
    shutil.copy(shop.folder / "upheld-data" / "upheld.sqlite3", older)
    shop.upheld("erase", "--identity", "email=bob@example.com", "--yes")
    for each in (shop.folder / "upheld-data").glob("upheld.sqlite3*"):
        each.unlink()
    shutil.copy(older, shop.folder / "upheld-data" / "upheld.sqlite3")
    (shop.folder / "upheld-data" / "upheld.sqlite3").chmod(0o600)

    assert wrong(signs(shop)) == ["The ledger ends after 7 entries, but 14 were signed."]


@pytest.mark.store("sqlite")
def test_the_master_key_is_replaced_by_a_command_and_everything_goes_on(shop: Shop) -> None:
    """K-01: second factors of the console too, of which a program for commands knows only the table."""
    from upheld.store.keys import KeyStore
    from upheld.store.secondfactor import opened, sealed

    keys = KeyStore(shop.folder / "upheld-data" / "keys")
    old = (shop.folder / "upheld-data" / "keys" / "master.key").read_bytes()
    with sqlite3.connect(shop.folder / "upheld-data" / "upheld.sqlite3") as records:
        records.execute("CREATE TABLE mfa_authenticator (id INTEGER PRIMARY KEY, data TEXT)")
        data = {"seed": sealed(keys, "a seed"), "used_mask": 3, "migrated_codes": [sealed(keys, "1234")]}
        records.execute("INSERT INTO mfa_authenticator VALUES (1, ?)", [json.dumps(data)])
    records.close()

    done = shop.upheld("keys", "rotate", "--yes")

    assert done.stdout.splitlines()[0] == (
        "1 keys are wrapped by the new master key; 1 second factors are sealed anew."
    )
    assert (shop.folder / "upheld-data" / "keys" / "master.key").read_bytes() != old
    with sqlite3.connect(shop.folder / "upheld-data" / "upheld.sqlite3") as records:
        ((written,),) = records.execute("SELECT data FROM mfa_authenticator").fetchall()
    records.close()
    fresh = json.loads(written)
    assert (opened(keys, fresh["seed"]), fresh["used_mask"]) == ("a seed", 3)
    assert opened(keys, fresh["migrated_codes"][0]) == "1234"
    assert fresh["seed"] != data["seed"]
    assert wrong(signs(shop)) == []
