"""Two programs side by side: kept up, ended together, given up when one will not stay."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

PARENT = """
import os, signal, sys, time
from pathlib import Path
from upheld.project import child, log
from upheld.project.supervisor import QUICK, Pair

def stays(file):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with open(file, "a") as written:
        written.write(f"{os.getpid()} {Path('/proc/self/comm').read_text()}")
    while True:
        time.sleep(60)

def ends(file):
    with open(file, "a") as written:
        written.write(f"{os.getpid()} {Path('/proc/self/comm').read_text()}")
    time.sleep(QUICK + 0.2)

def breaks(_file):
    raise ValueError("of somebody@example.org")

log.begin("server", form="text")
child.lean()
kinds = {"stays": stays, "ends": ends, "breaks": breaks}
given = [each.split("=") for each in sys.argv[2:]]
sys.exit(Pair({name: lambda kind=kind, name=name: kinds[kind](f"{sys.argv[1]}/{name}") for name, kind in given}).run())
"""


def pair(folder: Path, **programs: str) -> "subprocess.Popen[str]":
    given = [f"{name}={kind}" for name, kind in programs.items()]
    return subprocess.Popen(
        [sys.executable, "-c", PARENT, str(folder), *given], stderr=subprocess.PIPE, text=True
    )


def lines(file: Path, many: int) -> list[int]:
    """The pids that were written, once there are so many."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        found = file.read_text().splitlines() if file.exists() else []
        if len(found) >= many:
            return [int(each.split()[0]) for each in found]
        time.sleep(0.05)
    raise AssertionError(f"{many} programs were not started")


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_both_end_when_the_server_is_told_to(tmp_path: Path) -> None:
    running = pair(tmp_path, web="stays", runner="stays")
    pids = lines(tmp_path / "web", 1) + lines(tmp_path / "runner", 1)

    running.send_signal(signal.SIGTERM)

    assert (running.communicate(timeout=60)[1], running.returncode) == ("", 0)
    assert [gone(each) for each in pids] == [True, True]


def test_one_that_is_killed_is_started_again_and_the_other_is_left_alone(tmp_path: Path) -> None:
    running = pair(tmp_path, web="stays", runner="stays")
    (web,) = lines(tmp_path / "web", 1)
    (first,) = lines(tmp_path / "runner", 1)

    os.kill(first, signal.SIGKILL)
    again = lines(tmp_path / "runner", 2)

    assert (again[0], gone(web), lines(tmp_path / "web", 1)) == (first, False, [web])
    running.send_signal(signal.SIGTERM)
    said = running.communicate(timeout=60)[1]
    assert (said, running.returncode) == ("The runner ended by itself (-9); it is started again.\n", 0)


def test_one_that_ended_well_is_started_again_without_a_word(tmp_path: Path) -> None:
    running = pair(tmp_path, web="stays", runner="ends")

    lines(tmp_path / "runner", 2)

    running.send_signal(signal.SIGTERM)
    assert (running.communicate(timeout=60)[1], running.returncode) == ("", 0)


def test_one_that_does_not_stay_up_ends_the_server(tmp_path: Path) -> None:
    running = pair(tmp_path, web="breaks", runner="stays")
    (runner,) = lines(tmp_path / "runner", 1)

    said = running.communicate(timeout=60)[1]

    assert (running.returncode, gone(runner)) == (1, True)
    assert "The web does not stay up; the server ends." in said
    assert "somebody" not in said
    assert "ValueError at" in said


def test_both_end_with_the_server_when_that_is_killed(tmp_path: Path) -> None:
    running = pair(tmp_path, web="stays", runner="stays")
    pids = lines(tmp_path / "web", 1) + lines(tmp_path / "runner", 1)

    running.send_signal(signal.SIGKILL)
    running.communicate(timeout=60)

    until = time.monotonic() + 60
    while not all(map(gone, pids)) and time.monotonic() < until:
        time.sleep(0.05)
    assert [gone(each) for each in pids] == [True, True]


def test_each_is_named_for_whoever_lists_programs(tmp_path: Path) -> None:
    running = pair(tmp_path, web="stays", runner="stays")
    lines(tmp_path / "web", 1)
    lines(tmp_path / "runner", 1)

    names = [(tmp_path / each).read_text().split()[1] for each in ("web", "runner")]

    running.send_signal(signal.SIGTERM)
    running.communicate(timeout=60)
    assert names == ["upheld-web", "upheld-runner"]
