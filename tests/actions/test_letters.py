"""Every mail goes out from a template, in every language, and says what an organisation wrote instead."""

import ast
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

import upheld
from tests.actions.office import office
from tests.actions.world import ADA
from upheld.actions import letters, notices
from upheld.actions.means import Means
from upheld.law.right import Right
from upheld.mail import template
from upheld.mail.letter import Letter
from upheld.store.models import MailKind

SOURCE = Path(upheld.__file__).parent
PAGE = "https://privacy.test/x/"
DAY, LATER = date(2026, 10, 1), date(2026, 11, 13)
DATES = {"received": DAY, "target": DAY, "legal": LATER}
REQUEST = {"wish": "a copy", "received": DAY, "link": PAGE, "authority": "the authority"}
RIGHTS = (Right.ACCESS, Right.ERASURE)
Written = Callable[..., Letter]


def told(notice: notices.Notice) -> Written:
    """As `notices.tell` has it written."""
    return lambda **to: letters.written(
        name=notice.letter, **to, **REQUEST | {"why": notice.why()} | dict(notice.values)
    )


def received(**more: object) -> Written:
    known = {"rights": RIGHTS, "sender": "The agent", "proved": False, "address": PAGE} | DATES | more
    return lambda **to: letters.acknowledge(**to, **known)


def ours(written: Callable[..., Letter], **more: object) -> Written:
    """Goes to somebody of the organisation, in its own language."""
    return lambda **to: written(**{key: each for key, each in to.items() if key != "language"}, **more)


MAILS: dict[str, tuple[MailKind, Written]] = {
    "verify": (MailKind.VERIFY, lambda **to: letters.verify(address=PAGE, **DATES, **to)),
    "follow": (MailKind.FOLLOW, lambda **to: letters.follow(address=PAGE, **to)),
    "copy-ready": (MailKind.COPY_READY, lambda **to: letters.copy_ready(address=PAGE, until=DAY, **to)),
    "copy-reminder": (MailKind.REMINDER, lambda **to: letters.reminder(address=PAGE, until=DAY, **to)),
    "done": (MailKind.DONE, lambda **to: letters.done(address=PAGE, **to)),
    "stopped": (MailKind.DONE, lambda **to: letters.done(address=PAGE, right=Right.OBJECTION, **to)),
    "done-in-part": (MailKind.DONE, lambda **to: letters.done(address=PAGE, whole=False, **to)),
    "stopped-in-part": (
        MailKind.DONE,
        lambda **to: letters.done(address=PAGE, right=Right.OBJECTION, whole=False, **to),
    ),
    "put-right": (MailKind.DONE, lambda **to: letters.done(address=PAGE, right=Right.RECTIFICATION, **to)),
    "limited": (MailKind.DONE, lambda **to: letters.done(address=PAGE, right=Right.RESTRICTION, **to)),
    "task-over": (MailKind.TASK, ours(letters.task_over, title="Archive")),
    "task": (MailKind.TASK, ours(letters.task, title="Archive", address=PAGE, due=DAY)),
    "task-overdue": (
        MailKind.OVERDUE,
        ours(letters.task, title="Archive", address=PAGE, due=DAY, overdue=True),
    ),
    "received": (MailKind.ACKNOWLEDGE, received()),
    "received-signed": (MailKind.ACKNOWLEDGE, received(proved=True)),
    "received-by-hand": (MailKind.ACKNOWLEDGE, received(address="")),
    "received-for-others": (
        MailKind.ACKNOWLEDGE,
        lambda number, **to: letters.told(numbers=(number, "0C2D"), **DATES, **to),
    ),
    "prove": (MailKind.PROVE, lambda **to: letters.prove(address=PAGE, until=DAY, compared=True, **to)),
    "prove-by-signature": (
        MailKind.PROVE,
        lambda **to: letters.prove(address=PAGE, until=DAY, compared=False, **to),
    ),
    "other-address": (MailKind.OTHER, lambda **to: letters.other(address=PAGE, **to)),
    "question": (MailKind.QUESTION, lambda **to: letters.question(address=PAGE, **to)),
    "extended": (
        MailKind.EXTENDED,
        told(notices.extended(reason="number", words="Many.", former=DAY, target=DAY, legal=LATER)),
    ),
    "refused": (
        MailKind.REFUSED,
        told(notices.refused(ground="unfounded", cites="Art. 12(5) GDPR", words="So.")),
    ),
    "refused-in-part": (
        MailKind.REFUSED,
        told(notices.refused(ground="legal-claims", cites="Art. 17", words="So.", systems=("Archive",))),
    ),
    "taken-back": (MailKind.WITHDRAWN, told(notices.withdrawn())),
    "second-yes": (
        MailKind.AGREE,
        ours(notices.agree, who="The officer", said="delete it", reason="Asked.", page=PAGE, until=DAY),
    ),
    "alarm": (MailKind.ALARM, lambda **to: letters.written(name="alarm", lines="– One", link=PAGE, **to)),
    "mail-works": (
        MailKind.TEST,
        lambda **to: letters.written(name="mail-works", link=PAGE, **to),
    ),
    "digest": (MailKind.DIGEST, lambda **to: letters.written(name="digest", lines="– One", link=PAGE, **to)),
}
"""By the name of its template: the kind of mail, and how it is written."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty privacy folder."""
    made = tmp_path / "privacy"
    made.mkdir()
    monkeypatch.setattr("django.conf.settings.UPHELD_DIR", made)
    return made


