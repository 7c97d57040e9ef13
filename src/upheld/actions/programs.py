"""Whether anybody carries out what is approved: programs say that they live."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q

from upheld.store.models import Program, ProgramKind

ALIVE = timedelta(minutes=1)
"""A program that said nothing for so long is taken for gone."""
FORGOTTEN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Working:
    """How many programs of each kind live, and when one last said so: None after a clean end of all."""

    runners: int
    workers: int
    starting: int
    seen_at: datetime | None

    @property
    def nobody(self) -> bool:
        """Whether nothing that is approved is carried out."""
        return not (self.runners or self.workers or self.starting)


def beat(*, owner: str, kind: ProgramKind, at: datetime) -> None:
    """This program lives. Rows of others that are gone for long go."""
    if not Program.objects.filter(pk=owner).update(beat_at=at):
        Program.objects.update_or_create(pk=owner, defaults={"kind": kind, "beat_at": at})
        Program.objects.filter(beat_at__lt=at - FORGOTTEN).delete()


def end(*, owner: str) -> None:
    """This program ends cleanly."""
    Program.objects.filter(pk=owner).delete()


def follow(*, owner: str, at: datetime) -> None:
    """This program ends cleanly, and one like it starts."""
    Program.objects.filter(pk=owner).update(kind=ProgramKind.STARTING, beat_at=at)


def working(*, at: datetime) -> Working:
    """One query."""
    counted = Program.objects.aggregate(
        **{kind.value: Count("pk", filter=Q(kind=kind, beat_at__gt=at - ALIVE)) for kind in ProgramKind},
        seen=Max("beat_at"),
    )
    return Working(
        runners=counted[ProgramKind.RUNNER],
        workers=counted[ProgramKind.WORKER],
        starting=counted[ProgramKind.STARTING],
        seen_at=counted["seen"],
    )
