"""Give a person a copy of her data (G-15.3, G-15.4), or what she may take along (G-20.1)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

from django.db import transaction

from upheld.actions import cases, certainty, kept, statements, window
from upheld.actions.means import Means
from upheld.actions.preview import Preview
from upheld.actions.record import record
from upheld.actions.regime import under
from upheld.law.right import Right
from upheld.ledger.commitment import commit as commit_to
from upheld.ledger.types import PACKAGE_ISSUED
from upheld.rights.connector import Attachment, Collected, Connector
from upheld.rights.outcome import Failure, FileImage, Misnamed
from upheld.rights.package.archive import readers
from upheld.rights.package.writing import Summary, write
from upheld.rights.plan import Step
from upheld.rights.subject import Subject
from upheld.store import models
from upheld.store.models import RequestState


@dataclass(frozen=True, slots=True)
class Delivered:
    """The copy that was written, and what is in it."""

    package: models.Package
    summary: Summary


Rows = Callable[[str, int], None]
"""Told how many more rows were read in a system, for whoever shows progress."""

Sealed = tuple[date, tuple[bytes, ...], tuple[FileImage, ...]]
"""Until when it can come back, rows as they were, and files."""

Fence = Callable[[], None]
"""Raises where somebody else writes this copy meanwhile."""

BETWEEN = 250


def uncounted(_system: str, _many: int) -> None:
    """Shows no progress."""


def unfenced() -> None:
    """Nobody else writes it."""


@dataclass(frozen=True, slots=True)
class _Counted:
    """A connector that tells how many rows it has given. `sealed`: what erasures of hers removed in it and
    could still come back; it belongs to her copy until it is gone. `unreached`: she was not looked for here,
    so that what it holds of her is not known, though it may answer again by now."""

    name: str
    connector: Connector
    rows: Rows
    sealed: tuple[Sealed, ...] = ()
    unreached: Failure | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.connector, name)

    def collect(self, steps: Sequence[Step], subject: Subject, *, now: datetime) -> Iterator[Collected]:
        if self.unreached is not None:
            raise self.unreached
        many = 0
        for each in self._every(steps, subject, now):
            many += 1
            if many == BETWEEN:
                self.rows(self.name, many)
                many = 0
            yield each
        self.rows(self.name, many)

    def _every(self, steps: Sequence[Step], subject: Subject, now: datetime) -> Iterator[Collected]:
        yield from self.connector.collect(steps, subject, now=now)
        for until, before, files in self.sealed:
            yield from self.connector.sealed(steps, subject, before, until=until, files=files)


def _kept(means: Means, case: models.Case, system: str) -> tuple[Sealed, ...]:
    """What this person's erasures removed in a system, while it can come back."""
    fulfilments = models.Fulfilment.objects.filter(
        request__case=case, system=system, window__destroyed_at__isnull=True, window__isnull=False
    ).select_related("window", "request__case")
    return tuple(
        (
            each.window.until,
            window.images(means=means, fulfilment=each),
            kept.files(means=means, fulfilment=each),
        )
        for each in fulfilments
        if each.window is not None and means.keys.exists(each.window.key)
    )


def refuse_wrong(*, means: Means, language: str, recipients: tuple[str, ...]) -> str:
    """The language of the copy. Misnamed for one in which the organisation does not answer, and for a
    recipient that is no key: a face asks before a case is opened."""
    spoken = means.datamap.organisation.languages
    if language and language not in spoken:
        raise Misnamed(
            f"{means.datamap.organisation.name} does not answer in {language!r}.",
            f"Choose one of: {', '.join(spoken)}; they stand in upheld.yaml.",
        )
    if recipients:
        readers(recipients)
    return language or spoken[0]


def deliver(
    *,
    means: Means,
    request: models.Request,
    preview: Preview,
    out: Path,
    recipients: tuple[str, ...],
    days: int,
    language: str = "",
    rows: Rows = uncounted,
    answers: Mapping[str, Sequence[Attachment]] = MappingProxyType({}),
    fence: Fence = unfenced,
) -> Delivered:
    """Write the copy, encrypted to `recipients`, and note when it expires. Reads only, in every system.

    `language`: one of those in which the organisation answers, the first unless said; Misnamed for
    another; Below where it is not sure enough who asks. A system that fails does not stop the others: the
    copy says so, and the request stays open until a copy is whole. `answers`: what came back from systems by
    hand. `fence` is called within the transaction in which it becomes known. Writes `package.issued`.
    """
    if request.state == RequestState.OPEN and not means.orders:
        certainty.refuse_below(means=means, request=request)
    spoken = refuse_wrong(means=means, language=language, recipients=recipients)
    unreached = {each.system: each.failure for each in preview.unreached}
    summary = write(
        preview.plan,
        means.datamap,
        preview.subject,
        {
            name: cast(
                "Connector", _Counted(name, each, rows, _kept(means, request.case, name), unreached.get(name))
            )
            for name, each in means.connectors.items()
        },
        now=means.now,
        out=out,
        recipients=recipients,
        language=spoken,
        answers=answers,
        statements=statements.of(means=means, subject=preview.subject),
        pinned=under(means=means, right=Right(request.right), request=request),
    )
    return Delivered(_issued(means, request, out, summary, days, fence), summary)


@transaction.atomic
def _issued(
    means: Means, request: models.Request, out: Path, summary: Summary, days: int, fence: Fence
) -> models.Package:
    fence()
    if request.state == RequestState.OPEN:
        certainty.refuse_below(means=means, request=request)
        request.save(update_fields=["reached"])
    at, path = means.clock(), str(out.resolve())
    # What stood there is replaced: when its time is over it must not take this file with it.
    models.Package.objects.filter(path=path, removed_at__isnull=True).update(removed_at=at)
    package = models.Package.objects.create(
        request=request,
        path=path,
        digest=summary.sha256,
        size=summary.size,
        written_at=at,
        expires_at=at + timedelta(days=days),
    )
    record(
        PACKAGE_ISSUED,
        at=at,
        case=str(request.case.pk),
        package=commit_to(means.keys.commitment_key(request.case.key), summary.sha256.encode()),
        systems=len(summary.systems),
        expires=package.expires_at.date().isoformat(),
    )
    if summary.complete:
        cases.finish(means=means, request=request, state=RequestState.FULFILLED)
    return package
