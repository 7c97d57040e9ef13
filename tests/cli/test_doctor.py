"""`upheld doctor`: what is wrong is named, with what to do; no person ever is."""

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from tests.cli.program import ADA, Shop
from tests.mail.hook import Called
from tests.mail.test_webhook import SECRET as HOOKS
from tests.servers.dns import Names
from tests.servers.openid import SECRET, Accounts

GOOD = (
    "organisation: {name: Larkspur, contact: p@larkspur.example, regimes: [gdpr], time_zone: Europe/Berlin, "
    "backups: {days: 14}}\n"
)
SIGN_IN = """\
sign_in:
  club:
    title: The club
    issuer: ISSUER
    client: upheld
    secret: ${CLUB_SIGN_IN}
    private: true
"""


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
        "backups",
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
        "UPHELD_WEBHOOK_SECRET is no secret of 24",
        f"{shop.folder}/upheld-data/keys/master.key may be read by others, or belongs to somebody else."[:40],
        "A change of the master key was cut off.",
        "Reached; 1 findings that stop writing, 0",
        "Nothing listens on port 9 of the mail se",
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


def connected(shop: Shop, *, issuer: str, hook: str, names: str) -> dict[str, list[tuple[str, str]]]:
    (shop.folder / "privacy" / "upheld.yaml").write_text(f"{GOOD}{SIGN_IN.replace('ISSUER', issuer)}")
    found = signs(
        shop,
        CLUB_SIGN_IN=SECRET,
        UPHELD_WEBHOOK_URL=hook,
        UPHELD_WEBHOOK_SECRET=HOOKS,
        UPHELD_WEBHOOK_PRIVATE="yes",
        UPHELD_DNS=names,
    )
    return {about: found[about] for about in ("sign-in club", "webhook", "name servers")}


def test_whoever_is_asked_or_called_is_connected_to(shop: Shop) -> None:
    """K-05: the sign-in's provider, the webhook and the name servers; the webhook is told nothing."""
    accounts, program, names = Accounts(), Called(), Names({})
    try:
        well = connected(shop, issuer=accounts.address, hook=program.url, names=names.address)
        accounts.document = lambda said: said.update(issuer="https://another.example")
        other = connected(shop, issuer=accounts.address, hook=program.url, names=names.address)
    finally:
        accounts.stop()
        program.stop()
        names.stop()
    nobody = "http://127.0.0.1:9"
    unwell = connected(shop, issuer=nobody, hook=nobody, names=f"{names.address}, 127.0.0.1:9")

    assert well == {
        "sign-in club": [("good", f"{accounts.address} answers, and calls itself that.")],
        "webhook": [("good", "The program that is called can be reached.")],
        "name servers": [("good", f"{names.address} answers.")],
    }
    assert other["sign-in club"] == [("wrong", f"{accounts.address} calls itself otherwise.")]
    assert unwell == {
        "sign-in club": [("wrong", "127.0.0.1 cannot be reached for the sign-in.")],
        "webhook": [("wrong", "The webhook at 127.0.0.1 cannot be reached.")],
        "name servers": [
            ("wrong", f"The name server {names.address} does not answer."),
            ("wrong", "The name server 127.0.0.1:9 does not answer."),
        ],
    }
    assert (program.calls, names.asked) == ([], [".", "."])


@pytest.mark.parametrize(
    ("name", "value", "state", "words"),
    [
        ("UPHELD_ADDRESS", "foo", "wrong", "UPHELD_ADDRESS is no address of a server"),
        ("UPHELD_ADDRESS", "https://x:port", "wrong", "UPHELD_ADDRESS is no address of a server"),
        ("UPHELD_ADDRESS", "http://privacy.example", "doubt", "UPHELD_ADDRESS is not https"),
        ("UPHELD_ADDRESS", "https://privacy.example", "good", ""),
        ("UPHELD_MAIL_FROM", "notanaddress", "wrong", "UPHELD_MAIL_FROM is no e-mail address"),
        ("UPHELD_MAIL_FROM", "a b@x.example", "wrong", "UPHELD_MAIL_FROM is no e-mail address"),
        ("UPHELD_MAIL_FROM", "p@larkspur.example", "good", ""),
        ("UPHELD_WEBHOOK_SECRET", "abc", "wrong", "UPHELD_WEBHOOK_SECRET is no secret"),
        ("UPHELD_WEBHOOK_SECRET", HOOKS, "good", ""),
        ("UPHELD_DNS", "resolver", "wrong", "UPHELD_DNS names 'resolver'"),
    ],
)
def test_a_setting_that_says_nothing_sensible_is_named(
    shop: Shop, name: str, value: str, state: str, words: str
) -> None:
    found = signs(shop, **{name: value})

    assert [(each[0], each[1][: len(words)]) for each in found["settings"]] == [(state, words)]
    assert "mail server" in found


def test_values_that_cannot_be_read_are_all_named_and_everything_else_is_looked_at(shop: Shop) -> None:
    """K-05: any other program ends with the first of them."""
    secrets = shop.folder / "upheld-data" / "secrets"
    secrets.mkdir(mode=0o700)
    (secrets / "UPHELD_METRICS_TOKEN").write_bytes(b"\xff\xfe")
    (secrets / "UPHELD_METRICS_TOKEN").chmod(0o600)
    given = {
        "UPHELD_PACKAGE_DAYS": "many",
        "UPHELD_LOG": "xml",
        "UPHELD_PROXIES": "nginx",
        "UPHELD_WEBHOOK_PRIVATE": "no",
        "UPHELD_DATABASE_URL": "mysql://localhost/upheld",
        "UPHELD_DNS": "127.0.0.1:9",
    }

    found = signs(shop, **given)

    assert [what.split(" ")[0] for _, what in found["settings"]] == [
        "UPHELD_WEBHOOK_PRIVATE",
        "UPHELD_PROXIES",
        "UPHELD_LOG",
        "The",
        "UPHELD_PACKAGE_DAYS",
        "UPHELD_DATABASE_URL",
    ]
    assert {state for state, _ in found["settings"]} == {"wrong"}
    assert "records" not in found, "which database they are in cannot be read"
    assert {"permissions", "disk", "privacy folder", "system shop", "mail server"} <= found.keys()
    assert found["name servers"] == [("wrong", "The name server 127.0.0.1:9 does not answer.")]
    assert shop.upheld("status", **given).returncode != 0


@pytest.mark.store("sqlite")
def test_a_damaged_database_is_wrong(shop: Shop) -> None:
    path = shop.folder / "upheld-data" / "upheld.sqlite3"
    with sqlite3.connect(path) as records:
        records.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        root = records.execute("SELECT rootpage FROM sqlite_master WHERE name = 'store_mail'").fetchone()[0]
        size = records.execute("PRAGMA page_size").fetchone()[0]
    records.close()
    with path.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(b"\xff" * size)
    assert wrong(signs(shop)) == ["The database is damaged."]

    path.write_bytes(b"no database at all" * 500)
    assert wrong(signs(shop)) == ["The database of our own records cannot be used."]
