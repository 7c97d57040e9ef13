"""Each house rule finds its breach and leaves its neighbour alone."""

from pathlib import Path

import pytest

from tools import house


@pytest.fixture
def product(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An invented product of two packages."""
    folder = tmp_path / "upheld"
    (folder / "rights").mkdir(parents=True)
    (folder / "cli").mkdir()
    monkeypatch.setattr(house, "PRODUCT", folder)
    return folder


@pytest.mark.parametrize("name", ["utils", "helpers", "common", "core", "base", "sql_utils", "services"])
def test_a_name_that_says_nothing_is_found(product: Path, name: str) -> None:
    path = product / "rights" / f"{name}.py"
    path.write_text("")
    assert [finding.what for finding in house.badly_named(path)] == [
        f"the name {name!r} says nothing: name the topic"
    ]


@pytest.mark.parametrize("name", ["plan", "database", "score", "commonwealth"])
def test_a_name_of_a_topic_is_fine(product: Path, name: str) -> None:
    assert list(house.badly_named(product / "rights" / f"{name}.py")) == []


def test_a_late_import_wants_one_of_three_reasons(product: Path) -> None:
    path = product / "cli" / "main.py"
    path.write_text(
        "import os\n"
        "def with_reason() -> None:\n"
        "    import pymysql  # lazy: optional dependency\n"
        "def with_reason_above() -> None:\n"
        "    # lazy: slow import\n"
        "    import sqlalchemy\n"
        "def without() -> None:\n"
        "    import json\n"
        "def with_another() -> None:\n"
        "    import csv  # lazy: circular import\n"
    )
    assert [finding.line for finding in house.late_imports(path)] == [8, 10]


@pytest.mark.parametrize(
    "read",
    ["datetime.now(UTC)", "datetime.datetime.utcnow()", "date.today()", "time.time()", "timezone.now()"],
)
def test_the_engine_reads_no_clock_and_a_face_may(product: Path, read: str) -> None:
    for package, found in (("rights", 1), ("cli", 0)):
        path = product / package / "topic.py"
        path.write_text(f"x = {read}\n")
        assert len(list(house.clocks(path))) == found


def test_measuring_a_duration_is_not_reading_the_clock(product: Path) -> None:
    path = product / "rights" / "topic.py"
    path.write_text("x = time.monotonic()\n")
    assert list(house.clocks(path)) == []


@pytest.mark.parametrize(
    "line",
    [
        "see /" + "work/main/docs",
        "cd /tmp/" + "wt/house",
        "open('/" + "root/.venv')",
        "https://files.pythonhosted" + ".org/x",
        "https://py" + "pi.org/simple/upheld",
    ],
)
def test_words_of_one_machine_or_registry_are_found(tmp_path: Path, line: str) -> None:
    path = tmp_path / "page.md"
    path.write_text(f"fine\n{line}\n")
    assert [finding.line for finding in house.machine_words(path)] == [2]


def test_ordinary_words_are_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_text("a home/wo" + "rk/life balance, https://example.org/simple/upheld, privacy/root/file\n")
    assert list(house.machine_words(path)) == []


def test_pins_name_no_host_and_no_lock_file_exists(tmp_path: Path) -> None:
    (tmp_path / "requirements").mkdir()
    pins = tmp_path / "requirements" / "base.txt"
    pins.write_text("--index-url https://packages.example.org/\n")
    lock = tmp_path / ("uv" + ".lock")
    lock.write_text("")
    assert [finding.what for path in (pins, lock) for finding in house.machine_words(path)] == [
        "a pin names no host",
        "records download hosts: pins stand in requirements/*.txt",
    ]
