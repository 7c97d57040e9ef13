"""Reading a privacy folder: the vectors of the specification, and what a vector cannot hold."""

import ast
import re
from pathlib import Path

import pytest

from tests.datamap.vectors import NAMES, load
from upheld.datamap.fault import Invalid, MapError
from upheld.datamap.read import digest, read

FOLDER = Path(__file__).parent / "folder"
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", NAMES)
def test_a_vector_gives_exactly_its_errors(name: str, tmp_path: Path) -> None:
    vector = load(name)
    found: tuple[MapError, ...] = ()

    try:
        read(vector.write(tmp_path))
    except Invalid as invalid:
        found = invalid.errors

    assert tuple((error.file, error.line, error.code) for error in found) == vector.errors
    assert name.startswith("valid") == (not found)


def test_the_example_of_the_design_loads_as_it_stands() -> None:
    forum = read(FOLDER).system("forum")

    assert [table.name for table in forum.tables] == [
        "users",
        "posts",
        "messages",
        "membership",
        "usermeta",
        "approvals",
        "donations",
    ]


def test_every_error_code_is_in_the_specification_and_in_a_vector_or_here() -> None:
    codes = set()
    for path in (ROOT / "src/upheld/datamap").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                codes.update((re.fullmatch(r"[a-z]+(-[a-z]+)*", node.value) and [node.value]) or [])
    specified = set(re.findall(r"^\| `([a-z-]+)` \|", (ROOT / "spec/datamap.md").read_text(), re.MULTILINE))
    proven = {code for name in NAMES for _, _, code in load(name).errors}
    here = {"encoding", "missing-file", "unreadable"}

    assert specified <= codes
    assert specified == proven | here


def _folder(tmp_path: Path, **files: bytes) -> Path:
    load("valid-links").write(tmp_path)
    for name, data in files.items():
        (tmp_path / f"{name}.yaml").write_bytes(data)
    return tmp_path


def _errors(folder: Path) -> tuple[MapError, ...]:
    with pytest.raises(Invalid) as raised:
        read(folder)
    return raised.value.errors


def test_a_file_that_is_not_utf8_is_named_with_its_line(tmp_path: Path) -> None:
    folder = _folder(tmp_path, purposes=b"purposes:\n  service: {title: Gr\xfc\xdfe}\n")

    assert _errors(folder)[0] == MapError(
        "purposes.yaml", 2, 1, "encoding", "The file is not UTF-8.", "Save it as UTF-8."
    )


def test_an_empty_folder_misses_an_organisation_and_a_system(tmp_path: Path) -> None:
    assert [(error.file, error.code) for error in _errors(tmp_path)] == [
        ("systems", "missing-file"),
        ("upheld.yaml", "missing-file"),
    ]


def test_a_folder_where_a_file_should_be_cannot_be_read(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    (folder / "purposes.yaml").unlink()
    (folder / "purposes.yaml").mkdir()

    assert [error.code for error in _errors(folder)] == ["unreadable"]


def test_no_error_repeats_a_secret(tmp_path: Path) -> None:
    vector = load("invalid-secret")
    planted = "hunter2"
    assert planted in str(vector.files)

    errors = _errors(vector.write(tmp_path))

    assert planted not in str(Invalid(errors))


def test_an_error_in_one_place_does_not_hide_those_in_others(tmp_path: Path) -> None:
    vector = load("valid-links")
    folder = vector.write(tmp_path)
    forum = folder / "systems/forum.yaml"
    forum.write_text(forum.read_text().replace("system: forum", "system: forum\ntitel: x\nplace: US"))

    assert [(error.line, error.code) for error in _errors(folder)] == [
        (2, "unknown-key"),
        (3, "place-not-allowed"),
    ]


def test_what_is_not_understood_makes_no_reference_wrong(tmp_path: Path) -> None:
    vector = load("valid-links")
    folder = vector.write(tmp_path)
    forum = folder / "systems/forum.yaml"
    forum.write_text(forum.read_text().replace("users: {person: id", "users: {person: 7"))

    assert [(error.line, error.code) for error in _errors(folder)] == [(4, "wrong-type")]


def test_a_digest_changes_with_any_byte_and_with_nothing_else(tmp_path: Path) -> None:
    folder = load("valid-links").write(tmp_path)
    before = digest(folder)
    (folder / "notes.txt").write_text("not read")
    same = digest(folder)
    (folder / "purposes.yaml").write_text((folder / "purposes.yaml").read_text() + "\n")

    assert (before == same, before == digest(folder)) == (True, False)
