"""A person's own statements: kept as long as what they are about, shown wherever that is read (G-16.2)."""

from collections.abc import Iterable
from uuid import uuid4

from django.db import transaction

from upheld.actions import cases
from upheld.actions.means import Means
from upheld.actions.record import record
from upheld.ledger.commitment import commit as commit_to
from upheld.ledger.types import STATEMENT_ADDED, STATEMENT_REMOVED
from upheld.rights.statement import Statement
from upheld.rights.subject import Identity, Subject
from upheld.store import models, queries
from upheld.store.keys import Destroyed
from upheld.store.sealing import open_value, seal_value

LONGEST = 20_000
"""Characters of a statement: some pages. What is longer belongs into a letter to which the statement
refers."""


@transaction.atomic
def add(
    *, means: Means, case: models.Case, subject: Subject, statement: Statement, also: Iterable[Identity] = ()
) -> models.Statement:
    """Keep it under a key of its own, found from now on by every identity and row of hers, and by
    identities that she gets with a correction. Writes `statement.added`."""
    row = models.Statement(
        id=uuid4(),
        case=case,
        system=statement.system,
        table=statement.table,
        key=means.keys.create(),
        given_at=statement.given_at,
    )
    written = {"words": statement.words, "key": list(statement.key)}
    row.sealed_words = seal_value(means.keys, row.key, written, record=f"statement:{row.pk}")
    row.save(force_insert=True)
    for digest in {means.keys.blind(*name) for name in _names(subject, also)}:
        models.StatementIndex.objects.create(statement=row, digest=digest)
    key = means.keys.commitment_key(case.key)
    record(
        STATEMENT_ADDED,
        at=means.clock(),
        case=str(case.pk),
        statement=commit_to(key, statement.words.encode()),
    )
    return row


def of(*, means: Means, subject: Subject) -> tuple[Statement, ...]:
    """All statements of the person, oldest first."""
    found = []
    for row in _rows(means, subject):
        try:
            read = open_value(means.keys, row.key, bytes(row.sealed_words), record=f"statement:{row.pk}")
        except Destroyed:
            continue
        if isinstance(read, dict):
            found.append(
                Statement(
                    str(read["words"]), row.given_at, row.system, row.table, tuple(map(str, read["key"]))
                )
            )
    return tuple(found)


@transaction.atomic(savepoint=False)
def forget(*, means: Means, subject: Subject) -> int:
    """They go with an erasure of her; gives how many. Writes `statement.removed` for each."""
    rows = _rows(means, subject) if queries.ANY_STATEMENT.any() else []
    for row in rows:
        record(STATEMENT_REMOVED, at=means.clock(), case=str(row.case_id), key=row.key)
        row.delete()
    if rows:
        # Last, as for a case's key: if the commit fails, the words are gone and only a row is left.
        means.keys.destroy([row.key for row in rows])
    return len(rows)


def _rows(means: Means, subject: Subject) -> list[models.Statement]:
    names = {*_names(subject, ()), *_identified(subject, ())}
    digests = [means.keys.blind(*name) for name in names]
    return list(models.Statement.objects.filter(index__digest__in=digests).distinct())


def _names(subject: Subject, also: Iterable[Identity]) -> list[tuple[str, str]]:
    """By her rows; by identities only where she has none: two people may share an address, and their words
    are not each other's."""
    rows = [(f"statement:{each.system}.{each.table}", repr(each.key)) for each in subject.people]
    return rows or _identified(subject, also)


def _identified(subject: Subject, also: Iterable[Identity]) -> list[tuple[str, str]]:
    identities = (*(each for each in subject.identities if each.verified), *also)
    return [(f"statement:{each.kind}", cases.canonical(each).value) for each in identities]
