"""A value inside the text of a document becomes another, and nothing else does (scenario 28)."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upheld.rights.rows.splice import spliced
from upheld.rights.rows.values import parts, reach

LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
DOCUMENTS = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text('ab"\\{é', max_size=3), inner, max_size=4)
    ),
    max_leaves=12,
)


def paths(value: object) -> list[list[str]]:
    """Every path into a document."""
    pairs = enumerate(value) if isinstance(value, list) else value.items() if isinstance(value, dict) else ()
    return [[str(key), *rest] for key, inner in pairs for rest in ([], *paths(inner))]


@given(DOCUMENTS, st.data(), st.sampled_from([None, 0, 1]), st.booleans())
def test_scenario_28_any_value_anywhere_is_replaced_and_all_others_stay(
    document: object, data: st.DataObject, indent: int | None, ascii_only: bool
) -> None:
    ways = paths(document)
    if not ways:
        return
    path = data.draw(st.sampled_from(ways))
    text = json.dumps(document, indent=indent, ensure_ascii=ascii_only)
    marked = json.loads(text)
    *above, last = path
    inner = marked
    for part in above:
        inner = inner[int(part)] if isinstance(inner, list) else inner[part]
    inner[int(last) if isinstance(inner, list) else last] = "it is new"

    done = spliced(text, path, "it is new")

    assert done == json.dumps(marked, indent=indent, ensure_ascii=ascii_only)


@pytest.mark.parametrize(
    ("text", "path", "after"),
    [
        ('{"a" :1.10 ,"a":  2e3}', "$.a", '{"a" :1.10 ,"a":  9}'),
        ('{"a": [ 1,2 , {"b":null}]}', "$.a[2].b", '{"a": [ 1,2 , {"b":9}]}'),
        ('{"a": {"x": 1, "y": 2}}', "$.a[*]", '{"a": {"x": 9, "y": 9}}'),
        ('{"a": 1}', "$.b", '{"a": 1}'),
        ('{"a": 1', "$.a", '{"a": 1'),
        ("", "$.a", ""),
    ],
)
def test_scenario_28_the_rest_of_the_text_stays_digit_for_digit(text: str, path: str, after: str) -> None:
    assert spliced(text, parts(path), 9) == after
    assert list(reach(after, path)) == [9] * after.count("9")
