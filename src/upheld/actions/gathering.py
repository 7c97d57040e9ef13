"""Requests as the records have them now, locked, with all that a certificate is made of."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from upheld.actions.batch.journal import read_many
from upheld.store import models, queries
from upheld.store.compiled import gather, renew
from upheld.store.database import read_all

_HERS: Mapping[str, QuerySet[Any]] = {
    "plans": models.Plan.objects.all(),
    "decisions": models.Decision.objects.all(),
    "certificates": models.Certificate.objects.all(),
    "windows": models.Window.objects.all(),
}
_OF_SYSTEMS: Mapping[str, QuerySet[Any]] = {
    "parts": models.Part.objects.all(),
    "evidence": models.Evidence.objects.all(),
    "dues": models.Due.objects.all(),
    "tasks": models.Task.objects.all(),
}


def one(request: models.Request) -> None:
    """This request, anew. Belongs into a transaction."""
    fresh: models.Request = queries.REQUEST_LOCKED.first(pk=request.pk)
    renew(request, fresh)
    request.case = fresh.case
    for name, query in queries.HERS.items():
        gather(request, name, query.all(request=request.pk))
    systems = list(request.fulfilments.all())
    for each in systems:
        each.plan.request = request
    for name, query in queries.OF_SYSTEMS.items():
        rows = query.all(request=request.pk)
        for system in systems:
            gather(system, name, [each for each in rows if each.fulfilment_id == system.pk])


def many(numbers: Sequence[UUID]) -> list[models.Request]:
    """The same of some hundreds, in this order: one query for each kind of row."""
    locked = models.Request.objects.select_for_update().filter(pk__among=numbers).order_by("pk")
    list(locked.values_list("pk"))
    read = read_many(numbers)
    requests = [request for request, _ in read]
    systems = [each for _, own in read for each in own]
    for request, own in read:
        gather(request, "fulfilments", own)
        for each in own:
            each.plan.request = request
    _gather_many(requests, "request_id", _HERS)
    _gather_many(systems, "fulfilment_id", _OF_SYSTEMS)
    return requests


def _gather_many(owners: Sequence[Any], column: str, relations: Mapping[str, QuerySet[Any]]) -> None:
    numbers = [each.pk for each in owners]
    for name, every in relations.items():
        rows: dict[object, list[Any]] = {number: [] for number in numbers}
        for row in read_all(every.filter(**{f"{column}__among": numbers})):
            rows[getattr(row, column)].append(row)
        for owner in owners:
            gather(owner, name, rows[owner.pk])
