"""Letters that somebody of the organisation sends in a case, by templates; and its own wording of them."""

import tempfile
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from upheld.actions import arrivals, desk, letters, outbox, regime
from upheld.actions.means import Means
from upheld.law.right import Right
from upheld.mail import template
from upheld.mail.letter import Letter
from upheld.mail.template import BLANK, Template
from upheld.rights.outcome import Misconfigured, Permanent
from upheld.store.models import Arrival, Case, Mail, MailKind, Request
from upheld.store.models.case import UNFINISHED

LONGEST_SUBJECT = 200


class Fits(Permanent):
    """The law of the case, or what was asked in it, does not allow the letter."""

    def __init__(self, letter: Template, case: Case) -> None:
        super().__init__(
            f"The letter `{letter.name}` does not fit a case under {case.regime}, or what was asked in it.",
            "Choose one that is offered for the case.",
        )


def offered(*, case: Case, language: str) -> tuple[Template, ...]:
    """Letters that may be sent in the case, in that language: by its law, for a right that was asked for."""
    rights = _rights(case)
    return tuple(each for each in _letters(language) if _fits(each, case, rights))


def _letters(language: str) -> Iterable[Template]:
    return (template.usable(name, language, settings.UPHELD_DIR) for name in template.names())


def _rights(case: Case) -> frozenset[Right]:
    return frozenset(Right(each.right) for each in case.requests.all())


def _fits(letter: Template, case: Case, rights: frozenset[Right]) -> bool:
    return letter.sendable and any(letter.fits(case.regime, right) for right in rights)


def language_of(*, means: Means, case: Case) -> str:
    """The language in which the person wrote, or the organisation's first."""
    arrival = _arrival(case)
    return arrival.language if arrival else means.datamap.organisation.languages[0]


def _arrival(case: Case) -> Arrival | None:
    return Arrival.objects.filter(case=case).order_by("-received_at").first()


def number(case: Case) -> str:
    """The number under which the person knows it."""
    arrival = _arrival(case)
    return arrivals.number(arrival) if arrival else desk.number(case)


def known(*, means: Means, case: Case, letter: Template) -> dict[str, str]:
    """What a letter of the case can say by itself, in its language: of the requests that it fits, those that
    are not finished where there are any."""
    requests = [
        each for each in case.requests.order_by("received_at") if letter.fits(case.regime, Right(each.right))
    ]
    current = [each for each in requests if each.state in UNFINISHED] or requests
    if not current:
        raise Fits(letter, case)
    pinned = [regime.dates_of(means=means, request=each) for each in current]
    first = min(pinned, key=lambda each: (each.answer.target, each.legal))
    longest = first.extended
    with override(letter.language):
        return {
            **plain(means=means, language=letter.language, law=case.regime),
            "number": number(case),
            "wish": wish(current),
            "received": letters.day(first.received),
            "target": letters.day(first.answer.target),
            "legal": letters.day(first.legal),
        } | ({"extended": letters.day(longest.legal or longest.target)} if longest else {})


def plain(*, means: Means, language: str, law: str = "gdpr") -> dict[str, str]:
    """What any letter can say without a case."""
    organisation = means.datamap.organisation
    with override(language):
        return {
            "organisation": organisation.name,
            "contact": organisation.contact,
            "authority": letters.authority(means=means, regime=law),
        }


def wish(requests: Iterable[Request]) -> str:
    """What was asked for, in the language in force."""
    return _(" and ").join(dict.fromkeys(letters.wish(Right(each.right)) for each in requests))


def drafted(*, means: Means, case: Case, letter: Template, words: Mapping[str, str]) -> tuple[str, str]:
    """Subject and whole text, filled from the case and with the officer's words; what is missing is a blank.
    Raises Fits."""
    if not _fits(letter, case, _rights(case)):
        raise Fits(letter, case)
    said = known(means=means, case=case, letter=letter) | _only_open(letter, words)
    subject, text = template.filled(letter, said, blanks=True)
    return letters.framed(
        means=means, language=letter.language, number=said["number"], subject=subject, text=text
    )


