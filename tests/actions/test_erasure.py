"""An erasure from the request to its certificate, with failures and crashes in between."""

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.actions.world import ADA, DESK, FORUM, HER, HIM, NOW, PLANTED, SHOP, forum, forum_rows, means, shop
from upheld.actions import cases, erasure, journal, lease
from upheld.actions.asking import Asked
from upheld.actions.certificates import certify
from upheld.actions.erasure import Standing
from upheld.actions.ledger import checkpoint, export
from upheld.actions.means import Means
from upheld.actions.preview import preview
from upheld.actions.resume import resume
from upheld.actions.tasks import answer, find
from upheld.datamap.model import DataMap, Limits
from upheld.law.right import Right
from upheld.ledger.verify import verify_bytes, verify_file
from upheld.rights.outcome import Established, Permanent, Transient
from upheld.rights.testing import Died, InMemoryConnector
from upheld.store.models import (
    BlindIndex,
    Case,
    CaseState,
    Evidence,
    Fulfilment,
    FulfilmentState,
    Part,
    PartState,
    PendingEntry,
    Request,
    RequestState,
    Suppression,
)


def begin(with_: Means, asked: Asked = HER, **approval: object) -> Request:
    """Received and approved, nothing written in a system yet."""
    seen = preview(means=with_, right=Right.ERASURE, asked=asked)
    request = cases.receive(means=with_, right=Right.ERASURE, asked=asked)
    erasure.approve(means=with_, request=request, preview=seen, **approval)  # type: ignore[arg-type]
    request.refresh_from_db()
    return request


def erase(with_: Means, asked: Asked = HER, **approval: object) -> Standing:
    return erasure.fulfil(means=with_, request=begin(with_, asked, **approval))


def erase_while_down(with_: Means, down: InMemoryConnector) -> Standing:
    """`down` cannot be asked, neither when the person is identified nor when her case is gone on with."""
    request = begin(with_)
    down.fail["find"] = Transient("Down.")
    return erasure.fulfil(means=with_, request=request)


def entry_types() -> list[str]:
    return [json.loads(bytes(each.content))["type"] for each in PendingEntry.objects.order_by("id")]


def test_an_erasure_is_fulfilled_and_the_case_closed(records: str, tmp_path: Path) -> None:
    double = forum()

    standing = erase(means(tmp_path, double))

    assert standing.complete
    assert double.tables == {
        "users": [{"id": 8, "email": "bob.ashgrove@example.com", "name": "Bob"}],
        "posts": [{"id": 1, "user_id": None, "body": "[removed]"}, {"id": 2, "user_id": 8, "body": "hello"}],
    }
    case = Case.objects.get()
    assert (case.state, BlindIndex.objects.filter(open=True).count()) == (CaseState.CLOSED, 0)
    assert case.key_destroy_on == (NOW + timedelta(days=14)).date()
    assert entry_types() == [
        "case.opened/v1",
        "plan.approved/v1",
        "step.fulfilled/v1",
        "step.fulfilled/v1",
        "suppression.added/v1",
        "case.closed/v1",
    ]


def test_a_person_nobody_knows_gets_an_answer_too(records: str, tmp_path: Path) -> None:
    """G-15.1"""
    double = forum()
    before = {name: list(rows) for name, rows in double.tables.items()}

    standing = erase(
        means(tmp_path, double), Asked((replace(HER.identities[0], value="nobody@example.org"),))
    )

    assert standing.complete
    assert double.tables == before


@pytest.mark.parametrize("point", ["after prepared", "after commit", "verify"])
def test_scenario_49_death_at_any_point_leaves_one_run_one_evidence_one_entry(
    records: str, tmp_path: Path, point: str
) -> None:
    whole = tmp_path / "whole"
    whole.mkdir()
    double = forum(die=[point])
    request = begin(means(tmp_path, double))

    with pytest.raises(Died):
        erasure.fulfil(means=means(tmp_path, double), request=request)
    assert Fulfilment.objects.get().state == FulfilmentState.RUNNING
    assert [each.complete for each in resume(means=means(tmp_path, double))] == [False], (
        "its lease still runs"
    )
    later = means(tmp_path, double, now=NOW + lease.LEASE + timedelta(minutes=1))
    standings = resume(means=later)

    assert [each.complete for each in standings] == [True]
    assert double.tables["users"] == forum_rows()["users"][1:]
    assert Evidence.objects.filter(part__isnull=False).count() == 1
    assert Evidence.objects.filter(part__isnull=True).count() == 1
    assert entry_types().count("step.fulfilled/v1") == 2
    assert not Part.objects.filter(state=PartState.PREPARED).exists()


