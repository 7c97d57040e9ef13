"""PHP's serialised values as plain data, and nothing else."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upheld.rights.package.php import NotSerialised, read


def serialise(value: object) -> str:
    match value:
        case None:
            return "N;"
        case bool():
            return f"b:{int(value)};"
        case int():
            return f"i:{value};"
        case str():
            return f's:{len(value.encode())}:"{value}";'
        case list():
            return serialise(dict(enumerate(value)))
        case dict():
            return f"a:{len(value)}:{{" + "".join(serialise(k) + serialise(v) for k, v in value.items()) + "}"
    raise TypeError


words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
scalars = st.none() | st.booleans() | st.integers(-(2**63), 2**63) | words
keys = words.filter(lambda key: not key.isdigit())
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, min_size=1, max_size=4),
    max_leaves=20,
)


@given(values)
def test_what_php_wrote_is_read(value: object) -> None:
    assert read(serialise(value)) == value


@pytest.mark.fuzz
@given(st.one_of(st.text(), st.text('aObisdNrRE:;{}"0123456789-\0', max_size=60)))
def test_any_other_text_is_refused_and_nothing_worse(text: str) -> None:
    with suppress(NotSerialised):
        read(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "i:5",
        "i:5;i",
        's:9:"a";',
        's:-1:"";',
        "a:99999999999:{}",
        "a:1:{N;N;}",
        "i:1e9;",
        'C:1:"A":0:{}',
        "a:1:{i:0;" * 90,
        "d:x;",
    ],
)
def test_broken_values_are_not_guessed(text: str) -> None:
    with pytest.raises(NotSerialised):
        read(text)


def test_objects_are_data_with_the_name_of_their_class_and_nothing_is_made_of_them() -> None:
    assert read('O:4:"User":2:{s:10:"\0User\0name";s:3:"Ada";s:1:"n";d:0.5;}') == {
        "class": "User",
        "name": "Ada",
        "n": 0.5,
    }
