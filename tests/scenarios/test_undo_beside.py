"""An erasure undone beside another that stands, and while a run over a list is at it."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.scenarios.conftest import Make
from tests.scenarios.office import Office, open_office
from tests.scenarios.people import ADA, BEN, PEOPLE, USERS
from tests.scenarios.test_lists import erase
from tests.scenarios.undoing import WINDOW
from tests.scenarios.world import NOW
from upheld.actions import plans, undo
from upheld.actions.batch import journal as many
from upheld.actions.batch.begin import approve_many
from upheld.actions.batch.conclude import conclude_many
from upheld.actions.batch.look import Line, look
from upheld.actions.journal import Fenced
from upheld.actions.suppression import suppressed
from upheld.ledger.types import REGISTRY
from upheld.rights.outcome import Counts, Prepared
from upheld.rights.subject import Identity
from upheld.store.models import Case, Part, PendingEntry, Request, Suppression

SHARED = (
    "CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(120) NOT NULL);\n"
    "INSERT INTO users VALUES (0, 'ada@chess.example.org'), (5, 'ada@chess.example.org');\n"
)
ADDRESS = Identity("email", "ada@chess.example.org")


def put_back(office: Office, request: Request) -> None:
    means = office.means(NOW)
    undo.approve(means=means, request=request)
    undo.undo(means=means, request=Request.objects.get(pk=request.pk))


def kept_out(office: Office) -> bool:
    return bool(list(suppressed(keys=office.keys, identities=[ADDRESS])))


def started(office: Office, *people: str) -> list[Request]:
    """Approved by list; nothing is written."""
    means = office.means()
    lines = [Line(number, office.asked(each)) for number, each in enumerate(people, start=2)]
    batch = approve_many(means=means, look=look(means=means, lines=lines))
    return [each.request for each in batch.each.select_related("request__case").order_by("line")]


def said(kind: str) -> int:
    return sum(REGISTRY.decode(bytes(each.content)).type == kind for each in PendingEntry.objects.all())


@pytest.mark.parametrize("first", [0, 1])
def test_an_address_of_two_erased_people_stays_suppressed_while_one_of_them_is(
    first: int, make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    """P-24: whoever set the mark, it goes with the last erasure that is undone."""
    office = open_office(make(SHARED, USERS, system=WINDOW), tmp_path)
    both = [office.erase(ADA, people=(key,)).request for key in ("users=0", "users=5")]
    assert Suppression.objects.count() == 1

    put_back(office, both[first])
    during = kept_out(office)
    put_back(office, both[1 - first])

    assert (during, kept_out(office)) == (True, False)
    assert said("suppression.lifted/v1") == said("suppression.added/v1") == 1


def test_a_mark_stays_when_the_window_of_one_of_its_two_people_has_ended(
    make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    office = open_office(make(SHARED, USERS, system=WINDOW), tmp_path)
    hers = office.erase(ADA, people=("users=0",)).request
    office.datamap = replace(
        office.datamap, systems=tuple(replace(each, undo=None) for each in office.datamap.systems)
    )
    assert office.erase(ADA, people=("users=5",)).complete

    put_back(office, hers)

    assert kept_out(office)


def test_a_window_that_ends_makes_the_mark_it_shares_final(
    make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    office = open_office(make(SHARED, USERS, system=WINDOW), tmp_path)
    hers = office.erase(ADA, people=("users=0",)).request
    office.datamap = replace(
        office.datamap, systems=tuple(replace(each, undo=3) for each in office.datamap.systems)
    )
    office.erase(ADA, people=("users=5",))
    assert office.purge("2026-11-26").windows == 1

    put_back(office, hers)

    assert kept_out(office)


def test_a_list_writes_nothing_more_for_one_whose_undo_was_approved_while_it_ran(
    make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    office = open_office(make(PEOPLE, USERS, system=WINDOW), tmp_path)
    requests = started(office, ADA, BEN)
    means = office.means()
    fulfilments = [each.fulfilments.get() for each in requests]
    plan = plans.load(fulfilments[0].plan)
    holds = many.take_many(means=means, fulfilments=fulfilments, plan=plan)
    undo.approve(means=office.means(), request=requests[0])

    with pytest.raises(Fenced):
        many.prepare_many(
            means=means,
            holds=holds,
            events=[Prepared("club", "rest", "{}", Counts(()), b"{}", before=b"{}")] * 2,
            memory=many.Memory(),
        )

    assert not Part.objects.exists()
    assert many.lost(holds) == {0}
    assert many.lost(holds[1:]) == frozenset()
    many.give_back_undone(holds)
    assert [each.fulfilments.get().state for each in requests] == ["WAITING", "RUNNING"]


def test_a_list_neither_suppresses_nor_closes_one_whose_undo_was_approved_while_it_ran(
    make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    """G-17.3, P-24: she is back, so she is not kept out, and her case ends as undone and once."""
    office = open_office(make(PEOPLE, USERS, system=WINDOW), tmp_path)
    ends = erase(office, ADA, BEN)
    stale = [Request.objects.select_related("case").get(pk=each.request.pk) for each in ends]
    put_back(office, ends[0].request)

    conclude_many(means=office.means(), requests=stale, known={})

    assert not kept_out(office)
    assert Suppression.objects.count() == 1
    assert [each.state for each in Case.objects.order_by("opened_at")].count("CLOSED") == 1
    assert said("case.closed/v1") == 1
