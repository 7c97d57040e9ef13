"""Staff ask, she answers on her page; a copy that goes soon is told of once."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.actions.test_arrivals import later
from tests.actions.test_centre import ask, confirm, given, other_token
from tests.actions.world import ADA, NOW, PLANTED, forum, means
from upheld.actions import alias, enclosures, following, outbox, questions, reminders, unfound
from upheld.actions.arrivals import Told
from upheld.actions.enclosures import Given
from upheld.actions.means import Means
from upheld.law.right import Right
from upheld.rights.outcome import Permanent
from upheld.rights.subject import Identity
from upheld.store.models import Arrival, Case, Enclosure, Mail, MailKind, Package, Question

TEXT = f"Is {ADA} the one with the quills?"


def opened(able: Means, rights: tuple[Right, ...] = (Right.ACCESS,)) -> tuple[Arrival, Case]:
    arrival = confirm(able, ask(able, Told(), rights=rights))
    assert arrival.case is not None
    return arrival, arrival.case


def holding(folder: Path) -> Means:
    return replace(means(folder, forum()), kept=folder / "kept")


def test_a_question_stands_behind_the_link_and_is_answered_once(records: str, tmp_path: Path) -> None:
    able = holding(tmp_path)
    _, case = opened(able)

    question = questions.ask_person(means=able, case=case, text=f"  {TEXT} ")

    letter = outbox.opened(means=able, mail=Mail.objects.get(kind=MailKind.QUESTION))
    assert (letter.to, "quills" in letter.text, "/follow/" in letter.text) == (ADA, False, True)
    questions.answer(means=able, question=question, words="Yes, I am Quillfeather.")
    (shown,) = questions.of(means=able, case=case)
    assert (shown.text, shown.answer, shown.by) == (TEXT, "Yes, I am Quillfeather.", "officer")
    with pytest.raises(Permanent):
        questions.answer(means=able, question=question, words="No!")
    stored = Question.objects.get()
    sealed = bytes(stored.sealed_text) + bytes(stored.sealed_answer or b"")
    assert not [each for each in (*PLANTED, "quills") if each.encode() in sealed]


@pytest.mark.parametrize("text", ["", "   ", "x" * 2001])
def test_nothing_and_too_much_are_not_asked(records: str, tmp_path: Path, text: str) -> None:
    able = holding(tmp_path)
    _, case = opened(able)

    with pytest.raises(Permanent):
        questions.ask_person(means=able, case=case, text=text)

    assert (Question.objects.count(), Mail.objects.filter(kind=MailKind.QUESTION).count()) == (0, 0)


def test_another_identifier_is_asked_for_once_and_proved_before_it_counts(
    records: str, tmp_path: Path
) -> None:
    """G-12.8"""
    able = holding(tmp_path)
    arrival, case = opened(able)
    question = questions.ask_identifier(means=able, case=case)
    with pytest.raises(Permanent):
        questions.ask_identifier(means=able, case=case)

    questions.identify(
        means=able, question=question, arrival=arrival, address="quill@example.net", name="4711"
    )

    assert given(able, arrival) == (Identity("email", ADA),)
    secret = other_token(able, Mail.objects.get(kind=MailKind.OTHER))
    assert alias.prove(means=able, token=secret, arrival=arrival, other="quill@example.net")
    assert given(able, arrival) == (Identity("email", ADA), Identity("email", "quill@example.net"))
    assert questions.of(means=able, case=case)[0].answer == "quill@example.net, 4711"


def test_that_nothing_was_found_is_said_only_after_she_was_asked_and_of_nobody_known(
    records: str, tmp_path: Path
) -> None:
    """G-11.1, G-12.8"""
    able = holding(tmp_path)
    arrival = confirm(able, ask(able, Told(), address="zoe@example.net", rights=(Right.ERASURE,)))
    assert arrival.case is not None
    request = arrival.case.requests.get()
    with pytest.raises(Permanent):
        unfound.answer(means=able, request=request)
    question = questions.ask_identifier(means=able, case=arrival.case)
    with pytest.raises(Permanent):
        unfound.answer(means=able, request=request)
    questions.identify(means=able, question=question, arrival=arrival, address="", name="")

    unfound.answer(means=able, request=request)

    (step,) = following.story(means=able, arrival=arrival)
    assert (step.state, step.nothing) == ("ended", True)
    assert outbox.opened(means=able, mail=Mail.objects.get(kind=MailKind.FOLLOW)).to == "zoe@example.net"

    _, hers = opened(able, rights=(Right.ERASURE,))
    questions.identify(
        means=able,
        question=questions.ask_identifier(means=able, case=hers),
        arrival=hers.arrivals.get(),
        address="",
        name="",
    )
    with pytest.raises(Permanent):
        unfound.answer(means=able, request=hers.requests.get())
    assert hers.requests.get().state == "OPEN"


def test_files_are_sealed_under_the_key_of_the_case_and_go_with_it(records: str, tmp_path: Path) -> None:
    able = holding(tmp_path)
    _, case = opened(able)
    question = questions.ask_person(means=able, case=case, text=TEXT)
    letter = b"%PDF-1.7 Ada Quillfeather, 17 Larkspur Lane"

    questions.answer(means=able, question=question, words="here", files=[Given("Quillfeather.pdf", letter)])

    enclosure = Enclosure.objects.select_related("question__case").get()
    (kept,) = (tmp_path / "kept" / "enclosures").iterdir()
    assert b"Larkspur" not in kept.read_bytes()
    assert (enclosures.name(means=able, enclosure=enclosure), enclosure.kind) == ("Quillfeather.pdf", "pdf")
    assert b"".join(enclosures.content(means=able, enclosure=enclosure)) == letter
    after = later(able, days=400)
    after = replace(after, clock=lambda: NOW.replace(year=2100))
    assert enclosures.sweep(means=after) == 0, "the case can still be read"
    Case.objects.filter(pk=case.pk).update(key_destroyed_at=NOW)
    assert (enclosures.sweep(means=after), kept.exists()) == (1, False)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7", "pdf"),
        (b"\x89PNG\r\n\x1a\n....", "png"),
        (b"\xff\xd8\xff\xe0", "jpeg"),
        ("grüß dich\n".encode(), "text"),
        (b"MZ\x90\x00", ""),
        (b"PK\x03\x04", ""),
        (b"\x00", ""),
        (b"", ""),
        (b"\xff\xfe", ""),
    ],
)
def test_a_file_is_what_its_bytes_say(content: bytes, kind: str) -> None:
    assert enclosures.kind_of(content) == kind


def test_wrong_files_keep_nothing_of_the_answer(records: str, tmp_path: Path) -> None:
    able = holding(tmp_path)
    _, case = opened(able)
    question = questions.ask_person(means=able, case=case, text=TEXT)

    with pytest.raises(Permanent):
        questions.answer(means=able, question=question, words="see", files=[Given("a.pdf", b"MZ\x90\x00")])

    assert (Question.objects.get().answered_at, Enclosure.objects.count()) == (None, 0)


def test_a_copy_that_goes_within_a_week_is_told_of_once(records: str, tmp_path: Path) -> None:
    """P-25"""
    able = holding(tmp_path)
    _, case = opened(able)
    for days in (30, 7):
        Package.objects.create(
            request=case.requests.get(), path="x", written_at=NOW, expires_at=NOW + timedelta(days=days)
        )

    told = [reminders.tell(means=later(able, days=day)) for day in (1, 22, 24, 25, 31)]

    assert told == [0, 0, 1, 0, 0]
    letter = outbox.opened(means=able, mail=Mail.objects.get(kind=MailKind.REMINDER))
    assert (letter.to, "22 December 2026" in letter.text) == (ADA, True)
