"""The table scenario × database tells the truth about a run."""

import os
import subprocess
import sys
from pathlib import Path

from tests.scenarios.plugin import CATALOGUE
from tests.scenarios.table import Catalogue, Result, Table

PAGE = """
- **S-1** — A person alone goes.
- **S-2** — Her address goes.
- **S-43** (later: restriction marks) — Marked rows are refused.
- skip: 2 on mariadb, sqlite — the column type does not exist there
"""


def test_the_catalogue_is_read() -> None:
    catalogue = Catalogue.read(PAGE)
    assert catalogue.numbers == (1, 2, 43)
    assert catalogue.later == {43}
    assert catalogue.named_skips == {
        (2, "mariadb"): "the column type does not exist there",
        (2, "sqlite"): "the column type does not exist there",
    }


def test_the_worst_outcome_of_a_cell_wins() -> None:
    outcomes = ["passed", "failed", "skipped"]
    table = Table(Catalogue.read(PAGE), [Result(1, "sqlite", outcome, "test") for outcome in outcomes])
    assert table.cell(1, "sqlite") == "failed"


def test_a_skip_is_a_complaint_unless_it_is_named() -> None:
    results = [Result(1, "mariadb", "skipped", "test_one"), Result(2, "mariadb", "skipped", "test_two")]
    table = Table(Catalogue.read(PAGE), results)
    assert [complaint.split(" was ")[0] for complaint in table.unnamed_skips()] == ["test_one"]
    assert table.cell(2, "mariadb") == "named"


def test_gaps_are_told_for_each_dialect_except_named_and_later_ones() -> None:
    table = Table(Catalogue.read(PAGE), [Result(1, "sqlite", "passed", "test")])
    assert [gap.split(";")[0] for gap in table.gaps()] == [
        "S-1 has no test on postgresql",
        "S-1 has no test on mariadb",
        "S-2 has no test on postgresql",
    ]


def test_the_table_is_markdown() -> None:
    table = Table(Catalogue.read(PAGE), [Result(1, "sqlite", "passed", "test")])
    assert table.markdown().splitlines()[:5] == [
        "| scenario | sqlite | postgresql | mariadb | postgresql18 | no database |",
        "|---|---|---|---|---|---|",
        "| S-1 | passed |  |  |  |  |",
        "| S-2 | named |  | named |  |  |",
        "| S-43 | later | later | later |  |  |",
    ]


def test_the_real_catalogue_has_each_of_the_seventy_once() -> None:
    assert Catalogue.read(CATALOGUE.read_text()).numbers == tuple(range(1, 71))


def test_a_run_over_two_workers_writes_the_table_and_fails_on_an_unnamed_skip(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(
        "pytest_plugins = ['tests.servers.plugin', 'tests.scenarios.plugin']\n"
    )
    (tmp_path / "test_some.py").write_text(
        "import pytest\n"
        "@pytest.mark.parametrize('kind', ['sqlite', 'mariadb'])\n"
        "def test_scenario_1_alone(kind): pass\n"
        "def test_scenario_2_direct(sqlite): pytest.skip('not today')\n"
        "def test_scenario_3_other(sqlite): raise AssertionError\n"
    )
    for required, only, status, workers in (
        ("1", "1 or 2", 1, "2"),
        ("0", "1 or 2", 0, "0"),
        ("0", "3", 1, "0"),
    ):
        selected = " or ".join(f"scenario_{number}" for number in only.split(" or "))
        done = subprocess.run(
            [
                *(sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-c", "/dev/null", "-n", workers),
                *("--rootdir", str(tmp_path), "--scenario-table", "table.md", "-k", selected, str(tmp_path)),
            ],
            cwd=tmp_path,
            env=_environment(required),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == status, done.stdout
        if only == "1 or 2":
            assert "| S-1 | passed |  | passed |" in (tmp_path / "table.md").read_text()
            assert "| S-2 | skipped |" in done.stdout
            assert ("test_scenario_2_direct was skipped;" in done.stdout) == (required == "1")


def _environment(required: str) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return {**inherited, "UPHELD_REQUIRE_SERVERS": required, "PYTHONPATH": os.pathsep.join(sys.path)}
