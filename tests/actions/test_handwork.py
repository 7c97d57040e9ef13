"""What the owner of a system by hand is asked: for each correction, with what is right, and no longer than it is wanted."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.actions.office import read
from tests.actions.test_by_hand import CABINET, able
from tests.actions.world import ADA, HER
from upheld.actions import approving, arrivals, cases, correcting, handwork, links, rounds, withdrawal
from upheld.actions.arrivals import Told
from upheld.actions.means import Means
from upheld.cli.certifying import certify_answered
from upheld.datamap.model import DataMap
from upheld.law.right import Right
from upheld.rights.correcting import Wish
from upheld.store.models import Channel, Link, LinkPurpose, MailKind, Request, RequestState, Task


@pytest.fixture
def cabinets(records: str, tmp_path: Path) -> Means:
    """Nothing but a cabinet."""
    given = able(tmp_path)
    datamap = DataMap(given.datamap.organisation, systems=(CABINET,))
    return replace(given, datamap=datamap, connectors={"cabinet": given.connectors["cabinet"]})


def corrected(means: Means, wishes: tuple[Wish, ...], words: str) -> Request:
    request = cases.receive(means=means, right=Right.RECTIFICATION, asked=HER)
    seen = correcting.look(means=means, request=request, wishes=wishes, words=words)
    correcting.approve(means=means, request=request, wishes=wishes, words=words, looked=seen.looked)
    request.refresh_from_db()
    return request


def test_a_right_value_is_shown_to_the_owner_and_nothing_is_done_before_she_answers(cabinets: Means) -> None:
    """G-16.1"""
    request = corrected(cabinets, (Wish("name", "Ada Byron"),), "It was misspelled.")
    rounds.drain(means=cabinets, certify=certify_answered, server=None, sender="")

    asked = handwork.asked(means=cabinets, task=Task.objects.get())

    request.refresh_from_db()
    assert request.state == RequestState.IN_PROGRESS
    assert (asked.how, asked.right_values, asked.statements) == (
        "correct what is found: name",
        (("name", "Ada Byron"),),
        ("It was misspelled.",),
    )


def test_a_statement_alone_asks_the_owner_too(cabinets: Means) -> None:
    """G-16.2"""
    corrected(cabinets, (), "I never lived there.")

    asked = handwork.asked(means=cabinets, task=Task.objects.get())

    assert (asked.how, asked.right_values, asked.statements) == (
        "correct what she says is wrong, or keep her statement beside it",
        (),
        ("I never lived there.",),
    )


def test_kinds_of_data_can_be_named_where_the_map_knows_no_columns(cabinets: Means) -> None:
    [(group, kinds)] = correcting.targets(cabinets.datamap)

    assert (group, [value for value, _ in kinds]) == (
        "Everywhere",
        ["birth-date", "email-address", "name", "phone-number", "postal-address"],
    )


def test_who_was_asked_is_told_when_the_request_is_taken_back_and_her_link_ends(cabinets: Means) -> None:
    request = corrected(cabinets, (Wish("name", "Ada Byron"),), "")
    rounds.drain(means=cabinets, certify=certify_answered, server=None, sender="")

    withdrawal.withdraw(means=cabinets, request=request, words="She rang.")

    assert [subject.partition("] ")[2] for _, subject, _ in read(cabinets, MailKind.TASK)] == [
        "A task in Cabinet",
        "Nothing to do any more: Cabinet",
    ]
    assert Link.objects.filter(task__isnull=False, used_at=None).count() == 0


def test_names_that_she_gave_reach_the_owner_as_what_nobody_proved(cabinets: Means) -> None:
    arrival = arrivals.receive(
        means=cabinets,
        channel=Channel.FORM,
        rights=(Right.ACCESS,),
        address=ADA,
        language="en",
        told=Told(hints=("Ada Quill", "member 17")),
    )
    token = links.give(means=cabinets, purpose=LinkPurpose.VERIFY, arrival=arrival).token
    arrivals.verify(means=cabinets, token=token)
    request = Request.objects.get()
    looked = approving.fingerprint(approving.look(means=cabinets, request=request))
    approving.approve(means=cabinets, request=request, looked=looked)

    asked = handwork.asked(means=cabinets, task=Task.objects.get())

    assert (asked.identities, asked.hints) == ((("email", ADA),), ("Ada Quill", "member 17"))
