"""Where everybody of a list stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from upheld.actions.batch.look import TOGETHER, in_groups
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
    lines: dict[UUID, list[int]] = {}
    for number, line in batch.each.order_by("line").values_list("request", "line"):
        lines.setdefault(number, []).append(line)
    found: list[Outcome] = []
    for some in in_groups(tuple(lines), TOGETHER):
        rows = models.Request.objects.filter(pk__in=some).select_related("case")
        related = ("fulfilments__tasks", "fulfilments__plan", "fulfilments__parts", "windows")
        by_number = {each.pk: each for each in rows.prefetch_related(*related)}
        found += [Outcome(tuple(lines[each]), standing(by_number[each])) for each in some]
    return found
