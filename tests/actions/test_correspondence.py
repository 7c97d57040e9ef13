"""A letter in a case: what it may say, to whom it goes, and what stays of it; and an organisation's own words."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.actions.office import asked, office, on
from tests.actions.test_alarms import approved
from tests.actions.world import ADA
from tests.mail.mailbox import Answering
from upheld.actions import (
    alarms,
    arrivals,
    casefile,
    correspondence,
    desk,
    digest,
    letters,
    links,
    notices,
    outbox,
    relay,
    rounds,
)
from upheld.actions.means import Means
from upheld.law.right import Right
from upheld.mail import template
from upheld.mail.deliver import server
from upheld.mail.template import Broken
from upheld.rights.outcome import Misconfigured, Permanent
from upheld.store.keys import Destroyed
from upheld.store.models import (
    Arrival,
    Case,
    LinkPurpose,
    Mail,
    MailKind,
    Request,
    RequestState,
    Role,
    Staff,
    Task,
)

DUE = date(2026, 10, 13)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty privacy folder."""
    made = tmp_path / "privacy"
    made.mkdir()
    monkeypatch.setattr("django.conf.settings.UPHELD_DIR", made)
    return made


def number(case: Case) -> str:
    return arrivals.number(Arrival.objects.get(case=case))


def test_only_letters_that_law_and_request_allow_are_offered(sqlite_records: Path, tmp_path: Path) -> None:
    able = office(tmp_path)
    case = asked(able, Right.ERASURE)
    with CaptureQueriesContext(connection) as looked:
        offered = correspondence.offered(case=case, language="en")

    assert len(looked) == 1, "what was asked is looked up once, and not for each of forty letters"
    names = {each.name for each in offered}
    assert {"acknowledge", "extend", "keep-archive", "refuse", "deleted", "withdrawn"} <= names
    assert [each.name for each in offered if not each.fits("gdpr", Right.ERASURE)] == []
    assert (
        names & {"copy-enclosed", "ca-deleted", "objection-refused", "verify", "task", "tell-recipient"}
        == set()
    )
    Case.objects.filter(pk=case.pk).update(regime="voluntary")
    case.refresh_from_db()
    promised = {each.name for each in correspondence.offered(case=case, language="en")}
    assert "acknowledge" in promised
    assert "extend" not in promised, "it names a law that does not bind here"


@pytest.mark.parametrize(
    ("language", "subject", "sentences"),
    [
        (
            "en",
            "We need more time",
            [
                "You asked us on Thursday 1 October 2026 for a copy of your data and the deletion of your data.",
                "at most until Monday 4 January 2027 (Art. 12(3) GDPR)",
                "The reason: five archives {number}",
                "to the data protection authority of your country",
            ],
        ),
        (
            "de",
            "Wir brauchen mehr Zeit",
            [
                "Sie haben uns am Donnerstag, 1. Oktober 2026 um eine Kopie Ihrer Daten und die Löschung Ihrer Daten gebeten.",
                "höchstens bis Montag, 4. Januar 2027 (Art. 12 Abs. 3 DSGVO)",
                "Der Grund: five archives {number}",
                "(Datenschutzbehörde Ihres Landes)",
            ],
        ),
        (
            "fr",
            "Il nous faut plus de temps",
            [
                "Le jeudi 1er octobre 2026, vous nous avez demandé une copie de vos données et l’effacement de vos données.",
                "au plus jusqu’au lundi 4 janvier 2027 (article 12, paragraphe 3, du RGPD)",
                "La raison\u00a0: five archives {number}",
                "(l’autorité de protection des données de votre pays)",
            ],
        ),
    ],
)
def test_a_letter_is_filled_from_the_case_in_its_language(
    language: str, subject: str, sentences: list[str], sqlite_records: Path, tmp_path: Path
) -> None:
    able = office(tmp_path)
    case = asked(able, Right.ACCESS, Right.ERASURE, language=language)

    made, text = correspondence.drafted(
        means=able,
        case=case,
        letter=template.ours("extend", correspondence.language_of(means=able, case=case)),
        words={"reason": "five archives {number}", "link": "https://elsewhere.example"},
    )

    assert made == f"[{number(case)}] {subject}"
    assert [each for each in sentences if each not in text] == []
    assert text.endswith("\n\nExample Foundation\nprivacy@example.org\n")
    assert "[…" not in text


