"""A mail that came in, and that its sender's own domain signed: whoever wrote it reads that mailbox, and need
not be asked for a click."""

from uuid import UUID

from upheld.actions import intake
from upheld.actions.intake import Reading
from upheld.actions.means import Means
from upheld.datamap.normalise import normalise
from upheld.mail.domain import Resolve
from upheld.mail.signed import RECENT, Written, written
from upheld.rights.outcome import Failure, Permanent
from upheld.store.models import Arrival, Channel, Communication


def take_in(
    *, means: Means, number: UUID, reading: Reading, resolve: Resolve
) -> tuple[tuple[Arrival, ...], Failure | None]:
    """As `intake.take_in`. A mail of one person from her own address that is signed as `mail.signed` asks
    opens her case at once: it is worth what a link that she used would be, and no more, so that a request
    that needs to be surer waits as ever (G-12.8). Beside the arrivals: why it did not, None where it did.

    Keys are looked up before anything is locked."""
    failure = _failure(means, number, reading, resolve)
    made = intake.take_in(means=means, number=number, reading=reading, proved=failure is None)
    if failure is None and made[0].verified_at is None:
        failure = Permanent("Her address belongs to two open cases.", "She got a link; look at both cases.")
    return made, failure


def _failure(means: Means, number: UUID, reading: Reading, resolve: Resolve) -> Failure | None:
    """Why the mail proves nothing, None where it does. Writes nothing."""
    communication = Communication.objects.filter(pk=number, closed_at=None).first()
    if communication is None:
        raise intake.Gone
    if communication.channel != Channel.EMAIL:
        return Permanent("It did not come by e-mail.", "")
    if len(reading.people) != 1 or not reading.people[0].address:
        return Permanent("It is not about one person with an address.", "")
    if intake.opened(means=means, communication=communication).automatic:
        return Permanent("A program or a mailing list wrote it.", "")
    try:
        said = written(intake.source(means=means, communication=communication), resolve=resolve)
    except Failure as failure:
        return failure
    return _wrong(means, reading, said)


def _wrong(means: Means, reading: Reading, said: Written) -> Permanent | None:
    if normalise("email", said.sender) != normalise("email", reading.people[0].address):
        return Permanent("The mail is from another address than the person’s.", "")
    if means.datamap.organisation.contact.casefold() not in said.to:
        return Permanent(f"It is not addressed to {means.datamap.organisation.contact}.", "")
    if abs(means.clock() - said.at) > RECENT:
        return Permanent("The mail is older than a month.", "")
    return None
