"""`upheld map discover` as people start it: init, discover, check, and on a copy an erasure by what is proposed."""

import json
import sqlite3
from pathlib import Path

import pytest

from tests.cli.program import run
from tests.servers.plugin import NewDatabase

ADA = "ada.quillfeather@example.org"
SECRET = "hunter2-never-written"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    run(tmp_path, "init", check=True)
    (tmp_path / "privacy" / "systems" / "letters.yaml").unlink()
    with sqlite3.connect(tmp_path / "shop.sqlite") as connection:
        connection.executescript(
            f"""
            CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, name TEXT);
            CREATE TABLE sessions (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users(id), ip TEXT);
            CREATE INDEX sessions_user ON sessions(user_id);
            CREATE TABLE goods (id INTEGER PRIMARY KEY, title TEXT);
            INSERT INTO users VALUES (7, '{ADA}', 'Ada Quillfeather'), (8, 'bob@example.com', 'Bob Ashgrove');
            INSERT INTO sessions VALUES (1, 7, '203.0.113.7'), (2, 8, '203.0.113.8');
            INSERT INTO goods VALUES (1, 'ink');
            """
        )
    connection.close()
    return tmp_path


def _discover(folder: Path, *more: str, **environment: str) -> tuple[int, str, str]:
    done = run(
        folder, "map", "discover", f"sqlite:///{folder}/shop.sqlite", "--system", "shop", "--out",
        "privacy/systems/shop.yaml", *more, **environment,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


def _users(folder: Path) -> list[tuple[int, str]]:
    connection = sqlite3.connect(folder / "shop.sqlite")
    try:
        return connection.execute("SELECT id, email FROM users ORDER BY id").fetchall()
    finally:
        connection.close()


def test_a_draft_is_told_in_words_and_stands_in_the_folder_as_it_is(folder: Path) -> None:
    code, said, wrong = _discover(folder)

    assert (code, wrong) == (0, "")
    assert said.startswith(
        "shop: 3 tables looked at.\n"
        "People live in: users.\n"
        "Links to people and between tables: 1 by foreign keys, 0 found by names and values.\n"
    )
    assert "wrote privacy/systems/shop.yaml\n" in said
    assert "The file names the address as ${SHOP_DATABASE_URL}: set it in the environment." in said
    text = (folder / "privacy" / "systems" / "shop.yaml").read_text()
    assert "connect: ${SHOP_DATABASE_URL}" in text
    assert str(folder) not in text

    checked = run(folder, "map", "check", "--json", SHOP_DATABASE_URL=f"sqlite:///{folder}/shop.sqlite")

    assert checked.returncode == 1
    codes = {each["code"] for each in json.loads(checked.stdout)["findings"]}
    assert codes == {"proposal.undecided"}


def test_where_it_counts_a_proposal_is_not_carried_out(folder: Path) -> None:
    before = _users(folder)
    _discover(folder)
    where = {"SHOP_DATABASE_URL": f"sqlite:///{folder}/shop.sqlite"}

    refused = run(folder, "erase", "--identity", f"email={ADA}", "--yes", "--accept-proposals", **where)
    plain = run(folder, "erase", "--identity", f"email={ADA}", "--yes", **where)

    assert refused.returncode == 1
    assert "no system of this folder is marked as a copy" in refused.stderr
    assert plain.returncode == 1
    assert "3 decisions of its map are only proposed" in plain.stdout
    assert _users(folder) == before


def test_on_a_copy_it_is_when_asked_for_in_so_many_words(folder: Path) -> None:
    _discover(folder, "--scratch")
    where = {"SHOP_DATABASE_URL": f"sqlite:///{folder}/shop.sqlite"}
    before = _users(folder)

    plain = run(folder, "erase", "--identity", f"email={ADA}", "--yes", **where)
    assert (plain.returncode, _users(folder)) == (1, before)

    done = run(folder, "erase", "--identity", f"email={ADA}", "--yes", "--accept-proposals", **where)

    assert done.returncode == 0, done.stderr
    assert [each for each in _users(folder) if ADA in each] == []
    assert (8, "bob@example.com") in _users(folder)


def test_an_existing_file_stays_unless_it_is_to_be_replaced(folder: Path) -> None:
    file = folder / "privacy" / "systems" / "shop.yaml"
    file.write_text("mine\n")

    code, _, wrong = _discover(folder)
    assert (code, file.read_text()) == (2, "mine\n")
    assert "shop.yaml is already there." in wrong

    assert _discover(folder, "--force")[0] == 0
    assert file.read_text().startswith("system: shop\n")
    assert sorted(each.name for each in file.parent.iterdir()) == ["shop.yaml"]


def test_json_says_the_same_for_programs(folder: Path) -> None:
    code, said, _ = _discover(folder, "--json", "--exclude", "goods")

    told = json.loads(said)
    assert code == 0
    assert (told["system"], told["tables"], told["people"]) == ("shop", 2, ["users"])
    assert told["links"] == {"declared": 1, "found": 0}
    assert {each["table"] for each in told["proposals"]} == {"users", "sessions"}
    assert [each["code"] for each in told["findings"]] == ["table.undeclared"]


def test_errors_say_what_to_do_and_no_secret(folder: Path, new_database: NewDatabase) -> None:
    out = ("--system", "shop", "--out", "privacy/systems/shop.yaml")
    wrong = {
        f"mysql://upheld:{SECRET}@127.0.0.1:1/shop": "The database was busy or away",
        f"nonsense {SECRET}": "is not a database address",
        "${NOWHERE}": "${NOWHERE} has no value",
    }
    for url, expected in wrong.items():
        done = run(folder, "map", "discover", url, *out)

        assert done.returncode == 1, url
        assert expected in done.stderr
        assert SECRET not in done.stdout + done.stderr
        assert not (folder / "privacy" / "systems" / "shop.yaml").exists()

    nowhere = run(folder, "map", "discover", "${A}", "--system", "shop", "--out", "none/shop.yaml")
    assert (nowhere.returncode, "There is no folder" in nowhere.stderr) == (2, True)


def test_a_password_in_the_address_stays_out_of_the_file(folder: Path, new_database: NewDatabase) -> None:
    database = new_database("postgresql")
    database.run("CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(80) NOT NULL)")
    password = database.url.partition("://")[2].partition(":")[2].partition("@")[0]
    assert len(password) > 8

    done = run(
        folder, "map", "discover", "${FORUM_DATABASE_URL}", "--system", "forum", "--out",
        "privacy/systems/forum.yaml", FORUM_DATABASE_URL=database.url,
    )  # fmt: skip

    text = (folder / "privacy" / "systems" / "forum.yaml").read_text()
    assert done.returncode == 0, done.stderr
    assert "connect: ${FORUM_DATABASE_URL}" in text
    assert password not in text + done.stdout + done.stderr