def test_scenario_69_a_commit_that_nobody_saw_is_established_not_guessed(
    records: str, tmp_path: Path
) -> None:
    double = forum(die=["after commit"])
    request = begin(means(tmp_path, double))
    with pytest.raises(Died):
        erasure.fulfil(means=means(tmp_path, double), request=request)
    assert Part.objects.get().state == PartState.PREPARED

    resume(means=means(tmp_path, double, now=NOW + timedelta(hours=1)))

    assert Part.objects.order_by("position").values_list("state", "established")[0] == (
        PartState.COMMITTED,
        Established.RECEIPT,
    )
    assert Evidence.objects.get(part__isnull=False).established == Established.RECEIPT


def test_a_target_that_cannot_say_is_read_again(records: str, tmp_path: Path) -> None:
    double = forum(die=["after commit"])
    request = begin(means(tmp_path, double))
    with pytest.raises(Died):
        erasure.fulfil(means=means(tmp_path, double), request=request)
    double._settled.clear()

    resume(means=means(tmp_path, double, now=NOW + timedelta(hours=1)))

    assert Evidence.objects.get(part__isnull=False).established == Established.REREAD


def test_a_program_that_was_taken_over_writes_nothing_more(records: str, tmp_path: Path) -> None:
    double = forum()
    first = means(tmp_path, double, owner="host/1/1")
    request = begin(first)
    plan = erasure.plans.load(request.plans.get())
    late = journal.take(means=first, fulfilment=Fulfilment.objects.get(), plan=plan)
    assert late is not None
    second = means(tmp_path, double, owner="host/2/2", now=NOW + timedelta(hours=1))
    assert journal.take(means=second, fulfilment=Fulfilment.objects.get(), plan=plan) is not None
    events = double.execute(
        plan.steps,
        cases.subject_of(means=first, case=request.case),
        now=NOW,  # type: ignore[arg-type]
        entropy=first.entropy,
        allow=frozenset(),
    )

    with pytest.raises(journal.Fenced):
        journal.prepare(means=first, hold=late, event=next(events))  # type: ignore[arg-type]
    events.close()

    assert not Part.objects.exists()
    assert double.tables == forum_rows()


def test_scenario_53_one_of_two_systems_down_leaves_the_case_open_and_named(
    records: str, tmp_path: Path
) -> None:
    up, down = forum(), shop(fail={"before prepared": Transient("The shop does not answer.", "Try later.")})
    with_ = means(tmp_path, up, down, systems=(FORUM, SHOP))

    standing = erase(with_)

    assert not standing.complete
    assert standing.systems == (
        ("forum", "DONE", ""),
        ("shop", "FAILED", "The shop does not answer. Try later."),
    )
    assert Case.objects.get().state == CaseState.OPEN
    writes = up.writes

    again = resume(means=means(tmp_path, up, down, systems=(FORUM, SHOP), now=NOW + timedelta(hours=1)))

    assert [each.complete for each in again] == [True]
    assert up.writes == writes
    assert ADA not in str(down.tables)


def test_scenario_61_a_second_request_joins_the_open_case_and_is_never_told_all_is_done(
    records: str, tmp_path: Path
) -> None:
    up, down = forum(), shop(fail={"before prepared": Transient("Down.")})
    erase(means(tmp_path, up, down, systems=(FORUM, SHOP)))

    spelled = Asked((replace(HER.identities[0], value=" ADA.Quillfeather@EXAMPLE.org "),))
    joined = cases.receive(means=means(tmp_path, up, down), right=Right.ERASURE, asked=spelled)

    assert joined == Request.objects.get()
    assert joined.state == RequestState.IN_PROGRESS
    finished = erasure.fulfil(means=means(tmp_path, up, down, systems=(FORUM, SHOP)), request=joined)
    assert finished.complete
    assert "Quillfeather" not in str(down.tables)


