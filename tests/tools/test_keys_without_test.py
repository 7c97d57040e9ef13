from pathlib import Path

from tools.keys_without_test import marked, missing, unknown
from upheld.datamap.schema import keys

EXAMPLE = """
import pytest

pytestmark = pytest.mark.key("tables.*.person")


@pytest.mark.key("tables.*.on_erase.retain.strip", "tables.*.on_erase.retain.ground")
def test_that_executes_two() -> None: ...


@pytest.mark.scenario(3)
@pytest.mark.key("tables.*.on_erase.retian")
def test_with_a_mistake() -> None: ...
"""


def _tests(folder: Path) -> Path:
    (folder / "test_example.py").write_text(EXAMPLE)
    return folder


def test_marks_of_modules_and_functions_are_read_with_their_lines(tmp_path: Path) -> None:
    assert set(marked(_tests(tmp_path) / "test_example.py")) == {
        ("tables.*.person", 4),
        ("tables.*.on_erase.retain.strip", 7),
        ("tables.*.on_erase.retain.ground", 7),
        ("tables.*.on_erase.retian", 12),
    }


def test_keys_that_no_test_executes_are_listed_in_the_order_of_the_reference(tmp_path: Path) -> None:
    executed = {"tables.*.person", "tables.*.on_erase.retain.strip", "tables.*.on_erase.retain.ground"}

    assert missing(_tests(tmp_path)) == tuple(key for key in keys() if key not in executed)


def test_a_mark_that_names_no_key_is_a_finding(tmp_path: Path) -> None:
    assert [(finding.line, "retian" in finding.what) for finding in unknown(_tests(tmp_path))] == [(12, True)]
