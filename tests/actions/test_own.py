"""Upheld's own records are a system of the map: in her copy, left by her erasure, found by nobody's name later."""

from collections.abc import Mapping
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.db import transaction
from pytest_django import Settings

from tests.actions.world import ADA, BOB, HER, HIM, NOW, PLANTED, forum, means
from upheld.actions import (
    arrivals,
    cases,
    certainty,
    erasure,
    extension,
    outbox,
    preview,
    questions,
    staff,
    thread,
    unknown,
)
from upheld.actions.asking import Asked
from upheld.actions.means import Means
from upheld.actions.own import connector
from upheld.datamap.model import DataMap
from upheld.datamap.read import read
from upheld.law.right import Right
from upheld.mail.letter import Letter
from upheld.rights.connector import Row
from upheld.rights.explain import KEYS
from upheld.rights.many import takes_many
from upheld.rights.subject import Identity, Person
from upheld.store.models import Case, Channel, MailKind, Request, RequestState

FOLDER = """\
organisation: {name: Example Foundation, contact: privacy@example.org}
"""
PURPOSES = "purposes:\n  requests: {title: Requests, basis: legal-obligation, retention: until the key is destroyed}\n"


@pytest.fixture
def able(records: str, tmp_path: Path, settings: Settings) -> Means:
    """A forum, and our own records as a fresh folder maps them."""
    settings.UPHELD_KEYS = tmp_path / "keys"
    folder = tmp_path / "privacy"
    (folder / "systems").mkdir(parents=True)
    (folder / "upheld.yaml").write_text(FOLDER)
    (folder / "purposes.yaml").write_text(PURPOSES)
    text = (files("upheld.datamap.ready") / "upheld.yaml").read_text()
    (folder / "systems" / "upheld.yaml").write_text(text)
    mapped = read(folder)
    given = means(tmp_path, forum())
    whole: DataMap = replace(
        given.datamap, systems=(*given.datamap.systems, *mapped.systems), purposes=mapped.purposes
    )
    own = connector(mapped.systems[0], secrets={})
    assert own.check() == ()
    return replace(given, datamap=whole, connectors={**given.connectors, "upheld": own})


def copied(able: Means, right: Right, asked: Asked = HER) -> Mapping[str, list[Mapping[str, object]]]:
    seen = preview.preview(means=able, right=right, asked=asked)
    found: dict[str, list[Mapping[str, object]]] = {}
    own = able.connectors["upheld"]
    for each in own.collect(seen.plan.of("upheld"), seen.subject, now=able.now):
        assert isinstance(each, Row)
        found.setdefault(each.table, []).append(each.values)
    return found


def test_her_copy_holds_what_we_hold_about_her_requests_and_nothing_of_others(able: Means) -> None:
    """G-15.4, X-06"""
    request = cases.receive(means=able, right=Right.ACCESS, asked=HER)
    cases.receive(means=able, right=Right.ERASURE, asked=HIM)
    staff.look(case=request.case, by="Olive Officer", at=NOW, what="who it is about", why="she telephoned")

    found = copied(able, Right.ACCESS)

    assert [each["id"] for each in found["cases"]] == [str(request.case_id)]
    assert [(each["right"], each["state"]) for each in found["requests"]] == [("ACCESS", "OPEN")]
    assert [(each["what"], each["why"]) for each in found["looks"]] == [("who it is about", "she telephoned")]
    assert "Olive" not in repr(found), "who looked is a colleague's name"


def test_her_copy_names_mails_to_her_and_no_alarm_of_a_colleagues(able: Means) -> None:
    case = cases.receive(means=able, right=Right.ACCESS, asked=HER).case
    for kind in (MailKind.LETTER, MailKind.FOLLOW, MailKind.ALARM):
        letter = Letter("x@example.org", f"about {kind}", f"words of {kind}")
        outbox.put(means=able, kind=kind, letter=letter, key=case.key, case=case)

    found = [(each["kind"], each["subject"], each["words"]) for each in copied(able, Right.ACCESS)["letters"]]
    assert found == [("LETTER", "about LETTER", "words of LETTER"), ("FOLLOW", "", "")]


def test_an_erasure_leaves_them_and_the_certificate_says_so(able: Means) -> None:
    """G-17.3, P-20"""
    request = cases.receive(means=able, right=Right.ERASURE, asked=HER)
    seen = preview.preview(means=able, right=Right.ERASURE, asked=HER)
    erasure.approve(means=able, request=request, preview=seen)
    request.refresh_from_db()

    standing = erasure.fulfil(means=able, request=request)

    assert standing.complete
    assert {name: state for name, state, _ in standing.systems} == {"forum": "DONE", "upheld": "DONE"}
    assert Case.objects.get().sealed_identities
    explained = seen.explanation.as_text()
    assert "unreadable once its key is destroyed" in explained
    assert KEYS in explained, "K-03: and what its key does not reach"
    assert not [each for each in PLANTED if each in explained]
    assert copied(able, Right.ACCESS) == {}, "a closed case is not found for a copy"


