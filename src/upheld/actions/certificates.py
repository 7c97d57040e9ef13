"""The certificate of a request: what was done, how we know, what stays, and the proof (P-20, P-21)."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from upheld.actions import gathering, grounds, owing, plans, refusal, undo, window
from upheld.actions.erasure import standing
from upheld.actions.journal import SETTING, counts_of, tally
from upheld.actions.means import Means
from upheld.actions.record import pending
from upheld.actions.telling import Telling, silently
from upheld.datamap.model import System
from upheld.law.right import Right
from upheld.ledger.certificate import (
    LIFTING,
    Backups,
    Beyond,
    Certificate,
    DestroyedKey,
    Established,
    EvidenceClass,
    LeftOut,
    Retained,
    SystemResult,
    Told,
    Unfinished,
    read_certificate,
)
from upheld.ledger.commitment import commit as commit_to
from upheld.ledger.issue import Issued, certificate_entry, issue
from upheld.rights import plan as steps
from upheld.rights.explain import TOLD
from upheld.rights.outcome import Permanent
from upheld.rights.plan import Plan
from upheld.rights.remains import remains
from upheld.rights.undo import Restored
from upheld.store import models, queries, sequencer
from upheld.store.database import insert_numbered, insert_one
from upheld.store.models import FulfilmentState, PartState, RequestState

FINISHED = (FulfilmentState.DONE, FulfilmentState.RETAINED)
REVIEW = timedelta(days=365)


def certify(*, means: Means, request: models.Request) -> Issued:
    """A signed certificate with its proof; incomplete, and saying so, while a system waits.

    A request gets one complete certificate, and an incomplete one each time something changed: where the last
    still says what is so, that very certificate is given again. Writes `certificate.issued` for a new one,
    then waits for the checkpoint that covers it. Raises Destroyed once the case's key is gone: a certificate
    has to be issued before.
    """
    means = replace(means, keys=means.keys.ring([request.case.key]))
    row, certificate = _issued(means, request)
    proof = sequencer.prove_entry(row.entry, by=means.signer, now=means.clock())
    key = means.keys.commitment_key(request.case.key)
    return issue(certificate, case_key=key, inclusion=proof, signer=means.signer)


def certify_many(
    *, means: Means, requests: Sequence[models.Request], told: Telling = silently
) -> Iterator[tuple[models.Request, Issued]]:
    """As `certify` for each, some hundreds in one transaction, all under one checkpoint."""
    if not requests:
        return
    ringed = replace(means, keys=means.keys.ring(each.case.key for each in requests))
    numbers, reader = [each.pk for each in requests], Reader()
    ready: list[tuple[models.Request, models.Certificate, Certificate]] = []
    for start in range(0, len(numbers), TOGETHER):
        told("certifying", 0, len(numbers))
        some = numbers[start : start + TOGETHER]
        ready += _issued_many(ringed, some, reader)
        told("certifying", len(some), len(numbers))
    entries = [row.entry for _, row, _ in ready]
    proofs = sequencer.prove_entries(entries, by=means.signer, now=means.clock())
    for (request, _, certificate), proof in zip(ready, proofs, strict=True):
        key = ringed.keys.commitment_key(request.case.key)
        yield request, issue(certificate, case_key=key, inclusion=proof, signer=means.signer)


TOGETHER = 500


@transaction.atomic
def _issued_many(
    means: Means, numbers: Sequence[UUID], reader: "Reader"
) -> list[tuple[models.Request, models.Certificate, Certificate]]:
    ready: list[tuple[models.Request, models.Certificate, Certificate]] = []
    fresh: list[tuple[models.Request, Certificate]] = []
    for request in gathering.many(numbers):
        key = means.keys.commitment_key(request.case.key)
        last, certificate = _standing(means, request, key, reader)
        if last is None:
            fresh.append((request, certificate))
        else:
            ready.append((request, last, certificate))
    at = means.clock()
    entries = [
        pending(certificate_entry(certificate, case_key=means.keys.commitment_key(request.case.key), at=at))
        for request, certificate in fresh
    ]
    insert_numbered(entries)
    made = [
        (request, _row(means, request, certificate, entry.pk, at), certificate)
        for (request, certificate), entry in zip(fresh, entries, strict=True)
    ]
    insert_numbered([row for _, row, _ in made])
    return [*ready, *made]


def lifts(request: models.Request) -> bool:
    """Whether it is the order to lift a restriction."""
    return request.right == Right.RESTRICTION.value and request.lifts.exists()


class Reader:
    """Plans as they were approved; the same plan of many people is read once."""

    def __init__(self) -> None:
        self._plans: dict[str, Plan] = {}
        self._texts: dict[str, bytes] = {}

    def plan(self, row: models.Plan) -> Plan:
        """The plan of a row. Raises Unreadable."""
        if row.digest not in self._plans:
            self._plans[row.digest] = plans.load(row)
        return self._plans[row.digest]

    def text(self, row: models.Plan) -> bytes:
        """Its canonical text."""
        if row.digest not in self._texts:
            self._texts[row.digest] = plans.text_of(self.plan(row)).encode()
        return self._texts[row.digest]


@transaction.atomic
def _issued(means: Means, request: models.Request) -> tuple[models.Certificate, Certificate]:
    gathering.one(request)
    _refuse_open(request)
    key = means.keys.commitment_key(request.case.key)
    last, certificate = _standing(means, request, key, Reader())
    if last is not None:
        return last, certificate
    entry = pending(certificate_entry(certificate, case_key=key, at=means.clock()))
    insert_one(entry)
    row = _row(means, request, certificate, entry.pk, means.clock())
    insert_one(row)
    return row, certificate


def _refuse_open(request: models.Request) -> None:
    if request.undone_at is not None and request.state != RequestState.FULFILLED:
        raise Permanent(f"The erasure of case {request.case_id} was undone; there is nothing to certify.", "")
    kept = window.alive(request)
    if kept:
        last = max(each.until for each in kept)
        raise Permanent(
            f"What case {request.case_id} removed can still come back; its certificate is issued on {last}.",
            "`upheld purge` on that day destroys the key, and issues it.",
        )


def _standing(
    means: Means, request: models.Request, key: bytes, reader: Reader
) -> tuple[models.Certificate | None, Certificate]:
    """The certificate that says what is so: with its row where it was issued already."""
    last = max(request.certificates.all(), key=lambda each: each.pk, default=None)
    known = _read(means, last) if last else None
    if last and known and known.complete:
        return last, known
    fresh = compose(means=means, request=request, key=key, reader=reader)
    if last and known and replace(fresh, finished_at=known.finished_at, backups=known.backups) == known:
        return last, known
    return None, fresh


def _row(
    means: Means, request: models.Request, certificate: Certificate, entry: int, at: datetime
) -> models.Certificate:
    row = models.Certificate(request=request, entry=entry, complete=certificate.complete, issued_at=at)
    row.sealed_content = means.keys.seal(request.case.key, certificate.canonical(), record=_record(row))
    return row


def _record(row: models.Certificate) -> str:
    return f"certificate:{row.entry}"


def _read(means: Means, row: models.Certificate) -> Certificate:
    key = row.request.case.key
    content = means.keys.open(key, bytes(row.sealed_content), record=_record(row))
    return read_certificate(json.loads(content))


@transaction.atomic
def written(*, means: Means, request: models.Request) -> None:
    """Note that the files of what was certified are on the disk."""
    queries.WRITTEN.run({"written_at": means.clock()}, request=request.pk)


@transaction.atomic
def written_many(*, means: Means, requests: Sequence[models.Request]) -> None:
    """As `written`, for all of these."""
    numbers = [each.pk for each in requests]
    rows = models.Certificate.objects.filter(request__among=numbers, written_at__isnull=True)
    rows.update(written_at=means.clock())


def unwritten(*, finished: datetime | None = None) -> tuple[models.Request, ...]:
    """Requests that are fulfilled, or were by then, whose certificate a crash kept from being issued or from
    reaching the disk, while their case's key is there."""
    found = owing.uncertified().select_related("case")
    if finished is not None:
        found = found.filter(finished_at__lte=finished)
    # Sorted here: the database would go through all that ever were for the sake of the order.
    return tuple(sorted(found, key=lambda each: each.received_at))


