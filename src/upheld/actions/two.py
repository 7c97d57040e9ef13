"""The rules of two: what one person alone may not decide, and who says the second yes (docs/adr/0034).

A verb that falls under a rule calls `require` in its own transaction. Without a yes to exactly that it does
not go on, whoever calls it and by whatever button.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from upheld.actions import links, notices, outbox, vouching
from upheld.actions.decisions import said as trimmed
from upheld.actions.means import Means
from upheld.actions.record import record
from upheld.datamap.two import Second
from upheld.ledger.types import AGREEMENT_GIVEN
from upheld.rights.codec import digest
from upheld.rights.outcome import Permanent
from upheld.store.models import (
    Agreement,
    Case,
    MailKind,
    Matter,
    Request,
    RequestState,
    Revision,
    RevisionState,
    Stop,
)
from upheld.store.models.decision import Rule

LASTS = timedelta(days=14)
"""How long a wish waits for its second yes, and a yes is good."""
RULES = {Second.COLLEAGUE: Rule.COLLEAGUE, Second.OUTSIDE: Rule.OUTSIDE, Second.COOLING: Rule.COOLING}


class Needed(Permanent):
    """A second yes is needed first. `agreement`: the wish that waits for it."""

    def __init__(self, agreement: Agreement, when: str) -> None:
        super().__init__(f"This is for two to decide: {agreement.said}", when)
        self.agreement = agreement


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to do. `said` names nobody; `content` is what makes it exactly this."""

    matter: Matter
    said: str
    content: object
    request: Request | None = None
    stop: Stop | None = None
    revision: Revision | None = None

    @property
    def what(self) -> str:
        """Tells two wishes apart."""
        return digest((self.matter.value, self.content))


def rule_of(*, means: Means, matter: Matter) -> Second | None:
    """Who has to say yes as well; None where one person may decide."""
    return means.datamap.organisation.two.rule(matter.value.lower())


@transaction.atomic
def ask(*, means: Means, wish: Wish, reason: str, sealed: bytes | None = None) -> Agreement:
    """Keep the wish with its reason, and tell whoever has to agree. The same wish again changes nothing, or
    is the second yes where it is said again after the cooling time. Permanent without a reason, and where no
    rule asks for anybody."""
    rule = rule_of(means=means, matter=wish.matter)
    if rule is None:
        raise Permanent("Nobody else has to agree to this.", "Do it.")
    written = trimmed(reason)[:500]
    at = means.clock()
    known = _open(means, wish).filter(agreed_at__isnull=True).first()
    if known is not None:
        again = known.rule == Rule.COOLING and known.asked_by == means.by and at >= known.not_before
        return agree(means=means, agreement=known, by=means.by) if again else known
    two = means.datamap.organisation.two
    cooling = timedelta(hours=two.cooling) if rule is Second.COOLING else timedelta(0)
    token = secrets.token_urlsafe(24) if rule is Second.OUTSIDE else ""
    row = Agreement.objects.create(
        matter=wish.matter,
        rule=RULES[rule],
        request=wish.request,
        stop=wish.stop,
        revision=wish.revision,
        what=wish.what,
        said=wish.said[:500],
        reason=written,
        sealed_content=sealed,
        asked_by=means.by,
        asked_at=at,
        not_before=at + cooling,
        expires_at=at + cooling + LASTS,
        link_digest=links.digest(token) if token else None,
    )
    if token:
        _mail(means, row, token, two.outside)
    return row


def _mail(means: Means, row: Agreement, token: str, to: str) -> None:
    organisation = means.datamap.organisation
    letter = notices.agree(
        means=means,
        to=to,
        number=str(row.request.case_id)[:8] if row.request else "STOP" if row.stop else "MAP",
        who=row.asked_by,
        said=row.said,
        reason=row.reason,
        page=links.page(organisation.languages[0], "agree", token),
        until=organisation.local(row.expires_at).date(),
    )
    key = row.request.case.key if row.request else means.keys.create()
    outbox.put(
        means=means,
        kind=MailKind.AGREE,
        letter=letter,
        key=key,
        about=str(row.pk),
        case=row.request.case if row.request else None,
    )


def _open(means: Means, wish: Wish) -> QuerySet[Agreement]:
    """Wishes for exactly this that are neither declined, used nor over."""
    found = Agreement.objects.filter(matter=wish.matter, what=wish.what, declined_at=None, used_at=None)
    about = {"request": wish.request, "stop": wish.stop, "revision": wish.revision}
    return found.filter(**about, expires_at__gt=means.clock())


def agreed(*, means: Means, wish: Wish) -> Agreement | None:
    """The second yes to exactly this that is still good."""
    found = _open(means, wish).filter(agreed_at__isnull=False)
    return found.order_by("agreed_at").first()


