"""Look at what a request would do, and approve exactly that."""

from datetime import timedelta

from upheld.actions import beyond, cases, copies, erasure, objection, preview, refusal, restriction, two
from upheld.actions.means import Means
from upheld.actions.preview import Preview
from upheld.actions.tasks import COPYING
from upheld.law.ground import RestrictionGround
from upheld.law.objection import STOPPING
from upheld.law.right import Right
from upheld.rights.codec import digest
from upheld.rights.outcome import Permanent
from upheld.store.models import Agreement, Case, Matter, Request
from upheld.store.models.case import UNFINISHED

TO_READ = timedelta(days=7)
"""How long a person has to read her copy before what it is of may be deleted."""


class Changed(Permanent):
    """What would be done is no longer what was looked at."""

    def __init__(self) -> None:
        super().__init__(
            "Something changed since you looked: other rows, other findings, or another map.",
            "Nothing was approved. Read the plan again.",
        )


def look(*, means: Means, request: Request) -> Preview:
    """Identify, plan, check, count, without the systems in which a part was refused. Reads only. Raises
    Ambiguous, TwoCases or another Failure."""
    right = Right(request.right)
    means = refusal.narrowed(means=means, request=request)
    known = right in COPYING or right in (Right.RESTRICTION, *STOPPING)
    return preview.preview(
        means=means,
        right=right,
        asked=cases.asked_in(means=means, case=request.case),
        regime=request.case.regime,
        subject=cases.subject_of(means=means, case=request.case) if known else None,
        request=request,
    )


def fingerprint(seen: Preview, *more: str) -> str:
    """Tells two looks apart: the plan, its counts, what stands in its way. Names nobody. `more`: what else
    was read on the page."""
    findings = sorted(f"{each.system} {each.code} {each.table} {each.column}" for each in seen.findings)
    return digest(
        [
            seen.plan,
            seen.explanation.as_text(),
            findings,
            [str(each) for each in seen.beyond],
            list(seen.waiting),
            list(more),
        ]
    )


def refuse_changed(seen: Preview, looked: str, *more: str) -> None:
    """Raises Changed where it is not what was looked at any more."""
    if fingerprint(seen, *more) != looked:
        raise Changed


def approve(
    *,
    means: Means,
    request: Request,
    looked: str,
    ground: RestrictionGround | None = None,
    words: str = "",
) -> None:
    """Approve what was looked at; the runner carries it out. Raises Changed where it is not the same any
    more, and refuses a deletion before the person had time to read the copy she asked for with it. What goes
    beyond a limit needs the second yes that `ask_beyond` asks for. `words`: why an objection to a use
    holds."""
    seen = look(means=means, request=request)
    refuse_changed(seen, looked)
    right = Right(request.right)
    if right in COPYING:
        copies.approve(means=means, request=request, plan=seen.plan)
        return
    allow, reason = allowed(means=means, request=request, seen=seen)
    if right is Right.RESTRICTION:
        if ground is None:
            raise Permanent("Nobody said on which ground.", "Choose one of the four cases of Art. 18(1).")
        restriction.approve(
            means=means, request=request, preview=seen, ground=ground, allow=allow, reason=reason
        )
        return
    if right in STOPPING:
        objection.approve(means=means, request=request, preview=seen, words=words, allow=allow, reason=reason)
        return
    refuse_before_copy(means=means, case=request.case)
    erasure.approve(means=means, request=request, preview=seen, allow=allow, reason=reason)


def _limits(request: Request, seen: Preview) -> two.Wish:
    return beyond.wish(request=request, allow={each.limit for each in seen.beyond}, found=seen.beyond)


def second(*, means: Means, request: Request, seen: Preview) -> Agreement | None:
    """The second yes that this plan has, or the wish that waits for one."""
    if not seen.beyond or two.rule_of(means=means, matter=Matter.LIMITS) is None:
        return None
    wish = _limits(request, seen)
    return two.agreed(means=means, wish=wish) or two.asked(means=means, wish=wish)


def allowed(*, means: Means, request: Request, seen: Preview) -> tuple[frozenset[str], str]:
    """Limits beyond which two decided to go, and why; none without the second yes."""
    found = second(means=means, request=request, seen=seen)
    if found is None or found.agreed_at is None:
        return frozenset(), ""
    return frozenset(each.limit for each in seen.beyond), f"{found.reason} ({found.agreed_by} agreed)"


def ask_beyond(*, means: Means, request: Request, looked: str, reason: str) -> Agreement:
    """Ask for the second yes to going beyond the limits that this plan exceeds. Raises Changed."""
    seen = look(means=means, request=request)
    refuse_changed(seen, looked)
    return two.ask(means=means, wish=_limits(request, seen), reason=reason)


def refuse_before_copy(*, means: Means, case: Case) -> None:
    """Permanent while a copy that was asked for in this case is not delivered, or neither read nor seven days
    old."""
    asked = case.requests.filter(right__in=COPYING)
    if asked.filter(state__in=UNFINISHED).exists():
        raise Permanent("The copy comes first: it is not delivered yet.", "Approve the copy, then come back.")
    for request in asked:
        package = copies.latest(request)
        if package is None or copies.was_opened(package):
            continue
        until = package.written_at + TO_READ
        if until > means.clock():
            raise Permanent(
                "The person has not read her copy yet.",
                f"Delete when she has, or after {means.datamap.organisation.local(until):%d %B %Y}.",
            )
