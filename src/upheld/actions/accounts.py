"""Accounts over the years: who has one, closing one, and the way back into one.

Closed accounts stay: their names stand under what they approved. No verb here lets somebody act as a
colleague: the way back into an account is given by whoever has access to the server, not by the console.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import Manager

from upheld.actions import links
from upheld.actions.means import Means
from upheld.actions.record import record
from upheld.ledger.types import ACCOUNT_CHANGED
from upheld.rights.outcome import Permanent
from upheld.store.database import hold
from upheld.store.models import Case, CaseState, LinkPurpose, Role, Staff

_FACTOR = ("mfa", "Authenticator")


@dataclass(frozen=True, slots=True)
class Listed:
    """An account as colleagues see it. `seen`: its last log-in; `second`: whether it has a second factor.
    `invited_by`: the number of whoever invited in the console, until another colleague has confirmed it."""

    number: int
    name: str
    email: str
    role: str
    since: datetime
    seen: datetime | None
    open: bool
    second: bool
    invited_by: int | None


def listed() -> tuple[Listed, ...]:
    """Every account, the open ones first, by name."""
    second = set(_factors().values_list("user_id", flat=True))
    return tuple(
        Listed(
            each.pk,
            each.name,
            each.email,
            each.get_role_display(),
            each.created_at,
            each.last_login,
            each.is_active,
            each.pk in second,
            None if each.known_to_id else each.invited_by_id,
        )
        for each in Staff.objects.order_by("-is_active", "name")
    )


@transaction.atomic
def close(*, means: Means, account: Staff) -> None:
    """Nobody logs in with it any more, and whoever is logged in no longer is at the next click. Cases that it
    looked after are nobody's. Permanent for one's own account and for the last officer's."""
    hold("accounts")
    if account.name == means.by:
        raise Permanent("This is your own account.", "Ask a colleague to close it.")
    others = Staff.objects.filter(role=Role.OFFICER, is_active=True).exclude(pk=account.pk)
    if account.role == Role.OFFICER and not others.exists():
        raise Permanent("This is the last officer's account.", "Invite another officer first.")
    if not Staff.objects.filter(pk=account.pk, is_active=True).update(is_active=False):
        raise Permanent("This account is closed already.", "Look at the list again.")
    _lock(account)
    Case.objects.filter(assigned_to=account, state=CaseState.OPEN).update(assigned_to=None)
    changed(means, account, "closed")


@transaction.atomic
def readmit(*, means: Means, email: str) -> str:
    """The token of a link by which this account, open or closed, gets a new password and a new second factor,
    within a day. Until it is used nothing changes. Permanent for an address that no account has."""
    account = Staff.objects.filter(email__iexact=email).first()
    if account is None:
        raise Permanent("No account has this address.", "Invite the person: `upheld invite --role ROLE`.")
    given = links.give(means=means, purpose=LinkPurpose.STAFF, role=account.role, account=account)
    return given.token


@transaction.atomic
def renew(*, means: Means, token: str, password: str) -> Staff:
    """Use such a link: what opened the account before opens it no more. Raises Unusable and Unknown."""
    link = links.find(means=means, token=token, purpose=LinkPurpose.STAFF)
    account = link.account
    if account is None:
        raise links.Unknown
    links.use(means=means, link=link)
    _lock(account)
    account.is_active = True
    account.invited_by = None  # the link was made on the server
    account.set_password(password)
    account.save(update_fields=["is_active", "password", "invited_by"])
    changed(means, account, "renewed")
    return account


@transaction.atomic
def end_sessions(*, means: Means, account: Staff) -> None:
    """Whatever is open of the account is open no more, from the next click; whoever asks goes on under a
    session that begins anew. Writes `account.changed`."""
    ended(means, account)
    changed(means, account, "sessions-ended")


def ended(means: Means, account: Staff) -> None:
    """The same without an entry of its own. Belongs into the transaction of what ends them."""
    account.sessions_ended_at = means.clock()
    account.save(update_fields=["sessions_ended_at"])


def made(*, means: Means, account: Staff) -> None:
    """Write down that there is a new one. Belongs into its transaction."""
    changed(means, account, "made")


def _lock(account: Staff) -> None:
    """No password, no second factor; sessions end with the password that they began with."""
    account.set_unusable_password()
    account.save(update_fields=["password"])
    _factors().filter(user_id=account.pk).delete()


def _factors() -> Manager[Any]:
    """What the log-in's library keeps of second factors; only the server has it."""
    kept: type[Any] = apps.get_model(*_FACTOR)
    found: Manager[Any] = kept.objects
    return found


def changed(means: Means, account: Staff, how: str) -> None:
    """Write down what became of it. Belongs into its transaction."""
    record(
        ACCOUNT_CHANGED,
        at=means.clock(),
        account=str(account.pk),
        role=account.role.lower(),
        change=how,
    )
