"""Where everybody of a list stands."""

from collections.abc import Sequence
from dataclasses import dataclass

from upheld.actions.erasure import Standing, standing
from upheld.store import models


@dataclass(frozen=True, slots=True)
class Outcome:
    """One person: the numbers of her lines, and where her request stands."""

    lines: tuple[int, ...]
    standing: Standing

    @property
    def request(self) -> models.Request:
        """Her request."""
        return self.standing.request


def outcomes(*, batch: models.Batch) -> Sequence[Outcome]:
    """Each person once, in the list's order."""
    lines: dict[object, list[int]] = {}
    requests: dict[object, models.Request] = {}
    rows = batch.each.select_related("request__case").prefetch_related(
        "request__fulfilments__tasks", "request__fulfilments__plan"
    )
    for row in rows.order_by("line"):
        lines.setdefault(row.request_id, []).append(row.line)
        requests.setdefault(row.request_id, row.request)
    return [Outcome(tuple(lines[number]), standing(request)) for number, request in requests.items()]
