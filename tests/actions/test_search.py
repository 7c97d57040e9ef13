"""A case is found by a few exact things, by nothing else, and by nothing any more once its key is gone."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.actions.world import ADA, HER, forum, means
from upheld.actions import arrivals, cases, search
from upheld.actions.asking import Asked
from upheld.actions.means import Means
from upheld.law.right import Right
from upheld.rights.outcome import Permanent
from upheld.rights.subject import Identity, Person, Subject
from upheld.store.models import BlindIndex, Case, Channel, Look, RequestState


def hers(able: Means) -> Case:
    """A case that is known by an address, a number, an account, a row and a name; and a stranger's."""
    asked = Asked(
        (*HER.identities, Identity("phone", "+4930901820"), Identity("username", "quill")),
        (Person("forum", "users", (7,)), Person("forum", "users", (20261126,))),
    )
    case = cases.receive(means=able, right=Right.ERASURE, asked=asked).case
    search.named(means=able, case=case, names=["Dr. Zoë Quillfeather-Møller"])
    other = cases.receive(means=able, right=Right.ERASURE, asked=Asked((Identity("email", "bob@x.example"),)))
    search.named(means=able, case=other.case, names=["Zoe Ashgrove"])
    return case


def found(able: Means, words: str) -> list[Case]:
    page = search.find(means=able, words=words, why="she telephoned")
    return [Case.objects.get(pk=each.case) for each in page.hits]


def german(folder: Path) -> Means:
    able = means(folder, forum())
    organisation = replace(able.datamap.organisation, country="DE")
    (system,) = able.datamap.systems
    table = system.tables[0]
    named = replace(table, identities=(*table.identities, replace(table.identities[0], kind="username")))
    system = replace(system, tables=(named, *system.tables[1:]))
    return replace(able, datamap=replace(able.datamap, organisation=organisation, systems=(system,)))


@pytest.mark.parametrize(
    "words",
    [
        ADA,
        f" {ADA.upper()} ",
        "+49 30 901820",
        "030/901820",
        "quill",
        "7",
        "Quillfeather",
        "zoe QUILLFEATHER",
        "20261126",
    ],
)
def test_a_case_is_found_by_each_of_a_few_exact_things(records: str, tmp_path: Path, words: str) -> None:
    able = german(tmp_path)
    case = hers(able)

    assert found(able, words) == [case]


@pytest.mark.parametrize(
    "words", ["ada", "example.org", "quillf", "8", "Ashgrove Quillfeather", "901820", "(name)", "", "%"]
)
def test_and_by_nothing_else(records: str, tmp_path: Path, words: str) -> None:
    able = german(tmp_path)
    hers(able)

    assert found(able, words) == []


def test_a_number_needs_no_reason_and_is_no_look(records: str, tmp_path: Path) -> None:
    able = german(tmp_path)
    case = hers(able)
    arrival = arrivals.receive(
        means=able, channel=Channel.FORM, rights=(Right.ERASURE,), address="cy@example.net", language="en"
    )
    unproved = search.find(means=able, words=arrivals.number(arrival))

    assert [each.case for each in search.find(means=able, words=case.pk.hex[:8].upper()).hits] == [case.pk]
    assert [each.case for each in search.find(means=able, words=str(case.pk)).hits] == [case.pk]
    assert (unproved.hits, Look.objects.count()) == ((), 0)


def test_a_search_by_a_person_wants_a_reason_and_is_recorded_in_each_case_it_names(
    records: str, tmp_path: Path
) -> None:
    able = replace(german(tmp_path), by="olive")
    case = hers(able)

    with pytest.raises(Permanent, match="Nobody said why"):
        search.find(means=able, words=ADA, why=" ")
    assert Look.objects.count() == 0
    found(able, "zoe")

    looks = Look.objects.order_by("pk")
    assert {each.case_id for each in looks} == set(Case.objects.values_list("pk", flat=True))
    assert {(each.by, each.what, each.why) for each in looks} == {("olive", "a search", "she telephoned")}
    assert case.looks.count() == 1


def test_marks_hold_nothing_readable_and_stay_until_the_key_goes(records: str, tmp_path: Path) -> None:
    able = german(tmp_path)
    case = hers(able)
    request = case.requests.get()
    stored = [bytes(each.digest) for each in BlindIndex.objects.all()]
    assert not [each for each in stored if b"quill" in each.lower() or b"zoe" in each.lower()]

    cases.finish(means=able, request=request, state=RequestState.DENIED)
    case.refresh_from_db()
    assert found(able, ADA) == [case], "closed, and still found by staff"
    again = cases.receive(means=able, right=Right.ERASURE, asked=HER)
    assert again.case_id != case.pk, "but nobody joins it"
    assert found(able, "Quillfeather") == [case]

    cases.destroy_key(means=able, case=case, at=able.clock())
    assert found(able, ADA) == [again.case]
    assert found(able, "Quillfeather") == []
    assert search.find(means=able, words=case.pk.hex[:8]).hits[0].case == case.pk


def test_pages_follow_each_other_and_take_as_many_queries_for_many_as_for_one(
    records: str, tmp_path: Path
) -> None:
    able = german(tmp_path)
    hers(able)
    with CaptureQueriesContext(connection) as one:
        assert len(found_page(able).hits) == 2
    for number in range(5):
        other = Asked((Identity("email", f"p{number}@x.example"),))
        case = cases.receive(means=able, right=Right.ERASURE, asked=other).case
        search.named(means=able, case=case, names=["Zoe"])
    with CaptureQueriesContext(connection) as many:
        whole = found_page(able, size=50)
    assert (len(whole.hits), len(many)) == (7, len(one))

    seen, after = [], ""
    while True:
        page = search.find(means=able, words="zoe", why="x", after=after, size=3)
        seen += [each.case for each in page.hits]
        after = page.after
        if not after:
            break
    assert seen == [each.case for each in whole.hits]
    with pytest.raises(Permanent, match="not known"):
        search.find(means=able, words="zoe", why="x", after="nonsense")


def found_page(able: Means, size: int = 20) -> search.Page:
    return search.find(means=able, words="zoe", why="x", size=size)


def test_what_is_learnt_of_her_later_finds_her_too(records: str, tmp_path: Path) -> None:
    able = german(tmp_path)
    case = cases.receive(means=able, right=Right.ERASURE, asked=HER).case
    learnt = Identity("phone", "+4930901820", verified=True, source="forum.users")

    cases.remember(means=able, case=case, subject=Subject((*HER.identities, learnt)))

    assert found(able, "030 901820") == [case]
    assert case.opened_at.date() == date(2026, 11, 22)
