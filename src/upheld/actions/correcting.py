"""A correction through the console: look at what would change, approve exactly that."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from upheld.actions import approving, cases, rectification, statements
from upheld.actions.means import Means
from upheld.actions.rectification import Correction
from upheld.datamap.model import DataMap
from upheld.law.right import Right
from upheld.rights.codec import digest
from upheld.rights.connector import Finding
from upheld.rights.correcting import USUAL, Wish
from upheld.rights.outcome import Permanent
from upheld.rights.plan import Correct
from upheld.rights.statement import Statement
from upheld.store.models import Request


@dataclass(frozen=True, slots=True)
class Change:
    """One value that changes, in how many rows. Personal."""

    place: str
    before: str
    after: str
    rows: int


@dataclass(frozen=True, slots=True)
class Seen:
    """What would be corrected, and what she said about her data before. `looked` tells two looks apart.
    Personal."""

    changes: tuple[Change, ...]
    findings: tuple[Finding, ...]
    beyond: tuple[str, ...]
    waiting: tuple[str, ...]
    statements: tuple[Statement, ...]
    looked: str


def targets(datamap: DataMap) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """What can be named: kinds of data over all systems, then each field of each system; in groups."""
    kinds: dict[str, str] = {}
    groups = []
    for system in datamap.systems:
        fields = []
        for table in system.tables:
            for each in table.every_field:
                if each.provided and each.of != "others":
                    kinds.setdefault(each.category, each.category.replace("-", " "))
                path = f":{each.json}" if each.json else ""
                name = f"{system.name}.{table.name}.{each.column}{path}"
                fields.append((name, f"{table.name}: {each.column}{path}"))
        if system.kind == "manual":
            for kind in (*USUAL, *system.categories):
                kinds.setdefault(kind, kind.replace("-", " "))
        if fields:
            groups.append((system.title or system.name, tuple(fields)))
    return (("Everywhere", tuple(sorted(kinds.items()))), *groups) if kinds else tuple(groups)


def look(*, means: Means, request: Request, wishes: Sequence[Wish], words: str) -> Seen:
    """What would change, and what is in its way; reads only. Raises Misnamed, Ambiguous, or another
    Failure."""
    return _seen(means, _correction(means, request, wishes, words), words)


def approve(*, means: Means, request: Request, wishes: Sequence[Wish], words: str, looked: str) -> None:
    """Approve what was looked at; the runner sets the values. Raises Changed where it is not the same any
    more, and refuses beyond a limit without the second yes. Writes `plan.approved`, and `statement.added`."""
    correction = _correction(means, request, wishes, words)
    if _seen(means, correction, words).looked != looked:
        raise approving.Changed
    allow, reason = approving.allowed(means=means, request=request, seen=correction.preview)
    rectification.approve(
        means=means,
        request=request,
        correction=correction,
        statement=Statement(words, means.now) if words else None,
        allow=allow,
        reason=reason,
    )


def _correction(means: Means, request: Request, wishes: Sequence[Wish], words: str) -> Correction:
    if request.right != Right.RECTIFICATION:
        raise Permanent("This request is no correction.", "Look at its case.")
    if not wishes and not words:
        raise Permanent("Nothing is to be corrected.", "Choose a field and write its value, or a statement.")
    return rectification.look(
        means=means,
        asked=cases.asked_in(means=means, case=request.case),
        wishes=wishes,
        subject=cases.subject_of(means=means, case=request.case),
        request=request,
    )


def _seen(means: Means, correction: Correction, words: str) -> Seen:
    preview = correction.preview
    steps = {step.number: step for step in preview.plan.steps if isinstance(step, Correct)}
    counted = Counter(
        (steps[each.step].system, each.table, each.column, each.json or "", str(each.before), str(each.after))
        for each in correction.cells
    )
    changes = tuple(
        Change(f"{system}.{table}.{column}{f':{path}' if path else ''}", before, after, rows)
        for (system, table, column, path, before, after), rows in sorted(counted.items())
    )
    written = [[each.place, each.before, each.after, each.rows] for each in changes]
    return Seen(
        changes,
        (*preview.findings, *correction.aim.findings),
        tuple(map(str, preview.beyond)),
        preview.waiting,
        statements.of(means=means, subject=preview.subject),
        approving.fingerprint(preview, digest([written, words])),
    )
