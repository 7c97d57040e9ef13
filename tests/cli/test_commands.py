"""The program as people start it: real processes, a privacy folder, a shop on SQLite."""

import json
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.program import ADA, Shop, environment, fresh, run


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def test_help_starts_with_the_plain_verb(tmp_path: Path) -> None:
    for command, verb in (
        ("erase", "Erase a person"),
        ("access", "Give a person a copy"),
        ("resume", "Go on with"),
    ):
        assert verb in run(tmp_path, command, "--help").stdout


def test_help_of_the_program_is_quick(tmp_path: Path) -> None:
    times = []
    for _ in range(3):
        start = time.monotonic()
        assert fresh(tmp_path, "--help").returncode == 0
        times.append(time.monotonic() - start)

    assert min(times) < 1.0, "0.15 s were measured; a slow machine may take longer, an eager import far more"


def test_an_erasure_from_the_command_line_ends_with_a_certificate_that_verifies(shop: Shop) -> None:
    """Each command in a process that was just begun: what it needs, it imports."""
    looked = shop.fresh("erase", "--identity", f"email={ADA}", "--dry-run", "--json")
    assert json.loads(looked.stdout)["systems"]["shop"]["tables"] == {"users": 1, "orders": 2}, looked.stderr
    assert shop.users() == [ADA, "bob@example.com"]

    done = shop.fresh("erase", "--identity", f"email={ADA}", "--yes", "--json", "--out", "certificate.json")

    assert done.returncode == 0, done.stderr
    assert shop.users() == ["bob@example.com"]
    assert json.loads(done.stdout)["complete"] is True
    verified = shop.fresh("ledger", "verify", "certificate.json")
    assert verified.returncode == 0, verified.stdout
    assert shop.fresh("ledger", "export", "--out", "ledger.jsonl").returncode == 0
    assert shop.fresh("ledger", "verify", "ledger.jsonl").returncode == 0


def test_a_copy_is_written_and_opens_with_its_key(shop: Shop) -> None:
    """G-15.3"""
    done = shop.upheld("access", "--identity", f"email={ADA}", "--yes", "--json", "--out", "copy.age")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["complete"], [(each["system"], each["rows"]) for each in told["systems"]]) == (
        True,
        [("shop", 3)],
    )
    assert ADA.encode() not in (shop.folder / "copy.age").read_bytes()

    opened = shop.upheld("package", "open", "copy.age", "--key", "copy.age.key", "--to", "copy")

    assert opened.returncode == 0, opened.stderr
    assert ADA in "".join(path.read_text() for path in (shop.folder / "copy").rglob("*.jsonl"))
    assert (
        shop.upheld("package", "open", "copy.age", "--key", "privacy/upheld.yaml", "--to", "x").returncode
        == 1
    )


def test_the_map_is_checked_and_drawn(shop: Shop) -> None:
    checked = shop.upheld("map", "check")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "SQLite has no accounts" in shop.upheld("map", "grants").stdout
    assert shop.upheld("map", "grants", "--system", "nowhere").returncode == 2
    assert shop.upheld("map", "show", "--html", "map.html").returncode == 0
    assert "users<br/>people, deleted" in shop.upheld("map", "show").stdout
    assert "</html>" in (shop.folder / "map.html").read_text()


def test_nobody_to_ask_means_nothing_is_erased(shop: Shop) -> None:
    asked = shop.upheld("erase", "--identity", f"email={ADA}")

    assert asked.returncode == 1
    assert shop.users() == [ADA, "bob@example.com"]
    assert "stays open" in asked.stderr


def test_a_missing_secret_names_every_place_and_leaves_the_case_open(shop: Shop) -> None:
    """Scenario 67: nothing looks finished."""
    done = run(shop.folder, "erase", "--identity", f"email={ADA}", "--yes")

    assert done.returncode == 1
    assert "the environment variable SHOP_DATABASE_URL" in done.stdout + done.stderr
    assert "in_progress" in run(shop.folder, "status").stdout
    again = shop.upheld("resume")
    assert again.returncode == 0, again.stdout + again.stderr
    assert shop.users() == ["bob@example.com"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["erase"], "Nobody was named"),
        (["erase", "--identity", "ada"], "is not KIND=VALUE"),
        (["erase", "--identity", "nowhere.users=7"], "There is no system"),
        (["erase", "--identity", "shop.orders=7"], "No people live in shop.orders"),
        (["erase", "--identity", "emial=ada@example.org"], "No system knows identities of the kind 'emial'"),
        (["erase", "--identity", "email=ada@example.org", "--out", "nowhere/c.json"], "There is no folder"),
        (["erase", "--frobnicate"], "No such option"),
        (["replay", "shop", "--since", "yesterday"], "is not a time"),
        (["map", "schema", "nothing"], "There is no schema"),
    ],
)
def test_wrong_use_is_told_and_ends_with_two(shop: Shop, arguments: list[str], says: str) -> None:
    done = shop.upheld(*arguments)

    assert (done.returncode, says in done.stderr) == (2, True), done.stderr
    assert "Traceback" not in done.stderr