def compose(*, means: Means, request: models.Request, key: bytes, reader: Reader) -> Certificate:
    """What the journal says about the request, as a certificate. Wants it gathered."""
    organisation = means.datamap.organisation
    fulfilments = list(request.fulfilments.all())
    read = {each.plan_id: reader.plan(each.plan) for each in fulfilments}
    kept = [part for each in fulfilments for part in _kept(means, each, read[each.plan_id])]
    at = request.finished_at or means.clock()
    first = min(request.plans.all(), key=lambda each: each.version, default=None)
    if first is None:
        raise Permanent(
            "This request has no approved plan, so there is nothing to certify.", "Approve it first."
        )
    days = organisation.backup_days
    gone = [(request.case.key, request.case.key_destroyed_at)]
    gone += [(each.key, each.destroyed_at) for each in request.windows.all()]
    return Certificate(
        case=str(request.case.pk),
        right=LIFTING if lifts(request) else request.right,
        regime=request.case.regime,
        regime_version=request.pack.partition("/")[2] or "1",
        organisation=organisation.name,
        contact=organisation.contact,
        authority=organisation.authority or None,
        finished_at=at,
        plan=commit_to(key, reader.text(first)),
        systems=tuple(_result(means, each, read[each.plan_id], kept) for each in fulfilments),
        retained=tuple(kept),
        told=tuple(_told(means, request)),
        backups=Backups(None if days is None else at.date() + timedelta(days=days), replayed=True),
        unfinished=tuple(_unfinished(means, request)),
        destroyed_keys=tuple(DestroyedKey(name, at.date()) for name, at in gone if at is not None),
        left_out=tuple(
            LeftOut(each.system, each.title, each.code, each.cites, grounds.REFUSALS[each.code])
            for each in refusal.spared(means=means, request=request)
        ),
        beyond_keys=tuple(
            Beyond(each.kind.value, each.who)
            for each in remains(Right(request.right), _systems(means, fulfilments), means.datamap)
        ),
    )


