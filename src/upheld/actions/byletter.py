"""She wrote from her address, and its domain signed what she wrote: as good as a link that was sent there."""

from upheld.actions import arrivals, certainty, doubts
from upheld.actions.means import Means
from upheld.datamap.normalise import normalise
from upheld.law.certainty import Method
from upheld.mail.domain import Resolve
from upheld.mail.signed import RECENT, written
from upheld.rights.outcome import Permanent
from upheld.store.models import Request, Verification

LARGEST = 1024 * 1024


def wrote(*, means: Means, request: Request, raw: bytes, resolve: Resolve) -> Verification:
    """Note that a mail of hers proves her address; the mail is not kept. Writes `verification.added`.

    Permanent when it is from another address than hers in this case, not to us, of another time, or its
    signature does not hold; Transient when the key of its domain cannot be looked up.
    """
    if not raw or len(raw) > LARGEST:
        raise Permanent(
            "This is no mail, or larger than a megabyte.", "Save the mail without its attachments, as .eml."
        )
    arrival = doubts.latest(means=means, case=request.case)
    if arrival is None:
        raise Permanent(
            "No address of this person is known in this case.", "Say in the case why you are sure."
        )
    known = arrivals.opened(means=means, arrival=arrival).address
    said = written(raw, resolve=resolve)
    if normalise("email", said.sender) != known:
        raise Permanent("The mail is from another address than hers.", "Look at who it is, and ask her.")
    ours = means.datamap.organisation.contact.casefold()
    if ours not in said.to:
        raise Permanent("The mail was not written to us.", f"It must be addressed to {ours}.")
    if abs(means.clock() - said.at) > RECENT:
        raise Permanent("The mail is of another time.", "It must be not older than a month.")
    return certainty.prove(means=means, request=request, method=Method.MAIL)
