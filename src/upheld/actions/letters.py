"""The mails that go out by themselves, in the language of whoever gets them: plain text, a link, nothing to
open. Their words are templates (`mail/letters`), which the privacy folder may replace."""

from datetime import date

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from upheld.actions.means import Means
from upheld.law.objection import STOPPING
from upheld.law.right import Right
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


def written(
    *, means: Means, name: str, to: str, language: str, number: str, **values: str | date | None
) -> Letter:
    """The letter of that name, filled; a date in full, in the letter's language. Where the organisation's own
    wording cannot be used it is ours; raises `template.Broken` where a value is missing that may not be."""
    organisation = means.datamap.organisation
    known = {"organisation": organisation.name, "contact": organisation.contact, "number": number}
    with override(language):
        said = {key: day(each) if isinstance(each, date) else each or "" for key, each in values.items()}
    letter = template.usable(name, language, settings.UPHELD_DIR)
    subject, text = template.filled(letter, known | said)
    subject, text = framed(means=means, language=language, number=number, subject=subject, text=text)
    return Letter(to, subject, text)


def verify(
    *,
    means: Means,
    to: str,
    language: str,
    number: str,
    address: str,
    received: date,
    target: date,
    legal: date | None,
) -> Letter:
    """Asks whether it was she who asked, and acknowledges it with both dates (X-04); `legal` is
    None where no law sets a day. Says nothing of what is
    held, for we have not looked."""
    return written(
        means=means,
        name="verify",
        to=to,
        language=language,
        number=number,
        link=address,
        received=received,
        target=target,
        legal=legal,
    )


def follow(*, means: Means, to: str, language: str, number: str, address: str) -> Letter:
    """The way back to her request."""
    return written(means=means, name="follow", to=to, language=language, number=number, link=address)


def copy_ready(*, means: Means, to: str, language: str, number: str, address: str, until: date) -> Letter:
    """Her copy can be read."""
    return written(
        means=means, name="copy-ready", to=to, language=language, number=number, link=address, until=until
    )


ENDS = {Right.RECTIFICATION: "put-right", Right.RESTRICTION: "limited"}
"""The letter by which she is told of the end of what is neither deleted nor stopped."""


def done(
    *,
    means: Means,
    to: str,
    language: str,
    number: str,
    address: str,
    right: Right = Right.ERASURE,
    whole: bool = True,
) -> Letter:
    """What was asked for is done, and there is a certificate. Not `whole`: something stays or was left out;
    what and why says only the page."""
    name = ENDS.get(right) or ("stopped" if right in STOPPING else "done") + ("" if whole else "-in-part")
    return written(means=means, name=name, to=to, language=language, number=number, link=address)


def task_over(*, means: Means, to: str, title: str, number: str) -> Letter:
    """Tells the owner of a system by hand that nothing is to be done any more. Names nobody."""
    language = means.datamap.organisation.languages[0]
    return written(means=means, name="task-over", to=to, language=language, number=number, system=title)


def task(
    *, means: Means, to: str, title: str, number: str, address: str, due: date, overdue: bool = False
) -> Letter:
    """Asks the owner of a system by hand, or asks again. Names nobody: whom it is about stands behind the
    link."""
    return written(
        means=means,
        name="task-overdue" if overdue else "task",
        to=to,
        language=means.datamap.organisation.languages[0],
        number=number,
        system=title,
        link=address,
        due=due,
    )


def authority(*, means: Means, regime: str) -> str:
    """To whom people can complain (Art. 12(4)), in the language in force."""
    if named := means.datamap.organisation.authority:
        return named
    if regime == "ccpa":
        return _("the California Privacy Protection Agency")
    return _("the data protection authority of your country")


def wish(right: Right) -> str:
    """What was asked for, in the language in force, as it stands after “you asked us for”."""
    said = {
        Right.ACCESS: _("a copy of your data"),
        Right.RECTIFICATION: _("the correction of your data"),
        Right.ERASURE: _("the deletion of your data"),
        Right.RESTRICTION: _("the restriction of your data"),
        Right.PORTABILITY: _("your data in a form to take elsewhere"),
        Right.OBJECTION: _("an end to a use of your data"),
        Right.WITHDRAWAL: _("the end of your consent"),
        Right.KNOW: _("what we know about you, from where, and to whom it went"),
        Right.DELETE: _("the deletion of your data"),
        Right.OPT_OUT: _("an end to the sale and sharing of your data"),
    }
    return said[right]


def acknowledge(
    *,
    means: Means,
    to: str,
    language: str,
    number: str,
    rights: tuple[Right, ...],
    received: date,
    target: date,
    legal: date | None,
    address: str,
    sender: str,
    proved: bool,
) -> Letter:
    """Her request is here: its number, both dates, what happens next (C-01). `address`: the link by which she
    confirms; empty where we have no way to send one. `sender`: who wrote in her name. `proved`: there is
    nothing to confirm, and the link is to her page."""
    with override(language):
        asked = "\n".join(dict.fromkeys(f"– {wish(each)}" for each in rights))
    return written(
        means=means,
        name="received-signed" if proved else "received" if address else "received-by-hand",
        to=to,
        language=language,
        number=number,
        lines=asked,
        received=received,
        target=target,
        legal=legal,
        link=address,
        sender=sender,
    )


def told(
    *,
    means: Means,
    to: str,
    language: str,
    numbers: tuple[str, ...],
    received: date,
    target: date,
    legal: date | None,
) -> Letter:
    """Whoever wrote for others learns that it came, and under which numbers. Says nothing of anybody."""
    return written(
        means=means,
        name="received-for-others",
        to=to,
        language=language,
        number=numbers[0],
        lines="\n".join(numbers),
        received=received,
        target=target,
        legal=legal,
    )


def prove(
    *, means: Means, to: str, language: str, number: str, address: str, until: date, compared: bool
) -> Letter:
    """Asks for what is lacking to be sure that it is she who asks. Says nothing of what is held. `compared`:
    not only a signature is asked for."""
    name = "prove" if compared else "prove-by-signature"
    return written(means=means, name=name, to=to, language=language, number=number, link=address, until=until)


def other(*, means: Means, to: str, language: str, number: str, address: str) -> Letter:
    """Asks whether this address is hers too. Says neither who named it nor what is held."""
    return written(means=means, name="other-address", to=to, language=language, number=number, link=address)


def question(*, means: Means, to: str, language: str, number: str, address: str) -> Letter:
    """There is a question for her. It stands behind the link."""
    return written(means=means, name="question", to=to, language=language, number=number, link=address)


def reminder(*, means: Means, to: str, language: str, number: str, address: str, until: date) -> Letter:
    """Her copy goes in a week."""
    return written(
        means=means, name="copy-reminder", to=to, language=language, number=number, link=address, until=until
    )
