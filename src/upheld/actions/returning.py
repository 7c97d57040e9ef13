"""Undo an erasure, and lift a restriction, through the console: looked at, ordered, carried out by the
runner."""

from dataclasses import dataclass

from django.db import transaction

from upheld.actions import approving, beyond, restriction, two, undo
from upheld.actions.decisions import decide, said
from upheld.actions.means import Means
from upheld.actions.restriction import Lifting
from upheld.actions.undo import Putting
from upheld.rights.outcome import Failure, Permanent
from upheld.rights.undo import Why
from upheld.store.models import Agreement, Case, Decision, DecisionKind, Request, RequestState

WORDS = {
    Why.TAKEN: "their key, or a value that must differ, is used by another row by now",
    Why.PARENT: "a row that they refer to is not there",
    Why.CHANGED: "somebody has changed or removed what the erasure left of them",
    Why.SCHEMA: "their table or a column of it has changed",
    Why.REFUSED: "the database refuses them",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """What an undo would do. `corrected`: she had something corrected since. `limit`: what it exceeds, which
    two decide; `second`: their yes, or the wish for it."""

    putting: Putting
    conflicts: tuple[tuple[str, str, int, str], ...]
    corrected: bool
    limit: str
    second: Agreement | None


def look(*, means: Means, request: Request) -> Seen:
    """What would come back and what is in its way; nothing of it stays in any system. Raises what
    `undo.refuse_late` raises for an erasure that has no window, or none any more."""
    undo.refuse_late(means, request)
    putting = undo.look(means=means, request=request, uncorrected=True)
    wish = beyond.of_undo(means=means, request=request)
    ruled = wish is not None and two.rule_of(means=means, matter=wish.matter) is not None
    return Seen(
        putting,
        tuple(
            (system.title, each.table, each.rows, WORDS[each.why])
            for system in putting.systems
            for each in system.restored.conflicts
        ),
        _corrected(request),
        wish.said if wish is not None and ruled else "",
        (two.agreed(means=means, wish=wish) or two.asked(means=means, wish=wish)) if wish and ruled else None,
    )


def _corrected(request: Request) -> bool:
    try:
        undo.refuse_corrected(request, uncorrected=False)
    except Failure:
        return True
    return False


def ask(*, means: Means, request: Request, reason: str) -> Agreement:
    """Ask for the second yes to an undo beyond a limit."""
    wish = beyond.of_undo(means=means, request=request)
    if wish is None:
        raise Permanent("This undo goes beyond no limit.", "Order it.")
    return two.ask(means=means, wish=wish, reason=reason)


@transaction.atomic
def order(*, means: Means, request: Request, words: str, uncorrected: bool = False) -> Decision:
    """Approve the undo; the runner puts the rows back. Can be ordered again for what had a conflict."""
    written = said(words)
    undo.refuse_late(means, request)
    undo.approve(means=means, request=request, uncorrected=uncorrected)
    request.refresh_from_db()
    decision, _ = decide(means=means, request=request, kind=DecisionKind.RETURN, words=written)
    return decision


def carry_out(*, means: Means) -> int:
    """Put back what was ordered and not tried yet; gives how many orders were tried. An order that a crash
    cut off is tried again, which is harmless."""
    waiting = Decision.objects.filter(
        kind=DecisionKind.RETURN,
        done_at=None,
        request__finished_at=None,  # by the index of those that are not finished
        request__state=RequestState.IN_PROGRESS,
    )
    tried = 0
    for decision in waiting.select_related("request__case").order_by("at"):
        undo.undo(means=means, request=decision.request)
        Decision.objects.filter(pk=decision.pk).update(done_at=means.clock())
        tried += 1
    return tried


def look_at_lift(*, means: Means, case: Case) -> tuple[Lifting, str]:
    """What lifting would put back, and what tells two looks apart."""
    seen = restriction.lifting(means=means, case=case)
    return seen, approving.fingerprint(seen.preview, str(seen.kept))


def order_lift(*, means: Means, case: Case, looked: str) -> Request:
    """Order what was looked at; the runner puts the marks back. Raises Changed, NotTold."""
    seen, fingerprint = look_at_lift(means=means, case=case)
    if fingerprint != looked:
        raise approving.Changed
    return restriction.order(means=means, case=case, lifting=seen)
