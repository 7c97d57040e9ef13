"""The mails that go out by themselves, in the language of whoever gets them: plain text, a link, nothing to
open. Their words are templates (`mail/letters`), which the privacy folder may replace."""

from datetime import date

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from upheld.actions.means import Means
from upheld.mail import template
from upheld.mail.letter import Letter


def day(value: date) -> str:
    """A date in full in the language in force: Thursday 26 November 2026; some write the first otherwise."""
    return date_format(value, _("l 1 F Y") if value.day == 1 else _("l j F Y"))


def framed(*, means: Means, language: str, number: str, subject: str, text: str) -> tuple[str, str]:
    """Subject and text as they go out: the number before the subject, so that an answer finds its case, and
    around the text the greeting and who signs."""
    organisation = means.datamap.organisation
    values = {"organisation": organisation.name, "contact": organisation.contact, "number": number or "–"}
    frame = template.usable(template.FRAME, language, settings.UPHELD_DIR)
    _subject, whole = template.filled(frame, values | {"letter": text}, blanks=True)
    return (f"[{number}] {subject}" if number else subject), whole + "\n"


def written(*, means: Means, name: str, to: str, language: str, number: str, **values: str) -> Letter:
    """The letter of that name, filled. Where the organisation's own wording cannot be used it is ours; raises
    `template.Broken` where a value is missing."""
    organisation = means.datamap.organisation
    known = {"organisation": organisation.name, "contact": organisation.contact, "number": number}
    letter = template.usable(name, language, settings.UPHELD_DIR)
    subject, text = template.filled(letter, known | values)
    subject, text = framed(means=means, language=language, number=number, subject=subject, text=text)
    return Letter(to, subject, text)


def verify(*, means: Means, to: str, language: str, number: str, address: str) -> Letter:
    """Asks whether it was she who asked. Says nothing of what is held, for we have not looked."""
    return written(means=means, name="verify", to=to, language=language, number=number, link=address)


def follow(*, means: Means, to: str, language: str, number: str, address: str) -> Letter:
    """The way back to her request."""
    return written(means=means, name="follow", to=to, language=language, number=number, link=address)


def copy_ready(*, means: Means, to: str, language: str, number: str, address: str, until: date) -> Letter:
    """Her copy can be read."""
    with override(language):
        last = day(until)
    return written(
        means=means, name="copy-ready", to=to, language=language, number=number, link=address, until=last
    )


def done(*, means: Means, to: str, language: str, number: str, address: str) -> Letter:
    """What was asked for is done, and there is a certificate."""
    return written(means=means, name="done", to=to, language=language, number=number, link=address)


def task(
    *, means: Means, to: str, title: str, number: str, address: str, due: date, overdue: bool = False
) -> Letter:
    """Asks the owner of a system by hand, or asks again. Names nobody: whom it is about stands behind the
    link."""
    language = means.datamap.organisation.languages[0]
    with override(language):
        by = day(due)
    return written(
        means=means,
        name="task-overdue" if overdue else "task",
        to=to,
        language=language,
        number=number,
        system=title,
        link=address,
        due=by,
    )
