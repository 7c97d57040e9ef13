"""Until when a request has to be answered: both dates, from the day of its receipt (X-04)."""

from dataclasses import dataclass
from datetime import date

from upheld.law.holiday import Calendar
from upheld.law.pack import Clock, Pack, Rule
from upheld.law.period import end
from upheld.law.right import Right


class NotGiven(ValueError):
    """The law does not give this right."""


@dataclass(frozen=True, slots=True)
class Due:
    """`target`: what alarms follow. `legal`: the last lawful day, or None where the law sets none."""

    target: date
    legal: date | None


@dataclass(frozen=True, slots=True)
class Dates:
    """What is due for one request. `extended` counts from receipt as well (T-07); its notice must be told by
    the dates of `answer`. `calendar` says whose holidays were counted."""

    received: date
    answer: Due
    acknowledge: Due | None
    extended: Due | None
    calendar: str

    @property
    def legal(self) -> date:
        """The last lawful day of the answer; every right has one."""
        return self.answer.legal or self.answer.target


@dataclass(frozen=True, slots=True)
class Pause:
    """A question of identity: asked and answered. Only with its evidence does it move the lawful date, and
    never the target (G-12.9, T-09)."""

    asked: date
    answered: date

    @property
    def days(self) -> int:
        """How long was waited; none where the answer came first."""
        return max(0, (self.answered - self.asked).days)


def dates(
    pack: Pack, right: Right, received: date, calendar: Calendar, *, pauses: tuple[Pause, ...] = ()
) -> Dates:
    """Everything that is due for a right asked for on that day, by the organisation's own clock (T-06).

    Raises NotGiven where the law does not give that right.
    """
    clock = clock_of(pack, right)
    paused = waited(pauses)
    return Dates(
        received,
        _due(clock.answer, received, calendar, paused),
        _due(clock.acknowledge, received, calendar, 0) if clock.acknowledge else None,
        _due(clock.extended, received, calendar, paused) if clock.extended else None,
        calendar.name,
    )


def clock_of(pack: Pack, right: Right) -> Clock:
    """The clock of a right. Raises NotGiven."""
    given = pack.given(right)
    if given is None:
        raise NotGiven(f"{pack.title} ({pack.id}) gives no right of {right.value.lower()}.")
    return pack.clocks[given.clock]


def waited(pauses: tuple[Pause, ...]) -> int:
    """Days of all pauses together; a day that two of them share counts once."""
    days = {
        day for each in pauses for day in range(each.asked.toordinal(), each.asked.toordinal() + each.days)
    }
    return len(days)


def _due(rule: Rule, received: date, calendar: Calendar, paused: int) -> Due:
    target = end(rule.target, received, calendar)
    if rule.legal is None:
        return Due(target, None)
    legal = end(rule.legal, received, calendar, paused=paused)
    return Due(min(target, legal), legal)
