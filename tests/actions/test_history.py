"""The ledger in words: newest first, of one case or one kind, each with its proof; and what was signed."""

from pathlib import Path

import pytest

from tests.actions.world import HER, HIM, PLANTED, forum, means
from upheld.actions import cases, history
from upheld.actions.asking import Asked
from upheld.actions.means import Means
from upheld.law.right import Right
from upheld.ledger.types import CASE_OPENED
from upheld.ledger.verify import verify_file
from upheld.rights.outcome import Misnamed
from upheld.rights.subject import Identity
from upheld.store.models import Case


@pytest.fixture
def able(records: str, tmp_path: Path) -> Means:
    given = means(tmp_path, forum())
    for asked in (HER, HIM):
        cases.receive(means=given, right=Right.ERASURE, asked=asked)
    return given


def test_entries_are_told_in_words_newest_first_and_name_nobody(able: Means) -> None:
    assert history.page().lines == (), "what waits has no place yet"
    history.newest(means=able)

    page = history.page()

    assert [(each.index, each.type, dict(each.facts)["right"]) for each in page.lines] == [
        (1, CASE_OPENED, "ERASURE"),
        (0, CASE_OPENED, "ERASURE"),
    ]
    assert page.before is None
    assert page.lines[0].meaning == "A person's case was opened and its regime pinned."
    assert not [each for each in PLANTED if each in repr(page)]


def test_one_case_or_one_kind_can_be_asked_for(able: Means) -> None:
    history.newest(means=able)
    case = Case.objects.order_by("opened_at").first()
    assert case is not None

    assert [each.index for each in history.page(case=str(case.pk)).lines] == [0]
    assert [each.index for each in history.page(kind=CASE_OPENED, before=1).lines] == [0]
    assert history.page(kind="key.destroyed/v1").lines == ()


def test_a_page_looks_through_so_many_entries_and_says_where_to_go_on(
    able: Means, monkeypatch: pytest.MonkeyPatch
) -> None:
    history.newest(means=able)
    monkeypatch.setattr(history, "WINDOW", 1)

    page = history.page(kind="key.destroyed/v1")

    assert (page.lines, page.before) == ((), 1)


def test_the_proof_of_one_entry_is_verified_by_the_ledgers_own_program(able: Means, tmp_path: Path) -> None:
    """P-14"""
    file = tmp_path / "entry.tlog-proof"
    file.write_text(history.proof(means=able, index=1))
    vkey, _ = history.newest(means=able)

    assert verify_file(file, vkey=vkey).ok
    with pytest.raises(Misnamed):
        history.proof(means=able, index=7)


def test_the_newest_checkpoints_are_listed_the_newest_first(able: Means) -> None:
    """P-12"""
    history.newest(means=able)
    fresh = Asked((Identity("email", "cy@example.net"),))
    cases.receive(means=able, right=Right.ACCESS, asked=fresh)
    _, signed = history.newest(means=able)

    assert [each.size for each in history.checkpoints()][:2] == [3, 2]
    assert history.checkpoints()[0].signed == signed.signed
