"""Answer the tasks of systems that only a person reaches."""

from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256

from django.db import transaction

from upheld.actions import dispatch, evidence, uploads
from upheld.actions.journal import SETTING, tally
from upheld.actions.means import Means
from upheld.actions.plans import by_hand, load
from upheld.actions.record import record
from upheld.actions.uploads import Given
from upheld.law.right import Right
from upheld.ledger import canonical
from upheld.ledger.commitment import commit as commit_to
from upheld.ledger.types import STEP_FULFILLED, STEP_SET
from upheld.rights.answer import Answer, Reply
from upheld.rights.answer import evidence as evidence_of
from upheld.rights.codec import encode, text
from upheld.rights.outcome import Counts, Established, Misnamed, Permanent
from upheld.rights.plan import Plan
from upheld.store import models
from upheld.store.models import FulfilmentState
from upheld.store.sealing import seal_value

COPYING = (Right.ACCESS, Right.PORTABILITY)


def ask(*, means: Means, fulfilment: models.Fulfilment, plan: Plan) -> None:
    """Open the tasks of a system that only a person reaches; none for another. Its part waits for their
    answers. Belongs into the transaction of the plan's approval."""
    today = means.now.date()
    for task in by_hand(plan, fulfilment.system):
        models.Task.objects.create(
            fulfilment=fulfilment,
            step=task.number,
            asked_at=means.clock(),
            due_on=today + timedelta(days=task.days),
        )


@transaction.atomic
def answer(
    *,
    means: Means,
    task: models.Task,
    words: str,
    rows: int = 0,
    by: str,
    proof: bytes | None = None,
    files: Sequence[Given] = (),
) -> models.Evidence:
    """What the system's owner found, or removed: `rows`, in `words`, which are sealed. `proof`: the
    confirmation of a third party, of which the digest is kept. `files`: what belongs into her copy, where it
    was asked for; with its last task the copy can be written.

    Evidence of class A, somebody says so, or D with a proof; nothing of it was seen by us (P-20). With its
    last task the system's part is done. A task is answered once. Writes `step.fulfilled`.
    """
    task = models.Task.objects.select_for_update().get(pk=task.pk)
    _refuse_over(task)
    if rows < 0:
        raise Permanent("A number of records is below zero.", "Give how many were removed, 0 for none.")
    request = task.fulfilment.request
    at, case = means.clock(), request.case
    copying = request.right in COPYING
    if files and not copying:
        raise Permanent("Files belong into a copy, and this is none.", "Give a confirmation as a proof.")
    copy = uploads.keep(means=means, task=task, files=files) if files else None
    reply = Reply.COPY if copy else Reply.DONE if rows else Reply.NOTHING_FOUND
    task.answered_at, task.answered_by = at, by
    fulfilment = task.fulfilment
    given = Answer(
        system=fulfilment.system,
        step=task.step,
        reply=reply,
        by=by,
        at=at,
        proof=None if proof is None else sha256(proof).hexdigest(),
        copy=copy,
        words=words,
    )
    cls = evidence_of(given)
    task.sealed_answer = seal_value(means.keys, case.key, encode(given), record=f"task:{task.pk}:answer")
    task.save()
    plan = load(fulfilment.plan)
    setting = plan.right in SETTING
    counts = tally(plan, Counts(())) | {"matched": rows}
    if not copying:
        counts[_done(request)] = rows
    key = means.keys.commitment_key(case.key)
    content: dict[str, canonical.Value] = {
        "system": fulfilment.system,
        "task": task.step,
        "counts": counts,
        "answer": commit_to(key, text(given).encode()),
    }
    row = evidence.write(fulfilment, content, cls, Established.ASSERTED, attempt=task.step, at=at)
    if not fulfilment.tasks.filter(answered_at__isnull=True).exists():
        fulfilment.state, fulfilment.finished_at = FulfilmentState.DONE, at
        fulfilment.failure, fulfilment.failure_text = "", ""
        fulfilment.save()
        models.Copy.objects.filter(request=request).update(not_before=at)
    record(
        STEP_SET if setting else STEP_FULFILLED,
        at=at,
        case=str(case.pk),
        system=fulfilment.system,
        step=f"task:{task.step}",
        **({} if setting else {"outcome": "done"}),
        evidence_class=cls.value,
        counts=counts,
        evidence=commit_to(key, row.record.encode()),
    )
    dispatch.wake(case.pk)
    return row


def _refuse_over(task: models.Task) -> None:
    """Permanent where there is nothing to answer any more."""
    if task.answered_at is not None:
        raise Permanent(
            "This task has been answered already.", "`upheld status` lists the tasks that are open."
        )
    if task.fulfilment.request.state == models.RequestState.REVOKED:
        raise Permanent(
            "The person took her request back, so there is nothing to do.",
            "If you removed something already, tell the organisation.",
        )


def _done(request: models.Request) -> str:
    """The word under which evidence counts what a person did for such a request."""
    if request.lifts.exists():
        return "lifted"
    return {Right.RESTRICTION.value: "restricted", Right.RECTIFICATION.value: "corrected"}.get(
        request.right, "deleted"
    )


def find(*, case: str, system: str) -> models.Task:
    """The open task of that system in that case; Misnamed, with the tasks there are, when there is none."""
    matching = models.Task.objects.filter(answered_at__isnull=True).select_related(
        "fulfilment__request__case"
    )
    for task in matching.order_by("due_on"):
        if task.fulfilment.system == system and str(task.fulfilment.request.case.pk).startswith(case):
            return task
    waiting = ", ".join(
        f"{each.fulfilment.system} in case {each.fulfilment.request.case.pk}" for each in matching[:10]
    )
    raise Misnamed(
        f"No task of {system} is open{f' in case {case}' if case else ''}.", f"Open: {waiting or 'none'}."
    )
