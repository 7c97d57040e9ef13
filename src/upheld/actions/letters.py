"""The mails we write, in the language of whoever gets them: plain text, a link, nothing to open."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from upheld.actions.means import Means
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
                    "somebody sent {organisation} a request about personal data, with this address. If it "
                    "was you, confirm it here:"
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
