"""A copy in which a system fails is told as a failed erasure is: to who runs it, and to whose it is."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from tests.actions.office import asked, at, office, request
from tests.actions.test_alarms import noticed
from tests.actions.world import ADA, BOB, DESK, FORUM, SHOP, shop
from upheld.actions import approving, casefile, checking, copies, digest, following, queue, rounds, waiting
from upheld.actions.means import Means
from upheld.actions.numbers import numbers
from upheld.actions.today import today
from upheld.connectors.manual import connector
from upheld.law.right import Right
from upheld.rights.connector import Connector, Found
from upheld.rights.outcome import Failure, Misconfigured, Transient
from upheld.rights.testing import InMemoryConnector
from upheld.store.models import Arrival, Copy, Package, Request, RequestState, Task

AWAY = "shop: the server went away. It is tried again."


class Broken(InMemoryConnector):
    """A shop that answers when it is asked who is known, and fails when it is read."""

    def __init__(self, failure: Failure) -> None:
        whole = shop()
        self.__dict__.update(whole.__dict__)
        self.failing = failure

    def collect(self, *_: object, **__: object) -> Iterator[object]:  # type: ignore[override]
        raise self.failing


def away() -> Failure:
    return Transient("shop: the server went away.", "It is tried again.")


@pytest.fixture
def able(records: str, tmp_path: Path, settings: Settings) -> Means:
    """A forum that works, a shop that does not, and nobody to be asked."""
    settings.UPHELD_DATA, settings.UPHELD_PACKAGE_DAYS = tmp_path, 30
    return broken(replace(office(tmp_path, systems=(FORUM, SHOP)), orders=False), away())


def broken(able: Means, failure: Failure) -> Means:
    return with_shop(able, Broken(failure))


def with_shop(able: Means, given: Connector) -> Means:
    return replace(able, connectors={**able.connectors, "shop": given})


def approved(able: Means, address: str = ADA) -> Request:
    found = request(asked(able, Right.ACCESS, address=address), Right.ACCESS)
    seen = approving.look(means=able, request=found)
    approving.approve(means=able, request=found, looked=approving.fingerprint(seen))
    found.refresh_from_db()
    return found


def tried(able: Means) -> list[bool]:
    """What one more try of everything that is ready gives."""
    Copy.objects.update(not_before=able.now)
    return [copies.write(means=able, copy=each, language="en") for each in rounds.copies_ready(able)]


def test_list_start_page_journal_and_case_say_what_failed_in_the_connectors_words(able: Means) -> None:
    """G-15.3, P-20"""
    found = approved(able)
    before = queue.waiting(means=able).lines[0]
    assert (before.next, before.needs) == ("the copy is being written", False)
    assert (today(means=able).needing, today(means=able).alone.copies) == (0, 1)

    assert tried(able) == [False]

    line = queue.waiting(means=able).lines[0]
    assert (line.next, line.needs) == ("Shop failed", True)
    seen = today(means=able)
    assert (seen.needing, [each.next for each in seen.lines], seen.alone.copies) == (1, ["Shop failed"], 0)
    work = waiting.work(means=able)
    [item] = work.items
    assert (work.failed, item.title, item.what, item.why) == (1, "Shop", "copy", AWAY)
    assert (item.failed, item.request) == (True, found.pk)
    [wish] = casefile.opened(means=able, case=found.case).wishes
    assert (wish.copy_failure, wish.failed, wish.finished) == (AWAY, True, False)
    assert [each.failed for each in checking.overview(means=able)] == [0, 1]
    assert checking.one(means=able, system="shop").failed == 1
    counted = numbers(at=able.now, day=able.now.date(), systems=("forum", "shop")).failed
    assert {each for each, many in counted.items() if many} == {("shop", "TRANSIENT")}
    assert "– Systems that failed: 1" in digest.told(means=able, day=able.now.date())


def test_the_person_reads_which_system_failed_and_no_word_of_the_connector(able: Means) -> None:
    """G-12.4"""
    approved(able)
    tried(able)

    [step] = following.story(means=able, arrival=Arrival.objects.get())

    assert (step.state, step.troubled, step.failed) == ("doing", ("Shop",), False)


def test_where_it_is_the_copy_itself_that_fails_no_system_is_named(
    able: Means, monkeypatch: pytest.MonkeyPatch
) -> None:
    approved(able)

    def full(**_: object) -> None:
        raise Transient("The disk is full.", "Make room.")

    monkeypatch.setattr("upheld.actions.access.write", lambda *_, **__: full())
    tried(able)

    [step] = following.story(means=able, arrival=Arrival.objects.get())
    assert (step.troubled, step.failed) == ((), True)
    assert queue.waiting(means=able).lines[0].next == "The copy failed"
    assert waiting.work(means=able).items[0].title == "All systems"
    assert "– Systems that failed: 1" in digest.told(means=able, day=able.now.date())


@pytest.mark.parametrize(("failure", "tries"), [(away, 3), (lambda: Misconfigured("shop: no key."), 1)])
def test_the_alarm_comes_at_the_third_try_of_what_may_pass_and_at_once_of_what_does_not(
    failure: Callable[[], Failure], tries: int, able: Means
) -> None:
    able = broken(able, failure())
    approved(able)
    noticed(able)

    told = []
    for _ in range(5):
        tried(able)
        told.append(noticed(able))

    assert [number for number, each in enumerate(told, 1) if each] == [tries]
    assert told[tries - 1] == [("system.failed", "")]


def test_a_retry_is_ready_at_once_also_while_an_owner_has_her_time(able: Means, tmp_path: Path) -> None:
    systems = (FORUM, SHOP, DESK)
    able = replace(
        able,
        datamap=replace(able.datamap, systems=systems),
        connectors={**able.connectors, "desk": connector(DESK, secrets={})},
        kept=tmp_path / "kept",
    )
    found = approved(able)
    assert tried(able) == [False]
    assert (Task.objects.get().answered_at, Package.objects.count()) == (None, 1)
    later = at(able, able.clock())
    assert rounds.copies_ready(later) == ()

    assert rounds.retry(request=found, at=later.clock()) == 1
    whole = with_shop(later, shop())
    assert [each.request_id for each in rounds.copies_ready(whole)] == [found.pk]
    assert [copies.write(means=whole, copy=each, language="") for each in rounds.copies_ready(whole)] == [
        False
    ]

    copy = Copy.objects.get()
    assert (copy.failure, copy.failure_text, copy.failed, copy.attempt) == ("", "", [], 0)
    assert rounds.copies_ready(whole) == ()
    assert rounds.retry(request=found, at=later.clock()) == 0, "nothing had failed"
    assert queue.waiting(means=able).lines[0].next == "Letters: its owner was asked"


def test_once_it_is_whole_nothing_of_it_has_failed(able: Means) -> None:
    found = approved(able)
    tried(able)

    assert tried(with_shop(able, shop())) == [True]

    found.refresh_from_db()
    [wish] = casefile.opened(means=able, case=found.case).wishes
    assert (found.state, found.copy.failure, wish.failed) == (RequestState.FULFILLED, "", False)


def test_a_system_that_could_not_look_for_her_is_no_finished_part_though_it_answers_again(
    able: Means,
) -> None:
    """Scenario 53: identified while the shop was away, read when it was back, she would be unknown in it."""

    class Returning(InMemoryConnector):
        def __init__(self) -> None:
            self.__dict__.update(shop().__dict__)

        def find(self, *_: object, **__: object) -> Found:
            raise away()

    found = approved(with_shop(able, shop()))
    found.case.sealed_subject = None
    found.case.save()

    assert tried(with_shop(able, Returning())) == [False]
    assert queue.waiting(means=able).lines[0].next == "Shop failed"


def test_the_lists_take_as_many_queries_for_three_as_for_one(able: Means) -> None:
    counts = []
    for number in range(3):
        approved(able, f"p{number}{BOB}")
        tried(able)
        with CaptureQueriesContext(connection) as caught:
            queue.waiting(means=able)
            today(means=able)
            waiting.work(means=able)
        counts.append(len(caught))

    assert counts[0] == counts[1] == counts[2]
