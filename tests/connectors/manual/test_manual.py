"""A system that a person looks after: the kit, its checks, and what an answer proves."""

from dataclasses import replace
from datetime import UTC, date, datetime
from types import MappingProxyType

import pytest

from upheld.connectors.conformance import WaitingConformance
from upheld.connectors.conformance.suite import EMAIL, entropy
from upheld.connectors.conformance.world import NOW, steps_of
from upheld.connectors.manual import connector
from upheld.datamap.model import System
from upheld.law.ground import Ground
from upheld.law.right import Right
from upheld.rights import codec
from upheld.rights.answer import Answer, Reply, evidence
from upheld.rights.fulfil import Started, execute
from upheld.rights.outcome import Asked, EvidenceClass, Misconfigured, Permanent
from upheld.rights.plan import Plan
from upheld.rights.subject import Subject

CABINET = System(
    "cabinet",
    kind="manual",
    owner="Front desk",
    address="desk@example.org",
    options=MappingProxyType({"look_for": "her name on the folders", "how": "shred the folder", "days": 14}),
)
AT = datetime(2026, 3, 5, 9, 30, tzinfo=UTC)


class TestManual(WaitingConformance):
    def make(self):
        return CABINET, connector(CABINET, secrets={})


def test_a_case_waits_and_nothing_is_called_verified():
    steps = steps_of(CABINET, Right.ERASURE)
    plan = Plan(Right.ERASURE, "gdpr", steps)

    events = list(
        execute(
            plan, {"cabinet": connector(CABINET, secrets={})}, Subject((EMAIL,)), now=NOW, entropy=entropy()
        )
    )

    assert events == [
        Started("cabinet"),
        Asked(
            "cabinet",
            steps[0].number,
            "Front desk",
            "desk@example.org",
            "her name on the folders",
            "shred the folder",
            date(2026, 3, 15),
        ),
    ]


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"owner": ""}, ["no-owner"]),
        ({"address": ""}, ["no-owner"]),
        ({"options": {}}, ["no-look-for", "no-how"]),
        ({"options": {"look_for": "a", "how": "b", "days": 90}}, ["no-days"]),
        ({"options": {"look_for": "a", "how": "b", "days": True}}, ["no-days"]),
    ],
)
def test_nobody_is_asked_what_nobody_could_answer(changes, codes):
    system = replace(CABINET, **changes)
    asking = connector(system, secrets={})

    assert [each.code for each in asking.check()] == codes
    with pytest.raises(Misconfigured):
        list(asking.execute((), Subject(()), now=NOW, entropy=entropy(), allow=frozenset()))


def test_a_manual_system_has_no_connection():
    with pytest.raises(Misconfigured, match="has a connection"):
        connector(replace(CABINET, connect="${CABINET}"), secrets={})


@pytest.mark.parametrize(
    ("more", "proves"),
    [
        ({"reply": Reply.NOTHING_FOUND}, EvidenceClass.ASSERTED),
        ({"reply": Reply.DONE}, EvidenceClass.ASSERTED),
        ({"reply": Reply.DONE, "proof": "ab" * 32}, EvidenceClass.CONFIRMED),
        ({"reply": Reply.COPY, "copy": "cd" * 32}, EvidenceClass.ASSERTED),
        ({"reply": Reply.KEPT, "ground": Ground.LEGAL_OBLIGATION, "law": "tax records"}, EvidenceClass.KEPT),
    ],
)
def test_an_answer_proves_what_it_can_and_is_stored_whole(more, proves):
    """P-20: classes are never mixed, and an assertion is never called a look."""
    answer = Answer("cabinet", 3, by="desk", at=AT, **more)

    assert evidence(answer) is proves
    assert codec.decode(codec.encode(answer), (Answer, Reply, Ground)) == answer


@pytest.mark.parametrize(
    "more",
    [
        {"reply": Reply.COPY},
        {"reply": Reply.KEPT},
        {"reply": Reply.KEPT, "ground": Ground.ARCHIVING},
        {"reply": Reply.DONE, "ground": Ground.ARCHIVING, "law": "archives"},
        {"reply": Reply.DONE, "at": datetime(2026, 3, 5)},  # noqa: DTZ001 - the zone is what is missing
    ],
)
def test_an_answer_that_lacks_its_half_is_refused(more):
    with pytest.raises(Permanent):
        Answer("cabinet", 3, by="desk", **{"at": AT, **more})
