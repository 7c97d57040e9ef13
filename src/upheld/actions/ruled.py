"""The organisation's own rule (`approve` in upheld.yaml): requests that a trusted program sent in are
approved without a look of anybody, within limits, or left to staff.

It approves what an officer would find nothing to say about: the person is known to a system and to no other
person's rows, nothing of the map is in doubt, and no limit is exceeded. Everything else waits for her.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from upheld.actions import allowance, approving, cases, certainty, dispatch, plans
from upheld.actions.batch.look import in_groups
from upheld.actions.granting import Granted, grant_copies, grant_erasures
from upheld.actions.means import Means
from upheld.actions.preview import ERASING
from upheld.actions.regime import law_of
from upheld.actions.tasks import COPYING
from upheld.law.right import Right
from upheld.rights.connector import Connector, Severity
from upheld.rights.identify import Ambiguous
from upheld.rights.many import count_many, identify_many
from upheld.rights.outcome import Failure, Permanent
from upheld.rights.plan import Plan
from upheld.rights.subject import Subject
from upheld.store.database import hold
from upheld.store.models import Decision, DecisionKind, Request, RequestState, Submission

TOGETHER = 100
SOON = timedelta(seconds=30)
LATER = timedelta(hours=1)
BY = "the rule `approve` of upheld.yaml"


def approve_due(*, means: Means, among: Sequence[UUID] | None = None) -> int:
    """Approve what is due, or leave it to staff with the reason; gives how many are approved. Reads only, in
    every system. Writes `request.ruled` for each, and `plan.approved` for an erasure. `among`: of these
    cases alone, by whoever carries them out at once, so that nobody is woken for them."""
    by = replace(means, by=BY)
    groups: dict[tuple[str, str, str], list[Submission]] = {}
    for each in _taken(means.clock(), among):
        if each.request is not None:
            groups.setdefault((each.request.right, each.request.pack, each.request.case.regime), []).append(
                each
            )
    # A copy comes before a deletion.
    ordered = sorted(groups.values(), key=lambda those: _right(those[0]) in ERASING)
    wake = among is None
    return sum(_some(by, some, wake=wake) for those in ordered for some in in_groups(those, TOGETHER))


@transaction.atomic
def _taken(at: datetime, among: Sequence[UUID] | None) -> list[Submission]:
    """What is due and nobody is looking at: from now on nobody else does, for a while. Whoever is gone before
    the end has left it to the next."""
    due = Submission.objects.filter(rule_at__lte=at)
    if among is not None:
        due = due.filter(request__case__among=among)
    locked = due.select_for_update(of=("self",), skip_locked=True).select_related("request__case", "token")
    taken = list(locked.order_by("rule_at")[: 5 * TOGETHER])
    if taken:
        Submission.objects.filter(pk__among=[each.pk for each in taken]).update(rule_at=at + SOON)
    return taken


def _right(sent: Submission) -> Right:
    return Right(_of(sent).right)


def _of(sent: Submission) -> Request:
    if sent.request is None:
        raise TypeError("What a rule is for has a request.")
    return sent.request


def _some(means: Means, some: Sequence[Submission], *, wake: bool) -> int:
    """Those of one right under one law."""
    right, first = _right(some[0]), _of(some[0])
    left = _Left(means)
    if right.value.lower() not in means.datamap.organisation.approve:
        left.all(some, "no-rule")
        return 0
    some = _allowed(means, some, left)
    if not some:
        return 0
    try:
        plan = plans.planned(
            means=means, right=right, regime=first.case.regime, law=law_of(means=means, request=first)
        )
        granted = _judged(means, plan, some, left)
        return _granted(means, plan, granted, left, wake=wake)
    except Failure:
        left.later(some, SOON)
        return 0


def _allowed(means: Means, some: Sequence[Submission], left: "_Left") -> list[Submission]:
    """Without those of which a system was refused, and before whose deletion a copy has to be read."""
    decided = Decision.objects.filter(request__among=[each.request_id for each in some]).values_list(
        "request"
    )
    refused = {number for (number,) in decided.filter(kind=DecisionKind.REFUSE)}
    cases_ = [_of(each).case_id for each in some]
    copied = set(
        Request.objects.filter(case__among=cases_, right=Right.ACCESS).values_list("case", flat=True)
    )
    allowed = []
    for each in some:
        request = _of(each)
        if request.pk in refused:
            left.one(each, "refused-in-part")
        elif Right(request.right) in ERASING and request.case_id in copied and not _read(means, request):
            left.later([each], LATER)
        else:
            allowed.append(each)
    return allowed


def _read(means: Means, request: Request) -> bool:
    try:
        approving.refuse_before_copy(means=means, case=request.case)
    except Permanent:
        return False
    return True


def _judged(means: Means, plan: Plan, some: Sequence[Submission], left: "_Left") -> list[Granted]:
    """Who is known, and within every limit."""
    automatic = {
        name: each
        for name, each in means.connectors.items()
        if name in plan.systems and not plans.by_hand(plan, name)
    }
    if plan.right in ERASING and _in_doubt(automatic):
        left.all(some, "findings")
        return []
    asked = [cases.asked_in(means=means, case=_of(each).case) for each in some]
    answers = identify_many(automatic, [(each.identities, each.decisions) for each in asked])
    known: list[tuple[Submission, Subject]] = []
    for sent, answer in zip(some, answers, strict=True):
        if isinstance(answer, Ambiguous):
            left.one(sent, "ambiguous")
        elif answer.unreached:
            left.later([sent], SOON)
        elif not _known(means, answer.subject):
            left.one(sent, "nobody")
        else:
            known.append((sent, answer.subject))
    if plan.right in COPYING:
        return [Granted(sent, _of(sent), subject, {}) for sent, subject in known]
    return _within(means, plan, automatic, known, left)


def _known(means: Means, subject: Subject) -> bool:
    """Whether the organisation knows her; that our own records know of her asking is no sign of it (ADR
    39)."""
    return any(plans.system_of(means, each.system).kind != "own" for each in subject.people)


def _in_doubt(connectors: Mapping[str, Connector]) -> bool:
    return any(found.severity is not Severity.NOTE for each in connectors.values() for found in each.check())


def _within(
    means: Means,
    plan: Plan,
    connectors: Mapping[str, Connector],
    known: Sequence[tuple[Submission, Subject]],
    left: "_Left",
) -> list[Granted]:
    subjects = [subject for _, subject in known]
    counted = {
        name: count_many(each, plan.of(name), subjects, now=means.now) for name, each in connectors.items()
    }
    room = {name: allowance.room(means=means, system=name) for name in plan.systems}
    granted: list[Granted] = []
    for index, (sent, subject) in enumerate(known):
        counts = {name: each.each[index] for name, each in counted.items()}
        rows = {name: sum(each.rows for each in counts[name]) for name in counts}
        if any(_too_many(means, name, many) for name, many in rows.items()):
            left.one(sent, "rows_per_person")
        elif any(free is not None and free <= len(granted) for free in room.values()):
            left.one(sent, "people_per_day")
        else:
            granted.append(Granted(sent, _of(sent), subject, counts))
    return granted


def _too_many(means: Means, system: str, rows: int) -> bool:
    most = plans.system_of(means, system).limits.rows_per_person
    return most is not None and rows > most


@transaction.atomic
def _granted(means: Means, plan: Plan, granted: Sequence[Granted], left: "_Left", *, wake: bool) -> int:
    """Approve those that are as they were when they were looked at."""
    hold("cases")
    open_ = Request.objects.filter(pk__among=[each.request.pk for each in granted], state=RequestState.OPEN)
    fresh = {
        each.pk: each
        for each in open_.select_related("case")
        .select_for_update(of=("self",))
        .prefetch_related("verifications", "doubts")
    }
    sure = []
    for each in granted:
        request = fresh.get(each.request.pk)
        if request is None:
            left.one(each.sent, "decided")
            continue
        found = certainty.standing(means=means, request=request)
        if not found.enough or found.doubts:
            left.one(each.sent, "doubt")
            continue
        request.reached = found.reached
        sure.append(replace(each, request=request))
    if plan.right in ERASING:
        sure = _with_room(means, plan, sure, left)
    if not sure:
        return 0
    grant = grant_copies if plan.right in COPYING else grant_erasures
    grant(means=means, plan=plan, granted=sure)
    Submission.objects.filter(pk__among=[each.sent.pk for each in sure]).update(rule_at=None, left="")
    if wake:
        dispatch.wake_all([each.request.case_id for each in sure])
    return len(sure)


def _with_room(means: Means, plan: Plan, sure: Sequence[Granted], left: "_Left") -> list[Granted]:
    """Of these as many as there is still room for: somebody else may have approved some meanwhile."""
    most = max(0, min(allowance.rooms(means=means, systems=plan.systems).values(), default=len(sure)))
    left.all([each.sent for each in sure[most:]], "people_per_day")
    return list(sure[:most])


class _Left:
    """What the rule does not approve: for staff, or to be looked at again."""

    def __init__(self, means: Means) -> None:
        self._means = means

    def one(self, sent: Submission, why: str) -> None:
        """For staff."""
        self.all([sent], why)

    def all(self, some: Sequence[Submission], why: str) -> None:
        """The same for several."""
        self._waiting(some).update(rule_at=None, left=why)

    def later(self, some: Sequence[Submission], pause: timedelta) -> None:
        """Again; the longer it has waited, the longer the pause."""
        at = self._means.clock()
        for each in some:
            wait = max(pause, (at - _of(each).received_at) / 4)
            self._waiting([each]).update(rule_at=at + wait)

    def _waiting(self, some: Sequence[Submission]) -> QuerySet[Submission]:
        """Without those that somebody else, who took them for given up, is done with."""
        return Submission.objects.filter(pk__among=[each.pk for each in some], rule_at__isnull=False)
