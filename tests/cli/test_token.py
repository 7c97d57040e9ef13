"""`upheld token`: a program may call, is listed without its secret, and may not any more."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.program import Shop


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


@pytest.mark.store("sqlite")
def test_a_token_is_made_once_listed_without_its_secret_and_revoked(shop: Shop) -> None:
    assert shop.upheld("token", "list").stdout == "No program has a token.\n"

    made = shop.upheld("token", "make", "web shop", "--submit", "--read", "--trusted", "high", "--days", "30")
    secret = made.stdout.strip()
    (number,) = re.findall(r"upheld token revoke (\S+)", made.stderr)
    until = (datetime.now(UTC) + timedelta(days=30)).date()

    assert re.fullmatch(r"upheld_[\w-]{43}", secret)
    assert made.stderr == (
        f"The token of web shop, good until {until}. It is shown only here; take it back with: "
        f"upheld token revoke {number}\n"
    )
    assert shop.upheld("token", "list").stdout == f"{number}  web shop: good, never used\n"
    records = (shop.folder / "upheld-data" / "upheld.sqlite3").read_bytes()
    assert b"web shop" in records + b"".join(
        each.read_bytes() for each in (shop.folder / "upheld-data").glob("upheld.sqlite3-wal")
    )
    for each in (shop.folder / "upheld-data").rglob("*"):
        assert not each.is_file() or secret.encode() not in each.read_bytes(), "only a digest is kept"

    assert shop.upheld("token", "revoke", number).stdout == "It is revoked.\n"
    assert shop.upheld("token", "revoke", number).returncode == 0, "again changes nothing"
    assert shop.upheld("token", "list").stdout == f"{number}  web shop: revoked, never used\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("make", "shop"), "This token could do nothing."),
        (("make", "shop", "--read", "--trusted", "high"), "cannot say that somebody is verified"),
        (("make", "shop", "--read", "--trusted", "total"), "Levels: none, reasonable, high."),
        (("make", " ", "--read"), "A token needs the name of its program"),
        (("make", "shop", "--read", "--days", "401"), "less than or equal to 400"),
        (("revoke", "upheld_a-secret-that-somebody-pasted"), "never the token itself"),
        (("revoke", "6d1f3c1e-9d1c-4c7e-8f59-0a3f5d1f2b77"), "There is no such token."),
    ],
)
def test_what_makes_no_token_says_why_and_repeats_no_secret(
    shop: Shop, words: tuple[str, ...], said: str
) -> None:
    done = shop.upheld("token", *words)

    assert done.returncode != 0
    assert said in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert "a-secret-that" not in done.stdout + done.stderr
    assert shop.upheld("token", "list").stdout == "No program has a token.\n"
