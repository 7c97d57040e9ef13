"""Single values of a file change, and no other byte does."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upheld.datamap.page import parse
from upheld.datamap.revise import Unrevisable, flow, revised

READY = Path(__file__).parents[2] / "src" / "upheld"
WRITTEN = """\
# who we are
organisation:
  name:    Larkspur   # as on the door
  contact: 'desk@larkspur.example'
  languages:
    - en
    # soon
    - de   # since May
  strange: {null: 1}
  # the end

# limits
limits: {people_per_day: 5, rows_per_person: 7}
"""


def test_a_value_changes_within_its_line_and_nothing_else_does() -> None:
    after = revised(WRITTEN, {("organisation", "name"): "Larkspur: the society"})

    assert after == WRITTEN.replace("Larkspur   #", '"Larkspur: the society"   #')


def test_keys_come_last_in_their_mapping_and_go_with_their_line() -> None:
    after = revised(
        WRITTEN,
        {("organisation", "country"): "NO", ("limits", "people_per_day"): None, ("undo",): "7d"},
    )

    assert (
        after
        == WRITTEN.replace("{null: 1}\n", '{null: 1}\n  country: "NO"\n').replace(
            "{people_per_day: 5, rows_per_person: 7}", "{rows_per_person: 7}"
        )
        + 'undo: "7d"\n'
    )


def test_a_list_over_several_lines_is_replaced_whole() -> None:
    after = revised(WRITTEN, {("organisation", "languages"): ["fr"]})

    assert "  languages: [fr]   # since May\n  strange: {null: 1}\n" in after
    assert parse("", after.encode()).errors == []


@pytest.mark.parametrize(
    "name", ["datamap/ready/indico.yaml", "datamap/ready/oscar.yaml", "demo/organisation/systems/shop.yaml"]
)
def test_what_a_round_trip_would_spoil_stays(name: str) -> None:
    """ruamel.yaml's round trip writes `null` as nothing, which a map refuses, and folds long lists."""
    before = (READY / name).read_text()

    after = revised(before, {("owner",): "Somebody else"})

    assert after == re.sub(r"(?m)^owner: .*$", "owner: Somebody else", before)


def test_nothing_to_do_gives_the_same_text() -> None:
    assert revised(WRITTEN, {("organisation", "name"): "Larkspur", ("absent",): None}) is WRITTEN


def test_a_place_that_is_not_there_is_refused_rather_than_guessed() -> None:
    with pytest.raises(Unrevisable):
        revised(WRITTEN, {("nowhere", "name"): "x"})
    with pytest.raises(Unrevisable):
        revised("limits:\n  people_per_day: 5\n", {("limits", "people_per_day"): None})


@given(st.text(min_size=1))
def test_any_text_is_read_back_as_it_was_given_and_nothing_else_moves(text: str) -> None:
    if text.encode("utf-8", "replace").decode() != text:
        return

    after = revised(WRITTEN, {("organisation", "contact"): text, ("organisation", "address"): text})

    page = parse("", after.encode())
    before = parse("", WRITTEN.encode()).value
    before["organisation"] |= {"contact": text, "address": text}
    assert (page.errors, page.value) == ([], before)
    assert parse("", f"k: [{flow(text)}]\n".encode()).value == {"k": [text]}
