"""The week in one mail: on its day by the organisation's clock, once to each, numbers and links only."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.db import connection

from tests.actions.office import DEPUTY, OFFICER, asked, at, office, on, read, request
from tests.actions.test_alarms import Crash, approved
from tests.actions.world import ADA
from tests.mail.mailbox import Answering
from upheld.actions import desk, digest, outbox
from upheld.actions.means import Means
from upheld.datamap.desk import Desk
from upheld.datamap.model import Processor
from upheld.law.right import Right
from upheld.mail.deliver import server
from upheld.store.models import Alarm, AlarmEvent, Mail, MailKind, Request, Role, Staff

SEPTEMBER = datetime(2026, 9, 1, tzinfo=UTC)
MONDAY = date(2026, 10, 12)


def staffed(able: Means, since: datetime = SEPTEMBER) -> Means:
    Staff.objects.create(email="o@example.org", name="Olive", role=Role.OFFICER, created_at=since)
    return able


def test_it_comes_on_its_day_at_seven_once_to_officer_and_deputy(records: str, tmp_path: Path) -> None:
    able = staffed(office(tmp_path))
    Mail.objects.all().delete()
    for each in (6, 7):
        digest.write(means=on(able, MONDAY, each))

    mails = [(to, subject) for to, subject, _ in read(able, MailKind.DIGEST)]
    assert mails == [
        *[(to, "Your week: requests of people") for to in (OFFICER, DEPUTY)],
        *[(to, "Your week: requests of people") for to in (OFFICER, DEPUTY)],
    ], "before seven that of the week before, which nobody wrote; then this week's"
    for hour in (8, 23):
        assert digest.write(means=on(able, MONDAY, hour)) == 0
    assert digest.write(means=on(able, date(2026, 10, 18), 23)) == 0
    assert digest.write(means=on(able, date(2026, 10, 19), 7)) == 2


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 10, 26, 5, 59, tzinfo=UTC), date(2026, 10, 19)),  # after the clocks went back
        (datetime(2026, 10, 26, 6, 0, tzinfo=UTC), date(2026, 10, 26)),
        (datetime(2026, 3, 30, 4, 59, tzinfo=UTC), date(2026, 3, 23)),  # after they went forward
        (datetime(2026, 3, 30, 5, 0, tzinfo=UTC), date(2026, 3, 30)),
        (datetime(2026, 10, 19, 5, 0, tzinfo=UTC), date(2026, 10, 19)),
    ],
)
def test_seven_is_seven_by_the_wall_before_and_after_the_clocks_change(
    moment: datetime, day: date, sqlite_records: Path, tmp_path: Path
) -> None:
    able = staffed(office(tmp_path), datetime(2026, 1, 1, tzinfo=UTC))

    assert digest.due(means=at(able, moment)) == day


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("monday", date(2026, 10, 12)),
        ("sunday", date(2026, 10, 11)),
        ("friday", date(2026, 10, 9)),
        ("never", None),
    ],
)
def test_the_day_is_the_organisations_choice(
    said: str, day: date | None, sqlite_records: Path, tmp_path: Path
) -> None:
    able = staffed(office(tmp_path, desk=Desk(OFFICER, "", said)))

    assert digest.due(means=on(able, MONDAY, 9)) == day


def test_nobody_gets_a_digest_of_a_time_before_there_was_an_account(records: str, tmp_path: Path) -> None:
    able = office(tmp_path)
    assert digest.write(means=on(able, MONDAY, 9)) == 0
    staffed(able, on(able, MONDAY, 8).now)

    assert digest.write(means=on(able, MONDAY, 9)) == 0
    assert digest.write(means=on(able, date(2026, 10, 19), 9)) == 2


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "Nothing is new, and nothing waits for you."),
        ("de", "Es gibt nichts Neues, und nichts wartet auf Sie."),
        ("fr", "Rien de nouveau, et rien ne vous attend."),
    ],
)
def test_when_nothing_is_new_it_says_so_in_one_line(
    language: str, line: str, sqlite_records: Path, tmp_path: Path
) -> None:
    able = on(staffed(office(tmp_path, languages=(language,))), MONDAY)
    digest.write(means=able)

    text = read(able, MailKind.DIGEST)[0][2]
    assert text.split("\n\n")[1:] == [
        line,
        "https://privacy.test/console/",
        "Example Foundation\nprivacy@example.org\n",
    ]


def test_it_counts_what_waits_and_names_cases_by_number_alone(records: str, tmp_path: Path) -> None:
    host = Processor("host", "Hosting", "keeps servers", "DE", "contract", date(2026, 11, 1))
    able = staffed(office(tmp_path, processors=(host,)))
    first = asked(able, Right.ERASURE)
    second = approved(able, "bo@example.net")
    Request.objects.filter(pk=second.pk).update(target_date=date(2026, 10, 9))
    Request.objects.filter(pk=request(first).pk).update(target_date=date(2026, 10, 17))
    Alarm.objects.create(
        event=AlarmEvent.CASE_NEW, about="x", raised_at=able.now, given_up_at=on(able, MONDAY).now
    )

    told = digest.told(means=on(able, MONDAY), day=MONDAY)

    assert told == [
        "– Past our own date: 1",
        "– Waiting for your decision: 1",
        "– Calls of the webhook that were given up: 1",
        "– Agreements with processors that end soon, or have ended: 1",
        "– Open cases: 2",
        "",
        "Next by our own dates:",
        f"– Friday 9 October 2026: {desk.number(second.case)} https://privacy.test/console/cases/{second.case_id}/",
        f"– Saturday 17 October 2026: {desk.number(first)} https://privacy.test/console/cases/{first.pk}/",
    ]
    assert "– New this week: 2" in digest.told(means=on(able, date(2026, 10, 5)), day=date(2026, 10, 5))
    assert ADA not in "".join(told)


def test_own_letters_that_cannot_be_used_stand_in_the_digest(
    sqlite_records: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    able = on(staffed(office(tmp_path)), MONDAY)
    (tmp_path / "letters" / "en").mkdir(parents=True)
    (tmp_path / "letters" / "en" / "done.md").write_text("nothing")
    monkeypatch.setattr("django.conf.settings.UPHELD_DIR", tmp_path)

    assert digest.told(means=able, day=MONDAY)[0] == "– Letters of yours that cannot be used as they stand: 1"


def test_a_crash_between_officer_and_deputy_leaves_nobody_out_and_tells_nobody_twice(
    records: str, tmp_path: Path
) -> None:
    able = on(staffed(office(tmp_path)), MONDAY)
    crashed = 0
    for boundary in range(200):
        passed = 0

        def cut(execute, statement, *given, boundary=boundary):  # type: ignore[no-untyped-def]
            nonlocal passed
            passed += 1
            if passed > boundary:
                raise Crash
            return execute(statement, *given)

        try:
            with connection.execute_wrapper(cut):
                digest.write(means=able)
        except Crash:
            crashed += 1
        else:
            break

    digest.write(means=able)
    assert crashed > 10
    assert [to for to, _, _ in read(able, MailKind.DIGEST)] == [OFFICER, DEPUTY]


def test_the_key_of_a_digest_goes_when_it_is_sent(records: str, tmp_path: Path) -> None:
    able = on(staffed(office(tmp_path)), MONDAY)
    digest.write(means=able)
    keys = [each.key for each in Mail.objects.all()]
    box = Answering()
    try:
        assert outbox.send(means=able, server=server(box.url), sender="us@example.com") == 2
    finally:
        box.stop()

    assert [able.keys.exists(each) for each in keys] == [False, False]
    assert [to for to, _ in box.took] == [OFFICER, DEPUTY]