def _systems(means: Means, fulfilments: Sequence[models.Fulfilment]) -> list[System]:
    return [plans.system_of(means, each.system) for each in fulfilments]


def _told(means: Means, request: models.Request) -> Iterator[Told]:
    """Recipients who were asked, as far as that is recorded: those whose system is one by hand and whose
    owner got a task (Art. 19). Whom somebody told in another way, nobody noted."""
    if request.right not in TOLD:
        return
    titles = {each.name: each.title or each.name for each in means.datamap.processors}
    local = means.datamap.organisation.local
    for fulfilment in request.fulfilments.all():
        processor = plans.system_of(means, fulfilment.system).processor
        for task in fulfilment.tasks.all() if processor in titles else ():
            answered = task.answered_at
            yield Told(
                recipient=titles[str(processor)],
                asked=local(task.asked_at).date(),
                confirmed=local(answered).date() if answered else None,
                ask_again=None if answered else task.due_on,
            )


def _result(means: Means, fulfilment: models.Fulfilment, plan: Plan, kept: list[Retained]) -> SystemResult:
    system = plans.system_of(means, fulfilment.system)
    counts = Counter({"matched": 0, "deleted": 0, "anonymised": 0, "detached": 0})
    parts = [part for part in fulfilment.parts.all() if part.state == PartState.COMMITTED and not part.due_id]
    removed_from: Counter[str] = Counter()
    for part in parts:
        by = plan if part.plan_id == fulfilment.plan_id else plans.load(part.plan)
        counted = counts_of(part)
        for word, rows in tally(by, counted).items():
            counts[word] += rows
        touched = {each.number: each.selection.table for each in by.steps if isinstance(each, REMOVING)}
        for count in counted:
            if count.step in touched:
                removed_from[_last(touched[count.step])] += count.rows
    if fulfilment.request.undone_at is not None:
        _without_what_is_back(counts, removed_from, undo.brought_back(fulfilment))
    for task in fulfilment.tasks.all():
        counts["corrected" if plan.right in SETTING else "deleted"] += _answered(task)
        counts["matched"] += _answered(task)
    finished = fulfilment.state in FINISHED
    retained = sum(part.records for part in kept if part.system == fulfilment.system)
    removed = counts["deleted"] + counts["anonymised"] + counts["detached"]
    connector = means.connectors.get(fulfilment.system)
    return SystemResult(
        system=fulfilment.system,
        title=system.title or fulfilment.system,
        connector=system.kind,
        connector_version=connector.capabilities.version if connector else "",
        matched=counts["matched"],
        erased=counts["deleted"],
        anonymised=counts["anonymised"],
        detached=counts["detached"],
        retained=retained,
        evidence=_class(fulfilment, removed, retained) if finished else None,
        established=_established(parts[-1]) if parts else None,
        started_at=min((part.prepared_at for part in parts), default=None),
        finished_at=fulfilment.finished_at,
        error=None if finished else fulfilment.failure_text or None,
        changed=counts["restricted"] + counts["lifted"] + counts["corrected"],
        left=counts["left"],
    )


