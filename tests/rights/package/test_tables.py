"""Lines for programs and cells for spreadsheets: what goes in comes out."""

import csv
import io
import json
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rights.package.example import Given, made, row
from upheld.rights.package.tables import cell
from upheld.rights.package.values import plain, unescape

scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(), st.floats(allow_nan=False, allow_infinity=False)
)
documents = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
)
rows_of = st.lists(st.dictionaries(st.text(), scalars | documents, min_size=1, max_size=5), max_size=8)


def unmarked(value: object) -> object:
    if isinstance(value, dict):
        return {unescape(key): unmarked(item) for key, item in value.items()}
    return [unmarked(item) for item in value] if isinstance(value, list) else value


@settings(max_examples=60, deadline=None)
@given(rows_of)
def test_rows_that_go_in_come_out_of_the_json_lines(rows: list[dict[str, object]]) -> None:
    """G-15.4: whatever the names and values are."""
    with TemporaryDirectory() as folder:
        given_rows = [type(row("posts"))(0, "posts", values) for values in rows]
        _, opened = made(Path(folder), {"forum": Given(given_rows), "shop": Given()})

        path = opened / "data/forum/posts.jsonl"
        lines = path.read_bytes().split(b"\n")[:-1] if rows else []
        assert [unmarked(json.loads(line)) for line in lines] == rows
        assert path.exists() == bool(rows)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Decimal("1.10"), ("decimal", "1.10")),
        (UUID(int=7), ("uuid", "00000000-0000-0000-0000-000000000007")),
        (float("nan"), ("text", "NaN")),
        (float("-inf"), ("text", "-Infinity")),
        (b"%PDF-", ("bytes", {"$base64": "JVBERi0=", "$type": "application/pdf"})),
        ({"$a": [Decimal(1)]}, ("object", {"$$a": ["1"]})),
        (2**70, ("integer", 2**70)),
        (range(3), ("text", "range(0, 3)")),
    ],
)
def test_values_that_json_lacks_have_one_written_form(value: object, written: object) -> None:
    assert plain(value) == written


@pytest.mark.parametrize(
    "text", ["=1+1", "+cmd", "-cmd", "@SUM(A1)", "|x", "%x", "\t=1", "\r=1", " =1", "＝1", "'x", "-1-1"]
)
def test_no_cell_is_a_formula(text: str) -> None:
    assert cell(text) == "'" + text


@pytest.mark.parametrize("text", ["", "a=1", "-5", "+49170123", "-1.5e3", "2024-01-01", "x'y"])
def test_other_cells_stay_as_they_are(text: str) -> None:
    assert cell(text) == text


@given(st.text())
def test_dropping_one_apostrophe_gives_the_text_again(text: str) -> None:
    assert cell(text).removeprefix("'") == text or cell(text) == text


def test_names_of_columns_are_cells_too_and_long_tables_stay_in_step(tmp_path: Path) -> None:
    rows = [row("posts", **{"=cmd()": number, "note": f'say "{number}";\n=2'}) for number in range(1201)]

    _, folder = made(tmp_path, {"forum": Given(rows), "shop": Given()})

    text = (folder / "csv/forum/posts.csv").read_bytes().decode("utf-8-sig")
    read = list(csv.reader(io.StringIO(text, newline="")))
    assert read == [["'=cmd()", "note"], *([str(n), f'say "{n}";\n=2'] for n in range(1201))]
