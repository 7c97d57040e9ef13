"""The demo's own look has to notice what an engine could do wrong."""

from collections import Counter
from datetime import date
from random import Random

from upheld.demo.people import her, make_people
from upheld.demo.scan import Rows, disturbed, mentions, other_rows, traces

LIV = her(make_people(Random("any"), 50, date(2026, 3, 1)))
POSTS = ("forum", "posts")
BEFORE = {POSTS: Rows(["1 | livsorensen", "2 | folke", "3 | @livsorensen was right"], frozenset({0}))}


def test_a_row_of_hers_that_is_left_is_a_trace() -> None:
    after = {POSTS: Rows(["1 | livsorensen, still", *BEFORE[POSTS].rows[1:]], frozenset())}

    assert traces(after, LIV, apart_from=BEFORE) == Counter({POSTS: 1})


def test_her_plain_name_is_a_trace_and_her_namesakes_is_not() -> None:
    before = {
        POSTS: Rows(["1 | Liv Sørensen", "420 | Liv Sørensen", "424 | Liv Sørensen-Dahl"], frozenset({0}))
    }
    after = {POSTS: Rows(["1 | Liv Sørensen (engraved)", *before[POSTS].rows[1:]], frozenset())}

    assert traces(after, LIV, apart_from=before) == Counter({POSTS: 1})


def test_other_peoples_words_are_mentions_and_no_trace_of_hers() -> None:
    after = {POSTS: Rows(["1 | [removed]", *BEFORE[POSTS].rows[1:]], frozenset())}

    assert (traces(BEFORE, LIV)[POSTS], traces(after, LIV, apart_from=BEFORE)) == (2, Counter())
    assert mentions(after, LIV) == 1
    assert disturbed(BEFORE, after) == Counter()


def test_a_changed_and_a_lost_row_of_somebody_else_are_told() -> None:
    changed = {POSTS: Rows(["1 | [removed]", "2 | [removed]"], frozenset())}

    assert disturbed(BEFORE, changed) == Counter({POSTS: 2})
    assert disturbed(BEFORE, {}) == Counter({POSTS: 2})
    assert other_rows(BEFORE) == 2