def sent(
    able: Means, case: Case, *, name: str = "delay", subject: str = "Later", text: str = "Soon."
) -> Mail:
    return correspondence.send(means=able, case=case, name=name, language="en", subject=subject, text=text)


def test_a_letter_goes_to_the_person_is_kept_with_the_case_and_stands_in_its_story(
    records: str, tmp_path: Path
) -> None:
    able = office(tmp_path)
    case = asked(able, Right.ERASURE)

    mail = sent(able, case, text="A secret archive of Ada's.\r\nSoon.")

    letter = outbox.opened(means=able, mail=mail)
    assert (letter.to, letter.subject) == (ADA, f"[{number(case)}] Later")
    assert letter.text == "A secret archive of Ada's.\nSoon.\n"
    assert b"secret archive" not in bytes(Mail.objects.get(pk=mail.pk).sealed_content)
    box = Answering()
    try:
        outbox.send(means=able, server=server(box.url), sender="us@example.com")
    finally:
        box.stop()
    mail.refresh_from_db()
    assert mail.sent_at is not None
    assert outbox.opened(means=able, mail=mail) == letter, "what was said stays"
    file = casefile.opened(means=able, case=case)
    assert ("Mailed a letter (delay)", "officer") in [(each.what, each.by) for each in file.story]
    assert [each.pk for each in file.letters] == [mail.pk]
    able.keys.destroy([case.key])
    with pytest.raises(Destroyed):
        outbox.opened(means=able, mail=mail)


@pytest.mark.parametrize(
    ("name", "subject", "text", "words"),
    [
        ("copy-enclosed", "x", "y", "does not fit a case under gdpr"),
        ("ca-deleted", "x", "y", "does not fit"),
        ("verify", "x", "y", "does not fit"),
        ("tell-recipient", "x", "y", "does not fit"),
        ("delay", " ", "y", "no subject or no text"),
        ("delay", "x", "\r\n", "no subject or no text"),
        ("delay", "x" * 201, "y", "too long"),
        ("delay", "x", "The reason: […: Why, in your words]", "still has a blank"),
    ],
)
def test_what_must_not_go_out_does_not(
    name: str, subject: str, text: str, words: str, sqlite_records: Path, tmp_path: Path
) -> None:
    able = office(tmp_path)
    case = asked(able, Right.ERASURE)

    with pytest.raises(Permanent) as caught:
        sent(able, case, name=name, subject=subject, text=text)

    assert words in caught.value.what
    assert Mail.objects.filter(kind=MailKind.LETTER).count() == 0


def test_no_line_break_of_a_subject_becomes_a_header(sqlite_records: Path, tmp_path: Path) -> None:
    able = office(tmp_path)
    case = asked(able, Right.ERASURE)

    mail = sent(able, case, subject="Later\r\nBcc: bob@example.com")

    assert outbox.opened(means=able, mail=mail).subject == f"[{number(case)}] Later Bcc: bob@example.com"


def test_a_person_without_an_address_is_written_to_by_hand(sqlite_records: Path, tmp_path: Path) -> None:
    able = office(tmp_path)
    case = asked(able, Right.ERASURE)
    Arrival.objects.all().update(case=None, verified_at=None)

    with pytest.raises(Permanent, match="No address is known"):
        sent(able, case)


# --- every mail -----------------------------------------------------------------------------------------


def of_the_house(able: Means, account: Staff) -> None:
    """Mails to its own desk, and to whoever looks whether they arrive."""
    alarms.notice(means=able, mailing=True)
    digest.write(means=able)
    relay.try_out(means=able, account=account)


