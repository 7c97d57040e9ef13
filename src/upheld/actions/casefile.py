"""One case in full: its requests and systems as they stand, and its story. Names no person."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from upheld.actions import arrivals, dates, erasure, plans, undo
from upheld.actions.dates import Dates
from upheld.actions.difference import of_system
from upheld.actions.journal import counts_of, tally
from upheld.actions.means import Means
from upheld.actions.queue import NAMES
from upheld.actions.tasks import COPYING
from upheld.law.right import Right
from upheld.rights.outcome import Count, Counts, Established
from upheld.rights.plan import Plan
from upheld.store.models import (
    Arrival,
    Case,
    Channel,
    Decision,
    DecisionKind,
    Fulfilment,
    FulfilmentState,
    Look,
    Mail,
    MailKind,
    PartState,
    Reply,
    Request,
    RequestState,
    Task,
)
from upheld.store.models import Plan as PlanRow

STATES = {
    FulfilmentState.WAITING: ("wait", "…", "waits its turn"),
    FulfilmentState.RUNNING: ("wait", "…", "at work"),
    FulfilmentState.DONE: ("good", "✓", "done"),
    FulfilmentState.RETAINED: ("good", "✓", "done, some stays"),
    FulfilmentState.FAILED: ("bad", "✕", "failed"),
}


EVIDENCE = {
    Established.WITNESSED: "seen as it was done",
    Established.RECEIPT: "by a receipt in the system",
    Established.REREAD: "by reading again",
    Established.ASSERTED: "its owner says so",
}
COUNTED = (
    ("deleted", "deleted"),
    ("without a name", "anonymised"),
    ("without a name", "detached"),
    ("stay", "retained"),
    ("corrected", "corrected"),
    ("restricted", "restricted"),
    ("as before", "lifted"),
)
"""Words of the page, and those of plans that count for them."""


@dataclass(frozen=True, slots=True)
class Figure:
    """Rows of one system by what happens to them: counted before the approval, and done."""

    what: str
    previewed: int | None
    done: int


@dataclass(frozen=True, slots=True)
class Part:
    """One system's share. `mood` and `mark` are of the state, `why` says what it waits for. `differences`:
    what was done otherwise than counted, in words."""

    system: str
    title: str
    mood: str
    mark: str
    state: str
    why: str
    figures: tuple[Figure, ...]
    differences: tuple[str, ...]
    evidence: str
    tasks: tuple[Task, ...]
    failed: bool


@dataclass(frozen=True, slots=True)
class Wish:
    """One request of the case. `lifts`: it puts the marks of a restriction back; `restricts`: a restriction
    of it is in force. `begun`: it can no longer be taken back. `undoable`: until when it can be undone.
    `certified`: there is a proof to save."""

    request: Request
    right: Right
    dates: Dates
    approved_by: str
    parts: tuple[Part, ...]
    copy_failed: bool
    copy_failure: str
    copy_until: date | None
    copy_opened: int
    lifts: bool
    restricts: bool
    undoable: date | None
    certified: bool
    begun: bool
    decided: tuple[Decision, ...]
    identity_asked: date | None

    @property
    def name(self) -> str:
        """What it is, as a heading."""
        return "End of the restriction" if self.lifts else NAMES[self.right].capitalize()

    @property
    def extended(self) -> bool:
        """Whether more time was taken."""
        return any(each.kind == DecisionKind.EXTEND for each in self.decided)

    @property
    def ended(self) -> str:
        """How it ended, in a word; empty while it has not."""
        in_part = self.request.reason == undo.PARTLY
        return "put back in part; the rest is gone" if in_part else ENDED.get(self.request.state, "")

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
        return self.copy_failed or any(each.failed for each in self.parts)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. `by`: an account, or nobody in particular."""

    at: datetime
    what: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """The case. `older` and `older_letters`: how many events and letters come before the next older one; 0
    where there is none."""

    case: Case
    numbers: tuple[str, ...]
    came: tuple[Arrival, ...]
    replies: tuple[Reply, ...]
    wishes: tuple[Wish, ...]
    story: tuple[Event, ...]
    letters: tuple[Mail, ...] = ()
    older: int = 0
    older_letters: int = 0


STORY, LETTERS = 50, 10
"""Events and letters that are told at a time: a case may have hundreds."""
FETCHED = (
    "fulfilments__tasks",
    "fulfilments__parts",
    "fulfilments__evidence",
    "plans",
    "packages__openings",
    "windows",
    "lifts",
    "certificates",
    "decisions",
    "pauses",
)


