"""The sentences above a list say what is in it, and of a part no more than what stands there."""

from upheld.web.console.words import heading


def test_a_whole_list_is_answered_for() -> None:
    assert heading(0, 0, whole=True) == "Nothing is late. Nothing needs you."
    assert heading(1, 12, whole=True) == "One case is late. 12 cases need you."


def test_a_page_of_it_says_that_it_is_one() -> None:
    assert heading(0, 1, whole=False) == "On this page nothing is late, and one case needs you."
    assert heading(2, 0, whole=False) == "On this page two cases are late, and nothing needs you."
