"""What is due is done on its date, and not a day before; holds and restores."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.actions.test_erasure import erase
from tests.actions.world import ADA, NOW, SHOP, forum, forum_rows, means, shop
from upheld.actions import cases, erasure, holds
from upheld.actions.purge import purge
from upheld.actions.replay import replay
from upheld.actions.suppression import suppressed
from upheld.datamap.model import Hold
from upheld.rights.outcome import Permanent
from upheld.rights.subject import Identity
from upheld.store.keys import Destroyed
from upheld.store.models import Case, CaseState, Due, Request, RequestState, Suppression

CLAIM = Hold("MATTER-7", "Legal", date(2027, 6, 30), ("forum.posts",))


def test_scenario_41_retained_rows_are_purged_on_their_date(records: str, tmp_path: Path) -> None:
    double = shop()
    erase(means(tmp_path, double, systems=(SHOP,)))
    assert [str(each.on) for each in Due.objects.all()] == ["2032-03-01"]

    before = purge(means=means(tmp_path, double, systems=(SHOP,), now=datetime(2032, 2, 29, tzinfo=UTC)))
    assert (before.rows, before.keys, [row["id"] for row in double.tables["donations"]]) == (0, 0, [1, 3])
    after = purge(means=means(tmp_path, double, systems=(SHOP,), now=datetime(2032, 3, 1, tzinfo=UTC)))

    assert (after.rows, after.keys, after.failures) == (1, 0, ())
    assert [row["id"] for row in double.tables["donations"]] == [3]
    again = purge(means=means(tmp_path, double, systems=(SHOP,), now=datetime(2032, 3, 2, tzinfo=UTC)))
    assert (again.rows, again.keys) == (0, 0)
    # Until then a backup could bring the purged row back, and a replay needs to know it.
    gone = purge(means=means(tmp_path, double, systems=(SHOP,), now=datetime(2032, 3, 15, tzinfo=UTC)))
    assert (gone.rows, gone.keys) == (0, 1)


def test_the_key_of_a_case_goes_when_backups_can_no_longer_bring_her_back(
    records: str, tmp_path: Path
) -> None:
    """K-02"""
    double = forum()
    with_ = means(tmp_path, double)
    erase(with_)

    early = purge(means=means(tmp_path, double, now=NOW + timedelta(days=13)))
    late = purge(means=means(tmp_path, double, now=NOW + timedelta(days=14)))

    assert (early.keys, late.keys) == (0, 1)
    with pytest.raises(Destroyed):
        cases.subject_of(means=with_, case=Case.objects.get())
    assert Suppression.objects.count() == 1


def test_scenario_42_a_hold_withholds_and_its_release_does_the_rest_without_a_new_request(
    records: str, tmp_path: Path
) -> None:
    double = forum()
    standing = erase(means(tmp_path, double, holds=(CLAIM,)))
    assert standing.systems == (
        ("forum", "RETAINED", "partially withheld: rows stay for the matter MATTER-7"),
    )
    assert double.tables["posts"][0]["body"] == "I live at 17 Larkspur Lane"
    assert Request.objects.get().state == RequestState.IN_PROGRESS
    with pytest.raises(Permanent, match="still held"):
        holds.released(means=means(tmp_path, double, holds=(CLAIM,)), matter="MATTER-7")

    free = means(tmp_path, double, now=NOW + timedelta(days=1))
    requests = holds.released(means=free, matter="MATTER-7")
    done = [erasure.fulfil(means=free, request=request).complete for request in requests]

    assert done == [True]
    assert double.tables["posts"][0] == {"id": 1, "user_id": None, "body": "[removed]"}
    assert Case.objects.get().state == CaseState.CLOSED


def test_scenario_54_after_a_restore_everything_erased_since_is_erased_again(
    records: str, tmp_path: Path
) -> None:
    double = forum()
    erase(means(tmp_path, double))
    erased = {name: list(rows) for name, rows in double.tables.items()}
    double.tables = {name: [dict(row) for row in rows] for name, rows in forum_rows().items()}

    replayed = replay(means=means(tmp_path, double, now=NOW + timedelta(days=1)), system="forum")

    assert (replayed.erasures, replayed.spared, replayed.failures) == (1, 0, ())
    assert double.tables == erased


def test_scenario_45_a_replay_spares_an_account_that_is_newer_than_the_erasure(
    records: str, tmp_path: Path
) -> None:
    double = forum()
    erase(means(tmp_path, double))
    new = {"id": 9, "email": ADA, "name": "Ada again"}
    other = {"id": 7, "email": "cleo@example.org", "name": "Cleo got the number 7"}
    double.tables["users"] += [dict(new), dict(other)]

    replayed = replay(means=means(tmp_path, double, now=NOW + timedelta(days=1)), system="forum")

    assert replayed.spared == 2
    assert new in double.tables["users"]
    assert other in double.tables["users"]


def test_scenario_44_an_import_of_an_erased_address_is_recognised(records: str, tmp_path: Path) -> None:
    """P-24"""
    with_ = means(tmp_path, forum())
    erase(with_)
    offered = [Identity("email", f"{name}@example.org") for name in ("bea", "ADA.quillfeather", "cleo")]

    assert list(suppressed(keys=with_.keys, identities=offered)) == [offered[1]]
