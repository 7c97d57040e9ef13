"""A command that is not given what the server is given makes no second set of records, and says what to give."""

from pathlib import Path

import pytest

from tests.cli.program import Shop

pytestmark = pytest.mark.store("sqlite")


@pytest.mark.parametrize(
    "command",
    [
        ("stop", "--reason", "emergency"),
        ("status",),
        ("doctor",),
        ("erase", "--identity", "email=ada@example.org", "--yes"),
    ],
)
def test_beside_a_servers_mark_and_without_its_records_a_command_is_refused(
    command: tuple[str, ...], tmp_path: Path
) -> None:
    shop = Shop(tmp_path)
    data = tmp_path / "upheld-data"
    data.mkdir(exist_ok=True)
    (data / "installation").write_text("ab" * 16 + "\n")
    before = sorted(each.name for each in data.iterdir())

    done = shop.upheld(*command)

    assert done.returncode != 0
    assert "there are no records at" in done.stderr + done.stdout
    assert "UPHELD_DATABASE_URL" in done.stderr + done.stdout
    assert sorted(each.name for each in data.iterdir()) == before


def test_where_records_are_gone_and_the_keys_know_a_ledger_nothing_begins_anew(tmp_path: Path) -> None:
    """The mirror of a lost key store: nobody who was erased would be kept out (scenario 54)."""
    shop = Shop(tmp_path)
    assert shop.upheld("erase", "--identity", "email=bob@example.com", "--yes").returncode == 0
    for each in (tmp_path / "upheld-data").glob("upheld.sqlite3*"):
        each.unlink()
    (tmp_path / "list.csv").write_text("email\nbob@example.com\n")

    done = shop.upheld("suppressed", "list.csv", "--out", "new.csv")

    assert done.returncode != 0
    assert "were signed" in done.stderr + done.stdout
    assert not (tmp_path / "new.csv").exists()