def opened(*, means: Means, case: Case, before: int = 0, letters_before: int = 0) -> File:
    """The case as it stands; reads our own records alone, in the same number of queries whatever it holds.
    Its story and its letters without so many of the newest, and a page of them."""
    requests = sorted(
        case.requests.select_related("copy", "restriction").prefetch_related(*FETCHED),
        key=lambda each: (each.right not in COPYING, each.received_at),
    )
    came = list(case.arrivals.defer("sealed_content", "sealed_original").order_by("received_at"))
    rows = [row for request in requests for row in request.plans.all()]
    loaded = plans.load_all(rows)
    mails = list(Mail.objects.filter(case=case).defer("sealed_content").order_by("-written_at", "-pk"))
    replies = list(case.replies.defer("sealed_original"))
    told = sorted(_story(case, (came, replies), requests, mails), key=lambda each: each.at, reverse=True)
    letters = [each for each in mails if each.kind == MailKind.LETTER]
    until, letters_until = before + STORY, letters_before + LETTERS
    return File(
        case,
        tuple(arrivals.number(each) for each in came),
        tuple(came),
        tuple(replies),
        tuple(_wish(means, each, loaded) for each in requests),
        tuple(told[before:until]),
        tuple(letters[letters_before:letters_until]),
        until if len(told) > until else 0,
        letters_until if len(letters) > letters_until else 0,
    )


def _wish(means: Means, request: Request, loaded: Mapping[int, Plan]) -> Wish:
    packages = sorted(request.packages.all(), key=lambda each: each.written_at)
    package = next((each for each in reversed(packages) if each.removed_at is None), None)
    copy, restriction = getattr(request, "copy", None), getattr(request, "restriction", None)
    rows = {row.pk: row for row in request.plans.all()}
    plan = max(rows.values(), key=lambda each: each.version, default=None)
    standing = erasure.standing(request)
    why = {name: said for name, _, said in standing.systems}
    return Wish(
        request=request,
        right=Right(request.right),
        dates=dates.of(means=means, request=request),
        approved_by=copy.approved_by if copy else plan.approved_by if plan else "",
        parts=tuple(
            _part(means, each, why[each.system], rows[each.plan_id], loaded)
            for each in request.fulfilments.all()
        ),
        copy_failed=bool(copy and copy.failure),
        copy_failure=copy.failure_text if copy else "",
        copy_until=means.datamap.organisation.local(package.expires_at).date() if package else None,
        copy_opened=sum(len(each.openings.all()) for each in packages),
        lifts=standing.lifts,
        restricts=restriction is not None and restriction.lift_id is None,
        undoable=standing.recoverable_until,
        certified=any(each.complete for each in request.certificates.all()),
        begun=restriction is not None or any(map(_has_begun, request.fulfilments.all())),
        decided=tuple(request.decisions.all()),
        identity_asked=next(
            (each.asked_on for each in request.pauses.all() if each.answered_on is None), None
        ),
    )


def _has_begun(fulfilment: Fulfilment) -> bool:
    written = any(each.state != PartState.ABORTED for each in fulfilment.parts.all())
    removing = fulfilment.request.right not in COPYING
    return written or (removing and any(each.answered_at for each in fulfilment.tasks.all()))


def _part(means: Means, fulfilment: Fulfilment, why: str, row: PlanRow, loaded: Mapping[int, Plan]) -> Part:
    system = plans.system_of(means, fulfilment.system)
    mood, mark, state = STATES[FulfilmentState(fulfilment.state)]
    waiting = tuple(each for each in fulfilment.tasks.all() if each.answered_at is None)
    if waiting:
        state = "asked its owner"
    found = list(fulfilment.evidence.all())
    newest = max(found, key=lambda each: each.at, default=None)
    evidence = (
        f"{max(each.cls for each in found)}, {EVIDENCE[Established(newest.established)]}" if newest else ""
    )
    return Part(
        system=fulfilment.system,
        title=system.title or system.name,
        mood=mood,
        mark=mark,
        state=state,
        why=why,
        figures=_figures(fulfilment, row, loaded),
        differences=tuple(map(str, of_system(fulfilment, row, lambda one: loaded[one.pk]))),
        evidence=evidence,
        tasks=waiting,
        failed=fulfilment.state == FulfilmentState.FAILED,
    )


