"""Paths made from names that strangers chose."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upheld.rights.package.names import Names, safe

VECTORS = json.loads((Path(__file__).parents[3] / "spec/vectors/package/names.json").read_text("utf-8"))


@pytest.mark.parametrize(("name", "path"), [(each["name"], each["path"]) for each in VECTORS])
def test_names_become_the_paths_of_the_vectors(name: str, path: str) -> None:
    assert safe(name) == path


@given(st.text(max_size=200))
def test_no_name_leads_anywhere_else(name: str) -> None:
    assert re.fullmatch(r"[a-z0-9_-][a-z0-9._-]{0,61}", safe(name))
    assert not safe(name).endswith(".")


def test_a_path_that_is_taken_gets_a_number() -> None:
    names = Names()

    assert [names.path("s", name) for name in ("A.txt", "a.txt", "á.txt")] == [
        "s/a.txt",
        "s/a-2.txt",
        "s/a-3.txt",
    ]
