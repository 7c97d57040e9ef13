"""What a list of people takes, above idle, in a process that did nothing else: `memory.py URL FOLDER`, with
the addresses on standard input, first those who only warm it up, then an empty line, then the list.

Idle is after the first few, with everything loaded that an erasure loads. A peak never sinks, so that each
figure needs a process of its own.
"""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

HOME = Path(__file__).parents[1]


def of_a_list(url: str, folder: Path, people: Sequence[str], few: Sequence[str]) -> float:
    """In MB. All are erased in the database at `url`; records, keys and ledger are made in `folder`."""
    said = subprocess.run(
        [sys.executable, "-m", "bench.memory", url, str(folder / "alone")],
        cwd=HOME,
        input="\n".join((*few, "", *people)),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout
    return float(said)


def _resident(name: str) -> float:
    """`VmRSS`, or the highest so far, `VmHWM`, in MB."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / 1024
    raise LookupError(name)


def _measured(url: str, folder: Path, few: Sequence[str], people: Sequence[str]) -> float:
    from bench import ours  # lazy: the parent has it already

    ours.begin(folder / "data")
    upheld = ours.Upheld(url, folder / "keys")
    for some in (few, people):
        idle = _resident("VmRSS")
        for _, work in upheld.together(some):
            work()
    return _resident("VmHWM") - idle


if __name__ == "__main__":
    _few, _people = sys.stdin.read().split("\n\n")
    sys.stdout.write(str(_measured(sys.argv[1], Path(sys.argv[2]), _few.split(), _people.split())))