def test_two_people_do_not_join_and_two_cases_are_not_mixed(records: str, tmp_path: Path) -> None:
    with_ = means(tmp_path, forum())
    hers = cases.receive(means=with_, right=Right.ERASURE, asked=HER)
    his = cases.receive(means=with_, right=Right.ERASURE, asked=HIM)

    assert hers.case != his.case
    with pytest.raises(cases.TwoCases):
        cases.receive(means=with_, right=Right.ERASURE, asked=Asked((*HER.identities, *HIM.identities)))


def test_a_system_that_could_not_be_asked_is_asked_before_it_is_done(records: str, tmp_path: Path) -> None:
    """Scenario 53: identification could not reach the shop, so its people were not known when the plan was approved."""
    up, down = forum(), shop(fail={"find": Transient("The shop does not answer.")})

    first = erase_while_down(means(tmp_path, up, down, systems=(FORUM, SHOP)), down)
    assert first.systems[1][:2] == ("shop", "FAILED")
    assert {row["user_id"] for row in down.tables["donations"]} == {70, 80}
    resume(means=means(tmp_path, up, down, systems=(FORUM, SHOP), now=NOW + timedelta(hours=1)))

    assert Request.objects.get().state == RequestState.FULFILLED
    assert ADA not in str(down.tables)


def test_scenario_45_an_account_opened_since_is_not_touched_by_a_resumed_case(
    records: str, tmp_path: Path
) -> None:
    up, down = forum(), shop(fail={"find": Transient("Down.")})
    erase_while_down(means(tmp_path, up, down, systems=(FORUM, SHOP)), down)
    up.tables["users"].append({"id": 9, "email": ADA, "name": "Ada again"})

    resume(means=means(tmp_path, up, down, systems=(FORUM, SHOP), now=NOW + timedelta(hours=1)))

    assert {"id": 9, "email": ADA, "name": "Ada again"} in up.tables["users"]


def test_beyond_a_limit_nothing_is_approved_without_a_name_and_a_reason(records: str, tmp_path: Path) -> None:
    strict = replace(FORUM, limits=Limits(rows_per_person=1))
    with_ = means(tmp_path, forum(), systems=(strict,))
    request = cases.receive(means=with_, right=Right.ERASURE, asked=HER)
    seen = preview(means=with_, right=Right.ERASURE, asked=HER)
    allowed = frozenset({"rows_per_person"})

    with pytest.raises(Permanent, match="rows_per_person is 1, this would be 2"):
        erasure.approve(means=with_, request=request, preview=seen)
    with pytest.raises(Permanent, match="without a reason"):
        erasure.approve(means=with_, request=request, preview=seen, allow=allowed)
    plan = erasure.approve(
        means=with_, request=request, preview=seen, allow=allowed, reason="she has two rows"
    )

    assert (plan.allowed, plan.reason, plan.approved_by) == (
        ["rows_per_person"],
        "she has two rows",
        "officer",
    )


def test_more_people_a_day_than_the_map_allows_are_refused(records: str, tmp_path: Path) -> None:
    one = replace(FORUM, limits=Limits(people_per_day=1))
    double = forum()
    erase(means(tmp_path, double, systems=(one,)))

    with pytest.raises(Permanent, match="people_per_day is 1, this would be 2"):
        erase(means(tmp_path, double, systems=(one,)), HIM)
    assert double.tables["users"] == forum_rows()["users"][1:]
    assert erase(means(tmp_path, double, systems=(one,), now=NOW + timedelta(hours=25)), HIM).complete


def test_an_approved_plan_is_not_planned_anew_and_survives_a_changed_map(
    records: str, tmp_path: Path
) -> None:
    """P-23"""
    double = forum()
    with_ = means(tmp_path, double)
    request = begin(with_)
    emptied = replace(with_, datamap=DataMap(with_.datamap.organisation))

    with pytest.raises(Permanent, match="approved plan already"):
        erasure.approve(
            means=with_, request=request, preview=preview(means=with_, right=Right.ERASURE, asked=HER)
        )
    standing = erasure.fulfil(means=emptied, request=request)

    assert standing.complete
    assert ADA not in str(double.tables)


