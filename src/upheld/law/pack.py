"""A regime pack: one law, as of one version, as a value (X-01). Its files are `law/packs/*.toml`; what each
key means stands here, and `upheld.law.packs` reads them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from upheld.law.right import Right

_STRICT = ConfigDict(extra="forbid", strict=True)
Text = Annotated[str, Field(min_length=1)]
Code = Annotated[str, Field(pattern=r"^[a-z]+(-[a-z]+)*$", max_length=40)]
Several = Annotated[int, Field(ge=1, le=366)]
Month = Annotated[int, Field(ge=1, le=12)]
Weekday = Annotated[int, Field(ge=1, le=7)]


class Risk(StrEnum):
    """How much harm an answer to the wrong person would do."""

    LOW = "low"
    HIGH = "high"


class Certainty(StrEnum):
    """How sure it must be who asks, in rising order (C-40)."""

    NONE = "none"
    REASONABLE = "reasonable"
    HIGH = "high"

    def reaches(self, needed: "Certainty") -> bool:
        """Whether this is enough where `needed` is asked for."""
        order = list(Certainty)
        return order.index(self) >= order.index(needed)


@dataclass(frozen=True, slots=True)
class Period:
    """A span that ends on a day; exactly one of months, days and working_days.

    `months`: added one after the other, each cut to the end of its month (T-02, T-07). `saturdays`: they
    count as working days (T-21). `roll`: a last day that is none ends with the next working day (T-03).
    `pause`: days waited for proof of identity are added (T-09). `margin`: ends so many working days earlier
    (T-10).
    """

    __pydantic_config__ = _STRICT
    months: Annotated[tuple[Several, ...], Field(max_length=4)] = ()
    days: Several | None = None
    working_days: Several | None = None
    saturdays: bool = False
    roll: bool = False
    pause: bool = False
    margin: Annotated[int, Field(ge=0, le=30)] = 0

    def __post_init__(self) -> None:
        said = (bool(self.months), self.days is not None, self.working_days is not None)
        if sum(said) != 1:
            raise ValueError("say exactly one of months, days and working_days")


@dataclass(frozen=True, slots=True)
class Rule:
    """Both dates of one duty (X-04). Without `legal` the law sets none, and the target is the organisation's
    own."""

    __pydantic_config__ = _STRICT
    target: Period
    legal: Period | None = None
    cites: str = ""


@dataclass(frozen=True, slots=True)
class Clock:
    """What is due for a right. `extended` counts from receipt too (T-07) and is told by the dates of
    `answer`; without it no more time can be taken."""

    __pydantic_config__ = _STRICT
    answer: Rule
    acknowledge: Rule | None = None
    extended: Rule | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """A right as this law gives it. `clock` and `certainty` name entries of the pack."""

    __pydantic_config__ = _STRICT
    cites: Text
    clock: Code
    certainty: Mapping[Risk, Certainty]
    refusals: tuple[Code, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Level:
    """How a certainty can be reached. `data_points` and `declaration` are the law's own example, which the
    organisation may replace with a written reason (C-39)."""

    __pydantic_config__ = _STRICT
    means: Text
    data_points: Annotated[int, Field(ge=0, le=9)] = 0
    declaration: bool = False
    cites: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a request may be refused, or its time extended. A named person decides it, in words of her own
    (G-12.11). `partial`: it covers a part, and everything else is still done (G-17.3, C-24)."""

    __pydantic_config__ = _STRICT
    title: Text
    cites: Text
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day of each year: a date, or the so-manieth weekday of a month (1 is Monday; -1 the last of them).

    `saturday_to_friday`: on a Saturday it is kept the day before as well (T-22).
    """

    __pydantic_config__ = _STRICT
    name: Text
    month: Month
    day: Annotated[int, Field(ge=1, le=31)] | None = None
    weekday: Weekday | None = None
    nth: Literal[-1, 1, 2, 3, 4] | None = None
    saturday_to_friday: bool = False

    def __post_init__(self) -> None:
        if (self.day is None) == (self.weekday is None) or (self.weekday is None) != (self.nth is None):
            raise ValueError("say a day, or a weekday and which one of its month")
        if self.day is not None:
            date(2000, self.month, self.day)  # a day that a leap year has


@dataclass(frozen=True, slots=True)
class Pack:
    """One regime in one version. `since`: for requests received from that day on. `binding`: the law binds
    whoever it applies to; a promise is kept as if it did (X-03). `zone`: whose days are counted when the
    organisation names no time zone. `holidays`: the law's own; without any they are the organisation's
    country's."""

    __pydantic_config__ = _STRICT
    regime: Code
    version: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}$")]
    title: Text
    since: date
    binding: bool
    clocks: Mapping[Code, Clock]
    rights: Mapping[Right, Given]
    levels: Mapping[Certainty, Level]
    extensions: Mapping[Code, Reason]
    refusals: Mapping[Code, Reason]
    zone: str = ""
    sunday_to_monday: bool = False
    holidays: tuple[Holiday, ...] = ()
    digest: str = field(default="", metadata={"filled": True})
    """SHA-256 of the file; filled by the reader."""

    def __post_init__(self) -> None:
        for right, given in self.rights.items():
            if given.clock not in self.clocks:
                raise ValueError(f"{right}: there is no clock {given.clock}")
            if set(given.certainty) != set(Risk):
                raise ValueError(f"{right}: certainty must be said for low and high")
            for certainty in given.certainty.values():
                if certainty not in self.levels:
                    raise ValueError(f"{right}: there is no level {certainty}")
            for name in given.refusals:
                if name not in self.refusals:
                    raise ValueError(f"{right}: there is no refusal {name}")

    @property
    def id(self) -> str:
        """As it is pinned on a request: gdpr/2026-11."""
        return f"{self.regime}/{self.version}"

    def given(self, right: Right) -> Given | None:
        """The right under this law, or None where it gives none."""
        return self.rights.get(right)

    def certainty(self, right: Right, risk: Risk) -> Certainty:
        """How sure it must be who asks for that. KeyError for a right that is not given."""
        return self.rights[right].certainty[risk]

    def may_refuse(self, right: Right) -> Mapping[str, Reason]:
        """The grounds on which that right may be refused, by code. KeyError for a right that is not given."""
        return {name: self.refusals[name] for name in self.rights[right].refusals}

    def may_extend(self, right: Right) -> Mapping[str, Reason]:
        """The reasons for which more time may be taken; none where the law gives none."""
        return self.extensions if self.clocks[self.rights[right].clock].extended else {}