def _figures(fulfilment: Fulfilment, row: PlanRow, loaded: Mapping[int, Plan]) -> tuple[Figure, ...]:
    """What was counted, and what was done: by the parts that are committed, or as the owner says."""
    done: Counter[str] = Counter()
    for part in fulfilment.parts.all():
        if part.state == PartState.COMMITTED and not part.due_id:
            done.update(tally(loaded[part.plan_id], counts_of(part)))
    for each in fulfilment.evidence.all():
        if each.established == Established.ASSERTED:
            done.update(json.loads(each.record).get("counts", {}))
    expected = row.expected.get(fulfilment.system) or {}
    counted = Counts(tuple(Count(int(step), "", rows) for step, rows in expected.items()))
    before = tally(loaded[row.pk], counted) if expected else {}
    figures: dict[str, Figure] = {}
    for word, kind in COUNTED:
        known = figures.get(word, Figure(word, 0 if expected else None, 0))
        previewed = None if known.previewed is None else known.previewed + before.get(kind, 0)
        figures[word] = Figure(word, previewed, known.done + done[kind])
    return tuple(each for each in figures.values() if each.previewed or each.done)


MAILED = {
    MailKind.VERIFY: "the link to confirm",
    MailKind.ACKNOWLEDGE: "that her request is here",
    MailKind.FOLLOW: "a link to her page",
    MailKind.COPY_READY: "that the copy is ready",
    MailKind.DONE: "that it is done",
    MailKind.TASK: "a task, to a system's owner",
    MailKind.OTHER: "a link to another address of hers",
    MailKind.QUESTION: "that there is a question",
    MailKind.REMINDER: "that the copy goes soon",
    MailKind.OVERDUE: "a reminder, to a system's owner",
    MailKind.ALARM: "an alarm, to the officer",
    MailKind.LETTER: "a letter",
    MailKind.PROVE: "what we ask to be sure that it is her",
    MailKind.EXTENDED: "that more time is needed, and why",
    MailKind.REFUSED: "what is refused, on which ground, and where to complain",
    MailKind.WITHDRAWN: "that the request was taken back",
    MailKind.AGREE: "a question for a second yes, to somebody outside",
}
ENDED: dict[str, str] = {
    RequestState.FULFILLED: "done",
    RequestState.DENIED: "refused",
    RequestState.REVOKED: "taken back",
    RequestState.EXPIRED: "expired",
}


def _story(
    case: Case, came: tuple[list[Arrival], list[Reply]], requests: list[Request], mails: list[Mail]
) -> Iterator[Event]:
    for reply in came[1]:
        whose = "the owner of a system" if reply.task_id else "a message"
        how = reply.get_channel_display()
        yield Event(reply.came_at, f"An answer by {how} from {whose} came in")
        yield Event(reply.filed_at, "Filed that answer here", reply.filed_by)
    for arrival in came[0]:
        how = "by the form" if arrival.channel == Channel.FORM else f"by {arrival.get_channel_display()}"
        yield Event(arrival.received_at, f"Asked {how}, number {arrivals.number(arrival)}")
        if arrival.verified_at:
            what = "Judged to be she" if arrival.judged_by else "Verified by a link to that address"
            yield Event(arrival.verified_at, what, arrival.judged_by)
    for request in requests:
        yield from _of_request(request)
    for mail in mails:
        what = MAILED.get(MailKind(mail.kind), mail.get_kind_display().lower())
        what += f" ({mail.letter})" if mail.letter else ""
        if mail.sent_at:
            yield Event(mail.sent_at, f"Mailed {what}", mail.by)
        else:
            yield Event(mail.written_at, f"Wrote {what}; it waits in the outbox", mail.by)
    for question in case.questions.all():
        yield Event(question.asked_at, "Asked the person a question", question.asked_by)
        if question.answered_at:
            yield Event(question.answered_at, "The person answered")
    for at, what, why, by in Look.objects.filter(case=case).values_list("at", "what", "why", "by"):
        yield Event(at, f"Looked at {what}: {why}", by)


def _of_request(request: Request) -> Iterator[Event]:
    name = NAMES[Right(request.right)].capitalize()
    for decision in request.decisions.all():
        ground = f": {decision.code}" if decision.code else ""
        yield Event(decision.at, f"{name}: {decision.get_kind_display().lower()}{ground}", decision.by)
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
    for certificate in request.certificates.all():
        whole = "" if certificate.complete else ", not complete"
        yield Event(certificate.issued_at, f"Certificate issued{whole}")