def test_a_map_of_what_is_not_there_stops(able: Means) -> None:
    system = able.datamap.system("upheld")
    table = replace(system.tables[0], name="secrets")
    wrong = replace(system, tables=(table, replace(system.tables[1], fields=table.fields[:1])))

    found = connector(wrong, secrets={}).check()

    assert next((each.code, each.table) for each in found) == ("table.missing", "secrets")


def test_our_own_record_of_her_asking_is_no_sign_that_anybody_knows_her(able: Means) -> None:
    """G-11.1"""
    stranger = Asked((Identity("email", "nobody@example.net"),))
    cases.receive(means=able, right=Right.ACCESS, asked=stranger)

    seen = preview.preview(means=able, right=Right.ACCESS, asked=stranger)

    assert seen.rows == 2
    assert unknown.is_unknown(means=able, asked=stranger, seen=seen)


def test_her_copy_holds_her_words_and_what_was_written_about_her(able: Means) -> None:
    """G-15.4: every value is planted; nothing of another person's case, and no colleague's name, is in it."""
    hers, his = _case(able, ADA, "hers"), _case(able, BOB, "his")

    found = copied(able, Right.ACCESS)

    assert [(each["channel"], each["words"]) for each in found["messages"]] == [("FORM", "wrote-hers")]
    assert [(each["question"], each["answer"]) for each in found["questions"]] == [
        ("asked-hers", "said-hers")
    ]
    assert [each["why"] for each in found["doubts"]] == ["doubted-hers"]
    assert ("JUDGEMENT", "judged-hers") in [
        (each["method"], each["words"]) for each in found["verifications"]
    ]
    assert sorted((each["what"], each["words"]) for each in found["notes"]) == [
        ("NOTE", "noted-hers"),
        ("PAUSE", "paused-hers"),
    ]
    assert {each["case_id"] for each in found["notes"]} == {str(hers.pk)}
    assert "-his" not in repr(found)
    assert "Olive" not in repr(found)
    assert his.pk != hers.pk


def _case(able: Means, address: str, mark: str) -> Case:
    """Somebody asked by the form; each thing that can be written in a case is written there, marked."""
    olive = replace(able, by="Olive Officer", kept=Path(configured.UPHELD_KEYS).parent)
    arrival = arrivals.receive(
        means=olive,
        channel=Channel.FORM,
        address=address,
        rights=(Right.ACCESS,),
        language="en",
        told=arrivals.Told(words=f"wrote-{mark}"),
    )
    with transaction.atomic():
        arrivals.join(means=olive, arrival=arrival)
    request = Request.objects.select_related("case").get(case=arrival.case)
    question = questions.ask_person(means=olive, case=request.case, text=f"asked-{mark}")
    questions.answer(means=olive, question=question, words=f"said-{mark}")
    certainty.doubt(means=olive, request=request, why=f"doubted-{mark}")
    certainty.judge_one(means=olive, request=request, why=f"judged-{mark}")
    thread.note(means=olive, case=request.case, words=f"noted-{mark}")
    extension.pause(means=olive, request=request, words=f"paused-{mark}")
    return request.case


def test_many_are_found_counted_and_gone_through_as_each_would_be(able: Means) -> None:
    for asked in (HER, HIM):
        cases.receive(means=able, right=Right.ERASURE, asked=asked)
    own = able.connectors["upheld"]
    assert takes_many({"upheld": own}, "upheld") is not None
    people = [preview.preview(means=able, right=Right.ERASURE, asked=each) for each in (HER, HIM)]
    steps, subjects = people[0].plan.of("upheld"), [each.subject for each in people]
    options: dict[str, Any] = {"now": able.now, "entropy": lambda: "token", "allow": frozenset()}

    found = own.find_many([(each.identities, ()) for each in (HER, HIM)])  # type: ignore[attr-defined]
    counted = own.count_many(steps, subjects, now=able.now)  # type: ignore[attr-defined]
    prepared, committed = own.execute_many(steps, subjects, **options)  # type: ignore[attr-defined]
    singly = [tuple(own.execute(steps, each, **options)) for each in subjects]

    assert found == tuple(own.find(each.identities, ()) for each in (HER, HIM))
    assert counted.each == tuple(own.count(steps, each, now=able.now) for each in subjects)
    assert [tuple(each) for each in zip(prepared.prepared, committed.committed, strict=True)] == singly


