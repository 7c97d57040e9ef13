"""The law of a request: chosen and pinned at receipt, with both dates, and kept whatever changes (X-01, X-04)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from tests.actions.test_erasure import begin
from tests.actions.world import HER, HIM, NOW, forum, means
from upheld.actions import cases, regime
from upheld.actions.means import Means
from upheld.actions.preview import preview
from upheld.law.packs import pack
from upheld.law.right import Right
from upheld.rights.outcome import Misconfigured
from upheld.rights.regime import chosen
from upheld.store.models import Case, PendingEntry, Request


def answering(with_: Means, **more: object) -> Means:
    """The same, with more said in upheld.yaml."""
    organisation = replace(with_.datamap.organisation, **more)  # type: ignore[arg-type]
    return replace(with_, datamap=replace(with_.datamap, organisation=organisation))


def dates(request: Request) -> dict[str, str]:
    return {
        "pack": request.pack,
        "calendar": request.calendar.partition("/")[0],
        "received": str(request.received_date),
        "acknowledge": f"{request.acknowledge_target_date} {request.acknowledge_legal_date}",
        "target": str(request.target_date),
        "legal": str(request.legal_date),
    }


def test_a_request_is_pinned_to_its_law_with_both_dates(records: str, tmp_path: Path) -> None:
    with_ = answering(means(tmp_path, forum()), country="DE", time_zone="Europe/Berlin")
    with_ = replace(with_, clock=lambda: datetime(2026, 6, 30, 22, 30, tzinfo=UTC))

    request = cases.receive(means=with_, right=Right.ACCESS, asked=HER)

    assert dates(request) == {
        "pack": "gdpr/2026-11",
        "calendar": "DE",
        "received": "2026-07-01",
        "acknowledge": "2026-07-06 None",
        "target": "2026-07-29",
        "legal": "2026-08-03",
    }
    assert request.pack_digest == pack("gdpr/2026-11").digest
    [opened] = PendingEntry.objects.all()
    assert '"regime":"gdpr/2026-11"' in bytes(opened.content).decode()


def test_the_law_follows_the_place_a_person_asks_from(records: str, tmp_path: Path) -> None:
    """C-02, T-23: by Los Angeles, where the organisation names no time zone."""
    with_ = answering(
        means(tmp_path, forum()),
        regimes=("gdpr", "ccpa", "voluntary"),
        regime_by_place=(("US-CA", "ccpa"), ("DE", "gdpr"), ("otherwise", "voluntary")),
    )
    organisation = with_.datamap.organisation
    found = {
        place: chosen(organisation, place=place) for place in ("", "US-CA", "US-NY", "DE", "DE-HE", "JP")
    }

    early = replace(with_, regime="ccpa", clock=lambda: datetime(2026, 3, 9, 6, 30, tzinfo=UTC))
    request = cases.receive(means=early, right=Right.ACCESS, asked=HER)

    assert found == {
        "": "gdpr",
        "US-CA": "ccpa",
        "US-NY": "voluntary",
        "DE": "gdpr",
        "DE-HE": "gdpr",
        "JP": "voluntary",
    }
    assert dates(request) == {
        "pack": "ccpa/2026-11",
        "calendar": "ccpa",
        "received": "2026-03-08",
        "acknowledge": "2026-03-19 2026-03-20",
        "target": "2026-04-21",
        "legal": "2026-04-22",
    }


def test_a_right_that_the_law_does_not_give_opens_no_case(records: str, tmp_path: Path) -> None:
    """X-02"""
    with_ = answering(means(tmp_path, forum()), regimes=("ccpa",))

    with pytest.raises(Misconfigured, match=r"\(ccpa/2026-11\) gives no right of restriction.* `voluntary`"):
        cases.receive(means=with_, right=Right.RESTRICTION, asked=HER)
    with pytest.raises(Misconfigured, match="gives no right of restriction"):
        preview(means=with_, right=Right.RESTRICTION, asked=HER)

    assert not Case.objects.exists()


def test_an_unknown_law_is_refused_with_those_that_there_are(records: str, tmp_path: Path) -> None:
    with_ = answering(means(tmp_path, forum()), regimes=("lgpd",))

    with pytest.raises(Misconfigured, match=r"no regime pack for `lgpd` .* Regimes: ccpa, gdpr, voluntary"):
        cases.receive(means=with_, right=Right.ACCESS, asked=HER)
    assert not Case.objects.exists()


def test_what_upheld_yaml_says_later_moves_no_request_that_was_received(records: str, tmp_path: Path) -> None:
    """X-01"""
    with_ = answering(means(tmp_path, forum()), regimes=("gdpr", "ccpa"))
    request = cases.receive(means=with_, right=Right.ERASURE, asked=HER)
    before = dates(request)

    moved = answering(with_, regimes=("ccpa",), country="DE", time_zone="Pacific/Auckland")
    moved = replace(moved, now=NOW + timedelta(days=5))
    again = cases.receive(means=moved, right=Right.ERASURE, asked=HER)
    seen = preview(means=moved, right=Right.ERASURE, asked=HER, request=again)

    assert (again.pk, dates(again)) == (request.pk, before)
    assert seen.plan.regime == "gdpr"
    assert seen.dates is not None
    assert {"target": str(seen.dates.answer.target), "legal": str(seen.dates.legal)} == {
        "target": before["target"],
        "legal": before["legal"],
    }


def test_a_request_whose_pack_is_not_the_pinned_one_any_more_is_refused(records: str, tmp_path: Path) -> None:
    """X-01"""
    with_ = means(tmp_path, forum())
    request = cases.receive(means=with_, right=Right.ERASURE, asked=HER)

    Request.objects.update(pack_digest="0" * 64)
    request.refresh_from_db()
    with pytest.raises(Misconfigured, match="is not the one that was pinned"):
        regime.law_of(means=with_, request=request)

    Request.objects.update(pack="gdpr/2031-01")
    request.refresh_from_db()
    with pytest.raises(Misconfigured, match="There is no regime pack `gdpr/2031-01`"):
        preview(means=with_, right=Right.ERASURE, asked=HER, request=request)


def test_an_undo_window_ends_with_the_legal_date_that_was_pinned(records: str, tmp_path: Path) -> None:
    """T-02"""
    plain = means(tmp_path, forum())
    system = replace(plain.datamap.system("forum"), undo=60)
    with_ = replace(plain, datamap=replace(plain.datamap, systems=(system,)))
    request = cases.receive(means=with_, right=Right.ERASURE, asked=HER)
    Request.objects.update(target_date=date(2026, 11, 29), legal_date=date(2026, 11, 30))
    request.refresh_from_db()

    seen = preview(means=with_, right=Right.ERASURE, asked=HER, request=request)

    assert [(span.until, span.legal) for span in seen.spans.values()] == [(date(2026, 11, 30), True)]


def test_a_pack_without_dates_or_a_target_after_the_law_cannot_be_stored(
    records: str, tmp_path: Path
) -> None:
    request = cases.receive(means=means(tmp_path, forum()), right=Right.ACCESS, asked=HER)

    for wrong in (
        {"target_date": request.legal_date + timedelta(days=1)},  # type: ignore[operator]
        {"target_date": None},
        {"pack": ""},
        {"pack_digest": ""},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Request.objects.update(**wrong)


def test_requests_from_before_packs_get_the_law_of_their_day_once(records: str, tmp_path: Path) -> None:
    """An upgrade: the store as 0009 had it, two open requests and a finished one, then migrated."""
    with_ = means(tmp_path, forum())
    open_, running = begin(with_, HER), cases.receive(means=with_, right=Right.ACCESS, asked=HIM)
    done = cases.receive(means=with_, right=Right.ACCESS, asked=HER)
    Request.objects.filter(pk=done.pk).update(state="DENIED", finished_at=NOW)
    wanted = {pk: dates(Request.objects.get(pk=pk)) for pk in (open_.pk, running.pk)}
    Request.objects.update(
        pack="", pack_digest="", target_date=None, legal_date=None, received_date=None, calendar=""
    )
    connection.check_constraints()
    call_command("migrate", "store", "0009", verbosity=0)
    call_command("migrate", verbosity=0)
    assert set(Request.objects.values_list("pack", flat=True)) == {""}

    regime.pin_old(means=with_)
    first = {each.pk: dates(each) for each in Request.objects.exclude(pk=done.pk)}
    regime.pin_old(means=answering(with_, country="DE", time_zone="Pacific/Auckland"))

    assert first == wanted == {each.pk: dates(each) for each in Request.objects.exclude(pk=done.pk)}
    assert Request.objects.get(pk=done.pk).pack == ""


def test_an_old_request_of_a_right_that_its_law_does_not_give_stays_and_stops_nobody(
    records: str, tmp_path: Path
) -> None:
    with_ = means(tmp_path, forum())
    request = cases.receive(means=with_, right=Right.RESTRICTION, asked=HER)
    Case.objects.update(regime="ccpa")
    Request.objects.update(pack="", pack_digest="", target_date=None, legal_date=None)

    regime.pin_old(means=with_)

    request.refresh_from_db()
    assert (request.pack, request.target_date) == ("", None)
