"""Accounts of the console, who may do what, and the record of who looked at a person's data."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from upheld.actions import accounts, links
from upheld.actions.means import Means
from upheld.rights.outcome import Permanent
from upheld.store.models import Case, LinkPurpose, Look, Role, Staff

EVERYBODY = frozenset(Role)
MAY = {
    "see": frozenset({Role.OFFICER, Role.OPERATOR, Role.SUPPORT, Role.AUDITOR}),
    "look": frozenset({Role.OFFICER, Role.OPERATOR, Role.SUPPORT}),
    "intake": frozenset({Role.OFFICER, Role.OPERATOR, Role.SUPPORT}),
    "judge": frozenset({Role.OFFICER}),
    "plan": frozenset({Role.OFFICER, Role.OPERATOR, Role.AUDITOR}),
    "approve": frozenset({Role.OFFICER}),
    "decide": frozenset({Role.OFFICER}),
    "agree": frozenset({Role.OFFICER, Role.OPERATOR}),
    "note": frozenset({Role.OFFICER, Role.OPERATOR, Role.SUPPORT}),
    "assign": frozenset({Role.OFFICER, Role.OPERATOR}),
    "search": frozenset({Role.OFFICER, Role.OPERATOR, Role.SUPPORT}),
    "verify": frozenset({Role.OFFICER, Role.OPERATOR}),
    "answer": frozenset({Role.OFFICER, Role.OPERATOR}),
    "outbox": frozenset({Role.OFFICER, Role.OPERATOR, Role.ENGINEER}),
    "mail": frozenset({Role.OFFICER}),
    "letters": frozenset({Role.OFFICER}),
    "stop": frozenset({Role.OFFICER, Role.OPERATOR, Role.ENGINEER}),
    "lift": frozenset({Role.OFFICER}),
    "systems": frozenset({Role.OFFICER, Role.OPERATOR, Role.AUDITOR, Role.ENGINEER}),
    "check": frozenset({Role.OFFICER, Role.OPERATOR, Role.ENGINEER}),
    "journal": frozenset({Role.OFFICER, Role.OPERATOR, Role.AUDITOR, Role.ENGINEER}),
    "history": frozenset({Role.OFFICER, Role.OPERATOR, Role.AUDITOR, Role.ENGINEER}),
    "staff": frozenset({Role.OFFICER}),
    "tokens": frozenset({Role.OFFICER, Role.AUDITOR, Role.ENGINEER}),
    "token": frozenset({Role.OFFICER}),
    "own": EVERYBODY,
    "today": EVERYBODY,
    "foundation": frozenset({Role.OFFICER, Role.ENGINEER}),
}
"""What each role may do. `own`: one's own account."""


def may(role: str, what: str) -> bool:
    """Whether a role may do that. Raises KeyError for what nobody has named."""
    return role in MAY[what]


@transaction.atomic
def invite(*, means: Means, role: Role, by: Staff | None = None) -> str:
    """The token of a link by which one account of that role is made, within a day. `by`: who invites in the
    console; none on the server."""
    return links.give(means=means, purpose=LinkPurpose.STAFF, role=role, invited_by=by).token


@transaction.atomic
def enrol(*, means: Means, token: str, email: str, name: str, password: str) -> Staff:
    """Make the account that the link is for. Raises Unusable, Unknown, and Permanent for a name or an address
    that is taken."""
    link = links.find(means=means, token=token, purpose=LinkPurpose.STAFF)
    if link.account is not None:
        raise links.Unknown
    if Staff.objects.filter(email__iexact=email).exists() or Staff.objects.filter(name=name).exists():
        raise Permanent(
            "There is an account with this name or address.", "Choose another, or log in with it."
        )
    links.use(means=means, link=link)
    staff = Staff(
        email=email.lower(),
        name=name,
        role=link.role,
        created_at=means.clock(),
        invited_by_id=link.invited_by_id,
    )
    staff.set_password(password)
    staff.save(force_insert=True)
    accounts.made(means=means, account=staff)
    return staff


@transaction.atomic
def look(*, case: Case | None, by: str, at: datetime, what: str, why: str) -> Look:
    """Record a look at a person's data. Permanent without a reason: then nothing is shown."""
    if not why.strip():
        raise Permanent("Nobody said why this is looked at.", "Say why; it is kept with your name.")
    return Look.objects.create(case=case, by=by, at=at, what=what, why=why.strip()[:500])


@transaction.atomic
def look_at_all(*, cases: Iterable[Case], by: str, at: datetime, what: str, why: str) -> None:
    """As `look`, for each case of a list that names people."""
    Look.objects.bulk_create(
        Look(case=each, by=by, at=at, what=what, why=why.strip()[:500]) for each in cases
    )
