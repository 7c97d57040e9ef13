"""The mails we write, in the language of whoever gets them: plain text, a link, nothing to open."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from upheld.actions.means import Means
from upheld.law.right import Right
from upheld.mail.letter import Letter


def day(value: date) -> str:
    """A date in full in the language in force: Thursday 26 November 2026."""
    return date_format(value, _("l j F Y"))


def _signed(means: Means, *paragraphs: str) -> str:
    organisation = means.datamap.organisation
    return "\n\n".join((*paragraphs, f"{organisation.name}\n{organisation.contact}")) + "\n"


def verify(*, means: Means, to: str, language: str, number: str, address: str) -> Letter:
    """Asks whether it was she who asked. Says nothing of what is held, for we have not looked."""
    with override(language):
        return Letter(
            to,
            _("[{number}] Please confirm your request").format(number=number),
            _signed(
                means,
                _("Hello,"),
                _(
                    "somebody asked {organisation}, with this address, for a copy or for the deletion of "
                    "data. If it was you, confirm it here:"
                ).format(organisation=means.datamap.organisation.name),
                address,
                _("The link works once, for three days. It can be renewed on the page that it leads to."),
                _("If it was not you, do nothing. Without the link nothing happens."),
            ),
        )


def follow(*, means: Means, to: str, language: str, number: str, address: str) -> Letter:
    """The way back to her request."""
    with override(language):
        return Letter(
            to,
            _("[{number}] Your request").format(number=number),
            _signed(
                means,
                _("Hello,"),
                _("here you see where your request stands, and what happens next:"),
                address,
                _("The link works for thirty days. Whoever has it can read the page: keep it to yourself."),
            ),
        )


def copy_ready(*, means: Means, to: str, language: str, number: str, address: str, until: date) -> Letter:
    """Her copy can be read."""
    with override(language):
        return Letter(
            to,
            _("[{number}] Your copy is ready").format(number=number),
            _signed(
                means,
                _("Hello,"),
                _("the copy of what we hold about you is ready. Read it here, in your browser:"),
                address,
                _("It is there until {day}; then it is destroyed.").format(day=day(until)),
            ),
        )


def done(*, means: Means, to: str, language: str, number: str, address: str) -> Letter:
    """What was asked for is done, and there is a certificate."""
    with override(language):
        return Letter(
            to,
            _("[{number}] What we deleted").format(number=number),
            _signed(
                means,
                _("Hello,"),
                _("your deletion is done. Read what was deleted, what stays and why, with its proof:"),
                address,
                _("The link works for thirty days. To keep it for longer, print the page or save its proof."),
            ),
        )


def task(*, means: Means, to: str, title: str, number: str, address: str, due: date) -> Letter:
    """Asks the owner of a system by hand. Names nobody: whom it is about stands behind the link."""
    with override(means.datamap.organisation.languages[0]):
        return Letter(
            to,
            _("[{number}] A task in {system}").format(number=number, system=title),
            _signed(
                means,
                _("Hello,"),
                _("a person asked for her data in a system that you look after: {system}.").format(
                    system=title
                ),
                _("What to look for, and where to answer:"),
                address,
                _("Please answer by {day}. No account is needed; the link works once.").format(day=day(due)),
            ),
        )


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
) -> Letter:
    """Her request is here: its number, both dates, what happens next (C-01). `address`: the link by which she
    confirms; empty where we have no way to send one. `sender`: who wrote in her name."""
    with override(language):
        organisation = means.datamap.organisation
        asked = "\n".join(f"– {wish(each)}" for each in rights)
        came = _("your request reached us on {day}. You ask for:").format(day=day(received))
        if sender:
            came = _("on {day} {sender} asked us in your name. They ask for:").format(
                day=day(received), sender=sender
            )
        proof = (
            (
                _("Please confirm that you want this, by this link:"),
                address,
                _("The link works once, for three days. It can be renewed on the page that it leads to."),
            )
            if address
            else (_("Before we do anything we make sure that it is you. We write to you about that."),)
        )
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