def blank(*, means: Means, letter: Template) -> tuple[str, str]:
    """The same with blanks, to copy before anything is connected."""
    said = plain(means=means, language=letter.language)
    subject, text = template.filled(letter, said, blanks=True)
    return letters.framed(means=means, language=letter.language, number="", subject=subject, text=text)


def _only_open(letter: Template, words: Mapping[str, str]) -> dict[str, str]:
    return {name: words[name].strip() for name in letter.open if words.get(name, "").strip()}


@transaction.atomic
def send(*, means: Means, case: Case, name: str, language: str, subject: str, text: str) -> Mail:
    """Write a letter to the person into the outbox: to the address that she wrote from last, sealed with the
    case's key and kept with it. Its subject carries her number, whatever was written there.

    Raises Fits; Permanent where a blank is left, there is nothing to send, or no address of hers is known;
    Destroyed.
    """
    letter = template.usable(name, language, settings.UPHELD_DIR)
    if not _fits(letter, case, _rights(case)):
        raise Fits(letter, case)
    subject, text = " ".join(subject.split()), text.replace("\r\n", "\n").strip()
    if not subject or not text or len(subject) > LONGEST_SUBJECT or len(text) > template.LONGEST:
        raise Permanent(
            "The letter has no subject or no text, or is too long.",
            f"Write both: at most {LONGEST_SUBJECT} and {template.LONGEST} characters.",
        )
    if BLANK[:2] in subject + text:
        raise Permanent("The letter still has a blank.", f"Fill in every {BLANK.format('')}, or take it out.")
    arrival = _arrival(case)
    if arrival is None:
        raise Permanent(
            "No address is known to which the person would be written.",
            "Copy the letter and send it by hand.",
        )
    mark = f"[{number(case)}]"
    to = arrivals.opened(means=means, arrival=arrival).address
    return outbox.put(
        means=means,
        kind=MailKind.LETTER,
        letter=Letter(to, subject if subject.startswith(mark) else f"{mark} {subject}", text + "\n"),
        key=case.key,
        arrival=arrival,
        case=case,
        letter_name=name,
        by=means.by,
    )


# --- the organisation's own wording ---------------------------------------------------------------------


def state(letter: Template, language: str) -> str:
    """Tells two wordings apart, so that nobody's change is overwritten unseen; also for a broken file."""
    try:
        content = _path(letter.name, language).read_bytes()
    except OSError:
        content = b"ours"
    return sha256(content).hexdigest()


def reword(*, name: str, language: str, subject: str, text: str, seen: str) -> Template:
    """Write the organisation's own wording into its privacy folder. Raises Broken for a placeholder that the
    letter does not know; Permanent where the file is no longer the one that was `seen`; Misconfigured where
    the folder cannot be written."""
    ours = template.ours(name, language)
    written = template.written(subject if name != template.FRAME else "", text)
    own = template.own(ours, language, written)
    _unchanged(ours, language, seen)
    path = _path(name, language)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8") as file:
            file.write(written)
        Path(file.name).chmod(0o640)
        Path(file.name).replace(path)
    except OSError as error:
        raise _unwritable(path, error) from error
    return own


def restore(*, name: str, language: str, seen: str) -> None:
    """Back to our wording. As `reword`."""
    _unchanged(template.ours(name, language), language, seen)
    path = _path(name, language)
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise _unwritable(path, error) from error


def _unchanged(letter: Template, language: str, seen: str) -> None:
    if state(letter, language) != seen:
        raise Permanent(
            "Somebody changed this letter since you opened it.", "Nothing was written. Open it again."
        )


def _unwritable(path: Path, error: OSError) -> Misconfigured:
    return Misconfigured(
        f"The privacy folder cannot be written: {error.strerror}.",
        f"Put the text into {path.relative_to(settings.UPHELD_DIR)} where your folder is kept.",
    )


def _path(name: str, language: str) -> Path:
    return Path(settings.UPHELD_DIR) / template.FOLDER / language / f"{name}.md"
