"""What a right would do for one person, before anything is written anywhere: for dry runs and for
approval."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from uuid import UUID

from upheld.actions import allowance, plans, window
from upheld.actions.allowance import Beyond
from upheld.actions.asking import Asked
from upheld.actions.means import Means
from upheld.actions.regime import under
from upheld.actions.window import Span
from upheld.datamap.model import Limits
from upheld.law.deadline import Dates
from upheld.law.objection import STOPPING, Against
from upheld.law.right import Right
from upheld.rights.connector import Finding, Severity
from upheld.rights.explain import Explanation, explain
from upheld.rights.fulfil import dry_run
from upheld.rights.glance import at_a_glance
from upheld.rights.identify import Unreached, identify
from upheld.rights.outcome import Counts, Failure
from upheld.rights.plan import Plan
from upheld.rights.share import Sizes
from upheld.rights.subject import Subject
from upheld.store import models, queries

ERASING = (Right.ERASURE, Right.DELETE)
WRITING = (*ERASING, Right.RESTRICTION, Right.RECTIFICATION, *STOPPING)
LIMITS = ("people_per_day", "rows_per_person", "share_of_table")


@dataclass(frozen=True, slots=True)
class Preview:
    """Everything that the one who approves must see. Only `subject` is personal. `spans`: until when each
    system could be undone; empty where the organisation has set no window. `dates`: until when it is to be
    answered."""

    subject: Subject
    unreached: tuple[Unreached, ...]
    plan: Plan
    counts: Mapping[str, Counts | Failure]
    findings: tuple[Finding, ...]
    beyond: tuple[Beyond, ...]
    explanation: Explanation
    spans: Mapping[str, Span] = field(default_factory=dict)
    dates: Dates | None = None

    @property
    def waiting(self) -> tuple[str, ...]:
        """Systems in which nothing will be written as things are, in the plan's order."""
        stopped = {each.system for each in self.findings if each.severity is Severity.STOP}
        stopped |= {each.system for each in self.unreached}
        stopped |= {name for name, each in self.counts.items() if isinstance(each, Failure)}
        return tuple(name for name in self.plan.systems if name in stopped)

    @property
    def rows(self) -> int:
        """Rows of hers, over all systems that could count."""
        return sum(rows_of(each) for each in self.counts.values() if isinstance(each, Counts))


def rows_of(counted: Counts) -> int:
    """Hers in one system; not every connector counts by table."""
    return sum(each.matched for each in counted.tables) or sum(each.rows for each in counted.steps)


def preview(
    *,
    means: Means,
    right: Right,
    asked: Asked,
    regime: str | None = None,
    subject: Subject | None = None,
    received: date | None = None,
    request: models.Request | None = None,
    against: Against | None = None,
) -> Preview:
    """Identify, plan, check, count. Reads only, here and in every system.

    With `subject`, of a case that is under way, nobody is identified anew. Raises Ambiguous where a
    decision is needed first. A system that cannot be asked is named, and the others are counted. `received`:
    the day of the request, today unless said; `request`: by its law and its dates, where it was received;
    `against`: what is to stop, where no request says it.
    """
    law = under(means=means, right=right, request=request, regime=regime, received=received)
    plan = plans.planned(
        means=means, right=right, regime=regime, law=law.law, against=against or plans.against(request)
    )
    automatic = {name: each for name, each in means.connectors.items() if not plans.by_hand(plan, name)}
    with at_a_glance(automatic.values()):
        unreached: tuple[Unreached, ...] = ()
        if subject is None:
            identified = identify(automatic, asked.identities, asked.decisions)
            subject, unreached = identified.subject, identified.unreached
        silent = {each.system for each in unreached}
        reached = {
            name: each for name, each in automatic.items() if name in plan.systems and name not in silent
        }
        steps = tuple(step for step in plan.steps if step.system in reached)
        counts: dict[str, Counts | Failure] = dict(
            dry_run(Plan(plan.right, plan.regime, steps), reached, subject, now=means.now)
        )
        counts.update({each.system: each.failure for each in unreached})
        explanation = explain(plan, means.datamap, counts)
        own = () if request is None else (request.case_id,)
        beyond = limits(means, plan, counts, own) if right in WRITING else ()
        if right not in ERASING:
            found = findings(means, reached, counts, right) if right in WRITING else ()
            return Preview(subject, unreached, plan, counts, found, beyond, explanation, dates=law.dates)
        spans = window.spans(means=means, last=law.dates.legal, systems=plan.systems)
        found = findings(means, reached, counts, right, spans)
        return Preview(subject, unreached, plan, counts, found, beyond, explanation, spans, law.dates)


def findings(
    means: Means,
    names: Mapping[str, object],
    counts: dict[str, Counts | Failure],
    right: Right,
    spans: Mapping[str, Span] = MappingProxyType({}),
) -> tuple[Finding, ...]:
    """All of them for an erasure, those against an undo where there could be one; for other rights those that
    are not about erasing. What leaves a trace of a mark stops a restriction."""
    found: list[Finding] = []
    for name in names:
        try:
            kept = name in spans and spans[name].until is not None
            found.extend(
                each for each in means.connectors[name].check() if kept or not each.code.startswith("undo.")
            )
        except Failure as failure:
            counts[name] = failure
    if right is Right.RESTRICTION:
        traces = {each for each in found if (each.code, each.severity) == TRACE}
        found = [replace(each, severity=Severity.STOP) if each in traces else each for each in found]
    return tuple(each for each in found if right in ERASING or not each.erasing)


TRACE = ("restriction.trigger", Severity.DOUBT)


def limits(
    means: Means, plan: Plan, counts: dict[str, Counts | Failure], own: Collection[UUID] = ()
) -> tuple[Beyond, ...]:
    """Limits that the plan exceeds; `own`: her case, which is none of the others of this day. Rows and share
    are judged once more by each system, people by the approval and the journal, before the first write."""
    beyond, sizes = [], Sizes(means.connectors)
    for name in plan.systems:
        limits = plans.system_of(means, name).limits
        counted = counts.get(name)
        rows = sum(count.rows for count in counted) if isinstance(counted, Counts) else 0
        if limits.rows_per_person is not None and rows > limits.rows_per_person:
            beyond.append(Beyond(name, "rows_per_person", str(limits.rows_per_person), str(rows)))
        try:
            beyond += shares(sizes, name, limits, counted)
        except Failure as failure:
            counts[name] = failure
        if plan.right in ERASING:
            beyond += allowance.beyond(means=means, system=name, besides=own)
    return tuple(beyond)


def shares(sizes: Sizes, system: str, limits: Limits, counted: Counts | Failure | None) -> list[Beyond]:
    """The share of a table, where what was counted there goes beyond it."""
    tables = counted.tables if isinstance(counted, Counts) else ()
    found = ", ".join(map(str, sizes.beyond(system, tables, limits.share_of_table)))
    return [Beyond(system, "share_of_table", f"{limits.share_of_table:.0%}", found)] if found else []


def unfinished(request: models.Request) -> tuple[models.Fulfilment, ...]:
    """The systems whose part has no outcome yet."""
    found: tuple[models.Fulfilment, ...] = tuple(queries.UNFINISHED_FULFILMENTS.all(request=request.pk))
    for each in found:
        each.request = each.plan.request = request
    return found