def written(name: str, language: str, folder: Path) -> Letter:
    able = office(folder, languages=(language,))
    return MAILS[name][1](means=able, to=ADA, language=language, number="0A1B")


def test_every_kind_of_mail_has_its_templates_and_every_template_its_mail() -> None:
    sent = {name for name in template.names() if template.ours(name, "en").occasion == "itself"}

    assert set(MAILS) == sent
    assert {kind for kind, _ in MAILS.values()} == set(MailKind) - {MailKind.LETTER}


def test_nothing_but_a_template_becomes_a_mail() -> None:
    """A letter that somebody wrote in a case is one too: `correspondence` begins with its template."""
    composing = {
        module.relative_to(SOURCE).as_posix()
        for module in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(module.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Letter"
    }

    assert composing == {"actions/letters.py", "actions/correspondence.py", "ledger/letter.py"}
    assert "from upheld.mail" not in (SOURCE / "ledger/letter.py").read_text(), "its Letter is another"


@pytest.mark.parametrize("language", template.languages())
@pytest.mark.parametrize("name", MAILS)
def test_what_goes_out_is_the_template_and_nothing_else(
    name: str, language: str, sqlite_records: Path, tmp_path: Path, folder: Path
) -> None:
    letter = template.ours(name, language)
    mail = written(name, language, tmp_path)

    subject, *_ = template.filled(letter, {"system": "Archive"}, blanks=True)
    assert (mail.to, mail.subject) == (ADA, f"[0A1B] {subject}")
    between = [
        each for line in letter.text.splitlines() for each in template.MARK.split(line)[::2] if each.strip()
    ]
    assert [each for each in between if each not in mail.text] == []
    assert "{" not in mail.text
    assert "\n\n\n" not in mail.text


@pytest.mark.parametrize("language", template.languages())
@pytest.mark.parametrize("name", MAILS)
def test_an_organisation_s_own_words_go_out_instead(
    name: str, language: str, sqlite_records: Path, tmp_path: Path, folder: Path
) -> None:
    ours = template.ours(name, language)
    path = folder / ours.file
    path.parent.mkdir(parents=True)
    lines = [f"{each}: {{{each}}}" for each in ours.placeholders]
    path.write_text(template.written("Mine", "\n".join(["My words.", *lines])))
    assert template.faults(folder) == ()

    mail = written(name, language, tmp_path)

    greeting = template.ours("frame", language).text.partition("\n")[0]
    assert mail.subject == "[0A1B] Mine"
    assert mail.text.startswith(f"{greeting}\n\nMy words.\n")
    assert [each for each in ours.placeholders if f"\n{each}: " not in mail.text] == []

    path.write_text(template.written("Mine", "My words. {nobody}"))
    assert written(name, language, tmp_path).subject != "[0A1B] Mine"
    assert [each.file for each in template.faults(folder)] == [ours.file]


@pytest.mark.parametrize("language", template.languages())
@pytest.mark.parametrize(("sender", "legal"), [("", LATER), ("The agent", None), ("", None)])
def test_a_line_goes_with_the_value_that_it_lacks(
    sender: str, legal: date | None, language: str, sqlite_records: Path, tmp_path: Path, folder: Path
) -> None:
    able: Means = office(tmp_path, languages=(language,))

    mail = received(sender=sender, legal=legal)(means=able, to=ADA, language=language, number="0A1B")

    lines = template.ours("received", language).text.splitlines()
    gone = [f"{{{name}}}" for name, value in (("sender", sender), ("legal", legal)) if not value]
    wanted = [line.partition("{")[0] for line in lines if not any(each in line for each in gone)]
    text = mail.text.split("\n\n", 1)[1].replace("\n– ", "", 1).splitlines()
    assert [got[: len(begin)] for got, begin in zip(text, wanted, strict=False)] == wanted


def test_both_dates_stand_in_every_receipt_whatever_its_wording(folder: Path) -> None:
    """C-01"""
    for name in ("verify", "received", "received-signed", "received-by-hand", "received-for-others"):
        assert {"target", "legal"} <= set(template.ours(name, "en").must)


def test_no_wording_of_a_no_loses_its_reason_its_law_or_the_way_to_complain() -> None:
    """G-12.4, G-12.6"""
    assert set(template.ours("refused", "en").must) == {"why", "law", "reason", "authority", "link"}
    assert set(template.ours("refused-in-part", "en").must) >= {
        "systems",
        "why",
        "law",
        "reason",
        "authority",
    }
    assert set(template.ours("extended", "en").must) >= {"why", "reason", "target", "legal"}
