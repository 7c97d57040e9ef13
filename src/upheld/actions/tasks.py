"""Answer the tasks of systems that only a person reaches."""

from hashlib import sha256

from django.db import transaction

from upheld.actions.journal import tally
from upheld.actions.means import Means
from upheld.actions.plans import load
from upheld.actions.record import record
from upheld.ledger import canonical
from upheld.ledger.commitment import commit as commit_to
from upheld.ledger.types import STEP_FULFILLED
from upheld.rights.outcome import Counts, Established, EvidenceClass, Permanent
from upheld.store import models
from upheld.store.models import FulfilmentState


@transaction.atomic
def answer(*, means: Means, task: models.Task, words: str, rows: int = 0, by: str) -> models.Evidence:
    """What the system's owner did: `rows` removed, in `words`, which are sealed.

    Evidence of class D: those who run the system confirm it; nothing of it was seen by us (P-20). With its
    last task the system's part is done. A task is answered once. Writes `step.fulfilled`.
    """
    task = models.Task.objects.select_for_update().get(pk=task.pk)
    if task.answered_at is not None:
        raise Permanent(
            "This task has been answered already.", "`upheld status` lists the tasks that are open."
        )
    if rows < 0:
        raise Permanent("A number of records is below zero.", "Give how many were removed, 0 for none.")
    at, case = means.clock(), task.fulfilment.request.case
    task.answered_at, task.answered_by = at, by
    task.sealed_answer = means.keys.seal(case.key, words.encode(), record=f"task:{task.pk}:answer")
    task.save()
    fulfilment = task.fulfilment
    counts = tally(load(fulfilment.plan), Counts(())) | {"matched": rows, "deleted": rows}
    key = means.keys.commitment_key(case.key)
    content = canonical.encode(
        {
            "system": fulfilment.system,
            "task": task.step,
            "counts": counts,
            "answer": commit_to(key, words.encode()),
        }
    )
    evidence = models.Evidence.objects.create(
        fulfilment=fulfilment,
        attempt=task.step,
        cls=EvidenceClass.CONFIRMED.value,
        established=Established.ASSERTED.value,
        record=content.decode(),
        digest=sha256(content).hexdigest(),
        at=at,
    )
    if not fulfilment.tasks.filter(answered_at__isnull=True).exists():
        fulfilment.state, fulfilment.finished_at = FulfilmentState.DONE, at
        fulfilment.failure, fulfilment.failure_text = "", ""
        fulfilment.save()
    record(
        STEP_FULFILLED,
        at=at,
        case=str(case.pk),
        system=fulfilment.system,
        step=f"task:{task.step}",
        outcome="done",
        evidence_class=EvidenceClass.CONFIRMED.value,
        counts=counts,
        evidence=commit_to(key, content),
    )
    return evidence


def find(*, case: str, system: str) -> models.Task:
    """The open task of that system in that case; Permanent, with the tasks there are, when there is none."""
    matching = models.Task.objects.filter(answered_at__isnull=True).select_related(
        "fulfilment__request__case"
    )
    for task in matching.order_by("due_on"):
        if task.fulfilment.system == system and str(task.fulfilment.request.case.pk).startswith(case):
            return task
    waiting = ", ".join(
        f"{each.fulfilment.system} in case {each.fulfilment.request.case.pk}" for each in matching[:10]
    )
    raise Permanent(f"No task of {system} is open in case {case}.", f"Open: {waiting or 'none'}.")