def test_pressing_reply_works_on_every_mail(
    records: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Answers go to the organisation's contact, and the subject names the case, of every kind of mail."""
    able = office(tmp_path)
    found = approved(able)
    case, arrival = found.case, Arrival.objects.get()
    given = links.give(means=able, purpose=LinkPurpose.FOLLOW, arrival=arrival)
    arrivals.tell_link(means=able, arrival=arrival, given=given, to=ADA)
    rounds.ask(means=able, task=Task.objects.get())
    sent(able, case)
    page = "https://privacy.test/"
    for kind, letter in (
        (
            MailKind.COPY_READY,
            letters.copy_ready(
                means=able, to=ADA, language="en", number=number(case), address=page, until=DUE
            ),
        ),
        (MailKind.DONE, letters.done(means=able, to=ADA, language="en", number=number(case), address=page)),
    ):
        outbox.put(means=able, kind=kind, letter=letter, key=case.key, case=case)
    known = {"means": able, "to": ADA, "language": "en", "number": number(case)}
    told = {
        MailKind.EXTENDED: notices.extended(reason="number", words="many", former=DUE, target=DUE, legal=DUE),
        MailKind.REFUSED: notices.refused(ground="unfounded", cites="Art. 12(5) GDPR", words="why"),
        MailKind.WITHDRAWN: notices.withdrawn(),
    }
    of_request = {"wish": "this", "received": DUE, "link": page, "authority": "them", "why": "So."}
    again = {
        kind: letters.written(name=each.letter, **known, **(of_request | each.values))
        for kind, each in told.items()
    } | {
        MailKind.ACKNOWLEDGE: letters.acknowledge(
            rights=(Right.ERASURE,),
            received=DUE,
            target=DUE,
            legal=DUE,
            address=page,
            sender="",
            proved=False,
            **known,
        ),
        MailKind.PROVE: letters.prove(address=page, until=DUE, compared=True, **known),
        MailKind.OTHER: letters.other(address=page, **known),
        MailKind.QUESTION: letters.question(address=page, **known),
        MailKind.REMINDER: letters.reminder(address=page, until=DUE, **known),
        MailKind.AGREE: notices.agree(
            means=able, to=ADA, number=number(case), who="O", said="more", reason="y", page=page, until=DUE
        ),
    }
    for kind, letter in again.items():
        outbox.put(means=able, kind=kind, letter=letter, key=case.key, case=case)
    olive = Staff.objects.create(
        email="o@example.org", name="O", role=Role.OFFICER, created_at=on(able, date(2026, 9, 1)).now
    )
    late = on(able, date(2026, 10, 20))
    monkeypatch.setattr("django.conf.settings.UPHELD_SMTP_URL", "smtps://mail.example.com")
    of_the_house(late, olive)
    Mail.objects.filter(kind=MailKind.VERIFY).update(dropped_at=None)
    kinds = {each.pk: each.kind for each in Mail.objects.all()}
    assert set(kinds.values()) == set(MailKind.values)

    box = Answering()
    try:
        while outbox.send(means=late, server=server(box.url), sender="robot@example.com"):
            pass
    finally:
        box.stop()

    heads = [raw.decode().split("\r\n\r\n")[0] for _, raw in box.took]
    subjects = [line for head in heads for line in head.split("\r\n") if line.startswith("Subject:")]
    assert len(heads) >= len(MailKind.values) - 1
    assert [head for head in heads if "Reply-To: privacy@example.org\r\n" not in head] == []
    known = (f"[{number(case)}] ", f"[{desk.number(case)}] ")
    assert sorted(each for each in subjects if not each.removeprefix("Subject: ").startswith(known)) == [
        "Subject: Mails go out",
        *["Subject: Your week: requests of people"] * 2,
    ], "these are about no case"


# --- own words ------------------------------------------------------------------------------------------


def own(able: Means, *, seen: str | None = None, text: str = "It is all here: {link}") -> template.Template:
    ours = template.ours("done", "en")
    state = correspondence.state(ours, "en") if seen is None else seen
    return correspondence.reword(name="done", language="en", subject="Gone", text=text, seen=state)


def test_own_words_are_a_file_of_the_privacy_folder_and_go_out(
    sqlite_records: Path, tmp_path: Path, folder: Path
) -> None:
    able = office(tmp_path)
    own(able, text="It is all here: {link}\r\n")

    assert (folder / "letters/en/done.md").read_text() == "---\nsubject: Gone\n---\nIt is all here: {link}\n"
    letter = letters.done(means=able, to=ADA, language="en", number="0A", address="https://x/")
    assert (letter.subject, letter.text) == (
        "[0A] Gone",
        "Hello,\n\nIt is all here: https://x/\n\nExample Foundation\nprivacy@example.org\n",
    )
    correspondence.restore(
        name="done", language="en", seen=correspondence.state(template.ours("done", "en"), "en")
    )
    assert letters.done(means=able, to=ADA, language="en", number="0A", address="x").subject == (
        "[0A] What we deleted"
    )
    assert list((folder / "letters/en").iterdir()) == []


def test_the_frame_can_be_ones_own_and_must_hold_the_letter(
    sqlite_records: Path, tmp_path: Path, folder: Path
) -> None:
    able = office(tmp_path)
    frame = template.ours("frame", "en")
    state = correspondence.state(frame, "en")
    with pytest.raises(Broken, match=r"\{letter\} is missing"):
        correspondence.reword(name="frame", language="en", subject="", text="Hi {organisation}", seen=state)

    correspondence.reword(name="frame", language="en", subject="", text="Hi!\n\n{letter}\n\nO.", seen=state)

    made = letters.done(means=able, to=ADA, language="en", number="0A", address="x")
    assert made.text.startswith("Hi!\n\nYour deletion is done.")
    assert made.text.endswith("\n\nO.\n")


def test_unknown_braces_are_refused_with_their_line_and_nothing_is_written(
    sqlite_records: Path, tmp_path: Path, folder: Path
) -> None:
    with pytest.raises(Broken, match=r"letters/en/done.md, line 6: this letter knows no \{adress\}"):
        own(office(tmp_path), text="{link}\n\n{adress}")

    assert list(folder.iterdir()) == []


def test_nobodys_change_is_overwritten_unseen(sqlite_records: Path, tmp_path: Path, folder: Path) -> None:
    able = office(tmp_path)
    before = correspondence.state(template.ours("done", "en"), "en")
    own(able)

    with pytest.raises(Permanent, match="Somebody changed this letter"):
        own(able, seen=before, text="mine {link}")
    with pytest.raises(Permanent, match="Somebody changed this letter"):
        correspondence.restore(name="done", language="en", seen=before)

    assert "It is all here" in (folder / "letters/en/done.md").read_text()


def test_a_folder_that_cannot_be_written_says_where_the_text_belongs(
    sqlite_records: Path, tmp_path: Path, folder: Path
) -> None:
    (folder / "letters").write_text("a file where a folder belongs")

    with pytest.raises(Misconfigured) as caught:
        own(office(tmp_path))

    assert "Put the text into letters/en/done.md" in caught.value.remedy


def test_a_broken_file_does_not_keep_a_mail_back(sqlite_records: Path, tmp_path: Path, folder: Path) -> None:
    able = office(tmp_path)
    (folder / "letters" / "en").mkdir(parents=True)
    (folder / "letters" / "en" / "verify.md").write_text("---\nsubject: x\n---\nno link")

    arrival = arrivals.receive(
        means=able, channel=arrivals.Channel.FORM, rights=(Right.ERASURE,), address=ADA, language="en"
    )

    mail = outbox.opened(means=able, mail=Mail.objects.get(arrival=arrival))
    assert mail.subject == f"[{arrivals.number(arrival)}] Please confirm your request"
    assert "/en/confirm/" in mail.text


def test_what_is_not_offered_is_not_drafted_either(sqlite_records: Path, tmp_path: Path) -> None:
    able = office(tmp_path)
    case = asked(able, Right.ERASURE)

    for name in ("verify", "tell-recipient", "copy-enclosed"):
        with pytest.raises(Permanent, match="does not fit"):
            correspondence.drafted(means=able, case=case, letter=template.ours(name, "en"), words={})


def test_a_finished_case_can_still_be_written_in(sqlite_records: Path, tmp_path: Path) -> None:
    able = office(tmp_path)
    case = asked(able, Right.ERASURE)
    Request.objects.update(state=RequestState.REVOKED, finished_at=able.now)

    made = correspondence.drafted(
        means=replace(able), case=case, letter=template.ours("withdrawn", "en"), words={"done": "nothing"}
    )

    assert "on Thursday 1 October 2026: the deletion of your data." in made[1]
