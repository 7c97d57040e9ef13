"""Whether an account is a colleague's, or may be one that somebody invited for herself (docs/adr/0050).

Who was invited on the server is known there. Who was invited in the console is one of two only once a
colleague other than the inviter has said that she knows the person.
"""

from django.db import transaction

from upheld.actions.accounts import changed
from upheld.actions.means import Means
from upheld.datamap.model import DataMap
from upheld.datamap.two import Second
from upheld.rights.outcome import Permanent
from upheld.store.database import hold
from upheld.store.models import Staff


def matters(datamap: DataMap) -> bool:
    """Whether anything here takes the yes of a colleague."""
    return any(second is Second.COLLEAGUE for _, second in datamap.organisation.two.rules)


def is_known(account: Staff) -> bool:
    """Whether this account may be one of two."""
    return account.invited_by_id is None or account.known_to_id is not None


def require(*names: str) -> None:
    """Permanent where one of these members of staff cannot be one of two yet. Who works on the server has no
    account and passes."""
    for account in Staff.objects.filter(name__in=names):
        if not is_known(account):
            raise Permanent(
                f"{account.name} was invited in the console, and no other colleague has confirmed it.",
                "A colleague other than whoever sent the invitation confirms it under Staff; where there is "
                "none, invite by the command `upheld invite`.",
            )


@transaction.atomic
def confirm(*, means: Means, account: Staff, by: Staff) -> None:
    """`by` knows the person whose account this is. Permanent for one's own account, for whoever sent the
    invitation, for one who is not known herself, and where it is known already. Writes `account.changed`."""
    hold("accounts")
    account.refresh_from_db()
    if is_known(account):
        raise Permanent("This account is confirmed already.", "Look at the list again.")
    if by.pk in (account.pk, account.invited_by_id):
        raise Permanent(
            "Neither the person herself nor whoever sent the invitation can confirm it.",
            "Ask another colleague.",
        )
    if not is_known(by):
        raise Permanent("Your own account is not confirmed yet.", "Ask another colleague.")
    account.known_to = by
    account.save(update_fields=["known_to"])
    changed(means, account, "confirmed")
