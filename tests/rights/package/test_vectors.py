"""The vectors of spec/access-package.md."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.rights.package.example import Given, file, made, row
from upheld.rights.package.tables import cell

SPEC = Path(__file__).parents[3] / "spec"
VECTORS = SPEC / "vectors" / "package"


def read(name: str) -> Any:
    return json.loads((VECTORS / name).read_text("utf-8"))


def validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads((SPEC / "schema/access-package.json").read_text("utf-8")))


def test_the_package_of_the_vector_has_its_manifest_and_its_tree(tmp_path: Path) -> None:
    """The digest of the start page is left out: its words may be improved without a new version."""
    forum = Given([row("posts", id=1, body="First post"), file("Note.txt", b"hello")])

    _, folder = made(tmp_path, {"forum": forum}, answers={"archive": []})

    expected, found = read("manifest-valid.json"), json.loads((folder / "package.json").read_text("utf-8"))
    for manifest in (expected, found):
        for each in manifest["files"]:
            if each["path"].endswith(".html"):
                del each["size"], each["sha256"]
    assert found == expected
    tree = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    assert tree == (VECTORS / "manifest-valid.tree.txt").read_text("utf-8").split()


def test_the_valid_manifest_is_valid() -> None:
    validator().validate(read("manifest-valid.json"))


@pytest.mark.parametrize("vector", read("manifest-invalid.json"), ids=lambda vector: vector["why"])
def test_the_invalid_manifests_are_not(vector: dict[str, Any]) -> None:
    assert not validator().is_valid(vector["manifest"])


@pytest.mark.parametrize("vector", read("cells.json"), ids=lambda vector: repr(vector["text"]))
def test_cells_are_those_of_the_vectors(vector: dict[str, str]) -> None:
    assert cell(vector["text"]) == vector["cell"]
