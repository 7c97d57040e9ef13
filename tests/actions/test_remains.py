"""What the end of a key does not reach, and which recipients were told: in the plan, on its page, in the certificate."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.actions.test_by_hand import CABINET
from tests.actions.world import HER, forum, means
from upheld.actions import approving, cases, erasure, tasks
from upheld.actions.certificates import certify
from upheld.actions.means import Means
from upheld.actions.purge import purge
from upheld.connectors.manual import connector
from upheld.datamap.model import LegalBasis, Processor, Purpose
from upheld.law.right import Right
from upheld.ledger.certificate import Beyond, Certificate, Contradiction, Told
from upheld.ledger.letter import as_text
from upheld.rights.explain import KEYS
from upheld.store.models import Request, Task

POST = Processor("post", "Letter Shop", "prints letters", "DE", contact="privacy@post.example")
SERVICE = Purpose(
    "service", "Our service", LegalBasis.CONTRACT, "as long as the account", ("post", "The tax office")
)
LEFT = (
    "  plain copies that somebody made: print, files, messages",
    "  copies and exports that were handed over",
    "  letters and mails that were sent",
    "  what others have: Letter Shop, The tax office",
)
IN_LETTER = (
    "The destruction of a key does not reach: plain copies that somebody made (print, files, messages); "
    "copies and exports that were handed over; letters and mails that were sent; what others have "
    "(Letter Shop, The tax office)."
)


def able(folder: Path, *, undo: int = 0) -> Means:
    """A forum, and a cabinet of letters that a processor keeps for us."""
    given = means(folder, forum())
    cabinet = replace(CABINET, processor="post")
    systems = (*(replace(each, undo=undo) for each in given.datamap.systems), cabinet)
    mapped = replace(given.datamap, systems=systems, processors=(POST,), purposes=(SERVICE,))
    linked = {**given.connectors, "cabinet": connector(cabinet, secrets={})}
    return replace(given, datamap=mapped, connectors=linked, kept=folder / "kept")


def approved(given: Means, right: Right = Right.ERASURE) -> tuple[Request, str]:
    """With the plan in words, as whoever approved it read it."""
    request = cases.receive(means=given, right=right, asked=HER)
    seen = approving.look(means=given, request=request)
    approving.approve(means=given, request=request, looked=approving.fingerprint(seen))
    request.refresh_from_db()
    return request, seen.explanation.as_text()


def certified(given: Means, request: Request) -> tuple[Certificate, str]:
    erasure.fulfil(means=given, request=request)
    issued = certify(means=given, request=Request.objects.get(pk=request.pk))
    return issued.certificate, " ".join(as_text(issued).split())


def test_a_plan_whose_rows_go_with_a_key_lists_what_that_does_not_reach(records: str, tmp_path: Path) -> None:
    """K-03"""
    _, words = approved(able(tmp_path, undo=3))

    assert words.endswith("\n".join(("", KEYS, *LEFT, "")))


def test_a_plan_that_ends_with_no_key_and_one_that_removes_nothing_list_nothing(
    records: str, tmp_path: Path
) -> None:
    _, plain = approved(able(tmp_path / "plain"))
    _, copy = approved(able(tmp_path / "copy", undo=3), Right.ACCESS)

    assert (KEYS in plain, KEYS in copy) == (False, False)


def test_the_certificate_lists_it_beside_the_key_that_was_destroyed(records: str, tmp_path: Path) -> None:
    """K-02, K-03"""
    given = able(tmp_path, undo=3)
    request, _ = approved(given)
    erasure.fulfil(means=given, request=request)
    tasks.answer(means=given, task=Task.objects.get(), words="shredded", rows=1, by="Otto")
    later = replace(given, now=given.now + timedelta(days=4))
    purge(means=later)
    certificate, letter = certified(later, request)

    assert certificate.destroyed_keys
    assert certificate.beyond_keys == (
        Beyond("copies"),
        Beyond("exports"),
        Beyond("letters"),
        Beyond("recipients", ("Letter Shop", "The tax office")),
    )
    assert IN_LETTER in letter


def test_a_recipient_who_was_asked_is_named_with_the_day_and_with_that_of_the_answer(
    records: str, tmp_path: Path
) -> None:
    """G-19.1, G-19.2"""
    given = able(tmp_path)
    request, _ = approved(given)
    day = given.now.date()

    asked, letter = certified(given, request)
    tasks.answer(means=given, task=Task.objects.get(), words="shredded", rows=1, by="Otto")
    answered, _ = certified(given, request)

    assert asked.told == (Told("Letter Shop", day, None, day + timedelta(days=9)),)
    assert "Letter Shop: Asked on" in letter
    assert answered.told == (Told("Letter Shop", day, day, None),)
    assert answered.beyond_keys == ()


@pytest.mark.parametrize(("what", "who"), [("dust", ()), ("copies", ("Post",)), ("recipients", ())])
def test_a_certificate_says_nothing_else_of_keys(what: str, who: tuple[str, ...]) -> None:
    with pytest.raises(Contradiction):
        Beyond(what, who)
