"""What needs somebody is told once, in time, to the officer and her deputy: a number, a date and a link."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import Settings

from tests.actions.office import DEPUTY, OFFICER, asked, at, office, on, read, request
from tests.actions.world import ADA, BOB
from upheld.actions import alarms, approving, copies, desk, rounds, watch
from upheld.actions.means import Means
from upheld.datamap.desk import Desk
from upheld.datamap.model import Processor
from upheld.law.right import Right
from upheld.store.models import (
    Alarm,
    Check,
    Fulfilment,
    FulfilmentState,
    Mail,
    MailKind,
    Request,
    RequestState,
    Task,
)
from upheld.store.models.journal import FailureKind


def noticed(able: Means, *, mailing: bool = True) -> list[tuple[str, str]]:
    """What one round raises: the event, and of which day it speaks."""
    known = set(Alarm.objects.values_list("pk", flat=True))
    alarms.notice(means=able, mailing=mailing)
    fresh = Alarm.objects.exclude(pk__in=known).order_by("event", "about")
    return [(each.event, each.day.isoformat() if each.day else "") for each in fresh]


def approved(able: Means, address: str = ADA, right: Right = Right.ERASURE) -> Request:
    case = asked(able, right, address=address)
    found = request(case, right)
    approving.approve(
        means=able, request=found, looked=approving.fingerprint(approving.look(means=able, request=found))
    )
    found.refresh_from_db()
    return found


def test_a_new_case_is_told_once_to_both_with_number_and_link_and_nothing_else(
    records: str, tmp_path: Path
) -> None:
    able = office(tmp_path)
    case = asked(able, Right.ERASURE)

    assert noticed(able) == [("case.needs_you", ""), ("case.new", "")]
    assert noticed(able) == []

    number = desk.number(case)
    text = (
        "Hello,\n\n– A new case.\n– It waits for your decision.\n\n"
        f"https://privacy.test/console/cases/{case.pk}/\n\nExample Foundation\nprivacy@example.org\n"
    )
    subject = f"[{number}] Something needs you"
    assert read(able, MailKind.ALARM) == [(OFFICER, subject, text), (DEPUTY, subject, text)]


def test_a_deletion_behind_a_copy_waits_for_a_decision_only_after_it(records: str, tmp_path: Path) -> None:
    able = office(tmp_path)
    case = asked(able, Right.ACCESS, Right.ERASURE)
    noticed(able)

    told = Alarm.objects.filter(event="case.needs_you").values_list("request__right", flat=True)
    assert list(told) == ["ACCESS"]
    Request.objects.filter(case=case, right=Right.ACCESS).update(
        state=RequestState.FULFILLED, finished_at=able.now
    )
    assert noticed(able) == [("case.needs_you", "")]


def test_ten_five_and_one_day_before_our_date_and_when_it_has_passed(
    sqlite_records: Path, tmp_path: Path
) -> None:
    """Received on 1 October: our date is Wednesday 28 October. Sundays, Saturdays and holidays are told of on
    the working day before."""
    able = office(tmp_path)
    case = asked(able, Right.ERASURE)
    noticed(able)
    target = request(case).target_date
    assert target == date(2026, 10, 28)

    told = {}
    for days in range(1, 40):
        today = date(2026, 10, 1) + timedelta(days=days)
        events = noticed(on(able, today))
        if events:
            told[today.isoformat()] = events

    assert told == {
        "2026-10-16": [("target.near", "2026-10-28")],  # ten days before is Sunday 18
        "2026-10-23": [("target.near", "2026-10-28")],
        "2026-10-27": [("target.near", "2026-10-28")],
        "2026-10-29": [("target.passed", "2026-10-28")],
    }
    assert len(read(able, MailKind.ALARM)) == 2 + 8
    assert read(able, MailKind.ALARM)[-1][2].startswith(
        "Hello,\n\n– It should have been answered by Wednesday 28 October 2026."
    )


def test_after_a_pause_only_the_nearest_is_told(sqlite_records: Path, tmp_path: Path) -> None:
    able = office(tmp_path)
    asked(able, Right.ERASURE)
    noticed(able)

    late = on(able, date(2026, 10, 26))
    assert noticed(late) == [("target.near", "2026-10-28")]
    assert [each.about.rpartition(":")[2] for each in Alarm.objects.filter(event="target.near")] == ["5"]


def test_another_date_after_an_extension_is_told_anew(sqlite_records: Path, tmp_path: Path) -> None:
    able = office(tmp_path)
    found = request(asked(able, Right.ERASURE))
    noticed(able)
    assert noticed(on(able, date(2026, 10, 27))) == [("target.near", "2026-10-28")]

    Request.objects.filter(pk=found.pk).update(target_date=date(2026, 12, 30), legal_date=date(2027, 1, 4))

    assert noticed(on(able, date(2026, 10, 29))) == []
    assert noticed(on(able, date(2026, 12, 29))) == [("target.near", "2026-12-30")]


@pytest.mark.parametrize(
    ("today", "days", "last"),
    [
        (date(2026, 10, 23), 1, date(2026, 10, 26)),  # Friday: Sunday's and Monday's too; the clocks go back
        (date(2026, 10, 26), 1, date(2026, 10, 27)),
        (date(2026, 12, 24), 1, date(2026, 12, 28)),  # Christmas on Friday and Saturday
        (date(2026, 3, 27), 5, date(2026, 4, 3)),
        (date(2026, 4, 2), 1, date(2026, 4, 7)),  # Good Friday to Easter Monday
    ],
)
def test_what_falls_on_free_days_is_told_before_them(
    today: date, days: int, last: date, tmp_path: Path
) -> None:
    assert dict(alarms.horizon(office(tmp_path).datamap.organisation, today))[days] == last


def test_the_day_is_that_of_the_organisations_clock_also_when_it_changes(
    records: str, tmp_path: Path
) -> None:
    """On 25 October the clocks of Berlin go back: midnight is 22:00, then 23:00 of UTC."""
    able = office(tmp_path)
    found = request(asked(able, Right.ERASURE))
    noticed(able)
    Request.objects.filter(pk=found.pk).update(target_date=date(2026, 10, 24))
    moment = on(able, date(2026, 10, 25), 0).now
    Alarm.objects.filter(event="target.near").delete()
    noticed(at(able, moment - timedelta(hours=30)))

    assert noticed(at(able, moment - timedelta(seconds=1))) == []
    assert noticed(at(able, moment)) == [("target.passed", "2026-10-24")]


def test_an_owner_who_is_late_gets_a_new_link_and_the_officer_is_told(records: str, tmp_path: Path) -> None:
    able = office(tmp_path)
    found = approved(able)
    noticed(able)
    task = Task.objects.get()

    assert noticed(on(able, task.due_on)) == []
    late = on(able, task.due_on + timedelta(days=1))
    assert [each for each in noticed(late) if each[0] == "owner.overdue"] == [
        ("owner.overdue", task.due_on.isoformat())
    ]
    assert [each for each in noticed(late) if each[0] == "owner.overdue"] == []

    [(to, subject, text)] = read(able, MailKind.OVERDUE)
    assert (to, subject) == ("desk@example.org", f"[{desk.number(found.case)}] Still open: a task in Letters")
    assert "https://privacy.test/en/task/" in text
    assert ADA not in text


def test_a_system_that_failed_for_good_is_told_at_once_and_a_stubborn_one_at_its_third_try(
    records: str, tmp_path: Path
) -> None:
    able = office(tmp_path)
    approved(able)
    noticed(able)
    part = Fulfilment.objects.filter(system="forum")
    assert part.count() == 1

    part.update(state=FulfilmentState.FAILED, failure=FailureKind.TRANSIENT, failure_text="x", attempt=2)
    assert noticed(able) == []
    part.update(attempt=3)
    assert noticed(able) == [("system.failed", "")]
    part.update(failure=FailureKind.PERMANENT)
    assert noticed(able) == []


def test_a_copy_whose_owner_was_asked_is_no_failure(records: str, tmp_path: Path, settings: Settings) -> None:
    """G-15.3: she has her time, and the copy is as far as it goes meanwhile."""
    settings.UPHELD_DATA, settings.UPHELD_PACKAGE_DAYS = tmp_path, 30
    able = replace(office(tmp_path), orders=False, kept=tmp_path / "kept")
    found = approved(able, right=Right.ACCESS)
    noticed(able)

    assert [copies.write(means=able, copy=each, language="en") for each in rounds.copies_ready(able)] == [
        False
    ]

    assert (found.copy.failure_text, Task.objects.get().answered_at) == ("", None)
    assert noticed(able) == []
    assert rounds.copies_ready(able) == ()


def test_a_system_that_cannot_be_reached_is_told_once_a_week(sqlite_records: Path, tmp_path: Path) -> None:
    able = office(tmp_path)
    Check.objects.create(system="forum", at=able.now, by="x", failure="host db.example.org is down")
    Check.objects.create(system="shop", at=able.now, by="x")

    told = [noticed(on(able, date(2026, 10, day))) for day in range(5, 20)]

    assert [index for index, each in enumerate(told) if each] == [0, 7, 14], "Mondays"
    assert told[0] == [("system.failed", "")]
    text = read(able, MailKind.ALARM)[0][2]
    assert "– The system `forum` cannot be reached.\n" in text
    assert "db.example.org" not in text


def test_an_agreement_is_told_thirty_and_seven_days_before_it_ends(
    sqlite_records: Path, tmp_path: Path
) -> None:
    host = Processor("host", "Hosting", "keeps servers", "DE", "contract", date(2026, 11, 10))
    able = office(tmp_path, processors=(host, replace(host, name="ended", expires=date(2026, 9, 1))))
    told = {day: noticed(on(able, date(2026, 10, 1) + timedelta(days=day))) for day in range(45)}

    assert {day: each for day, each in told.items() if each} == {
        10: [("agreement.expiring", "2026-11-10")],
        33: [("agreement.expiring", "2026-11-10")],
    }
    assert "`host` of processors.yaml ends on Tuesday 10 November 2026" in read(able, MailKind.ALARM)[0][2]


def test_many_at_once_are_one_mail(records: str, tmp_path: Path) -> None:
    able = office(tmp_path)
    cases = [asked(able, Right.ERASURE, address=f"p{number}@example.net") for number in range(11)]

    assert alarms.notice(means=able, mailing=True) == 22

    [(to, subject, text), second] = read(able, MailKind.ALARM)
    assert (to, subject) == (OFFICER, "Something needs you")
    assert [each for each in cases if f"– {desk.number(each)}: A new case." not in text] == []
    assert "https://privacy.test/console/\n" in text
    assert second == (DEPUTY, subject, text)
    assert "example.net" not in text


def test_without_a_mail_server_it_is_noticed_and_nothing_waits_in_the_outbox(
    records: str, tmp_path: Path
) -> None:
    able = office(tmp_path)
    asked(able, Right.ERASURE)

    assert watch.tell(means=able, mailing=False) == 2
    assert Mail.objects.exclude(kind=MailKind.VERIFY).count() == 0


@pytest.mark.parametrize(
    ("told", "who"),
    [
        (Desk(), ["privacy@example.org"]),
        (Desk(OFFICER, OFFICER.upper()), [OFFICER]),
        (Desk("", DEPUTY), ["privacy@example.org", DEPUTY]),
    ],
)
def test_the_contact_is_told_unless_somebody_is_named_and_nobody_twice(
    told: Desk, who: list[str], tmp_path: Path
) -> None:
    assert [address for _, address in desk.recipients(means=office(tmp_path, desk=told))] == who


class Crash(BaseException):
    """The program is gone."""


def test_a_crash_anywhere_leaves_all_of_an_alarm_or_none_and_it_is_told_once(
    records: str, tmp_path: Path
) -> None:
    able = office(tmp_path)
    approved(able)
    task = Task.objects.get()
    late = on(able, task.due_on + timedelta(days=1))
    whole = {MailKind.ALARM: 2, MailKind.OVERDUE: 1}
    crashed = 0

    for boundary in range(200):
        passed = 0

        def cut(execute, statement, values, many, context, boundary=boundary):  # type: ignore[no-untyped-def]
            nonlocal passed
            passed += 1
            if passed > boundary:
                raise Crash
            return execute(statement, values, many, context)

        try:
            with connection.execute_wrapper(cut):
                alarms.notice(means=late, mailing=True)
        except Crash:
            crashed += 1
            raised = Alarm.objects.filter(event="owner.overdue").count()
            told = {kind: Mail.objects.filter(kind=kind).count() for kind in whole}
            assert (raised, told) in ((0, dict.fromkeys(whole, 0)), (1, whole))
        else:
            break

    alarms.notice(means=late, mailing=True)
    assert crashed > 10
    assert Alarm.objects.filter(event="owner.overdue").count() == 1
    assert {kind: Mail.objects.filter(kind=kind).count() for kind in whole} == whole


def test_noticing_takes_as_many_queries_for_five_cases_as_for_one(records: str, tmp_path: Path) -> None:
    able = office(tmp_path)
    asked(able, Right.ERASURE)
    noticed(able)

    def queries() -> int:
        count = 0

        def counting(execute, *given):  # type: ignore[no-untyped-def]
            nonlocal count
            count += 1
            return execute(*given)

        with connection.execute_wrapper(counting):
            assert alarms.notice(means=able, mailing=True) == 0
        return count

    first = queries()
    for number in range(4):
        asked(able, Right.ERASURE, address=f"p{number}{BOB}")
    noticed(able)

    assert queries() == first
