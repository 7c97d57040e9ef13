"""Another master key: at every moment everything opens, whatever is cut off (ADR 0044)."""

import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from upheld.store.keys import KeyStore
from upheld.store.secondfactor import opened, sealed

MANY = 24


class PowerCut(Exception):
    """The machine went off."""


def failing(after: int) -> Callable[[int], bytes]:
    """Random bytes until that call."""
    left = iter(range(after))

    def random(many: int) -> bytes:
        if next(left, None) is None:
            raise PowerCut
        return secrets.token_bytes(many)

    return random


def filled(folder: Path) -> dict[str, bytes]:
    keys = KeyStore(folder)
    return {name: keys.seal(name, name.encode(), record="case:1") for name in keys.create_many(MANY)}


def opens(folder: Path, sealed_: dict[str, bytes]) -> bool:
    keys = KeyStore(folder)
    return all(keys.open(name, each, record="case:1") == name.encode() for name, each in sealed_.items())


def test_everything_opens_with_the_new_key_and_nothing_with_the_old(tmp_path: Path) -> None:
    """K-01: a copy of the master key of before opens no line of the folder of now."""
    before = filled(tmp_path)
    old = (tmp_path / "master.key").read_bytes()
    keys = KeyStore(tmp_path)

    assert keys.begin_rotation() == MANY
    keys.end_rotation()

    assert opens(tmp_path, before)
    assert not (tmp_path / "master.next").exists()
    (tmp_path / "master.key").write_bytes(old)
    with pytest.raises(Exception, match="does not open the keys beside it"):
        opens(tmp_path, before)


def test_a_rotation_that_is_cut_off_anywhere_leaves_everything_readable_and_goes_on(tmp_path: Path) -> None:
    for after in range(MANY + 2):
        folder = tmp_path / str(after)
        before = filled(folder)
        factor = sealed(KeyStore(folder), "a seed")
        try:
            KeyStore(folder, random=failing(after)).begin_rotation()
        except PowerCut:
            cut = True
        else:
            cut = False

        assert cut == (after < MANY + 1)
        assert opens(folder, before)
        keys = KeyStore(folder)
        later = keys.create()
        before[later] = keys.seal(later, later.encode(), record="case:1")
        assert keys.begin_rotation() == MANY + 1
        assert opened(keys, factor) == "a seed"
        keys.end_rotation()
        assert opens(folder, before)


def test_keys_that_are_made_used_and_destroyed_meanwhile_are_not_lost(tmp_path: Path) -> None:
    before = filled(tmp_path)
    ended = threading.Event()
    wrong: list[object] = []

    def work() -> None:
        while not ended.is_set():
            try:
                keys = KeyStore(tmp_path)
                name = keys.create()
                before[name] = keys.seal(name, name.encode(), record="case:1")
                gone = keys.create()
                keys.destroy([gone])
                ring = keys.ring(list(before))
                if ring.open(name, before[name], record="case:1") != name.encode() or keys.exists(gone):
                    wrong.append(name)
            except Exception as error:  # noqa: BLE001 - told by the assertion
                wrong.append(error)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for each in threads:
        each.start()
    for _ in range(20):
        KeyStore(tmp_path).begin_rotation()
        KeyStore(tmp_path).end_rotation()
    ended.set()
    for each in threads:
        each.join()

    assert wrong == []
    assert opens(tmp_path, before)


@pytest.mark.kill
def test_a_rotation_killed_at_any_moment_is_finished_by_the_next(tmp_path: Path) -> None:
    before = filled(tmp_path)
    program = (
        "import sys; from pathlib import Path; from upheld.store.keys import KeyStore\n"
        "keys = KeyStore(Path(sys.argv[1]))\n"
        "print('begins', flush=True)\n"
        "while True: keys.begin_rotation(); keys.end_rotation()\n"
    )
    for number in range(8):
        with subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, text=True
        ) as child:
            assert child.stdout
            child.stdout.readline()
            time.sleep(0.011 * number)
            child.send_signal(signal.SIGKILL)

        assert opens(tmp_path, before)
    KeyStore(tmp_path).begin_rotation()
    KeyStore(tmp_path).end_rotation()
    assert opens(tmp_path, before)
    assert not (tmp_path / "master.next").exists()
