"""Long modules and functions are found; the ones at the limit are not."""

from pathlib import Path

from tools import sizes


def _function(lines: int) -> str:
    return "def long() -> None:\n" + "    pass\n" * (lines - 1)


def test_a_function_of_80_lines_is_fine_and_one_of_81_is_not(tmp_path: Path) -> None:
    path = tmp_path / "topic.py"
    path.write_text(_function(80))
    assert list(sizes.oversized(path)) == []
    path.write_text(_function(81))
    assert [finding.what for finding in sizes.oversized(path)] == [
        "long has 81 lines; at most 80: give its steps names"
    ]


def test_a_module_of_601_lines_is_too_long(tmp_path: Path) -> None:
    path = tmp_path / "topic.py"
    path.write_text("x = 1\n" * 601)
    assert [finding.what for finding in sizes.oversized(path)] == [
        "the module has 601 lines; at most 600: split it by topic"
    ]


def test_the_median_leaves_out_modules_that_hold_only_a_docstring(tmp_path: Path) -> None:
    lengths = {"a": 1, "b": 10, "c": 20, "d": 30}
    for name, length in lengths.items():
        (tmp_path / f"{name}.py").write_text("x = 1\n" * length)
    assert sizes.median_length(sorted(tmp_path.glob("*.py"))) == 20