def test_a_broken_privacy_folder_is_told_file_by_file(shop: Shop) -> None:
    (shop.folder / "privacy" / "systems" / "shop.yaml").write_text("system: shop\ntabels: {}\n")

    done = shop.upheld("map", "check")

    assert done.returncode == 1
    assert "systems/shop.yaml:2:" in done.stderr


@pytest.mark.store("sqlite")
def test_an_unexpected_error_gives_a_report_without_values(shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "upheld-data").mkdir()
    (tmp_path / "upheld-data" / "upheld.sqlite3").write_bytes(b"this is no database, " * 100)

    done = shop.upheld("erase", "--identity", f"email={ADA}", "--yes")

    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    reports = list((tmp_path / "upheld-data" / "errors").iterdir())
    assert len(reports) == 1
    assert str(reports[0]) in done.stderr
    assert ADA not in reports[0].read_text() + done.stderr


def test_no_identity_reaches_a_file_of_ours(shop: Shop) -> None:
    """Scenario 48"""
    shop.upheld("erase", "--identity", f"email={ADA}", "--yes", "--out", "certificate.json")

    for path in (each for each in shop.folder.rglob("*") if each.is_file() and each != shop.database):
        assert ADA.encode() not in path.read_bytes(), path


def test_identities_come_from_a_file_where_others_could_read_the_command(shop: Shop) -> None:
    (shop.folder / "who").write_text(f"\nemail={ADA}\n")

    done = shop.upheld("erase", "--identity-file", "who", "--yes")

    assert done.returncode == 0, done.stderr
    assert shop.users() == ["bob@example.com"]


def test_the_ledger_is_verified_without_anything_but_python_and_cryptography(tmp_path: Path) -> None:
    code = (
        "import sys; sys.argv[1:] = ['ledger', 'verify', sys.executable]\n"
        "from upheld.cli.main import run\n"
        "try:\n    run()\nexcept SystemExit as end:\n    print(end.code)\n"
        "print(sorted({'django', 'typer', 'rich', 'sqlalchemy', 'pydantic'} & set(sys.modules)))\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )

    assert done.stdout.splitlines()[-2:] == ["1", "[]"]


def test_records_that_cannot_be_used_are_told_without_a_report(shop: Shop) -> None:
    shop.upheld("status")
    keys = shop.folder / "upheld-data" / "keys" / "ledger.key"
    keys.write_text("garbage")
    broken = shop.upheld("status")
    keys.unlink()
    missing = shop.upheld("status")
    away = shop.upheld("status", UPHELD_DATABASE_URL="postgresql://127.0.0.1:1/upheld")

    assert [each.returncode for each in (broken, missing, away)] == [1, 1, 1]
    assert "does not hold a key" in broken.stderr
    assert "is missing" in missing.stderr
    assert "cannot be reached" in away.stderr
    assert not (shop.folder / "upheld-data" / "errors").exists()


AT_A_TERMINAL = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # a run in the background ignores it, and so do its children
from upheld.cli.main import run
run()
"""


def test_control_c_says_that_nothing_is_lost(shop: Shop) -> None:
    holding = sqlite3.connect(shop.database, isolation_level=None)
    holding.execute("BEGIN IMMEDIATE")
    program = subprocess.Popen(
        [sys.executable, "-c", AT_A_TERMINAL, "erase", "--identity", f"email={ADA}", "--yes"],
        cwd=shop.folder,
        env=environment(shop.folder, SHOP_DATABASE_URL=shop.url),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    log = shop.folder / "upheld-data" / "upheld.log"
    while "started" not in (log.read_text() if log.exists() else ""):
        assert program.poll() is None
        time.sleep(0.1)
    program.send_signal(signal.SIGINT)
    holding.close()
    said = program.communicate()[1]

    assert (program.returncode, "`upheld resume` goes on with it" in said) == (130, True), said
    assert shop.upheld("resume").returncode == 0
    assert shop.users() == ["bob@example.com"]
