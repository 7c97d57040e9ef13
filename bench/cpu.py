"""CPU time of this process and of the servers that work for it, which waiting for a busy machine does not
lengthen as it lengthens a wall clock."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TICKS = 100
"""The kernel's unit in /proc: a hundredth of a second."""


@dataclass
class Spent:
    """Seconds of CPU and of the wall clock."""

    client: float = 0.0
    servers: float = 0.0
    wall: float = 0.0

    @property
    def cpu(self) -> float:
        """Of all who took part."""
        return self.client + self.servers


@dataclass(frozen=True)
class Meter:
    """Reads the clocks of this process and of the process trees of `pids`."""

    pids: tuple[int, ...] = ()

    @contextmanager
    def spent(self) -> Iterator[Spent]:
        """Filled in when the block ends."""
        found = Spent()
        before = self._read()
        yield found
        after = self._read()
        found.client, found.servers, found.wall = (b - a for a, b in zip(before, after, strict=True))

    def of(self, work: Callable[[], object]) -> Spent:
        """What one call takes."""
        with self.spent() as found:
            work()
        return found

    def _read(self) -> tuple[float, float, float]:
        return time.process_time(), sum(map(_tree, self.pids)), time.perf_counter()


def _tree(root: int) -> float:
    """Seconds of a process, of its children that run, and of those that ended and were waited for."""
    processes = dict(_processes())
    total, todo = 0, [root]
    while todo:
        pid = todo.pop()
        if pid in processes:
            total += processes[pid][1]
            todo.extend(child for child, (parent, _) in processes.items() if parent == pid)
    return total / TICKS


def _processes() -> Iterator[tuple[int, tuple[int, int]]]:
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields: Sequence[str] = path.read_text().rpartition(")")[2].split()
        except OSError:  # it ended meanwhile, and its parent has its time
            continue
        yield int(path.parent.name), (int(fields[1]), sum(map(int, fields[11:15])))
