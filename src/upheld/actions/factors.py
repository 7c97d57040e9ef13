"""Second factors of an account: its authenticator app and its passkeys. What is left is never none."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import Manager

from upheld.actions.accounts import changed, ended
from upheld.actions.means import Means
from upheld.rights.outcome import Permanent
from upheld.store.database import hold
from upheld.store.models import Staff

_KEPT = ("mfa", "Authenticator")
APP, PASSKEY = "totp", "webauthn"
"""As the log-in's library calls them. Recovery codes are not among them: they are for when all are lost."""


@dataclass(frozen=True, slots=True)
class Factor:
    """One of them. `name`: what she called a passkey, empty for the app; `seen`: when it was last used."""

    number: int
    kind: str
    name: str
    since: datetime
    seen: datetime | None


def listed(*, account: Staff) -> tuple[Factor, ...]:
    """The app first, then passkeys in the order in which they came."""
    return tuple(
        Factor(each.pk, each.type, each.data.get("name", ""), each.created_at, each.last_used_at)
        for each in _of(account).order_by("type", "pk")
    )


def added(*, means: Means, account: Staff) -> None:
    """Write down that there is one more. Belongs into its transaction. Writes `account.changed`."""
    changed(means, account, "factor-added")


@transaction.atomic
def remove(*, means: Means, account: Staff, number: int) -> None:
    """It opens nothing any more, and what it may have opened ends with it: her sessions, but the one that
    begins anew. Permanent for the last one and for one that is not hers. Writes `account.changed`."""
    hold("accounts")
    hers = _of(account)
    if not hers.filter(pk=number).exists():
        raise Permanent("There is no such second factor.", "Look at your account again.")
    if hers.count() == 1:
        raise Permanent(
            "This is your last second factor: a password alone opens nothing here.", "Add another one first."
        )
    hers.filter(pk=number).delete()
    ended(means, account)
    changed(means, account, "factor-removed")


def _of(account: Staff) -> Any:
    kept: type[Any] = apps.get_model(*_KEPT)
    found: Manager[Any] = kept.objects
    return found.filter(user_id=account.pk, type__in=(APP, PASSKEY))
