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
    name = ("stopped" if right in STOPPING else "done") + ("" if whole else "-in-part")
    return written(means=means, name=name, to=to, language=language, number=number, link=address)


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


def _signed(means: Means, *paragraphs: str) -> str:
    organisation = means.datamap.organisation
    return "\n\n".join((*paragraphs, f"{organisation.name}\n{organisation.contact}")) + "\n"


def wish(right: Right) -> str:
    """What is asked for, as we would say it to her."""
    said = {
        Right.ACCESS: _("a copy of your data"),
        Right.KNOW: _("what we know about you, from where, and to whom it went"),
        Right.PORTABILITY: _("your data in a form that machines read"),
        Right.RECTIFICATION: _("that something is corrected"),
        Right.ERASURE: _("that your data is deleted"),
        Right.DELETE: _("that your data is deleted"),
        Right.RESTRICTION: _("that your data is not used for now"),
        Right.OBJECTION: _("that we stop using your data for something"),
        Right.WITHDRAWAL: _("to take back a consent"),
        Right.OPT_OUT: _("that your data is neither sold nor shared"),
    }
    return said[right]


def _until(target: date, legal: date | None) -> str:
    if legal is None:
        return _("We answer by {target}.").format(target=day(target))
    return _("We answer by {target}. The law gives us until {legal}.").format(
        target=day(target), legal=day(legal)
    )


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
        organisation = means.datamap.organisation
        asked = "\n".join(f"– {wish(each)}" for each in rights)
        came = _("your request reached us on {day}. You ask for:").format(day=day(received))
        if sender:
            came = _("on {day} {sender} asked us in your name. They ask for:").format(
                day=day(received), sender=sender
            )
        if proved:
            proof: tuple[str, ...] = (
                _("Your mail is signed by your own provider, so there is nothing to confirm. Your page:"),
                address,
            )
        elif address:
            proof = (
                _("Please confirm that you want this, by this link:"),
                address,
                _("The link works once, for three days. It can be renewed on the page that it leads to."),
            )
        else:
            proof = (_("Before we do anything we make sure that it is you. We write to you about that."),)
        return Letter(
            to,
            _("[{number}] We have received your request").format(number=number),
            _signed(
                means,
                _("Hello,"),
                came,
                asked,
                *proof,
                _until(target, legal),
                _("If this was not your wish, please tell us: {contact}.").format(
                    contact=organisation.contact
                ),
                _("Your number is {number}. Name it when you write to us.").format(number=number),
            ),
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
    with override(language):
        return Letter(
            to,
            _("[{number}] We have received your message").format(number=numbers[0]),
            _signed(
                means,
                _("Hello,"),
                _("your message reached us on {day}. The requests in it have these numbers:").format(
                    day=day(received)
                ),
                "\n".join(numbers),
                _("Each person is asked, at her own address, to confirm it. The answer goes to her."),
                _until(target, legal),
            ),
        )


def prove(
    *, means: Means, to: str, language: str, number: str, address: str, until: date, compared: bool
) -> Letter:
    """Asks for what is lacking to be sure that it is she who asks. Says nothing of what is held. `compared`:
    not only a signature is asked for."""
    with override(language):
        compares = _("What you write there is compared with what we hold, and then deleted.")
        return Letter(
            to,
            _("[{number}] We need one more thing from you").format(number=number),
            _signed(
                means,
                _("Hello,"),
                _(
                    "before we carry out your request we must be sure that nobody else asks in your name. "
                    "Please answer here by {day}:"
                ).format(day=day(until)),
                address,
                *([compares] if compared else []),
            ),
        )


def other(*, means: Means, to: str, language: str, number: str, address: str) -> Letter:
    """Asks whether this address is hers too. Says neither who named it nor what is held."""
    with override(language):
        return Letter(
            to,
            _("[{number}] Is this address yours too?").format(number=number),
            _signed(
                means,
                _("Hello,"),
                _(
                    "somebody who has sent {organisation} a request says that this address belongs to the "
                    "same person. If that is right, say so here:"
                ).format(organisation=means.datamap.organisation.name),
                address,
                _("If you do not know of it, do nothing. This address is then not used."),
            ),
        )


def question(*, means: Means, to: str, language: str, number: str, address: str) -> Letter:
    """There is a question for her. It stands behind the link."""
    with override(language):
        return Letter(
            to,
            _("[{number}] A question about your request").format(number=number),
            _signed(
                means,
                _("Hello,"),
                _("we need to know something before we can go on. The question, and where to answer:"),
                address,
                _("The link works for thirty days. Whoever has it can read the page: keep it to yourself."),
            ),
        )


def reminder(*, means: Means, to: str, language: str, number: str, address: str, until: date) -> Letter:
    """Her copy goes in a week."""
    with override(language):
        return Letter(
            to,
            _("[{number}] Your copy goes soon").format(number=number),
            _signed(
                means,
                _("Hello,"),
                _("your copy is there until {day}; then it is destroyed. Read or save it here:").format(
                    day=day(until)
                ),
                address,
                _("You can ask for a new one whenever you like."),
            ),
        )
