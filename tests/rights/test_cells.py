"""The vectors of spec/cells.md, read twice: by Upheld, and by a reader that knows nothing but that page."""

import json
from pathlib import Path

import pytest

from upheld.rights.cells import dumped, first_to_last, loaded, reversed_
from upheld.rights.codec import Unreadable
from upheld.rights.subject import Cell

FOLDER = Path(__file__).parents[2] / "spec" / "vectors" / "cells"
VALID = json.loads((FOLDER / "valid.json").read_text())
INVALID = json.loads((FOLDER / "invalid.json").read_text())
MEMBERS = {"is", "step", "table", "columns", "key", "column", "before", "after"}


def refused(text: str) -> str | None:
    """Why the page does not allow this text; None when it does."""
    try:
        written = json.loads(text)
    except ValueError:
        return "form"
    if not isinstance(written, dict) or written.get("format") != "upheld.cells/v1":
        return "format"
    for cell in written["cells"]:
        if not isinstance(cell, dict):
            return "form"
        if cell["is"] != "Cell":
            return "name"
        if not MEMBERS <= set(cell) <= MEMBERS | {"json"}:
            return "form"
    return None


def test_the_cells_of_the_vector_are_read_and_written_alike() -> None:
    """G-16.1, G-18.4"""
    cells = loaded([VALID["text"].encode()])

    assert dumped(cells).decode() == VALID["text"]
    assert [[c.step, c.table, list(c.columns), c.column, c.json] for c in cells] == VALID["cells"]
    assert refused(VALID["text"]) is None


@pytest.mark.parametrize("vector", INVALID, ids=lambda vector: vector["what"])
def test_what_breaks_the_form_is_refused_for_its_reason_by_both(vector: dict[str, str]) -> None:
    with pytest.raises(Unreadable) as unreadable:
        loaded([vector["text"].encode()])

    assert (unreadable.value.why, refused(vector["text"])) == (vector["why"], vector["why"])


def test_the_way_back_is_from_what_was_left_last_to_what_stood_there_first() -> None:
    first = Cell(1, "users", ("id",), (7,), "frozen", None, "restricted")
    again = Cell(4, "users", ("id",), (7,), "frozen", "restricted", "restricted")
    other = Cell(1, "users", ("id",), (8,), "frozen", "", "restricted")

    back = reversed_(first_to_last((first, other, again)), 9)

    assert back == (
        Cell(9, "users", ("id",), (7,), "frozen", "restricted", None),
        Cell(9, "users", ("id",), (8,), "frozen", "restricted", ""),
    )


def test_a_cell_and_who_holds_it_say_no_value() -> None:
    """P-05"""
    cell = Cell(1, "users", ("id",), ("ada@example.org",), "name", "Ada Byron", "Ada Quillfeather")

    assert repr(cell) == "Cell(users.name)"