REMOVING = (steps.Erase, steps.Anonymise, steps.Detach)


def _without_what_is_back(counts: Counter[str], removed: Counter[str], restored: Restored | None) -> None:
    """Of an erasure that was undone in part only what stays erased is certified: table by table never more
    is taken off than was removed there, as a counter that came back was never counted."""
    tables = restored.tables if restored else ()
    back = sum(min(each.rows + each.already, removed[_last(each.table)]) for each in tables)
    for word in ("detached", "anonymised", "deleted"):
        off = min(back, counts[word])
        counts[word] -= off
        counts["matched"] -= min(off, counts["matched"])
        back -= off


def _last(table: str) -> str:
    return table.rpartition(".")[2]


def _answered(task: models.Task) -> int:
    evidence = task.fulfilment.evidence.filter(attempt=task.step, part__isnull=True).first()
    if evidence is None or task.answered_at is None:
        return 0
    return int(json.loads(evidence.record)["counts"]["matched"])


def _class(fulfilment: models.Fulfilment, removed: int, retained: int) -> EvidenceClass:
    if retained and not removed:
        return EvidenceClass.E
    last = [each for each in fulfilment.evidence.all() if each.part_id is None]
    return EvidenceClass(last[-1].cls) if last else EvidenceClass.A


def _established(part: models.Part) -> Established | None:
    return Established(part.established) if part.established in {each.value for each in Established} else None


def _kept(means: Means, fulfilment: models.Fulfilment, plan: Plan) -> list[Retained]:
    retained = [each for each in plan.of(fulfilment.system) if isinstance(each, steps.Retain)]
    rows: dict[int, int] = {}
    for part in fulfilment.parts.all() if retained else ():
        if part.state == PartState.COMMITTED and not part.due_id and part.plan_id == fulfilment.plan_id:
            for count in counts_of(part):
                rows[count.step] = max(rows.get(count.step, 0), count.rows)
    kept = []
    for step in retained:
        if rows.get(step.number):
            until = max(
                (due.on for due in fulfilment.dues.all() if due.table == step.selection.table), default=None
            )
            kept.append(
                Retained(
                    system=fulfilment.system,
                    what=_title(means, fulfilment.system, step.selection.table),
                    records=rows[step.number],
                    ground=step.ground.article,
                    reference=step.law,
                    reason=f"These records must stay for now: {step.ground.value.replace('-', ' ')}.",
                    until=until,
                    review=step.review or (None if until else _review(means)),
                )
            )
    return kept


def _title(means: Means, system: str, name: str) -> str:
    """A table by the name that people use for it, where the map has one."""
    tables = plans.system_of(means, system).tables
    return next((each.title for each in tables if each.name == name and each.title), name)


def _review(means: Means) -> date:
    return means.now.date() + REVIEW


def _unfinished(means: Means, request: models.Request) -> list[Unfinished]:
    open_parts = []
    parts = {each.system: each for each in request.fulfilments.all()}
    for name, state, why in standing(request).systems:
        fulfilment = parts[name]
        if state in FINISHED and not fulfilment.withheld:
            continue
        due = fulfilment.tasks.filter(answered_at__isnull=True).order_by("due_on").first()
        open_parts.append(
            Unfinished(
                system=name,
                title=plans.system_of(means, name).title or name,
                why=why or "This part has not been done yet.",
                next_step="We go on as soon as this is resolved, and tell you.",
                expected=due.due_on if due else None,
            )
        )
    return open_parts
