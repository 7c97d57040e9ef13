"""The list of open cases: which one first?"""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench.filled import copies
from tests.actions import test_rounds_size
from tests.actions.office import asked as came
from tests.actions.office import office, request
from tests.actions.test_today import asked, due
from tests.actions.world import ADA, FORUM, NOW, forum, means
from upheld.actions import cases, extension, queue
from upheld.actions.asking import Asked
from upheld.actions.means import Means
from upheld.law.right import Right
from upheld.rights.outcome import Permanent
from upheld.rights.subject import Identity
from upheld.store.models import Case, Request, RequestState


def days(able: Means) -> list[int]:
    """How many days off our own date is, line by line."""
    return [(each.dates.target - NOW.date()).days for each in queue.waiting(means=able).lines]


def paged(able: Means, size: int) -> list[list[object]]:
    """The cases, page by page."""
    found, after = [], ""
    while True:
        page = queue.waiting(means=able, after=after, size=size)
        found.append([each.case for each in page.lines])
        after = page.after
        if not after:
            return found


def test_the_nearest_date_of_ours_is_first_and_the_laws_day_beside_it(records: str, tmp_path: Path) -> None:
    """X-04"""
    able = means(tmp_path, forum())
    for number, left in enumerate((80, 2, -3, 10)):
        due(asked(able, number), left)

    assert days(able) == [-3, 2, 10, 80]
    assert {(each.dates.legal - each.dates.target).days for each in queue.waiting(means=able).lines} == {1}


def test_a_case_that_was_given_more_time_goes_behind_the_others(records: str, tmp_path: Path) -> None:
    """G-12.3"""
    able = office(tmp_path)
    came_in = [came(able, Right.ERASURE, address=f"p{number}@example.net") for number in range(3)]
    first = [each.case for each in queue.waiting(means=able).lines]
    assert {*first} == {each.pk for each in came_in}

    longer = Request.objects.get(case=first[0])
    code = next(iter(extension.reasons(means=able, request=longer)))
    extension.extend(means=able, request=longer, code=code, words="Much is on paper.")

    assert [each.case for each in queue.waiting(means=able).lines] == [*first[1:], first[0]]


def test_two_laws_stand_in_one_order_and_an_opt_out_pulls_its_case_forward(
    records: str, tmp_path: Path
) -> None:
    """C-02"""
    able = office(tmp_path, regimes=("gdpr", "ccpa"))
    given = Asked((Identity("email", "p1@example.net"),))
    know, beside = (
        cases.receive(means=able, right=right, asked=given, regime="ccpa")
        for right in (Right.KNOW, Right.OPT_OUT)
    )
    european = request(came(able, Right.ERASURE, address="p2@example.net"))
    targets = [each.target_date for each in (beside, european, know)]
    assert targets == sorted(targets, key=str)
    assert len({*targets}) == 3

    lines = queue.waiting(means=able).lines
    assert [each.case for each in lines] == [know.case_id, european.case_id]
    assert ({*lines[0].rights}, lines[0].dates.target) == ({Right.KNOW, Right.OPT_OUT}, beside.target_date)

    Request.objects.filter(pk=beside.pk).update(state=RequestState.DENIED, finished_at=NOW)
    assert [each.case for each in queue.waiting(means=able).lines] == [european.case_id, know.case_id]


@pytest.mark.parametrize("size", [1, 2, 3, 50])
def test_pages_name_each_case_once_and_in_order(size: int, records: str, tmp_path: Path) -> None:
    """Also where several are due on one day, where a case has two requests, and where one has no date."""
    able = means(tmp_path, forum())
    for number, left in enumerate((5, 5, 5, 1, 9, 9)):
        due(asked(able, number), left)
    due(asked(able, 4, right=Right.ACCESS), 3)
    old = asked(able, 0)
    Request.objects.filter(pk=old.pk).update(
        pack="", pack_digest="", received_date=None, target_date=None, legal_date=None
    )

    pages = paged(able, size)

    flat = [each for page in pages for each in page]
    assert (len(flat), {*flat}) == (6, {*Case.objects.values_list("pk", flat=True)})
    assert flat[0] == old.case_id
    dates = [queue.line(means=able, case=Case.objects.get(pk=each)).dates.target for each in flat[1:]]
    assert dates == sorted(dates)
    assert all(len(page) == size for page in pages[:-1])


@pytest.mark.parametrize(
    "after", ["x", "_", "2026-01-01", "2026-13-01_" + "0" * 32, "2026-01-01T00:00_" + "0" * 32]
)
def test_a_page_that_nobody_gave_is_refused(after: str, sqlite_records: Path, tmp_path: Path) -> None:
    with pytest.raises(Permanent, match="not known"):
        queue.waiting(means=means(tmp_path, forum()), after=after)


def test_a_page_reads_as_much_of_many_cases_as_of_few(records: str, tmp_path: Path) -> None:
    """The first page, and one in the middle."""
    able = office(tmp_path, systems=(FORUM,))
    case = came(able, Right.ERASURE, address=ADA)
    first = request(case)
    read = []
    for seed, many in enumerate((200, 3_000), 1):
        copies([(case, many, 300)], seed=seed)
        spread()
        middle = Request.objects.order_by("target_date", "case")[Request.objects.count() // 2]
        test_rounds_size.analysed()
        forgotten()
        for after in ("", f"{middle.target_date}_{middle.case_id.hex}"):
            with CaptureQueriesContext(connection), test_rounds_size.counted() as found:
                page = queue.waiting(means=able, after=after, size=20)
            assert len(page.lines) == 20
            read.append(found.read)
    assert first.state == RequestState.OPEN
    few, many = max(read[:2]), max(read[2:])

    assert many < few * 1.5 + 50, read


def forgotten() -> None:
    """What was read until now is not counted: PostgreSQL's own figures lag behind."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_force_next_flush()")


def spread() -> None:
    """Let our dates lie within a year."""
    every = list(Request.objects.all())
    for number, each in enumerate(every):
        each.target_date = NOW.date() + timedelta(days=number * 7 % 365)
        each.legal_date = each.target_date
    Request.objects.bulk_update(every, ["target_date", "legal_date"], batch_size=500)
