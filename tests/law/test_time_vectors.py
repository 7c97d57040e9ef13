"""Every date of the vectors, from the packs themselves: time-vectors.json, whole (T-01 to T-24)."""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from upheld.law.deadline import Pause, dates
from upheld.law.holiday import Calendar, calendar_for
from upheld.law.packs import pack
from upheld.law.period import (
    add_months,
    breach_due,
    keep_record_through,
    lookback_start,
    may_ask_again,
    raw_end,
)
from upheld.law.right import Right

VECTORS: Mapping[str, Any] = json.loads((Path(__file__).parent / "time-vectors.json").read_text())
GDPR, CCPA = pack("gdpr/2026-11"), pack("ccpa/2026-11")
USED = {"note", "eu_months", "ca", "zone", "hours72", "other", "holidays"}


def test_no_group_of_vectors_is_left_out() -> None:
    assert set(VECTORS) == USED
    assert {each["rule"] for each in VECTORS["other"]} == {
        "lookback_12m",
        "no_ask_12m",
        "record_24m",
        "eu_pause",
    }


@pytest.mark.parametrize(
    "vector", VECTORS["eu_months"], ids=lambda each: f"{each['received']}-{each['calendar']}"
)
def test_a_european_period_ends_on_its_day(vector: Mapping[str, Any]) -> None:
    received = date.fromisoformat(vector["received"])
    calendar = calendar_for(GDPR, country=vector["calendar"])

    due = dates(GDPR, Right.ACCESS, received, calendar)
    clock = GDPR.clocks["month"]
    rule, found = (clock.answer, due.answer) if vector["months"] == 1 else (clock.extended, due.extended)

    assert rule is not None
    assert rule.legal is not None
    assert found is not None
    assert rule.legal.months == (vector["months"],)
    assert raw_end(rule.legal, received, calendar).isoformat() == vector["raw"]
    assert found.legal is not None
    assert found.legal.isoformat() == vector["due"]
    assert found.target <= found.legal


@pytest.mark.parametrize("vector", VECTORS["ca"], ids=lambda each: each["received"])
def test_a_californian_period_ends_on_its_day(vector: Mapping[str, Any]) -> None:
    """C-01, C-02, C-03, C-30, T-20, T-21, T-22"""
    received, calendar = date.fromisoformat(vector["received"]), calendar_for(CCPA)

    know = dates(CCPA, Right.KNOW, received, calendar)
    out = dates(CCPA, Right.OPT_OUT, received, calendar)
    assert know.acknowledge is not None
    assert know.extended is not None

    assert {
        "received": received.isoformat(),
        "confirm_10bd": str(know.acknowledge.legal),
        "confirm_10bd_strict": str(know.acknowledge.target),
        "optout_15bd": str(out.answer.legal),
        "optout_15bd_strict": str(out.answer.target),
        "answer_45": str(know.answer.legal),
        "answer_90": str(know.extended.legal),
    } == vector
    assert know.answer.target == received + timedelta(days=44)
    assert out.extended is None


@pytest.mark.parametrize("vector", VECTORS["zone"], ids=lambda each: each["instant"])
def test_the_day_of_receipt_is_that_of_the_controllers_zone(vector: Mapping[str, str]) -> None:
    """T-06, T-23"""
    local = datetime.fromisoformat(vector["instant"]).astimezone(ZoneInfo(vector["zone"])).date()

    assert local.isoformat() == vector["local_date"]


@pytest.mark.parametrize("vector", VECTORS["hours72"], ids=lambda each: each["aware"])
def test_the_hours_of_a_breach_are_hours_of_the_clock(vector: Mapping[str, str]) -> None:
    """T-08"""
    aware = datetime.fromisoformat(vector["aware"]).astimezone(ZoneInfo("Europe/Berlin"))

    assert breach_due(aware).isoformat() == vector["due"]


def test_what_29_february_does_to_looking_back_asking_again_and_keeping() -> None:
    """T-24"""
    rules = {each["rule"]: each for each in VECTORS["other"]}

    assert (
        str(lookback_start(date.fromisoformat(rules["lookback_12m"]["received"])))
        == rules["lookback_12m"]["start"]
    )
    assert (
        str(may_ask_again(date.fromisoformat(rules["no_ask_12m"]["opted_out"])))
        == rules["no_ask_12m"]["may_ask_from"]
    )
    assert (
        str(keep_record_through(date.fromisoformat(rules["record_24m"]["answered"])))
        == rules["record_24m"]["keep_through"]
    )


def test_a_pause_moves_the_lawful_date_and_never_the_target() -> None:
    """G-12.9, T-09"""
    [vector] = [each for each in VECTORS["other"] if each["rule"] == "eu_pause"]
    received = date.fromisoformat(vector["received"])
    pause = Pause(date.fromisoformat(vector["asked"]), date.fromisoformat(vector["answered"]))
    german = calendar_for(GDPR, country="DE")

    still = dates(GDPR, Right.ERASURE, received, german)
    paused = dates(GDPR, Right.ERASURE, received, german, pauses=(pause,))

    assert str(raw_end(GDPR.clocks["month"].answer.target, received, german)) == vector["target_base"]
    assert str(paused.answer.legal) == vector["legal"]
    assert paused.answer.target == still.answer.target


def test_the_holidays_are_those_of_the_vectors() -> None:
    """T-05, T-22"""
    calendars = {
        "DE": Calendar("", country="DE"),
        "FR": Calendar("", country="FR"),
        "CA": calendar_for(CCPA),
    }
    days = [date(2024, 1, 1) + timedelta(days=each) for each in range(7 * 366)]

    for name, calendar in calendars.items():
        found = [str(day) for day in days if day.year <= 2030 and calendar.holiday(day)]
        assert found == VECTORS["holidays"][name], name


def test_an_extension_counts_from_receipt_and_its_notice_from_the_first_month() -> None:
    """T-07, T-10: standards' own example of 31 January 2026."""
    due = dates(GDPR, Right.ACCESS, date(2026, 1, 31), calendar_for(GDPR, country="DE"))

    assert due.extended is not None
    assert (due.extended.target, due.extended.legal) == (date(2026, 4, 28), date(2026, 4, 30))
    assert due.answer.legal == date(2026, 3, 2)
    assert due.answer.target == date(2026, 2, 25)  # three working days before Saturday 28 February


def test_a_region_has_holidays_of_its_own() -> None:
    """T-05: Corpus Christi in Hesse."""
    received = date(2026, 5, 4)

    hesse = dates(GDPR, Right.ACCESS, received, calendar_for(GDPR, country="DE", region="HE"))
    berlin = dates(GDPR, Right.ACCESS, received, calendar_for(GDPR, country="DE", region="BE"))

    assert (hesse.legal, berlin.legal) == (date(2026, 6, 5), date(2026, 6, 4))


def test_months_are_added_backwards_and_over_years() -> None:
    assert [add_months(date(2026, 12, 31), each) for each in (-10, -12, 0, 2, 14)] == [
        date(2026, 2, 28),
        date(2025, 12, 31),
        date(2026, 12, 31),
        date(2027, 2, 28),
        date(2028, 2, 29),
    ]
