"""A program that ends with whoever started it, however that ended."""

import os
import signal
import subprocess
import sys
import time

CHILD = "from upheld.project.orphan import end_with_parent; end_with_parent(); print('on', flush=True); import time; time.sleep(600)"
PARENT = "import subprocess, sys, time; c = subprocess.Popen([sys.executable, '-c', sys.argv[1]]); print(c.pid, flush=True); time.sleep(600)"


def test_a_child_of_a_killed_program_ends() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT, CHILD], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        said = {parent.stdout.readline().strip(), parent.stdout.readline().strip()}
        (child,) = (int(each) for each in said - {"on"})
        parent.send_signal(signal.SIGKILL)
        parent.wait()

        until = time.monotonic() + 60
        while _runs(child) and time.monotonic() < until:
            time.sleep(0.05)

    assert not _runs(child)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
