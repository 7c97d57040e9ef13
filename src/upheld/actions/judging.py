"""Somebody of ours is sure that it is she, without a link: a letter that she signed, a voice that is known.

The one place where a person's judgement makes an arrival hers.
"""

from uuid import UUID

from django.db import transaction

from upheld.actions import arrivals, certainty, links, originals
from upheld.actions.asking import Asked
from upheld.actions.means import Means
from upheld.actions.originals import Asker
from upheld.actions.record import record
from upheld.ledger.types import IDENTITY_JUDGED
from upheld.rights.outcome import Permanent
from upheld.rights.subject import Identity
from upheld.store.database import hold
from upheld.store.models import Arrival, LinkPurpose


@transaction.atomic
def judge(*, means: Means, number: UUID, why: str) -> Arrival:
    """Open her case, or join it, on this judgement; by mail she gets the way to her page. Writes
    `identity.judged`. Permanent without a reason, and where it is verified already; raises TwoCases."""
    if not why.strip():
        raise Permanent("Nobody said why it is she.", "Say what makes you sure; it is kept with your name.")
    hold("cases")
    arrival = Arrival.objects.select_for_update().get(pk=number)
    if arrival.verified_at is not None:
        raise Permanent("It is known already who this is.", "Go on in the case.")
    content = arrivals.opened(means=means, arrival=arrival)
    original = originals.opened(means=means, arrival=arrival)
    original = originals.judged(original, why.strip()[:500])
    originals.seal(means=means, arrival=arrival, original=original)
    arrival.judged_by = means.by
    arrivals.join(means=means, arrival=arrival, asked=_asked(content.address, original.asker))
    certainty.judged(means=means, arrival=arrival, why=why)
    record(IDENTITY_JUDGED, at=means.clock(), case=str(arrival.case_id), channel=arrival.channel.lower())
    if content.address:
        given = links.give(means=means, purpose=LinkPurpose.FOLLOW, arrival=arrival)
        arrivals.tell_link(means=means, arrival=arrival, given=given, to=content.address)
    return arrival


def _asked(address: str, asker: Asker) -> Asked:
    """By what she is looked for. A name alone is many people's: it counts with her postal address or number,
    and only where there is nothing better."""
    given = [Identity(kind, value) for kind, value in (("email", address), ("phone", asker.phone)) if value]
    if not given:
        beside = asker.post or asker.number
        if not beside:
            raise Permanent("A name alone is many people's.", "Ask her for an address or a number of hers.")
        given = [Identity("name and address", f"{asker.name}, {beside}")]
    return Asked(tuple(given))
