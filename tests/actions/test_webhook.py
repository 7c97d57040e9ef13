"""Alarms told to a program: a number, dates and a link; again later where it fails; given up after three days."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.actions.office import asked, at, office, on
from tests.actions.world import ADA
from tests.mail.hook import Called
from tests.mail.test_webhook import SECRET
from upheld.actions import alarms, desk, watch, webhook
from upheld.law.right import Right
from upheld.store.models import Alarm


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> Iterator[Called]:
    """The program of the settings."""
    program = Called()
    monkeypatch.setattr("django.conf.settings.UPHELD_WEBHOOK_URL", program.url)
    monkeypatch.setattr("django.conf.settings.UPHELD_WEBHOOK_SECRET", SECRET, raising=False)
    monkeypatch.setattr("django.conf.settings.UPHELD_WEBHOOK_PRIVATE", True, raising=False)
    yield program
    program.stop()


def test_each_alarm_is_called_once_with_number_dates_and_link(
    records: str, tmp_path: Path, called: Called
) -> None:
    able = office(tmp_path)
    case = asked(able, Right.ERASURE)

    watch.tell(means=able, mailing=False)
    watch.tell(means=able, mailing=False)

    told = [json.loads(body) for _, _, body in called.calls]
    data = {
        "version": "upheld-webhook/v1",
        "case": desk.number(case),
        "link": f"https://privacy.test/console/cases/{case.pk}/",
        "day": None,
        "target": "2026-10-28",
        "legal": "2026-11-02",
    }
    assert sorted(told, key=lambda each: str(each["type"])) == [
        {"type": name, "timestamp": "2026-10-01T09:00:00Z", "data": data}
        for name in ("case.needs_you", "case.new")
    ]
    assert [ADA in body.decode() for _, _, body in called.calls] == [False, False]
    assert len({headers["webhook-id"] for _, headers, _ in called.calls}) == 2


def test_what_fails_is_called_again_later_and_longer_apart_and_given_up_after_three_days(
    records: str, tmp_path: Path, called: Called
) -> None:
    able = office(tmp_path)
    asked(able, Right.ERASURE)
    alarms.notice(means=able, mailing=False)
    called.answer = 503

    moment, waited = able.now, []
    for _ in range(80):
        assert webhook.call(means=at(able, moment)) == 0
        ready = Alarm.objects.filter(given_up_at=None).order_by("call_at").first()
        if ready is None:
            break
        assert ready.call_at is not None
        waited.append(ready.call_at - moment)
        moment = max(ready.call_at, moment)

    alarm = Alarm.objects.order_by("attempts").last()
    assert alarm is not None
    assert alarm.failure == "The webhook at 127.0.0.1 answered 503."
    assert timedelta(days=3) <= moment - able.now <= timedelta(days=3, hours=6)
    assert max(waited) <= timedelta(hours=6)
    calls = len(called.calls)
    assert webhook.call(means=at(able, moment + timedelta(days=1))) == 0
    assert len(called.calls) == calls, "it is given up"


def test_one_that_fails_does_not_hold_up_the_round_and_the_same_name_comes_again(
    records: str, tmp_path: Path, called: Called
) -> None:
    able = office(tmp_path)
    asked(able, Right.ERASURE)
    called.answer = 503
    watch.tell(means=able, mailing=False)
    assert len(called.calls) == 1, "the other would go to the same place"
    called.answer = 200

    assert webhook.call(means=at(able, able.now + timedelta(minutes=2))) == 2
    names = [headers["webhook-id"] for _, headers, _ in called.calls]
    assert (len(names), len(set(names))) == (3, 2)


def test_gone_is_given_up_at_once_and_wrong_settings_wait_for_somebody(
    records: str, tmp_path: Path, called: Called, monkeypatch: pytest.MonkeyPatch
) -> None:
    able = office(tmp_path)
    asked(able, Right.ERASURE)
    monkeypatch.setattr("django.conf.settings.UPHELD_WEBHOOK_SECRET", "hush")
    watch.tell(means=able, mailing=False)
    assert called.calls == []
    assert sorted(Alarm.objects.values_list("failure", "attempts")) == [
        ("", 0),
        ("UPHELD_WEBHOOK_SECRET is no secret of 24 to 64 bytes.", 1),
    ]
    monkeypatch.setattr("django.conf.settings.UPHELD_WEBHOOK_SECRET", SECRET)
    called.answer = 410
    for minutes in (2, 4):
        webhook.call(means=at(able, able.now + timedelta(minutes=minutes)))

    assert Alarm.objects.filter(given_up_at=None).count() == 0


def test_without_a_webhook_nothing_waits_for_one_that_is_set_later(
    records: str, tmp_path: Path, called: Called, monkeypatch: pytest.MonkeyPatch
) -> None:
    able = office(tmp_path)
    asked(able, Right.ERASURE)
    with monkeypatch.context() as without:
        without.setattr("django.conf.settings.UPHELD_WEBHOOK_URL", "")
        watch.tell(means=able, mailing=False)

    watch.tell(means=on(able, date(2026, 10, 2)), mailing=False)

    assert called.calls == []
