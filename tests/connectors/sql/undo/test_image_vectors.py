"""The vectors of spec/before-images.md, read twice: by Upheld, and by a reader that knows nothing but that page."""

import json
from pathlib import Path
from typing import Any

import pytest

from upheld.connectors.sql.undo.image import dumped, loaded
from upheld.rights.codec import Unreadable

FOLDER = Path(__file__).parents[4] / "spec" / "vectors" / "before-images"
VALID = json.loads((FOLDER / "valid.json").read_text())
JOINED = json.loads((FOLDER / "joined.json").read_text())
INVALID = json.loads((FOLDER / "invalid.json").read_text())


def written(document: object) -> bytes:
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()


@pytest.mark.parametrize("dialect", sorted(VALID))
def test_images_are_read_and_written_to_the_same_bytes(dialect: str) -> None:
    document = written(VALID[dialect])

    assert dumped(dialect, loaded([document]).values()) == document


def test_images_of_several_transactions_are_what_was_first_and_what_was_left_last() -> None:
    images = loaded([written(part) for part in JOINED["parts"]])

    [table] = json.loads(dumped("sqlite", images.values()))["tables"]

    assert table["rows"] == JOINED["rows"]
    assert by_the_page(JOINED["parts"]) == JOINED["rows"]


def by_the_page(parts: list[dict[str, Any]]) -> list[list[Any]]:
    """Section 4, in a few lines of its own."""
    rows: dict[str, list[Any]] = {}
    for part in parts:
        for key, before, left, whose in (row for table in part["tables"] for row in table["rows"]):
            known = rows.setdefault(json.dumps(key), [key, before, [], whose])
            if left is None or known[2] is None:
                known[2] = None
            else:
                changed = {**dict(map(tuple, known[2])), **dict(map(tuple, left))}
                known[2] = [[at, text] for at, text in sorted(changed.items()) if text != known[1][at]]
    return list(rows.values())


@pytest.mark.parametrize("case", INVALID, ids=lambda case: str(case["why"]))
def test_what_is_no_image_is_refused(case: dict[str, Any]) -> None:
    with pytest.raises(Unreadable) as raised:
        loaded([written(case["written"])])

    assert raised.value.why == case["why"]


def test_images_under_two_schemas_are_refused() -> None:
    first, second = VALID["sqlite"], json.loads(json.dumps(VALID["sqlite"]))
    second["tables"][0]["columns"][1][1] = "TEXT"

    with pytest.raises(Unreadable) as raised:
        loaded([written(first), written(second)])

    assert raised.value.why == "form"
