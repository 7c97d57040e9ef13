"""A case in which there was much talk is told a page at a time."""

from datetime import timedelta
from pathlib import Path

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.actions.office import asked, at, office
from upheld.actions import casefile, correspondence, staff
from upheld.actions.means import Means
from upheld.law.right import Right
from upheld.store.models import Case


def talked(able: Means, case: Case, many: int) -> None:
    """So many looks and letters, an hour apart."""
    for number in range(many):
        then = at(able, able.clock() + timedelta(hours=number))
        staff.look(case=case, by="officer", at=then.clock(), what="the notes", why=f"look {number}")
        correspondence.send(
            means=then, case=case, name="delay", language="en", subject="Later", text=f"letter {number}"
        )


def test_a_long_story_is_told_a_page_at_a_time_and_nothing_of_it_twice_or_never(
    records: str, tmp_path: Path
) -> None:
    able = office(tmp_path)
    case = asked(able, Right.ERASURE)
    talked(able, case, 60)

    first = casefile.opened(means=able, case=case)
    pages, letters = [first], [first]
    while pages[-1].older:
        pages.append(casefile.opened(means=able, case=case, before=pages[-1].older))
    while letters[-1].older_letters:
        letters.append(casefile.opened(means=able, case=case, letters_before=letters[-1].older_letters))

    assert [len(each.story) for each in pages[:-1]] == [50, 50]
    told = [event for each in pages for event in each.story]
    assert told == sorted(told, key=lambda each: each.at, reverse=True)
    looks = [each.what for each in told if each.what.startswith("Looked")]
    assert looks == [f"Looked at the notes: look {number}" for number in reversed(range(60))]
    assert [each.what for each in told if each.what.startswith("Asked by the form")] != []
    assert [len(each.letters) for each in letters] == [10] * 6
    assert len({mail.pk for each in letters for mail in each.letters}) == 60


def test_a_case_takes_as_many_queries_with_much_talk_as_with_little(records: str, tmp_path: Path) -> None:
    able = office(tmp_path)
    case = asked(able, Right.ERASURE)
    counts = []
    for many in (1, 3):
        talked(able, case, many)
        with CaptureQueriesContext(
            connection,
        ) as found:
            casefile.opened(means=able, case=case)
        counts.append(len(found))

    assert counts[0] == counts[1]