@pytest.mark.parametrize(("proof", "cls"), [(None, "A"), (b"%PDF-1.7 signed by the archive", "D")])
def test_a_manual_system_waits_for_its_owner_and_what_she_says_is_never_more_than_said(
    proof: bytes | None, cls: str, records: str, tmp_path: Path
) -> None:
    """P-20: class A by her word, D with the confirmation of somebody else, never more."""
    with_ = means(tmp_path, forum(), systems=(FORUM, DESK))
    standing = erase(with_)
    assert standing.systems[1] == ("desk", "WAITING", "waits for an answer by 2026-12-06")
    task = find(case=str(standing.request.case.pk)[:8], system="desk")

    words = "Two letters of Ada Quillfeather shredded."
    evidence = answer(means=with_, task=task, words=words, rows=2, by="desk", proof=proof)
    with pytest.raises(Permanent, match="answered already"):
        answer(means=with_, task=task, words="again", by="desk")
    finished = erasure.fulfil(means=with_, request=standing.request)

    assert evidence.cls == cls
    assert finished.complete
    assert "Quillfeather" not in evidence.record


def test_retained_rows_have_a_date_and_the_certificate_names_them(records: str, tmp_path: Path) -> None:
    """Scenario 41, P-20"""
    double = shop()
    with_ = means(tmp_path, double, systems=(SHOP,))

    standing = erase(with_)
    issued = certify(means=with_, request=standing.request)

    assert standing.complete
    assert [row["id"] for row in double.tables["donations"]] == [1, 3]
    kept = issued.certificate.retained
    assert [(part.what, part.records, part.until) for part in kept] == [("donations", 1, date(2032, 3, 1))]
    verdict = verify_bytes(issued.encode(), vkey=with_.signer.verifier().vkey)
    assert verdict.ok, verdict.as_text()


def test_a_certificate_of_an_unfinished_case_says_what_is_missing(records: str, tmp_path: Path) -> None:
    with_ = means(
        tmp_path, forum(), shop(fail={"before prepared": Transient("Down.")}), systems=(FORUM, SHOP)
    )

    issued = certify(means=with_, request=erase(with_).request)

    assert [(part.system, part.why) for part in issued.certificate.unfinished] == [("shop", "Down.")]
    assert verify_bytes(issued.encode()).ok


@pytest.mark.store("sqlite")
def test_scenario_48_no_personal_data_stands_in_the_clear_anywhere(
    sqlite_records: Path, tmp_path: Path
) -> None:
    """P-05: every file of the store is searched, free pages and write-ahead log included."""
    with_ = means(
        tmp_path, forum(), shop(fail={"before prepared": Transient("Down.")}), systems=(FORUM, SHOP, DESK)
    )
    standing = erase(with_)
    task = find(case="", system="desk")
    answer(means=with_, task=task, words="Letters of Ada Quillfeather, 17 Larkspur Lane", rows=1, by="desk")
    certify(means=with_, request=standing.request)
    checkpoint(means=with_)

    for path in (each for each in tmp_path.rglob("*") if each.is_file()):
        content = path.read_bytes().lower()
        for value in PLANTED:
            assert value.lower().encode() not in content, path.name
    assert len(list(sqlite_records.iterdir())) >= 1


def test_suppression_and_index_rows_are_keyed_hashes(records: str, tmp_path: Path) -> None:
    """P-24, scenario 44"""
    with_ = means(tmp_path, forum())
    request = begin(with_)
    index = {bytes(row.digest) for row in BlindIndex.objects.filter(whole=False)}
    erasure.fulfil(means=with_, request=request)

    assert index == {with_.keys.blind("email", ADA), with_.keys.blind("forum.users", "(7,)")}
    assert {bytes(row.digest) for row in Suppression.objects.all()} == {with_.keys.suppress("email", ADA)}


def test_the_exported_ledger_verifies(records: str, tmp_path: Path) -> None:
    with_ = means(tmp_path, forum())
    erase(with_)
    file = tmp_path / "ledger.jsonl"

    file.write_bytes(b"".join(export(means=with_)))

    verdict = verify_file(file, vkey=with_.signer.verifier().vkey)
    assert verdict.ok, verdict.as_text()
