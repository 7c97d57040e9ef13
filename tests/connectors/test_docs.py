"""The example of docs/connectors.md is the code that runs here."""

import re
from pathlib import Path

import pytest

from upheld.connectors.files import check as files_check
from upheld.connectors.manual import system as manual_system
from upheld.rights.outcome import Misconfigured

TEXT = (Path(__file__).parents[2] / "docs" / "connectors.md").read_text()
CODE, TESTS = re.findall(r"^```python\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)

example: dict[str, object] = {"__name__": __name__}
exec(compile(CODE + TESTS, "docs/connectors.md", "exec"), example)  # noqa: S102 - it is our own page

TestShelf = example["TestShelf"]


def test_the_example_says_what_is_missing():
    with pytest.raises(Misconfigured, match="SHELF is not set"):
        example["connector"](manual_system.System("shelf"), secrets={})


def test_every_finding_of_both_kinds_is_explained():
    sources = "".join(Path(module.__file__).read_text() for module in (files_check, manual_system))
    codes = set(re.findall(r'"((?:no|unmapped|hard|cannot|undeclared|tables)-[a-z-]+|unreadable)"', sources))

    assert codes == set(re.findall(r"`([a-z-]+)`", TEXT.split("| finding |")[1]))
