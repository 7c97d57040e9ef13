"""Fulfil many approved erasures, some hundreds at a time, so that a crash at any point loses and doubles
nothing.

A group goes through the systems in the plan's order; in each its people are one set. A set that fails is
rolled back by the target and halved, down to the one who fails: she is tried alone, exactly as if she had
asked alone, and her part then says why. Whatever cannot take sets is gone through person by person.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from upheld.actions import cases, erasure, plans, window
from upheld.actions import journal as single
from upheld.actions.batch import journal
from upheld.actions.batch.conclude import conclude_many
from upheld.actions.batch.look import TOGETHER, in_groups
from upheld.actions.journal import Fenced, Hold
from upheld.actions.means import Means
from upheld.actions.stop import refuse
from upheld.actions.subjects import reach_again
from upheld.rights.connector import Severity
from upheld.rights.many import ManyConnector, PreparedMany, takes_many
from upheld.rights.outcome import Established, Failure, Misconfigured, Settled, Transient, Verified
from upheld.rights.plan import Plan
from upheld.rights.subject import Subject
from upheld.store import models
from upheld.store.models import FulfilmentState, RequestState
from upheld.store.models.journal import FailureKind

Told = Callable[[int], None]
"""Told how many more people were gone through, for whoever shows progress: of a group by and by, as it has
gone through its systems."""

DONE = (FulfilmentState.DONE, FulfilmentState.RETAINED)


def nobody(_people: int) -> None:
    """Shows no progress."""


def fulfil_many(*, means: Means, requests: Sequence[models.Request], told: Told = nobody) -> None:
    """Go through every system that has no outcome yet, for all of these: a list, or who asked one by one.

    Where each stands is in the journal (`erasure.standing`). Safe to repeat at any time, after a crash too.
    Raises Stopped between two groups while all writing is stopped.
    """
    for some in in_groups(_in_list_order(requests), TOGETHER):
        refuse()
        through = 0
        for part in _group(means, journal.read_many(some)):
            so_far = int(len(some) * part)
            told(so_far - through)
            through = so_far
        told(len(some) - through)


def _in_list_order(requests: Sequence[models.Request]) -> list[UUID]:
    """As their lists have them, so that a later run takes the same people together; then whoever came in no
    list."""
    places: dict[UUID, tuple[datetime, int]] = {}
    for some in in_groups([each.pk for each in requests], TOGETHER):
        rows = models.BatchLine.objects.filter(request__among=some).order_by("batch__at", "line")
        for number, at, line in rows.values_list("request", "batch__at", "line"):
            places.setdefault(number, (at, line))
    others = sorted((each for each in requests if each.pk not in places), key=lambda each: each.received_at)
    return [*sorted(places, key=lambda number: places[number]), *(each.pk for each in others)]


def _group(means: Means, read: Sequence[tuple[models.Request, list[models.Fulfilment]]]) -> Iterator[float]:
    """Gives how much of its work is done, from time to time."""
    parts = {
        each.pk: own
        for each, own in _reached(means, read)
        if each.state == RequestState.IN_PROGRESS and each.undone_at is None
    }
    begun = [each for each, _ in read if each.pk in parts]
    keys = {each.case.key for each in begun}
    keys |= {each.window.key for own in parts.values() for each in own if each.window is not None}
    ringed = replace(means, keys=means.keys.ring(keys))
    alone = {each.pk for each in begun}
    everybody: dict[UUID, Subject] = {}
    done, by_plan = 0, _by_plan(begun, parts)
    turns = sum(len(plan.systems) for plan in by_plan) + 1
    for plan, those in by_plan.items():
        subjects = {each.pk: cases.subject_of(means=ringed, case=each.case) for each in those}
        known = {number: subject for number, subject in subjects.items() if subject is not None}
        alone -= known.keys()
        everybody |= known
        for system in plan.systems:
            yield done / turns
            done += 1
            connector = takes_many(means.connectors, system)
            todo = [
                each
                for request in those
                for each in parts[request.pk]
                if each.system == system and each.state not in DONE and request.pk in known
                if not each.unreached
            ]
            if not connector or plans.by_hand(plan, system):
                continue
            for before in (False, True):
                some = [each for each in todo if window.is_open(each.window, means.now.date()) is before]
                if some:
                    _Turn(ringed, connector, plan, known, before).take(some)
    yield done / turns
    left = conclude_many(means=ringed, requests=begun, known=everybody)
    by_one = [each for each in begun if each.pk in alone or each.pk in left]
    for index, request in enumerate(by_one):
        yield (done + index / len(by_one)) / turns
        erasure.fulfil(means=means, request=request)


def _reached(
    means: Means, read: Sequence[tuple[models.Request, list[models.Fulfilment]]]
) -> Sequence[tuple[models.Request, list[models.Fulfilment]]]:
    """Whoever was not looked for in some system is now, as `erasure.fulfil` does it; what is still away is
    not asked for the others of the group."""
    away: set[str] = set()
    asked: list[UUID] = []
    for request, own in read:
        missing = {each.system for each in own if each.unreached}
        if not missing - away or request.state != RequestState.IN_PROGRESS or request.undone_at is not None:
            continue
        ringed = replace(means, keys=means.keys.ring({request.case.key}))
        reach_again(means=ringed, request=request)
        asked.append(request.pk)
        away |= set(
            request.fulfilments.filter(unreached=True, failure=FailureKind.TRANSIENT).values_list(
                "system", flat=True
            )
        )
    fresh = {each.pk: (each, own) for each, own in journal.read_many(asked)} if asked else {}
    return [fresh.get(each.pk, (each, own)) for each, own in read]


def _by_plan(
    requests: Sequence[models.Request], parts: Mapping[UUID, list[models.Fulfilment]]
) -> Mapping[Plan, list[models.Request]]:
    """Those whose plan says the same and nothing of its own. The others, whom somebody decided something
    about, are gone through one by one."""
    read: dict[tuple[str, str], Plan] = {}
    found: dict[Plan, list[models.Request]] = {}
    for request in requests:
        fulfilments = parts[request.pk]
        rows = {each.plan_id: each.plan for each in fulfilments}
        if len(rows) != 1 or any(each.plan.go_on for each in fulfilments):
            continue
        (row,) = rows.values()
        what = (row.digest, repr(row.allowed))
        if what not in read:
            read[what] = plans.load(row)
        found.setdefault(read[what], []).append(request)
    return found


@dataclass
class _Turn:
    """One system's turn for a set of people. `before`: their undo windows are open."""

    means: Means
    connector: ManyConnector
    plan: Plan
    subjects: Mapping[UUID, Subject]
    before: bool
    memory: journal.Memory = field(default_factory=journal.Memory)

    def take(self, fulfilments: Sequence[models.Fulfilment]) -> None:
        """Whoever nobody else is at: settled where a crash left something open, executed, looked at again."""
        begun = {each.pk for each in fulfilments if each.state != FulfilmentState.WAITING}
        holds = journal.take_many(means=self.means, fulfilments=fulfilments, plan=self.plan)
        if plans.system_of(self.means, fulfilments[0].system).read_only:
            # Refused to everybody, before anything is asked of it; nothing would be found by halving.
            for hold in holds:
                erasure.attempt(means=self.means, hold=hold, interrupted=True)
            return
        left = [each for each in holds if each.fulfilment.pk not in begun]
        self.memory.begin(left)
        left += self._settled([each for each in holds if each.fulfilment.pk in begun])
        if not left:
            return
        left, failure = self._together(left)
        if left and isinstance(failure, Transient):
            left, failure = self._together(left)
        if left and isinstance(failure, Misconfigured) and self._stopped():
            self._failed(left, failure)
        elif left and failure:
            self._divide(left, failure)

    def _stopped(self) -> bool:
        """Whether a finding stops the system for everybody: nothing would be found by halving."""
        try:
            return any(each.severity is Severity.STOP for each in self.connector.check())
        except Failure:
            return False

    # --- a set ------------------------------------------------------------------------------------------

    def _together(self, holds: Sequence[Hold]) -> tuple[list[Hold], Failure | None]:
        """Execute and look again. Those of which nothing was written, and why."""
        through: list[Hold] = []
        failure: Failure | None = None
        try:
            for some in self._transactions(holds):
                through += some
        except Fenced:
            gone = journal.lost(holds)
            journal.give_back_undone(holds)
            holds = [each for index, each in enumerate(holds) if index not in gone]
            failure = Transient("Another run has taken some of them over.")
        except Failure as met:
            failure = met
        left = _without(holds, through)
        self.memory.forget(left)
        self._verify(through)
        return (self._settled(left) if failure else []), failure

    def _transactions(self, holds: Sequence[Hold]) -> Iterator[list[Hold]]:
        """Each transaction's people, once its commit is in the journal."""
        events = self.connector.execute_many(
            self.plan.of(holds[0].system),
            [self.subjects[each.fulfilment.request_id] for each in holds],
            now=self.means.now,
            entropy=self.means.entropy,
            allow=frozenset(holds[0].fulfilment.plan.allowed),
            before=self.before,
        )
        try:
            for event in events:
                some = [holds[index] for index in event.members]
                if isinstance(event, PreparedMany):
                    parts = journal.prepare_many(
                        means=self.means, holds=some, events=event.prepared, memory=self.memory
                    )
                    self.memory.keep(parts, event.prepared)
                else:
                    journal.commit_many(
                        means=self.means, holds=some, events=event.committed, memory=self.memory
                    )
                    yield some
        finally:
            events.close()

    def _divide(self, holds: Sequence[Hold], failure: Failure) -> None:
        """A set that failed is halved, down to the one who fails: she is tried as if she had asked alone.

        Where neither half gets anywhere because of something transient the system is away: everybody's part
        says so, and nobody is tried alone.
        """
        if len(holds) == 1:
            erasure.attempt(means=self.means, hold=holds[0], interrupted=False)
            return
        half = len(holds) // 2
        tried = [(len(part), *self._together(part)) for part in (holds[:half], holds[half:])]
        away = all(len(left) == size and isinstance(met, Transient) for size, left, met in tried)
        if away and isinstance(failure, Transient):
            self._failed(holds, failure)
            return
        for _, left, met in tried:
            if left and met:
                self._divide(left, met)

    def _failed(self, holds: Sequence[Hold], failure: Failure) -> None:
        for hold in holds:
            try:
                single.failed(means=self.means, hold=hold, failure=failure)
            except Fenced:
                continue

    # --- what a crash, or a failure at the commit, left open ---------------------------------------------

    def _settled(self, holds: Sequence[Hold]) -> list[Hold]:
        """Those of which nothing is committed. The target is asked once a token, never assumed to have
        forgotten; whoever is through with everything is only looked at again."""
        if not holds:
            return []
        parts = journal.open_parts(holds)
        try:
            outcomes = {
                token: self.connector.settle(token) for token in {part.token for part in parts.values()}
            }
        except Failure as failure:
            self._failed(holds, failure)
            return []
        became: dict[Settled, list[Hold]] = {each: [] for each in Settled}
        for hold in holds:
            if hold.fulfilment.pk in parts:
                became[outcomes[parts[hold.fulfilment.pk].token]].append(hold)
        how = self.connector.capabilities.establishes
        journal.settled_many(means=self.means, holds=became[Settled.COMMITTED], established=how)
        journal.settled_many(means=self.means, holds=became[Settled.ABORTED], established=None)
        for token in {parts[each.fulfilment.pk].token for each in became[Settled.UNKNOWN]}:
            if not self._reread(
                [each for each in became[Settled.UNKNOWN] if parts[each.fulfilment.pk].token == token]
            ):
                return []
        over = journal.through(holds)
        again = [each for each in holds if each.fulfilment.pk in over]
        self._verify(again)
        return _without(holds, again)

    def _reread(self, holds: Sequence[Hold]) -> bool:
        """The target cannot say what became of one transaction: nothing left of any of its people means that
        it was committed; otherwise it is done again, which is harmless either way. False where it cannot be
        read."""
        try:
            seen = self._seen(holds)
        except Failure as failure:
            self._failed(holds, failure)
            return False
        left = any(each.remnants for each in seen)
        how = None if left else Established.REREAD
        journal.settled_many(means=self.means, holds=holds, established=how)
        return True

    def _seen(self, holds: Sequence[Hold]) -> tuple[Verified, ...]:
        traces = journal.traces_many(means=self.means, holds=holds, memory=self.memory)
        return self.connector.verify_many(
            self.plan.of(holds[0].system),
            [self.subjects[each.fulfilment.request_id] for each in holds],
            [traces.get(each.fulfilment.pk, ()) for each in holds],
            now=self.means.now,
        )

    # --- another look -----------------------------------------------------------------------------------

    def _verify(self, holds: Sequence[Hold]) -> None:
        """Of whom nothing is left is done. Of whom something came in meanwhile goes round again alone."""
        if not holds:
            return
        try:
            seen = self._seen(holds)
        except Failure as failure:
            self._failed(holds, failure)
            return
        clean = [(hold, each) for hold, each in zip(holds, seen, strict=True) if not each.remnants]
        try:
            self._done(clean)
        except Fenced:
            gone = journal.lost([hold for hold, _ in clean])
            self._done([each for index, each in enumerate(clean) if index not in gone])
        for hold, each in zip(holds, seen, strict=True):
            if each.remnants:
                erasure.attempt(means=self.means, hold=hold, interrupted=False)

    def _done(self, clean: Sequence[tuple[Hold, Verified]]) -> None:
        if clean:
            journal.verified_many(
                means=self.means,
                holds=[hold for hold, _ in clean],
                events=[each for _, each in clean],
                memory=self.memory,
            )


def _without(holds: Sequence[Hold], others: Sequence[Hold]) -> list[Hold]:
    gone = {each.fulfilment.pk for each in others}
    return [each for each in holds if each.fulfilment.pk not in gone]
