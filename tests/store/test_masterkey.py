"""The master key from elsewhere: a program prints it, the folder holds none, and no other is taken for it (ADR 78)."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from upheld.rights.outcome import Misconfigured
from upheld.store import masterkey
from upheld.store.keys import KeyStore

Command = Callable[[str], str]


@pytest.fixture
def command(tmp_path: Path) -> Iterator[Command]:
    """Makes the setting name a program of these lines; each call another."""
    made = 0

    def make(lines: str) -> str:
        nonlocal made
        made += 1
        program = tmp_path / f"give-{made}"
        program.write_text(f"#!/bin/sh\n{lines}\n")
        program.chmod(0o700)
        masterkey.source.command = str(program)
        return str(program)

    yield make
    masterkey.source.command = ""


@pytest.fixture
def store(tmp_path: Path) -> KeyStore:
    """With a key, and something sealed by it."""
    made = KeyStore(tmp_path / "keys")
    (tmp_path / "name").write_text(made.create())
    return made


def named(tmp_path: Path) -> str:
    return (tmp_path / "name").read_text()


def moved(store: KeyStore, tmp_path: Path, command: Command) -> None:
    """As an administrator does: the key into a place of its own, then the file goes."""
    vault = tmp_path / "vault"
    vault.write_bytes((tmp_path / "keys" / "master.key").read_bytes())
    command(f"echo run >> {tmp_path}/runs; cat {vault}")
    store.put_outside()


def test_the_folder_holds_no_master_key_and_everything_opens_by_one_run_of_the_command(
    store: KeyStore, tmp_path: Path, command: Command
) -> None:
    """K-01"""
    sealed = store.seal(named(tmp_path), b"17 Larkspur Lane", record="r")
    key = (tmp_path / "keys" / "master.key").read_bytes().strip()

    moved(store, tmp_path, command)

    again = KeyStore(tmp_path / "keys")
    assert again.open(named(tmp_path), sealed, record="r") == b"17 Larkspur Lane"
    assert again.exists(again.create())
    assert (tmp_path / "runs").read_text() == "run\n"
    assert (again.lacks(), again.outside) == ([], True)
    files = [each for each in (tmp_path / "keys").rglob("*") if each.is_file()]
    assert not [each for each in files if key in each.read_bytes()]


def test_a_command_that_prints_another_key_changes_nothing_and_opens_nothing(
    store: KeyStore, tmp_path: Path, command: Command
) -> None:
    sealed = store.seal(named(tmp_path), b"x", record="r")
    command("head -c 32 /dev/zero | base64")

    with pytest.raises(Misconfigured, match="prints another key"):
        store.put_outside()
    assert (store.outside, store.open(named(tmp_path), sealed, record="r")) == (False, b"x")

    moved(store, tmp_path, command)
    command("head -c 32 /dev/zero | base64")
    for attempt in (lambda: store.open(named(tmp_path), sealed, record="r"), store.create):
        with pytest.raises(Misconfigured, match="prints another key"):
            attempt()


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ("exit 3", "ended with 3"),
        ("echo 7-lamps-and-a-harbour", "did not print a key"),
        ("echo c2hvcnQ=", "did not print a key"),
    ],
)
def test_what_went_wrong_is_said_and_nothing_that_was_printed(
    lines: str, why: str, store: KeyStore, tmp_path: Path, command: Command
) -> None:
    moved(store, tmp_path, command)
    command(lines)

    with pytest.raises(Misconfigured, match=why) as told:
        store.create()
    assert not [each for each in ("lamps", "c2hv") if each in f"{told.value}"]


def test_one_that_is_missing_or_never_ends_is_said_too(
    store: KeyStore, tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved(store, tmp_path, command)
    monkeypatch.setattr(masterkey, "SECONDS", 0.2)
    Path(command("")).unlink()
    with pytest.raises(Misconfigured, match="cannot be run"):
        store.create()
    command("exec sleep 60")
    with pytest.raises(Misconfigured, match="did not end within"):
        store.create()
    masterkey.source.command = ""
    with pytest.raises(Misconfigured, match="no command says where"):
        store.create()


def test_a_key_that_is_lost_is_not_made_anew_while_the_master_key_is_elsewhere(
    store: KeyStore, tmp_path: Path, command: Command
) -> None:
    moved(store, tmp_path, command)
    (tmp_path / "keys" / "index.key").unlink()

    with pytest.raises(Misconfigured, match="is missing, but the others are there"):
        store.blind("email", "ada@example.org")
    assert store.lacks() == ["index.key"]


def test_it_is_replaced_by_way_of_the_folder(store: KeyStore, tmp_path: Path, command: Command) -> None:
    sealed = store.seal(named(tmp_path), b"x", record="r")
    moved(store, tmp_path, command)

    with pytest.raises(Misconfigured, match="upheld keys inside"):
        store.begin_rotation()
    store.bring_inside()
    assert store.begin_rotation() == 1
    store.end_rotation()
    moved(store, tmp_path, command)

    assert KeyStore(tmp_path / "keys").open(named(tmp_path), sealed, record="r") == b"x"
