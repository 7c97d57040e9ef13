"""What somebody decided on a request: sealed words, a name, a time, one entry in the ledger (G-12.11)."""

from datetime import date
from uuid import uuid4

from upheld.actions.means import Means
from upheld.ledger.commitment import commit as commit_to
from upheld.rights.codec import text
from upheld.rights.outcome import Permanent
from upheld.store.models import Decision, DecisionKind, Request
from upheld.store.models.case import UNFINISHED
from upheld.store.sealing import open_value, seal_value

LONGEST = 5000
"""Characters of what somebody writes down with a decision."""


def locked(request: Request) -> Request:
    """The request as it is now, and nobody else's until the transaction ends. Permanent when it has its end:
    nothing leaves a final state (DRP-22)."""
    found = Request.objects.select_for_update(of=("self",)).select_related("case").get(pk=request.pk)
    if found.state not in UNFINISHED:
        raise Permanent(
            "This request has its end already.", "Look at its case: what was decided stands there."
        )
    return found


def said(words: str) -> str:
    """The words, trimmed. Permanent where there are none, or too many."""
    written = words.strip()
    if not written:
        raise Permanent("Nobody said why.", "Say why, in words; they are kept with your name.")
    if len(written) > LONGEST:
        raise Permanent(
            f"This is {len(written):,} characters long.",
            f"Say it in at most {LONGEST:,}, or refer to a letter.",
        )
    return written


def decide(
    *,
    means: Means,
    request: Request,
    kind: DecisionKind,
    words: str,
    code: str = "",
    systems: tuple[str, ...] = (),
    told_on: date | None = None,
    by: str = "",
) -> tuple[Decision, str]:
    """Keep the decision, and give what the ledger binds of it: a commitment to its words and its author.
    Belongs into the transaction of what is decided. `by`: who it was where that is not who acts now."""
    row = Decision(
        id=uuid4(),
        request=request,
        kind=kind,
        code=code,
        systems=list(systems),
        by=by or means.by,
        at=means.clock(),
        told_on=told_on,
        former_target=request.target_date,
        former_legal=request.legal_date,
    )
    row.sealed_words = seal_value(means.keys, request.case.key, words, record=_record(row))
    row.save(force_insert=True)
    key = means.keys.commitment_key(request.case.key)
    bound = commit_to(key, text((row.by, kind.value, words)).encode())
    return row, bound


def words_of(*, means: Means, decision: Decision) -> str:
    """What was written. Raises Destroyed once the case's key is gone."""
    key = decision.request.case.key
    return str(open_value(means.keys, key, bytes(decision.sealed_words), record=_record(decision)))


def _record(decision: Decision) -> str:
    return f"decision:{decision.pk}"
