"""CPU time of this process and of a server's, in seconds."""

import time
from pathlib import Path

TICK = 0.01
"""The kernel's unit in /proc."""


def of_server(pid: int) -> float:
    """What a server's processes have used, those included that ended; 0 without a server."""
    if not pid:
        return 0.0
    processes: dict[int, tuple[int, int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = path.read_text().rpartition(")")[2].split()
        except OSError:  # it ended meanwhile; its parent has its time
            continue
        processes[int(path.parent.name)] = (int(words[1]), sum(map(int, words[11:15])))
    total, waiting = 0, [pid]
    while waiting:
        each = waiting.pop()
        total += processes.get(each, (0, 0))[1]
        waiting += [child for child, (parent, _) in processes.items() if parent == each]
    return total * TICK


def of_us() -> float:
    """What this process has used."""
    return time.process_time()
