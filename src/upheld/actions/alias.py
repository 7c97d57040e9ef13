"""Another address that she says is hers: it gets a link of its own, and counts only when that is used."""

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction

from upheld.actions import cases, letters, links, outbox, pace
from upheld.actions.asking import Asked
from upheld.actions.means import Means
from upheld.datamap.normalise import normalise
from upheld.rights.subject import Identity
from upheld.store.database import hold
from upheld.store.models import Arrival, LinkPurpose, MailKind

MAILS_A_DAY = 3
"""To one address that somebody named as another of hers."""


def ask_all(*, means: Means, arrival: Arrival, others: Sequence[str]) -> None:
    """Ask each address for itself. Only once her first address is proved: who names somebody else's must
    have shown a mailbox of her own. Belongs into the transaction of that."""
    for position, other in enumerate(others, 1):
        ask(means=means, arrival=arrival, other=other, position=position)


def ask(*, means: Means, arrival: Arrival, other: str, position: int) -> None:
    """One mail with one link; beyond three a day to one address none."""
    to = normalise("email", other)
    if pace.exceeded(means=means, what="other address", whom=to, most=MAILS_A_DAY, within=timedelta(days=1)):
        return
    given = links.give(means=means, purpose=LinkPurpose.VERIFY, arrival=arrival, position=position)
    letter = letters.other(
        means=means,
        to=to,
        language=arrival.language,
        number=arrival.pk.hex[:8].upper(),
        address=links.page(arrival.language, "mine", given.token),
    )
    outbox.put(
        means=means, kind=MailKind.OTHER, letter=letter, key=arrival.key, arrival=arrival, case=arrival.case
    )


def masked(address: str) -> str:
    """So much of an address that its owner knows it, and nobody else learns it."""
    name, _, domain = address.partition("@")
    return f"{name[:1]}…@{domain}"


@transaction.atomic
def prove(*, means: Means, token: str, arrival: Arrival, other: str) -> bool:
    """Whoever reads that mailbox says that it belongs to the same person; whether the case could still learn
    it. Uses the link up. Raises Unusable, TwoCases."""
    hold("cases")
    links.use(means=means, link=links.find(means=means, token=token, purpose=LinkPurpose.VERIFY))
    if arrival.case is None:
        return False
    known = cases.asked_in(means=means, case=arrival.case).identities
    added = Identity("email", normalise("email", other))
    return cases.learn(means=means, case=arrival.case, asked=Asked((*known, added)))
