"""Two programs side by side: kept up, ended together, given up when one will not stay."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

STAYS = "import signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: sys.exit(0)); open(sys.argv[1], 'a').write(str(__import__('os').getpid()) + '\\n'); time.sleep(60)"
DIES = "import sys; sys.exit(3)"
PARENT = "import sys, json; from upheld.project import log; from upheld.project.supervisor import Pair; log.begin('server', form='text'); sys.exit(Pair(json.loads(sys.argv[1])).run())"


def pair(**programs: list[str]) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", PARENT, json.dumps(programs)], stderr=subprocess.PIPE, text=True
    )


def lines(file: Path, many: int) -> list[int]:
    """The pids that were written, once there are so many."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        found = file.read_text().split() if file.exists() else []
        if len(found) >= many:
            return [int(each) for each in found]
        time.sleep(0.05)
    raise AssertionError(f"{many} programs were not started")


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_both_end_when_the_server_is_told_to(tmp_path: Path) -> None:
    running = pair(web=["-c", STAYS, str(tmp_path / "web")], runner=["-c", STAYS, str(tmp_path / "runner")])
    pids = lines(tmp_path / "web", 1) + lines(tmp_path / "runner", 1)

    running.send_signal(signal.SIGTERM)

    assert (running.communicate(timeout=60)[1], running.returncode) == ("", 0)
    assert [gone(each) for each in pids] == [True, True]


def test_one_that_is_killed_is_started_again_and_the_other_is_left_alone(tmp_path: Path) -> None:
    running = pair(web=["-c", STAYS, str(tmp_path / "web")], runner=["-c", STAYS, str(tmp_path / "runner")])
    (web,) = lines(tmp_path / "web", 1)
    (first,) = lines(tmp_path / "runner", 1)

    os.kill(first, signal.SIGKILL)
    again = lines(tmp_path / "runner", 2)

    assert (again[0], gone(web), lines(tmp_path / "web", 1)) == (first, False, [web])
    running.send_signal(signal.SIGTERM)
    said = running.communicate(timeout=60)[1]
    assert (said, running.returncode) == ("The runner ended by itself (-9); it is started again.\n", 0)


def test_one_that_does_not_stay_up_ends_the_server(tmp_path: Path) -> None:
    running = pair(web=["-c", DIES], runner=["-c", STAYS, str(tmp_path / "runner")])
    (runner,) = lines(tmp_path / "runner", 1)

    said = running.communicate(timeout=60)[1]

    assert (running.returncode, "The web does not stay up; the server ends." in said, gone(runner)) == (
        1,
        True,
        True,
    )
