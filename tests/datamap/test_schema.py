"""The published schemas say what the reader says about the form of a folder."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.datamap.vectors import NAMES, load
from upheld.datamap.page import parse
from upheld.datamap.schema import FILES, keys, schema_text

ROOT = Path(__file__).parents[2]
FOLDER = Path(__file__).parent / "folder"
SHAPE = {"unknown-key", "missing-key", "wrong-type", "wrong-value"}


def _schema(file: str) -> Draft202012Validator:
    name = next((name for name, (pattern, _) in FILES.items() if pattern == file), "system")
    schema = json.loads((ROOT / "spec/schema" / f"{name}.json").read_text())
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def _as_json(value: Any) -> Any:
    """A page as an editor hands it to a schema: dates are text there."""
    if isinstance(value, dict):
        return {key: _as_json(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_as_json(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value


@pytest.mark.parametrize("name", list(FILES))
def test_the_published_schema_is_current(name: str) -> None:
    published = (ROOT / "spec/schema" / f"{name}.json").read_text()

    assert published == schema_text(name), "run `python -m tools.schemas`"


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.yaml")), ids=lambda path: path.name)
def test_the_example_folder_fits_its_schema(path: Path) -> None:
    name = str(path.relative_to(FOLDER))
    page = parse(name, path.read_bytes())

    assert list(_schema(name).iter_errors(_as_json(page.value))) == []


def _files() -> list[tuple[str, str]]:
    return [(name, file) for name in NAMES for file in load(name).files]


@pytest.mark.parametrize(("name", "file"), _files())
def test_schema_and_reader_agree_about_the_form_of_every_vector(name: str, file: str) -> None:
    vector = load(name)
    codes = {code for where, _, code in vector.errors if where == file}
    page = parse(file, vector.files[file].encode())
    if page.errors:
        assert codes & {"syntax", "duplicate-key"}
        return

    wrong = list(_schema(file).iter_errors(_as_json(page.value)))

    assert bool(wrong) == bool(codes & SHAPE)


def test_the_example_folder_uses_every_key() -> None:
    written: set[str] = set()
    for path in FOLDER.rglob("*.yaml"):
        for where in parse(path.name, path.read_bytes()).positions:
            written.update(str(part) for part in where)

    assert [key for key in keys() if key.rpartition(".")[2] not in written] == []


def test_the_keys_are_dotted_paths() -> None:
    some = {
        "tables.*.on_erase.retain.strip",
        "tables.*.belongs_to.columns",
        "tables.*.rows.otherwise",
        "tables.*.history_of.key",
        "purposes.*.basis",
        "organisation.backups.days",
    }

    assert some <= set(keys())
    assert len(keys()) == len(set(keys()))
