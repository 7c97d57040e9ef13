"""What one round tells the organisation itself: alarms, the week's digest, and the calls of its webhook."""

from upheld.actions import alarms, digest, webhook
from upheld.actions.means import Means


def tell(*, means: Means, mailing: bool) -> int:
    """Notice, and tell; gives how many. Without a mail server nothing is written to staff: it would only fill
    the outbox that they read."""
    told = alarms.notice(means=means, mailing=mailing)
    if mailing:
        told += digest.write(means=means)
    webhook.call(means=means)
    return told
