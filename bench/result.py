"""What was measured, as values: one process writes them, another makes the page of them."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure in one setting. `value` is None where there is nothing to measure yet, and `note` says why.
    `low` and `high`: the extremes of the rounds of which `value` is the median."""

    measure: str
    setting: str
    value: float | None
    low: float | None = None
    high: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """CPU seconds a person when so many are erased in one go, by one way of doing it."""

    setting: str
    way: str
    people: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Stage:
    """CPU seconds a person that one stage of an erasure takes: ours, and the servers'."""

    setting: str
    stage: str
    client: float
    servers: float


@dataclass
class Results:
    """Of one setting, or of all of them joined. `servers`: the versions of what was measured."""

    figures: list[Figure] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)
    stages: list[Stage] = field(default_factory=list)
    plans: list[tuple[str, str, str, str]] = field(default_factory=list)
    servers: dict[str, str] = field(default_factory=dict)

    def add(self, other: "Results") -> None:
        """Take over what another one holds."""
        self.figures += other.figures
        self.points += other.points
        self.stages += other.stages
        self.plans += other.plans
        self.servers |= other.servers

    def of(self, measure: str, setting: str) -> Figure | None:
        """The figure, or None where that measure was not taken there."""
        found = (each for each in self.figures if (each.measure, each.setting) == (measure, setting))
        return next(found, None)

    def text(self) -> str:
        """As JSON."""
        return json.dumps(asdict(self))


def read(text: str) -> Results:
    """What `text` wrote."""
    written: dict[str, Any] = json.loads(text)
    return Results(
        [Figure(**each) for each in written["figures"]],
        [Point(**each) for each in written["points"]],
        [Stage(**each) for each in written["stages"]],
        [(*each,) for each in written["plans"]],
        written["servers"],
    )
