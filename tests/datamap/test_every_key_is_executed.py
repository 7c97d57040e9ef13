"""Every key of the data map has a test that executes it on all three databases: by collecting, not by trust."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools.findings import ROOT, python_files
from tools.keys_without_test import OTHER_KINDS, main, marked, missing, unknown
from upheld.datamap.schema import keys

ALL_THREE = {"sqlite", "postgresql", "mariadb"}


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, list[str]]]:
    """What pytest itself collects: test to keys and databases."""
    out = tmp_path_factory.mktemp("collected") / "collected.json"
    files = sorted(
        {
            str(path)
            for path in python_files(ROOT / "tests")
            if any(marked(path)) and path.name != "test_keys_without_test.py"
        }
    )
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "--collect-only",
            "-q",
            "-p",
            "no:cacheprovider",
            "-p",
            "tests.datamap.collected",
            *files,
        ],
        check=True,
        capture_output=True,
        cwd=ROOT,
        env={**os.environ, "UPHELD_COLLECTED": str(out)},
    )
    found: dict[str, dict[str, list[str]]] = json.loads(out.read_text())
    return found


def test_no_key_is_without_a_test_and_no_mark_names_anything_else() -> None:
    assert missing(ROOT / "tests") == ()
    assert list(unknown(ROOT / "tests")) == []


def test_each_marked_test_runs_on_all_three_databases_or_is_of_another_kind(
    collected: dict[str, dict[str, list[str]]],
) -> None:
    elsewhere = {key for keys_of in OTHER_KINDS.values() for key in keys_of}
    partly = {
        test: sorted(each["databases"])
        for test, each in collected.items()
        if not set(each["keys"]) <= elsewhere and not set(each["databases"]) >= ALL_THREE
    }

    assert partly == {}
    assert {key for each in collected.values() for key in each["keys"]} == set(keys())


def test_a_key_of_another_kind_is_executed_by_a_test_that_names_the_connector(
    collected: dict[str, dict[str, list[str]]],
) -> None:
    for kind, theirs in OTHER_KINDS.items():
        for key in theirs:
            tests = [test for test, each in collected.items() if key in each["keys"]]
            assert tests, key
            files = {ROOT / Path(test.partition("::")[0]) for test in tests}
            assert all(f"{kind}.connector(" in file.read_text() for file in files), key


def test_the_tool_says_nothing_and_ends_well(capsys: pytest.CaptureFixture[str]) -> None:
    assert main() == 0
    assert capsys.readouterr().out == ""
