"""The officer and her deputy: where they are written to, and the links that they are given."""

from upheld.actions import house
from upheld.actions.means import Means
from upheld.store.models import Case

SHORT = 8


def recipients(*, means: Means) -> tuple[tuple[str, str], ...]:
    """Who is told, and at which address; the same mail to each, and none twice. Nobody where the organisation
    names no address."""
    organisation = means.datamap.organisation
    desk = organisation.alarms
    named = (("officer", desk.to or organisation.contact), ("deputy", desk.deputy))
    found: dict[str, tuple[str, str]] = {}
    for who, address in named:
        if "@" in address:
            found.setdefault(address.casefold(), (who, address))
    return tuple(found.values())


def language(*, means: Means) -> str:
    """In which they are written to."""
    return means.datamap.organisation.languages[0]


def number(case: Case) -> str:
    """How the console and mails to staff name a case."""
    return case.pk.hex[:SHORT]


def page(case: Case | None = None) -> str:
    """The address of its page in the console, or of the list."""
    return f"{house.address()}/console/{f'cases/{case.pk}/' if case else ''}"
