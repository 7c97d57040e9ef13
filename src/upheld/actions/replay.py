"""After a restore: erase again everything that was erased since the backup (P-24, scenario 54)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import QuerySet

from upheld.actions import cases, journal, plans, purge, window
from upheld.actions.erasure import Progress, silently
from upheld.actions.journal import SETTING
from upheld.actions.means import Means
from upheld.actions.record import record
from upheld.law.right import Right
from upheld.ledger.types import ERASURE_REPLAYED, VALUES_REPLAYED
from upheld.rights import plan as steps
from upheld.rights.cells import loaded
from upheld.rights.connector import Connector
from upheld.rights.fulfil import Failed, execute
from upheld.rights.outcome import Committed, Failure, Misnamed, Prepared
from upheld.rights.plan import Plan
from upheld.rights.subject import Identity, Person, Subject
from upheld.store import models
from upheld.store.keys import Destroyed
from upheld.store.models import FulfilmentState, PartState


@dataclass(frozen=True, slots=True)
class Replayed:
    """One system after the replay: erasures repeated, rows removed again, cases that could not be; `values`:
    marks and corrections that the backup did not have and that are set again."""

    system: str
    erasures: int
    rows: int
    failures: tuple[tuple[str, str], ...]
    spared: int
    values: int = 0


def replay(
    *, means: Means, system: str, since: datetime | None = None, progress: Progress = silently
) -> Replayed:
    """Repeat every erasure of one restored system, oldest first, as its own approved plan had it: what was
    promised then is done again, whatever the map says now. Where the map has changed since, the look
    afterwards is by the map as it is now, and an erasure that leaves what only the new map knows is named.
    Rows that the purge had removed go again, too. Safe to repeat.

    Before that, marks of restrictions, their ends, and corrections are set again in the order in which
    they were, each where what stood before it stands again: an erasure then keeps what is restricted
    (G-18.5).

    Nobody is identified anew: rows are named by the keys they had, identities by their value. A key or an
    identity that somebody else, or she herself with a new account, has since is spared and counted. `since`
    leaves out erasures that the backup already held. Within an undo window the rows are kept as they came
    back; an erasure that was undone is not repeated. Cases whose key is destroyed can no longer be repeated
    and are named; their keys live as long as backups do. Writes `erasure.replayed`, and `values.replayed`
    where values were set.
    """
    connector = means.connectors.get(system)
    if connector is None:
        raise Misnamed(
            f"No connector for {system}.", f"Known systems: {', '.join(means.connectors) or 'none'}."
        )
    erasures = rows = spared = 0
    failures: list[tuple[str, str]] = []
    values = _set_again(means, connector, system, since, failures)
    for fulfilment in erased(system, since):
        progress(system, "replayed")
        case = fulfilment.request.case
        try:
            subject = cases.subject_for(means=means, request=fulfilment.request)
            if subject is None:
                continue
            same, without = still_hers(connector, system, subject)
            spared += without
            removed = _again(means, fulfilment, same)
        except (Destroyed, Failure) as failure:
            failures.append((str(case.pk), str(failure)))
            continue
        erasures += 1
        rows += removed
    for row in _purged(system, since):
        try:
            rows += _purge_again(means, connector, row)
        except (Destroyed, Failure) as failure:
            failures.append((str(row.fulfilment.request.case_id), str(failure)))
    record(
        ERASURE_REPLAYED, at=means.clock(), system=system, cause="restore", erasures=erasures, records=rows
    )
    return Replayed(system, erasures, rows, tuple(failures), spared, values)


def _set_again(
    means: Means, connector: Connector, system: str, since: datetime | None, failures: list[tuple[str, str]]
) -> int:
    found = models.Part.objects.filter(
        fulfilment__system=system,
        fulfilment__request__right__in=[each.value for each in SETTING if since or each is Right.RESTRICTION],
        state=PartState.COMMITTED,
        due__isnull=True,
    )
    if since is not None:
        found = found.filter(settled_at__gte=since)
    values = 0
    for part in found.select_related("plan__request", "fulfilment__request__case").order_by(
        "settled_at", "pk"
    ):
        try:
            values += _cells_again(means, connector, part)
        except (Destroyed, Failure) as failure:
            failures.append((str(part.fulfilment.request.case_id), str(failure)))
    if values:
        record(VALUES_REPLAYED, at=means.clock(), system=system, records=values)
    return values


def _cells_again(means: Means, connector: Connector, part: models.Part) -> int:
    cells = loaded((journal.trace(means=means, part=part),))
    places = list(dict.fromkeys((each.table, each.column, each.json) for each in cells))
    numbered = {place: number for number, place in enumerate(places, start=1)}
    name = part.fulfilment.system
    acts = tuple(
        steps.Reset(number, name, table, column, steps.Reason("Art. 5(1)(f) GDPR"))
        for (table, column, _), number in numbered.items()
    )
    given = tuple(replace(each, step=numbered[each.table, each.column, each.json]) for each in cells)
    done = 0
    subject = Subject((), (), given)
    allow = frozenset(part.plan.allowed)
    for event in connector.execute(acts, subject, now=means.now, entropy=means.entropy, allow=allow):
        if isinstance(event, Committed):
            done += sum(count.rows for count in event.counts)
    return done


def erased(system: str, since: datetime | None) -> QuerySet[models.Fulfilment]:
    """Whose part of that system was erased, oldest first."""
    found = models.Fulfilment.objects.filter(
        system=system,
        request__right__in=[Right.ERASURE.value, Right.DELETE.value],
        state__in=[FulfilmentState.DONE, FulfilmentState.RETAINED],
        request__undone_at__isnull=True,
        parts__state=PartState.COMMITTED,
    )
    if since is not None:
        found = found.filter(parts__settled_at__gte=since)
    return found.distinct().select_related("plan__request", "request__case", "window").order_by("finished_at")


def _purged(system: str, since: datetime | None) -> Sequence[models.Due]:
    found = models.Due.objects.filter(fulfilment__system=system, purged_at__isnull=False)
    if since is not None:
        found = found.filter(purged_at__gte=since)
    return list(found.select_related("plan__request", "fulfilment__request__case").order_by("purged_at"))


def _purge_again(means: Means, connector: Connector, row: models.Due) -> int:
    """Rows of that key whose period is over: a row that got the number since is younger, and stays."""
    plan = plans.load(row.plan)
    acts, subject = purge.named(means=means, row=row, plan=plan, still_over=True)
    removed = 0
    allow = frozenset(row.plan.allowed)
    for event in connector.execute(acts, subject, now=means.now, entropy=means.entropy, allow=allow):
        if isinstance(event, Committed):
            removed += sum(count.rows for count in event.counts)
    return removed


def _again(means: Means, fulfilment: models.Fulfilment, subject: Subject) -> int:
    plan = plans.load(fulfilment.plan)
    part = Plan(plan.right, plan.regime, plan.of(fulfilment.system))
    allow = frozenset(fulfilment.plan.allowed)
    removed = 0
    still = window.is_open(fulfilment.window, means.now.date())
    events = execute(
        part,
        means.connectors,
        subject,
        now=means.now,
        entropy=means.entropy,
        allow=allow,
        before=frozenset({fulfilment.system} if still else ()),
    )
    for event in events:
        match event:
            case Prepared():
                window.keep(means=means, fulfilment=fulfilment, event=event)
            case Committed():
                removed += sum(count.rows for count in event.counts)
            case Failed():
                raise event.failure
    return removed


def still_hers(connector: Connector, system: str, subject: Subject) -> tuple[Subject, int]:
    """The subject without keys that are somebody else's by now, and without identities of an account that
    is newer than the erasure; and how many were left out (scenario 45)."""
    own = [each for each in subject.people if each.system == system]
    known = {(each.kind, cases.canonical(each).value) for each in subject.identities}
    people: list[Person] = [each for each in subject.people if each.system != system]
    for person in own:
        vouched = connector.find((), (person,)).identities
        if not vouched or any((each.kind, cases.canonical(each).value) in known for each in vouched):
            people.append(person)
    mine = {(each.table, each.key) for each in people if each.system == system}
    identities: list[Identity] = []
    for identity in subject.identities:
        found = connector.find((identity,), ()).people if identity.verified else ()
        if all((each.table, each.key) in mine for each in found if each.system == system):
            identities.append(identity)
    left_out = len(subject.people) - len(people) + len(subject.identities) - len(identities)
    return Subject(tuple(identities), tuple(people)), left_out
