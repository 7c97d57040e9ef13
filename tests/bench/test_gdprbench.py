"""GDPRbench's mixes: the sides answer the same on every database, or there is no figure. Nothing is timed here."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest

from bench.gdprbench.records import MIXES, RECORDS_PER_USER, Operation, Stream, records
from bench.gdprbench.run import Unequal, compare
from tests.servers.plugin import RUN_FOLDER, NewDatabase

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql", "mariadb"])
def test_all_sides_answer_the_same_to_every_operation_and_hold_the_same_records(
    kind: str, new_database: NewDatabase, tmp_path: Path
) -> None:
    new_database(kind)  # skips where there is no such server; the run below shares it
    servers = os.environ[RUN_FOLDER] if kind != "sqlite" else str(tmp_path)

    done = subprocess.run(
        [sys.executable, "-m", "bench.gdprbench.run", kind, str(tmp_path), servers, "1000", "60"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    measured = json.loads(done.stdout)
    assert (measured["database"], measured["records"], measured["operations"]) == (kind, 1000, 60)
    assert [each["mix"] for each in measured["mixes"]] == list(MIXES)
    for each in measured["mixes"]:
        counts = {
            side: {name: used["count"] for name, used in tally["operations"].items()}
            for side, tally in each["sides"].items()
        }
        assert counts["plain"] == counts["tables"] == counts["upheld"]
        assert sum(counts["plain"].values()) == 60
        assert set(counts["plain"]) <= {name for name, _ in MIXES[each["mix"]]}


def test_the_shares_of_a_mix_make_a_whole() -> None:
    assert {
        mix: round(sum(share for _, share in shares), 9) for mix, shares in MIXES.items()
    } == dict.fromkeys(MIXES, 1)


def test_records_and_operations_are_drawn_alike_from_one_seed_and_nobody_is_erased_twice() -> None:
    def drawn() -> list[Operation]:
        stream = Stream(5_000, Random(1), [])
        return [each for mix in MIXES for each in stream.mix(mix, 300)]

    once = drawn()
    erased = [each.user for each in once if each.name == "delete-by-user"]
    gone: set[int] = set()
    for each in once:
        assert each.name != "create" or each.user not in gone
        gone |= {each.user} if each.name == "delete-by-user" else set()
    assert once == drawn()
    assert len(erased) == len(set(erased)) > 0
    assert list(records(500, Random(1))) == list(records(500, Random(1)))
    assert {each.user for each in records(500, Random(1))} <= set(range(500 // RECORDS_PER_USER))


@dataclass
class Held:
    """A side of which only the records count."""

    rows: list[int] = field(default_factory=list)

    def state(self) -> list[int]:
        return self.rows


READ = Operation("read-data-by-key", 1, 2)


def test_another_answer_or_other_records_end_the_comparison() -> None:
    same = {"plain": Held([1]), "upheld": Held([1])}
    compare("customer", [READ], {"plain": [3], "upheld": [3]}, same)

    with pytest.raises(Unequal, match="customer, operation 1, read-data-by-key: upheld answers otherwise"):
        compare("customer", [READ], {"plain": [3], "upheld": [4]}, same)
    with pytest.raises(Unequal, match="customer: upheld holds other records than plain"):
        compare("customer", [READ], {"plain": [3], "upheld": [3]}, {"plain": Held([1]), "upheld": Held([])})
