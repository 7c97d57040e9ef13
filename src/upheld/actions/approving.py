"""Look at what a request would do, and approve exactly that."""

from datetime import timedelta

from upheld.actions import cases, copies, erasure, preview
from upheld.actions.means import Means
from upheld.actions.preview import Preview
from upheld.law.right import Right
from upheld.rights.codec import digest
from upheld.rights.outcome import Permanent
from upheld.store.models import Case, Request
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
    """Identify, plan, check, count. Reads only. Raises Ambiguous, TwoCases or another Failure."""
    right = Right(request.right)
    return preview.preview(
        means=means,
        right=right,
        asked=cases.asked_in(means=means, case=request.case),
        regime=request.case.regime,
        subject=cases.subject_of(means=means, case=request.case) if right is Right.ACCESS else None,
        received=means.datamap.organisation.local(request.received_at).date(),
    )


def fingerprint(seen: Preview) -> str:
    """Tells two looks apart: the plan, its counts, what stands in its way. Names nobody."""
    findings = sorted(f"{each.system} {each.code} {each.table} {each.column}" for each in seen.findings)
    return digest(
        [
            seen.plan,
            seen.explanation.as_text(),
            findings,
            [str(each) for each in seen.beyond],
            list(seen.waiting),
        ]
    )


def approve(*, means: Means, request: Request, looked: str) -> None:
    """Approve what was looked at; the runner carries it out. Raises Changed where it is not the same any
    more, and refuses a deletion before the person had time to read the copy she asked for with it."""
    seen = look(means=means, request=request)
    if fingerprint(seen) != looked:
        raise Changed
    if request.right == Right.ACCESS:
        copies.approve(means=means, request=request, plan=seen.plan)
        return
    refuse_before_copy(means=means, case=request.case)
    erasure.approve(means=means, request=request, preview=seen)


def refuse_before_copy(*, means: Means, case: Case) -> None:
    """Permanent while a copy that was asked for in this case is not delivered, or neither read nor seven days
    old."""
    asked = case.requests.filter(right=Right.ACCESS)
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