def test_what_is_copied_for_many_is_what_each_would_get_and_nothing_of_another(able: Means) -> None:
    """G-15.4"""
    for address, mark in ((ADA, "hers"), (BOB, "his")):
        _case(able, address, mark)
    people = [preview.preview(means=able, right=Right.ACCESS, asked=each) for each in (HER, HIM)]
    own, steps = able.connectors["upheld"], people[0].plan.of("upheld")

    subjects = [each.subject for each in people]
    blocks = list(own.collect_many(steps, subjects, now=able.now))  # type: ignore[attr-defined]

    given = [[row for block in blocks for row in block.given.get(member, ())] for member in (0, 1)]
    assert given == [list(own.collect(steps, each, now=able.now)) for each in subjects]
    assert ["-his" in repr(each) for each in given] == [False, True]
    assert ["-hers" in repr(each) for each in given] == [True, False]
    assert all(block.size > 100 for block in blocks), "her words weigh something"


def closed(able: Means, address: str, mark: str, *decisions: Person) -> Case:
    """A case in which everything is written, and that is over."""
    case = _case(able, address, mark)
    letter = Letter(address, f"about-{mark}", f"told-{mark}")
    outbox.put(means=able, kind=MailKind.LETTER, letter=letter, key=case.key, case=case)
    if decisions:
        cases.receive(means=able, right=Right.ACCESS, asked=Asked((Identity("email", address),), decisions))
    for each in case.requests.all():
        cases.finish(means=able, request=each, state=RequestState.DENIED)
    case.refresh_from_db()
    assert case.closed_at
    return case


def test_her_copy_holds_her_closed_cases_until_their_keys_go(able: Means) -> None:
    """G-15.4, X-06, K-02"""
    old = closed(able, ADA, "old")
    closed(able, BOB, "his")
    new = cases.receive(means=able, right=Right.ACCESS, asked=HER).case

    found = copied(able, Right.ACCESS)

    assert {each["id"] for each in found["cases"]} == {str(old.pk), str(new.pk)}
    for words in ("wrote-old", "said-old", "doubted-old", "judged-old", "noted-old", "about-old", "told-old"):
        assert words in repr(found), words
    assert "-his" not in repr(found)
    cases.destroy_key(means=able, case=old, at=NOW)
    gone = copied(able, Right.ACCESS)
    assert [each["id"] for each in gone["cases"]] == [str(new.pk)]
    assert "-old" not in repr(gone)


def test_of_two_who_share_an_address_neither_gets_the_others_closed_cases(able: Means) -> None:
    """G-15.4: somebody decided which row each of them is; of a case in which nobody did, nothing is given."""
    mine, other = Person("forum", "users", (7,)), Person("forum", "users", (8,))
    closed(able, ADA, "theirs", other)
    undecided = closed(able, ADA, "whose")
    hers = closed(able, ADA, "mine", mine)
    asked = Asked((Identity("email", ADA),), (mine,))
    new = cases.receive(means=able, right=Right.ACCESS, asked=asked).case

    found = copied(able, Right.ACCESS, asked)

    assert {each["id"] for each in found["cases"]} == {str(hers.pk), str(new.pk)}
    assert ["-theirs" in repr(found), "-whose" in repr(found), undecided == hers] == [False, False, False]


def test_whoever_has_her_address_after_an_erasure_gets_nothing_from_before(able: Means) -> None:
    """S-45: neither of the erasure's case nor of an earlier one, though their keys are there."""
    closed(able, ADA, "before")
    double = able.connectors["forum"]
    row = dict(double.tables["users"][0])  # type: ignore[attr-defined]
    request = cases.receive(means=able, right=Right.ERASURE, asked=HER)
    seen = preview.preview(means=able, right=Right.ERASURE, asked=HER)
    erasure.approve(means=able, request=request, preview=seen)
    request.refresh_from_db()
    assert erasure.fulfil(means=able, request=request).complete
    double.tables["users"].append(row)  # type: ignore[attr-defined]
    new = cases.receive(means=able, right=Right.ACCESS, asked=HER).case

    found = copied(able, Right.ACCESS)

    assert [each["id"] for each in found["cases"]] == [str(new.pk)]
    assert "-before" not in repr(found)


def test_closed_cases_of_many_are_those_that_each_would_get(able: Means) -> None:
    """G-15.4"""
    for address, mark in ((ADA, "hers"), (BOB, "his")):
        closed(able, address, mark)
    for asked in (HER, HIM):
        cases.receive(means=able, right=Right.ACCESS, asked=asked)
    people = [preview.preview(means=able, right=Right.ACCESS, asked=each) for each in (HER, HIM)]
    own, steps = able.connectors["upheld"], people[0].plan.of("upheld")
    subjects = [each.subject for each in people]

    blocks = list(own.collect_many(steps, subjects, now=able.now))  # type: ignore[attr-defined]
    counted = own.count_many(steps, subjects, now=able.now)  # type: ignore[attr-defined]

    given = [[row for block in blocks for row in block.given.get(member, ())] for member in (0, 1)]
    assert given == [list(own.collect(steps, each, now=able.now)) for each in subjects]
    assert counted.each == tuple(own.count(steps, each, now=able.now) for each in subjects)
    assert [("-his" in repr(each), "-hers" in repr(each)) for each in given] == [(False, True), (True, False)]
