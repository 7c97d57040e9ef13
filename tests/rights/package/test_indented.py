"""JSON for people is spelled as the library spells it."""

import json

from hypothesis import given
from hypothesis import strategies as st

from upheld.rights.package.indented import indented

plain = st.none() | st.booleans() | st.integers() | st.text()
values = st.recursive(plain, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=30)


@given(values)
def test_it_is_what_the_library_writes_with_an_indent_of_one(value: object) -> None:
    assert indented(value) == json.dumps(value, ensure_ascii=False, indent=1)


def test_a_tuple_is_a_list() -> None:
    assert indented({"a": (1, "é"), "b": ()}) == json.dumps(
        {"a": [1, "é"], "b": []}, ensure_ascii=False, indent=1
    )
