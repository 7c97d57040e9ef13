"""Why more time is taken, or a request is refused, as it is told to the person: plain words for each code of
each pack (G-12.1). The law itself is cited beside them, from the pack."""

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

EXTENSIONS = {
    "complexity": _("Your request is complex, and it takes us longer to answer it properly."),
    "number": _("There are many requests, and it takes us longer to answer all of them properly."),
    "necessary": _("It takes us longer to answer your request properly."),
}
REFUSALS = {
    "unfounded": _("The request is manifestly unfounded."),
    "excessive": _("The request is manifestly excessive, above all because it was made again and again."),
    "not-identified": _("We could not establish that the data is about you."),
    "unverified": _("We could not verify that it is you who asks."),
    "others-rights": _("It would harm the rights of other people."),
    "accurate": _("What we hold is correct and complete for its purpose."),
    "free-expression": _("We keep it for the freedom of expression and information."),
    "free-speech": _("We keep it for free speech, or for another right that the law gives."),
    "legal-obligation": _("A law obliges us to keep it."),
    "public-health": _("We keep it for reasons of public health."),
    "archiving": _(
        "We keep it for archives, research or statistics, which deleting it would make impossible."
    ),
    "legal-claims": _("We keep it for legal claims."),
    "no-case": _("None of the four cases in which the law lets you restrict the use of data is given."),
    "compelling-grounds": _("We have compelling reasons that weigh more than your objection."),
    "basis": _("This right does not exist for data that is held on this legal ground."),
    "household": _("The data is about a household and not about one person."),
    "not-searchable": _(
        "We keep it where it cannot be searched, for legal purposes alone, and use it for nothing."
    ),
    "other-law": _("Another law forbids it, or an exception of this law covers it."),
    "transaction": _("We need it to complete a transaction, a warranty or a contract with you."),
    "security": _("We need it to keep our systems secure."),
    "debugging": _("We need it to find and mend errors."),
    "electronic-communications": _("The law on the privacy of electronic communications covers it."),
    "research": _("We keep it for research in the public interest, to which you agreed."),
    "internal-use": _("We use it inside our organisation only, as you could expect."),
    "fraud": _("We believe in good faith, and have written down why, that the request is fraudulent."),
}


def extension(code: str) -> str:
    """Why more time is taken, in the language in force."""
    return gettext(EXTENSIONS[code])


def refusal(code: str) -> str:
    """Why it is refused, in the language in force."""
    return gettext(REFUSALS[code])
