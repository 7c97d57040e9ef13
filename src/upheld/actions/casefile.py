"""One case in full: its requests and systems as they stand, and its story. Names no person."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from upheld.actions import arrivals, copies, dates, erasure, plans
from upheld.actions.dates import Dates
from upheld.actions.journal import counts_of, tally
from upheld.actions.means import Means
from upheld.law.right import Right
from upheld.store.models import (
    Arrival,
    Case,
    Certificate,
    Fulfilment,
    FulfilmentState,
    Look,
    Mail,
    MailKind,
    Opening,
    PartState,
    Request,
    RequestState,
    Task,
)

STATES = {
    FulfilmentState.WAITING: ("wait", "…", "waits its turn"),
    FulfilmentState.RUNNING: ("wait", "…", "at work"),
    FulfilmentState.DONE: ("good", "✓", "done"),
    FulfilmentState.RETAINED: ("good", "✓", "done, some stays"),
    FulfilmentState.FAILED: ("bad", "✕", "failed"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """One system's share. `mood` and `mark` are of the state, `why` says what it waits for."""

    system: str
    title: str
    mood: str
    mark: str
    state: str
    why: str
    deleted: int
    anonymised: int
    stays: int
    evidence: str
    tasks: tuple[Task, ...]
    failed: bool


@dataclass(frozen=True, slots=True)
class Wish:
    """One request of the case."""

    request: Request
    right: Right
    dates: Dates
    approved_by: str
    parts: tuple[Part, ...]
    copy_failure: str
    copy_until: date | None
    copy_opened: int

    @property
    def open(self) -> bool:
        """Whether it waits for an approval."""
        return self.request.state == RequestState.OPEN

    @property
    def finished(self) -> bool:
        """Whether it has its end."""
        return self.request.state not in (RequestState.OPEN, RequestState.IN_PROGRESS)

    @property
    def failed(self) -> bool:
        """Whether a system can be tried again."""
        return any(each.failed for each in self.parts)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. `by`: an account, or nobody in particular."""

    at: datetime
    what: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """The whole case."""

    case: Case
    numbers: tuple[str, ...]
    wishes: tuple[Wish, ...]
    story: tuple[Event, ...]


def opened(*, means: Means, case: Case) -> File:
    """The case as it stands; reads our own records alone."""
    requests = sorted(
        case.requests.prefetch_related(
            "fulfilments__tasks", "fulfilments__parts", "fulfilments__evidence", "plans"
        ),
        key=lambda each: (each.right != Right.ACCESS, each.received_at),
    )
    came = list(case.arrivals.order_by("received_at"))
    return File(
        case,
        tuple(arrivals.number(each) for each in came),
        tuple(_wish(means, each) for each in requests),
        tuple(sorted(_story(case, came, requests), key=lambda each: each.at, reverse=True)),
    )


def _wish(means: Means, request: Request) -> Wish:
    package = copies.latest(request)
    copy = getattr(request, "copy", None)
    plan = max(request.plans.all(), key=lambda each: each.version, default=None)
    why = {name: said for name, _, said in erasure.standing(request).systems}
    return Wish(
        request=request,
        right=Right(request.right),
        dates=dates.of(means=means, request=request),
        approved_by=copy.approved_by if copy else plan.approved_by if plan else "",
        parts=tuple(_part(means, each, why[each.system]) for each in request.fulfilments.all()),
        copy_failure=copy.failure if copy and package is None else "",
        copy_until=means.datamap.organisation.local(package.expires_at).date() if package else None,
        copy_opened=Opening.objects.filter(package__request=request).count(),
    )


def _part(means: Means, fulfilment: Fulfilment, why: str) -> Part:
    system = means.datamap.system(fulfilment.system)
    counts: Counter[str] = Counter()
    for part in fulfilment.parts.all():
        if part.state == PartState.COMMITTED and not part.due_id:
            for word, rows in tally(plans.load(part.plan), counts_of(part)).items():
                counts[word] += rows
    mood, mark, state = STATES[FulfilmentState(fulfilment.state)]
    waiting = tuple(each for each in fulfilment.tasks.all() if each.answered_at is None)
    if waiting:
        state = "asked its owner"
    evidence = max((each.cls for each in fulfilment.evidence.all()), default="")
    return Part(
        system=fulfilment.system,
        title=system.title or system.name,
        mood=mood,
        mark=mark,
        state=state,
        why=why,
        deleted=counts["deleted"],
        anonymised=counts["anonymised"] + counts["detached"],
        stays=counts["retained"],
        evidence=evidence,
        tasks=waiting,
        failed=fulfilment.state == FulfilmentState.FAILED,
    )


MAILED = {
    MailKind.VERIFY: "the link to confirm",
    MailKind.FOLLOW: "a link to her page",
    MailKind.COPY_READY: "that the copy is ready",
    MailKind.DONE: "that the deletion is done",
    MailKind.TASK: "a task, to a system's owner",
    MailKind.OTHER: "a link to another address of hers",
    MailKind.QUESTION: "that there is a question",
    MailKind.REMINDER: "that the copy goes soon",
}
NAMES = {Right.ACCESS: "Copy", Right.ERASURE: "Deletion", Right.DELETE: "Deletion"}


def _story(case: Case, came: list[Arrival], requests: list[Request]) -> Iterator[Event]:
    for arrival in came:
        yield Event(arrival.received_at, f"Asked by the form, number {arrivals.number(arrival)}")
        if arrival.verified_at:
            yield Event(arrival.verified_at, "Verified by a link to that address")
    for request in requests:
        yield from _of_request(request)
    for mail in Mail.objects.filter(case=case):
        what = MAILED[MailKind(mail.kind)]
        if mail.sent_at:
            yield Event(mail.sent_at, f"Mailed {what}")
        else:
            yield Event(mail.written_at, f"Wrote {what}; it waits in the outbox")
    for question in case.questions.all():
        yield Event(question.asked_at, "Asked the person a question", question.asked_by)
        if question.answered_at:
            yield Event(question.answered_at, "The person answered")
    for look in Look.objects.filter(case=case):
        yield Event(look.at, f"Looked at {look.what}: {look.why}", look.by)


def _of_request(request: Request) -> Iterator[Event]:
    name = NAMES.get(Right(request.right), request.right.capitalize())
    for plan in request.plans.all():
        yield Event(plan.approved_at, f"{name} approved", plan.approved_by)
    copy = getattr(request, "copy", None)
    if copy:
        yield Event(copy.approved_at, f"{name} approved", copy.approved_by)
    for package in request.packages.all():
        yield Event(package.written_at, "Copy written")
        yield from (Event(each.at, "Copy opened", each.by) for each in package.openings.all())
    for fulfilment in request.fulfilments.all():
        if fulfilment.finished_at:
            yield Event(fulfilment.finished_at, f"{name}: {fulfilment.system} done")
    if request.finished_at:
        yield Event(request.finished_at, f"{name} finished")
    for certificate in Certificate.objects.filter(request=request):
        whole = "" if certificate.complete else ", not complete"
        yield Event(certificate.issued_at, f"Certificate issued{whole}")
