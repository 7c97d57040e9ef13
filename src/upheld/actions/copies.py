"""A person's copy, through the server: approved in the console, written by the runner, read by her link."""

from collections.abc import Iterator, Sequence
from datetime import UTC, timedelta
from pathlib import Path
from typing import IO, cast

import pyrage
from django.conf import settings
from django.db import transaction
from django.db.models import F

from upheld.actions import access, cases, certainty, dispatch, plans, preview, refusal, tasks, uploads
from upheld.actions.access import Delivered, Rows, uncounted
from upheld.actions.journal import Fenced, kind_of
from upheld.actions.lease import is_leased
from upheld.actions.means import Means
from upheld.actions.record import record
from upheld.law.right import Right
from upheld.ledger.types import PACKAGE_OPENED
from upheld.rights.outcome import Failure, Misconfigured, Permanent
from upheld.rights.package.gather import State
from upheld.rights.package.seeking import Opened
from upheld.rights.package.writing import SystemSummary, languages
from upheld.rights.plan import Plan
from upheld.store.models import Copy, Fulfilment, Opening, Package, Request, RequestState
from upheld.store.models.journal import FailureKind

RETRY = timedelta(seconds=30)
IN_MEMORY = 8 * 1024 * 1024
PIECE = 64 * 1024
VISIT = timedelta(hours=1)
STAMP = "%Y%m%dT%H%M%S%f"
"""When a try began, by the clock of all hosts, in its file's name."""
UNTROUBLED = {"failure": "", "failure_text": "", "failed": [], "attempt": 0}


@transaction.atomic
def approve(*, means: Means, request: Request, plan: Plan) -> Copy:
    """The copy may be written, and the owners of systems by hand are asked. Its key is made now and sealed,
    before anything is written with it. Refuses a second time, and below the certainty who asks that is
    needed."""
    request = Request.objects.select_for_update(of=("self",)).select_related("case").get(pk=request.pk)
    if request.right not in tasks.COPYING or request.state != RequestState.OPEN:
        raise Permanent("This copy has been approved already, or is no copy.", "Look at the case again.")
    certainty.refuse_below(means=means, request=request)
    at, identity = means.clock(), pyrage.x25519.Identity.generate()
    sealed = means.keys.seal(request.case.key, str(identity).encode(), record=record_of(request))
    copy = Copy.objects.create(
        request=request,
        approved_by=means.by,
        approved_at=at,
        recipient=str(identity.to_public()),
        sealed_identity=sealed,
        not_before=at,
    )
    Request.objects.filter(pk=request.pk).update(state=RequestState.IN_PROGRESS, reached=request.reached)
    ask(means, request, plan)
    dispatch.wake(request.case_id)
    return copy


def ask(means: Means, request: Request, plan: Plan) -> None:
    """Ask the owners of systems by hand. What is read needs no journal; what a person is asked does. Belongs
    into the transaction of the approval."""
    named = [name for name in plan.systems if plans.by_hand(plan, name)]
    if not named:
        return
    steps = tuple(step for step in plan.steps if step.system in named)
    row = plans.store(means=means, request=request, plan=Plan(plan.right, plan.regime, steps))
    for position, system in enumerate(named):
        fulfilment = Fulfilment.objects.create(request=request, plan=row, position=position, system=system)
        tasks.ask(means=means, fulfilment=fulfilment, plan=plan)


def write(*, means: Means, copy: Copy, language: str, rows: Rows = uncounted) -> bool:
    """Write the copy into the data folder; whether it is whole. One that lacks a system is given all the
    same and written anew later. Whoever is at it keeps others off; of two that are at it all the same, for a
    lease ran out meanwhile, one copy is known and the other's file goes."""
    if not _taken(means, copy):
        return False
    try:
        delivered = _written(means, copy, language, rows)
    except Fenced:
        return False
    except Failure as failure:
        _later(means, copy, kind_of(failure), str(failure))
        return False
    if delivered.summary.complete:
        uploads.remove(means=means, request=copy.request)
        Copy.objects.filter(pk=copy.pk).update(**UNTROUBLED)
    elif failed := _failed(delivered):
        kinds = [kind_of(each.failure) if each.failure else FailureKind.MISCONFIGURED for each in failed]
        lasting = next((each for each in kinds if each != FailureKind.TRANSIENT), FailureKind.TRANSIENT)
        _later(means, copy, lasting, " ".join(map(_words, failed)), failed=[each.system for each in failed])
    else:
        _later(means, copy)
    _replaced(means, copy.request, delivered.package)
    Copy.objects.filter(pk=copy.pk, owner=means.owner).update(owner="", leased_until=None)
    return delivered.summary.complete


def _failed(delivered: Delivered) -> list[SystemSummary]:
    """Systems that gave nothing, or not all. Not those whose owners were asked: they have their time."""
    return [each for each in delivered.summary.systems if each.state in (State.FAILED, State.NOT_ASKED)]


def _words(part: SystemSummary) -> str:
    said = str(part.failure or "")
    if not said:
        said = "It was not asked. Look at what the map says of it, and how it is connected."
    return said if said.startswith(part.system) else f"{part.system}: {said}"


