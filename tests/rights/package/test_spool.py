"""What is set aside is unreadable, sorted by table, and small in memory."""

import json
import subprocess
import sys
from pathlib import Path

from upheld.rights.package.spool import Spool

BENCH = Path(__file__).parents[3] / "bench" / "package_memory.py"


def test_strands_come_back_as_they_went_however_they_were_mixed() -> None:
    lines = [[f"{strand}:{number}\r\x85\u2028".encode() for number in range(40_000)] for strand in range(3)]

    with Spool() as spool:
        strands = [spool.strand() for _ in lines]
        for number in range(40_000):
            for strand, own in zip(strands, lines, strict=True):
                strand.add(own[number] + b"\n")

        assert [list(strand) for strand in strands] == lines
        assert [strand.count for strand in strands] == [40_000] * 3


def test_nothing_set_aside_is_legible_or_has_a_name(tmp_path: Path) -> None:
    with Spool(tmp_path) as spool:
        strand = spool.strand()
        strand.add(b"ada@example.org" * 5000 + b"\n")
        strand.flush()

        assert list(tmp_path.iterdir()) == []
        spool._file.seek(0)
        assert b"ada@example" not in spool._file.read()


def test_memory_does_not_grow_with_the_rows() -> None:
    """A short run of the benchmark, in a process of its own: 60,000 rows are 13 MB as JSON lines alone."""
    run = subprocess.run(
        [sys.executable, str(BENCH), "60000"], capture_output=True, text=True, check=False, timeout=120
    )

    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout)["above_idle_mb"] < 20
