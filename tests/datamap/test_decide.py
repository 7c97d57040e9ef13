"""What a draft proposes, decided by values: what is decided stands in its place, and every other byte stays."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upheld.datamap.decide import decided, left_open
from upheld.datamap.page import parse
from upheld.datamap.revise import Unrevisable

DRAFT = """\
system: shop  # drafted
no_personal_data:
  - {proposed: {tables: [goods], reason: "no column speaks of people"}, confidence: 0.9, because: "none"}
  - proposed: {tables: [rates], reason: "numbers"}
    confidence: 0.8
    because: none
tables:
  users:
    person: {proposed: id, confidence: 0.6, because: "looks so"}  # a comment
    on_erase:
      proposed: {anonymise: {email: {unique: "removed-{random}@example.invalid"}, name: "[removed]"}}
      confidence: 0.85
      because: "2 tables refer to these rows"
  orders:
    belongs_to: {user_id: users.id, payer: {proposed: users.id, confidence: 0.5, because: "keys"}}
    on_erase:
      proposed:
        retain:
          law: "name the law"
          review: 2027-11-27
          then: {anonymise: {what: null}}
      confidence: 0.57
      because: "records of money"
  posts:
    belongs_to:
      author: {proposed: users.id, confidence: 0.51, because: "keys"}
    # what somebody wrote
    on_erase: delete
"""


def test_each_is_found_in_its_order_with_its_line() -> None:
    found = left_open(DRAFT)

    assert [(each.table, each.about, each.line, each.confidence) for each in found] == [
        ("", "no_personal_data", 3, 0.9),
        ("", "no_personal_data", 4, 0.8),
        ("users", "person", 9, 0.6),
        ("users", "on_erase", 10, 0.85),
        ("orders", "belongs_to.payer", 15, 0.5),
        ("orders", "on_erase", 16, 0.57),
        ("posts", "belongs_to.author", 26, 0.51),
    ]
    assert found[5].value == {
        "retain": {
            "law": "name the law",
            "review": date(2027, 11, 27),
            "then": {"anonymise": {"what": None}},
        }
    }


def test_what_is_taken_over_stands_where_it_was_proposed() -> None:
    whole = decided(DRAFT, {each.path: each.value for each in left_open(DRAFT)})

    assert left_open(whole) == ()
    assert (
        whole
        == """\
system: shop  # drafted
no_personal_data:
  - {tables: [goods], reason: no column speaks of people}
  - {tables: [rates], reason: numbers}
tables:
  users:
    person: id  # a comment
    on_erase: {anonymise: {email: {unique: "removed-{random}@example.invalid"}, name: "[removed]"}}
  orders:
    belongs_to: {user_id: users.id, payer: users.id}
    on_erase: {retain: {law: name the law, review: 2027-11-27, then: {anonymise: {what: null}}}}
  posts:
    belongs_to:
      author: users.id
    # what somebody wrote
    on_erase: delete
"""
    )


def test_what_is_not_so_goes_and_so_does_what_is_empty_without_it() -> None:
    tables = "tables"
    some = decided(
        DRAFT,
        {
            (tables, "orders", "on_erase"): "delete",
            (tables, "orders", "belongs_to", "payer"): None,
            (tables, "posts", "belongs_to", "author"): None,
        },
    )

    assert "    belongs_to: {user_id: users.id}\n    on_erase: delete\n" in some
    assert "  posts:\n    # what somebody wrote\n    on_erase: delete\n" in some
    assert some.splitlines()[:14] == DRAFT.splitlines()[:14]


@given(st.sets(st.sampled_from(range(7))), st.data())
def test_whatever_is_decided_nothing_else_changes(chosen: set[int], data: st.DataObject) -> None:
    every = left_open(DRAFT)
    answers = {
        every[each].path: data.draw(st.sampled_from([every[each].value, "delete", ["a", "b: c"], {"x": 1}]))
        for each in chosen
    }

    after = decided(DRAFT, answers)

    assert [each.path for each in left_open(after)] == [
        each.path for number, each in enumerate(every) if number not in chosen
    ]
    before, now = parse("", DRAFT.encode()).value, parse("", after.encode()).value
    for path, answer in answers.items():
        place, other = now, before
        for part in path[:-1]:
            place, other = place[part], other[part]
        assert place[path[-1]] == answer
        other[path[-1]] = answer
    assert now == before


@pytest.mark.parametrize(
    "path",
    [("tables", "nowhere", "on_erase"), ("no_personal_data", 0), ("system",), ("tables", "users", "x")],
)
def test_what_cannot_be_taken_away_is_refused(path: tuple[str | int, ...]) -> None:
    with pytest.raises((Unrevisable, KeyError)):
        decided(DRAFT, {path: None})
