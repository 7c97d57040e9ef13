"""The undo window: opened when an erasure is approved, closed by the purge on its date (ADR 0016)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import uuid4

from django.db import transaction

from upheld.actions import cases, kept, plans, suppression
from upheld.actions.means import Means
from upheld.actions.record import record
from upheld.actions.regime import dates_of
from upheld.law.right import Right
from upheld.ledger.types import KEY_DESTROYED
from upheld.rights.outcome import Prepared
from upheld.store import models
from upheld.store.models import FulfilmentState, PartState, RequestState

OUTCOMES = (FulfilmentState.DONE, FulfilmentState.RETAINED)


@dataclass(frozen=True, slots=True)
class Span:
    """Until which day one system could be undone; None: not at all. `legal`: the law's date came first."""

    until: date | None
    legal: bool = False


def spans(*, means: Means, last: date, systems: Iterable[str]) -> Mapping[str, Span]:
    """For each system that an erasure approved today would touch; `last` is the request's legal date. Empty
    where no system has a window, so that nobody reads of a choice that the organisation has not made."""
    today = means.now.date()
    found: dict[str, Span] = {}
    for name in systems:
        system = plans.system_of(means, name)
        if system.kind in ("manual", "own"):  # who does it by hand may keep it; our own records stay
            continue
        days = system.undo or 0
        wanted = today + timedelta(days=days)
        until = min(wanted, last)
        found[name] = Span(until if days and until > today else None, legal=bool(days) and last < wanted)
    return found if any(each.until or each.legal for each in found.values()) else {}


def open_for(
    *, means: Means, request: models.Request, systems: Collection[str]
) -> Mapping[str, models.Window]:
    """The windows of an erasure that is being approved, one a date, each with a key of its own; none for
    another right. Belongs into the transaction of the approval."""
    erased = request.right in (Right.ERASURE.value, Right.DELETE.value)
    if not erased or not any(plans.system_of(means, name).undo for name in systems):
        return {}
    found = spans(means=means, last=dates_of(means=means, request=request).legal, systems=systems)
    by_date: dict[date, models.Window] = {}
    for span in found.values():
        if span.until and span.until not in by_date:
            by_date[span.until] = models.Window.objects.create(
                request=request, key=means.keys.create(), until=span.until, legal=span.legal
            )
    return {name: by_date[span.until] for name, span in found.items() if span.until}


def is_open(window: models.Window | None, today: date) -> bool:
    """Whether rows are still kept in it, and can still come back."""
    return window is not None and window.destroyed_at is None and today < window.until


def alive(request: models.Request) -> tuple[models.Window, ...]:
    """The windows whose keys are not destroyed: until then nothing is gone for good, and nothing is
    certified."""
    return tuple(window for window in request.windows.all() if window.destroyed_at is None)


def recoverable_until(request: models.Request) -> date | None:
    """The day until which everything that was removed can come back, once it is removed everywhere."""
    return recoverable(request, {each.state for each in request.fulfilments.all()}, alive(request))


def recoverable(
    request: models.Request, states: Collection[str], windows: Iterable[models.Window]
) -> date | None:
    """The same, where the states of its systems' parts and the windows that are open are known."""
    over = request.state != RequestState.IN_PROGRESS or not set(states) <= set(OUTCOMES)
    return None if over else max((window.until for window in windows), default=None)


def images(*, means: Means, fulfilment: models.Fulfilment) -> tuple[bytes, ...]:
    """What the erasure removed in one system, part after part. Raises Destroyed once the window's key is."""
    window = fulfilment.window
    if window is None:
        return ()
    parts = fulfilment.parts.filter(state=PartState.COMMITTED, due__isnull=True, sealed_before__isnull=False)
    opened = [
        means.keys.open(window.key, bytes(part.sealed_before or b""), record=f"part:{part.pk}:before")
        for part in parts
    ]
    opened += [
        means.keys.open(window.key, bytes(each.sealed_before), record=f"kept:{each.pk}")
        for each in fulfilment.kept.all()
    ]
    return tuple(opened)


def keep(*, means: Means, fulfilment: models.Fulfilment, event: Prepared) -> None:
    """Rows and files that a restore had brought back, as a replay is about to remove them again."""
    if fulfilment.window is None:
        return
    copies = kept.copy(means=means, fulfilment=fulfilment, files=event.files)
    with transaction.atomic():
        kept.note(fulfilment=fulfilment, copies=copies, at=means.clock())
        if event.before is not None:
            _keep(means, fulfilment, fulfilment.window, event.before)


def _keep(means: Means, fulfilment: models.Fulfilment, window: models.Window, before: bytes) -> None:
    row = models.Kept(id=uuid4(), fulfilment=fulfilment, at=means.clock())
    row.sealed_before = means.keys.seal(window.key, before, record=f"kept:{row.pk}")
    row.save(force_insert=True)


def due(*, on: date) -> tuple[models.Window, ...]:
    """Windows that end on that day or have ended, oldest first."""
    ended = models.Window.objects.filter(until__lte=on, destroyed_at__isnull=True)
    return tuple(ended.select_related("request__case").order_by("until", "id"))


@transaction.atomic
def close(*, means: Means, window: models.Window) -> None:
    """The window's key goes, and with it every row and file as it was. Writes `key.destroyed`."""
    at = means.clock()
    models.Window.objects.filter(pk=window.pk).update(destroyed_at=at)
    models.Part.objects.filter(fulfilment__window=window).update(sealed_before=None)
    models.Kept.objects.filter(fulfilment__window=window).delete()
    models.FileCopy.objects.filter(fulfilment__window=window).delete()
    if not alive(window.request) and window.request.undone_at is None:
        suppression.for_good(means=means, request=window.request)
    effective = at.date() + cases.backup_days(means=means)
    record(
        KEY_DESTROYED,
        at=at,
        case=str(window.request.case_id),
        key=window.key,
        effective_by=effective.isoformat(),
    )
    # Last, as for a case's key: if the commit fails, the key is gone and the next purge records it.
    means.keys.destroy([window.key])
    kept.end(means=means, window=window)
