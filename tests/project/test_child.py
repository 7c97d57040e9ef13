"""A program that is about to be copied holds no code that nobody calls any more, and loses none."""

import json
import subprocess
import sys

import pytest

PROGRAM = """
import json
from pathlib import Path
import pydantic_core
from upheld.project import child

def held():
    kilobytes, counted = 0, False
    for line in Path("/proc/self/smaps").read_text().splitlines():
        if "-" in line.split()[0]:
            counted = " r-xp " in line and "_pydantic_core" in line
        elif counted and line.startswith("Rss:"):
            kilobytes += int(line.split()[1])
    return kilobytes

before = held()
child.lean()
after = held()
print(json.dumps([before > 0, after, pydantic_core.from_json("[1, 2]"), held() > 0]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="as the kernel of Linux tells it")
def test_code_that_was_called_to_import_it_is_let_go_of_and_comes_back_when_it_is_called() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)

    assert json.loads(done.stdout) == [True, 0, [1, 2], True]
