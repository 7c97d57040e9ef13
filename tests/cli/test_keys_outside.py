"""The master key from a command: moved there, used, backed up, restored, and brought back, as an administrator does."""

import json
from pathlib import Path

from tests.cli.program import ADA, Shop

BOB = "bob@example.com"


def test_every_command_works_with_a_master_key_that_only_a_command_has(tmp_path: Path) -> None:
    """K-01"""
    shop = Shop(tmp_path)
    shop.execute("CREATE UNIQUE INDEX users_email ON users(email)")
    shop.upheld("erase", "--identity", f"email={ADA}", "--yes")
    keys = tmp_path / "upheld-data" / "keys"
    vault, give = tmp_path / "vault", tmp_path / "give"
    vault.write_bytes((keys / "master.key").read_bytes())
    give.write_text(f"#!/bin/sh\ncat {vault}\n")
    give.chmod(0o700)
    ours = {"UPHELD_MASTER_KEY_COMMAND": str(give)}

    set_up = state(shop, **ours)
    moved = shop.upheld("keys", "outside", **ours)
    files = {each.name for each in keys.iterdir() if each.name.startswith("master")}

    assert (moved.returncode, files) == (0, {"master.outside"}), moved.stderr
    assert "still is a file" in set_up["doubt"]
    assert "still is a file" not in state(shop, **ours)["doubt"] + state(shop, **ours)["wrong"]
    assert "no command says where" in state(shop)["wrong"]

    without = shop.upheld("erase", "--identity", f"email={BOB}", "--yes")
    assert (without.returncode, "UPHELD_MASTER_KEY_COMMAND" in without.stderr) == (1, True), without.stderr
    assert BOB in shop.users()
    erased = shop.upheld("erase", "--identity", f"email={BOB}", "--yes", **ours)
    assert (erased.returncode, BOB in shop.users()) == (0, False), erased.stderr

    backup = shop.upheld("backup", "--to", "b/records", "--keys-to", "b/keys", "--json", **ours)
    assert backup.returncode == 0, backup.stderr
    assert vault.read_bytes().strip() not in b"".join(
        each.read_bytes() for each in (tmp_path / "b").rglob("*.*")
    )
    (records,), (copied,) = (list((tmp_path / "b" / name).iterdir()) for name in ("records", "keys"))
    restored = shop.upheld("restore", str(records), "--data", "again", "--keys", str(copied), **ours)
    assert restored.returncode == 0, restored.stderr
    assert shop.upheld("status", "--data", "again", **ours).returncode == 0

    rotated = shop.upheld("keys", "rotate", "--yes", **ours)
    assert (rotated.returncode, "upheld keys inside" in rotated.stderr) == (1, True), rotated.stderr
    assert shop.upheld("keys", "inside", **ours).returncode == 0
    assert shop.upheld("keys", "rotate", "--yes").returncode == 0
    other = shop.upheld("keys", "outside", **ours)
    assert (other.returncode, "prints another key" in other.stderr) == (1, True), "the vault has the old one"


def state(shop: Shop, **more: str) -> dict[str, str]:
    """What `upheld doctor` finds, by how it is."""
    found: dict[str, str] = {"good": "", "doubt": "", "wrong": ""}
    for each in json.loads(shop.upheld("doctor", "--json", **more).stdout)["signs"]:
        found[each["state"]] += each["what"] + "\n"
    return found