def asked(*, means: Means, wish: Wish) -> Agreement | None:
    """The wish for exactly this that waits."""
    return _open(means, wish).filter(agreed_at__isnull=True).first()


def require(*, means: Means, wish: Wish) -> Agreement | None:
    """Use up the second yes to exactly this; None where no rule asks for one. Raises Needed without it.
    Belongs into the transaction of what it allows."""
    rule = rule_of(means=means, matter=wish.matter)
    if rule is None:
        return None
    found = agreed(means=means, wish=wish)
    if found is None:
        waiting = _open(means, wish).first()
        if waiting is None:
            raise Permanent(
                f"This is for two to decide: {wish.said}",
                "Ask for it in the console, with the reason.",
            )
        raise Needed(waiting, when(means=means, agreement=waiting))
    if not Agreement.objects.filter(pk=found.pk, used_at=None).update(used_at=means.clock()):
        raise Permanent("This yes was used already.", "Ask for another.")
    return found


def when(*, means: Means, agreement: Agreement) -> str:
    """What it waits for, in words."""
    match Rule(agreement.rule):
        case Rule.COLLEAGUE:
            return f"Somebody other than {agreement.asked_by} has to agree, in the console."
        case Rule.OUTSIDE:
            return f"{means.datamap.organisation.two.outside} was asked by mail."
    moment = means.datamap.organisation.local(agreement.not_before)
    return f"Say it again after {moment:%d %B %Y, %H:%M}."


@transaction.atomic
def agree(*, means: Means, agreement: Agreement, by: str) -> Agreement:
    """The second yes. Refuses whoever asked, where somebody else has to agree, and an account that may be the
    same person's (`vouching`); before the cooling time is over; once it was declined or is over. Writes
    `agreement.given`."""
    row = Agreement.objects.select_for_update(of=("self",)).get(pk=agreement.pk)
    at = means.clock()
    if row.declined_at is not None or row.used_at is not None or row.expires_at <= at:
        raise Permanent("This is over: it was declined, done, or has expired.", "It can be asked for anew.")
    if row.agreed_at is not None:
        return row
    if row.rule != Rule.COOLING and by == row.asked_by:
        raise Permanent("Whoever asked cannot be the second to say yes.", when(means=means, agreement=row))
    if row.rule == Rule.COLLEAGUE:
        vouching.require(row.asked_by, by)
    if row.rule == Rule.COOLING and at < row.not_before:
        raise Permanent("It is too early to say it again.", when(means=means, agreement=row))
    row.agreed_by, row.agreed_at = by, at
    row.save(update_fields=["agreed_by", "agreed_at"])
    case = {"case": str(row.request.case_id)} if row.request else {}
    record(AGREEMENT_GIVEN, at=at, matter=row.matter.lower(), rule=row.rule.lower(), **case)
    return row


@transaction.atomic
def decline(*, means: Means, agreement: Agreement, by: str) -> None:
    """No; whoever asked may take it back so as well."""
    changed = Agreement.objects.filter(pk=agreement.pk, declined_at=None, used_at=None).update(
        declined_by=by, declined_at=means.clock()
    )
    if not changed:
        raise Permanent("This is over: it was declined or done already.", "Look at the case.")


def find(*, means: Means, token: str) -> Agreement:
    """The wish that a link outside is about. Raises links.Unknown."""
    row = (
        Agreement.objects.select_related("request__case", "stop", "revision")
        .filter(link_digest=links.digest(token), expires_at__gt=means.clock())
        .first()
    )
    if row is None:
        raise links.Unknown
    return row


def is_open(agreement: Agreement, at: datetime) -> bool:
    """Whether it waits for its yes."""
    over = agreement.declined_at or agreement.used_at or agreement.agreed_at
    return over is None and agreement.expires_at > at and not _is_past(agreement)


def _is_past(agreement: Agreement) -> bool:
    """Whether its request was approved or has ended meanwhile, or its change was written or dropped: then
    nobody needs this yes any more."""
    if agreement.revision is not None:
        return agreement.revision.state != RevisionState.OPEN
    if agreement.request is None or agreement.matter not in (Matter.LIMITS, Matter.REFUSAL):
        return False
    return agreement.request.state != RequestState.OPEN


def waiting(*, means: Means, case: Case | None = None) -> tuple[Agreement, ...]:
    """All wishes that wait for a yes, or have it and were not done yet, oldest first; of one case, if
    said."""
    found = Agreement.objects.filter(declined_at=None, used_at=None, expires_at__gt=means.clock())
    if case is not None:
        found = found.filter(request__case=case)
    rows = found.select_related("request__case", "stop", "revision")
    return tuple(each for each in rows if not _is_past(each))