def _written(means: Means, copy: Copy, language: str, rows: Rows) -> Delivered:
    request, out = copy.request, file_for(copy.request, means)
    means = refusal.narrowed(means=means, request=request)
    seen = preview.preview(
        means=means,
        right=Right(request.right),
        asked=cases.asked_in(means=means, case=request.case),
        regime=request.case.regime,
        subject=cases.subject_of(means=means, case=request.case),
    )
    try:
        return access.deliver(
            means=means,
            request=request,
            preview=seen,
            out=out,
            recipients=(copy.recipient,),
            days=settings.UPHELD_PACKAGE_DAYS,
            language=spoken(means, language),
            rows=rows,
            answers=uploads.answers(means=means, request=request),
            fence=lambda: _fenced(means, copy),
        )
    except Fenced:
        out.unlink(missing_ok=True)
        raise


def spoken(means: Means, wanted: str) -> str:
    """The language of a copy: the one wanted, or the first in which there are copies."""
    own = means.datamap.organisation.languages
    return next((each for each in (wanted, *own) if each in own and each in languages), "")


@transaction.atomic
def _taken(means: Means, copy: Copy) -> bool:
    """Take the copy over, unless it is written, or somebody is at it."""
    at = means.clock()
    fresh = Copy.objects.select_for_update().filter(pk=copy.pk, not_before__lte=at).first()
    if fresh is None or is_leased(fresh, at):
        return False
    # Asked once it is locked: a statement that had to wait for whoever wrote it saw its request as before.
    open_ = Copy.objects.filter(pk=copy.pk, request__state=RequestState.IN_PROGRESS)
    return bool(open_.update(owner=means.owner, leased_until=at + means.lease))


def _fenced(means: Means, copy: Copy) -> None:
    if not Copy.objects.filter(pk=copy.pk, owner=means.owner).update(
        leased_until=means.clock() + means.lease
    ):
        raise Fenced("This copy was taken over by another run.")


def _replaced(means: Means, request: Request, newest: Package) -> None:
    """Earlier tries go, and what a crash cut off: of a copy there is one."""
    for each in request.packages.filter(removed_at=None).exclude(pk=newest.pk):
        where(each).unlink(missing_ok=True)
        Package.objects.filter(pk=each.pk).update(removed_at=means.clock())
    kept = Path(newest.path).name
    for path in folder().glob(f"{request.pk}-*"):
        if not path.name.startswith(kept):
            path.unlink(missing_ok=True)


@transaction.atomic
def _later(means: Means, copy: Copy, failure: str = "", why: str = "", *, failed: Sequence[str] = ()) -> None:
    """The longer it has failed, the longer the pause. Without a failure an owner has her time."""
    at = means.clock()
    pause = max(RETRY, (at - copy.approved_at) / 4)
    trouble: dict[str, object] = dict(UNTROUBLED)
    if failure:
        trouble = {"failure": failure, "failure_text": why, "failed": [*failed], "attempt": F("attempt") + 1}
    mine = Copy.objects.filter(pk=copy.pk, owner=means.owner)
    mine.update(not_before=at + pause, owner="", leased_until=None, **trouble)


def file_for(request: Request, means: Means) -> Path:
    """Where a new try of this copy goes; its folder is there."""
    place = folder()
    place.mkdir(mode=0o700, exist_ok=True)
    return place / f"{request.pk}-{means.clock().astimezone(UTC):{STAMP}}.age"


def folder() -> Path:
    """Where copies are."""
    place: Path = settings.UPHELD_DATA / "packages"
    return place


def where(package: Package) -> Path:
    """Its file: as whoever wrote it noted; or of that name in our own folder of copies, for a worker on
    another host may have that folder elsewhere."""
    noted = Path(package.path)
    return noted if noted.exists() else folder() / noted.name


def latest(request: Request) -> Package | None:
    """The newest copy that is still there."""
    there = request.packages.filter(removed_at=None).order_by("-written_at")
    return there.first()


def read(*, means: Means, package: Package) -> IO[bytes]:
    """The copy's ZIP, decrypted where it is read, and in plain nowhere but in the memory of that. Raises
    Permanent when the copy has expired, Misconfigured where its file is altered."""
    copy = Copy.objects.select_related("request__case").filter(request=package.request).first()
    if copy is None or package.removed_at is not None or package.expires_at <= means.clock():
        raise Permanent("This copy has expired.", "Ask for a new one.")
    secret = means.keys.open(
        copy.request.case.key, bytes(copy.sealed_identity), record=record_of(copy.request)
    )
    try:
        file = where(package).open("rb")
    except OSError as error:
        raise Misconfigured(
            "The file of this copy cannot be read at the moment.",
            "It is kept in the folder `packages` of the data folder; a copy can be made anew.",
        ) from error
    return cast("IO[bytes]", Opened(file, secret.decode()))


def pieces(plain: IO[bytes]) -> Iterator[bytes]:
    """The file bit by bit; closes it at the end."""
    with plain:
        while piece := plain.read(PIECE):
            yield piece


def seen(*, means: Means, package: Package) -> None:
    """Note that the person opened it: whatever of it she reads or saves within an hour is one opening. Writes
    `package.opened`."""
    at = means.clock()
    recent = package.openings.filter(at__gt=at - VISIT)
    if recent.exists():
        return
    with transaction.atomic():
        Package.objects.select_for_update().get(pk=package.pk)
        if recent.exists():  # a browser fetches several files at once
            return
        Opening.objects.create(package=package, at=at, by=means.by)
        record(PACKAGE_OPENED, at=at, case=str(package.request.case_id), times=package.openings.count())


def was_opened(package: Package) -> bool:
    """Whether somebody opened it."""
    return Opening.objects.filter(package=package).exists()


def record_of(request: Request) -> str:
    """Under which a copy's key is sealed."""
    return f"copy:{request.pk}"
