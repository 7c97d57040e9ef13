"""Hours of the day in which a system is left to us, by the organisation's clock."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `begins` until before `ends`, over midnight where that is earlier. By what a clock on the wall
    shows: an hour that comes twice in a night counts twice, one that is left out not at all."""

    begins: time
    ends: time

    def hold(self, local: datetime) -> bool:
        """Whether it is such an hour. `local` is in the organisation's zone."""
        shown = local.time()
        if self.begins < self.ends:
            return self.begins <= shown < self.ends
        return shown >= self.begins or shown < self.ends

    def next(self, local: datetime) -> datetime:
        """When they begin next, in UTC; `local` itself where it is such an hour. A beginning that the change
        to summer time leaves out is passed over."""
        if self.hold(local):
            return local.astimezone(UTC)
        for days in range(3):
            day = local.date() + timedelta(days=days)
            begin = datetime.combine(day, self.begins, local.tzinfo).astimezone(UTC)
            if begin > local and self.hold(begin.astimezone(local.tzinfo)):
                return begin
        return local.astimezone(UTC) + timedelta(days=1)
