"""What colleagues leave for each other in a case: notes, and who looks after it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from django.db import transaction

from upheld.actions import decisions
from upheld.actions.means import Means
from upheld.rights.outcome import Permanent
from upheld.store.models import Case, Decision, Note, Role, Staff
from upheld.store.sealing import open_value, seal_value

KEEPERS = (Role.OFFICER, Role.OPERATOR)
"""Who can look after a case."""


@dataclass(frozen=True, slots=True)
class Written:
    """Something that somebody wrote down. Personal."""

    at: datetime
    by: str
    what: str
    words: str


@transaction.atomic
def note(*, means: Means, case: Case, words: str) -> Note:
    """Keep a note, sealed with the case's key."""
    row = Note(id=uuid4(), case=case, by=means.by, at=means.clock())
    written = decisions.said(words)
    row.sealed_words = seal_value(means.keys, case.key, written, record=f"note:{row.pk}")
    row.save(force_insert=True)
    return row


def written(*, means: Means, case: Case) -> tuple[Written, ...]:
    """Notes, and the words of decisions, newest first. Raises Destroyed once the case's key is gone."""
    found = [
        Written(
            each.at,
            each.by,
            "Note",
            str(open_value(means.keys, case.key, bytes(each.sealed_words), record=f"note:{each.pk}")),
        )
        for each in case.notes.all()
    ]
    for each in Decision.objects.filter(request__case=case).select_related("request__case"):
        words = decisions.words_of(means=means, decision=each)
        found.append(Written(each.at, each.by, each.get_kind_display(), words))
    return tuple(sorted(found, key=lambda each: each.at, reverse=True))


@transaction.atomic
def assign(*, case: Case, to: Staff | None) -> None:
    """Who looks after the case from now on; None: nobody in particular. Permanent for somebody whose role
    does not."""
    if to is not None and (to.role not in KEEPERS or not to.is_active):
        raise Permanent(f"{to.name} cannot look after a case.", "Choose an officer or an operator.")
    Case.objects.filter(pk=case.pk).update(assigned_to=to)


def keepers() -> tuple[Staff, ...]:
    """Everybody who can look after a case, by name."""
    return tuple(Staff.objects.filter(role__in=KEEPERS, is_active=True).order_by("name"))
