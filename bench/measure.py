"""One setting, measured in a process of its own: `measure.py SETTING FOLDER PEOPLE ROUNDS SERVERS SOAK`.

The same people are erased by every way, each in its copy of the community; unless all copies are equal
afterwards, row by row, nothing is said about the time it took.
"""

import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from bench import goals, memory, ours
from bench.alike import alike
from bench.community import Community, coprime, email_of
from bench.cpu import Meter, Spent
from bench.goals import MANY
from bench.handwritten import Handwritten
from bench.place import Place, place
from bench.result import Figure, Point, Results, Stage
from upheld.rights.connector import Row

WARM = 5
SINGLE = 10
"""People a round, one by one."""
ENTRIES = 2_000
SOAK = 100_000
JSON_MISSING = "left out: no faster (ADR 0025)"


class Unequal(Exception):
    """Two ways left other rows: what they cost cannot be compared."""


@dataclass
class Measuring:
    """A place with four equal copies: `hand` one by one, `ours`, `set` by hand, `rows` one by one."""

    setting: str
    place: Place
    folder: Path
    people: int
    rounds: int
    results: Results = field(default_factory=Results)
    used: int = 0

    def __post_init__(self) -> None:
        self.meter = Meter(self.place.pids)
        self.upheld = ours.Upheld(self.place.url("ours"), self.folder / "keys")
        self.step = coprime(self.people)

    def take(self, many: int) -> list[str]:
        """People who were in no group before; all copies know by fresh statistics what the last ones left."""
        self.used += many
        if self.used > self.people:
            raise ValueError(f"{self.people} people are too few for all measures.")
        for name in ("hand", "ours", "set", "rows"):
            self.place.refresh(name)
        return [email_of(place * self.step % self.people + 1) for place in range(self.used - many, self.used)]

    def hand(self, name: str) -> Handwritten:
        """A connection of its own, kept open while it works."""
        return Handwritten(self.place.kind, self.place.connect(name))

    def equal(self, *names: str) -> None:
        """Raises Unequal unless these copies hold the same rows."""
        if len({self.place.digest(name) for name in names}) > 1:
            raise Unequal(f"{self.setting}: {' and '.join(names)} differ after the same erasures.")

    def ratio(self, measure: str, pairs: Sequence[tuple[float, float]], note: str = "") -> None:
        """The median of what the first costs for one of the second."""
        ratios = [one / other for one, other in pairs if other]
        self.figure(measure, statistics.median(ratios), min(ratios), max(ratios), note)

    def figure(
        self,
        measure: str,
        value: float,
        low: float | None = None,
        high: float | None = None,
        note: str = "",
    ) -> None:
        """Keep it."""
        self.results.figures.append(Figure(measure, self.setting, value, low, high, note))

    def missing(self, measure: str, why: str) -> None:
        """There is nothing to measure."""
        self.results.figures.append(Figure(measure, self.setting, None, note=why))

    def warm(self) -> None:
        """Everything once, on people of whom nothing is measured."""
        people = self.take(WARM)
        self.hand("ours").read_one_by_one(people)
        self.upheld.read_one_by_one(people)
        self.upheld.read_together(people)
        for name in ("hand", "set", "rows"):
            self.hand(name).erase_one_by_one(people)
        for _, work in self.upheld.stages(people):
            work()
        people = self.take(WARM)
        for name in ("hand", "set", "rows"):
            self.hand(name).erase_set(people)
        for _, work in self.upheld.together(people):
            work()
        self.upheld.check()

    def check(self) -> None:
        """The plan check of this schema, in seconds of the clock: each by a connector that never saw it."""
        fresh = [ours.Upheld(self.place.url("ours"), self.folder / "keys") for _ in range(3)]
        taken = sorted(self.meter.of(each.check).wall for each in fresh)
        self.figure("check", taken[1], taken[0], taken[2])

    def single(self) -> None:
        """One erasure after another: ours, by hand, by hand row by row."""
        pairs: list[tuple[float, float]] = []
        rows: list[tuple[float, float]] = []
        stages: dict[str, list[Spent]] = {}
        certified: list[int] = []
        hand, by_set, by_row = self.hand("hand"), self.hand("set"), self.hand("rows")
        for _ in range(self.rounds):
            people = self.take(SINGLE)
            by_hand = self.meter.of(lambda: hand.erase_one_by_one(people))  # noqa: B023 - called at once
            row_by_row = self.meter.of(lambda: by_row.erase_row_by_row(people))  # noqa: B023 - called at once
            by_set.erase_set(people)
            total = 0.0
            for stage, work in self.upheld.stages(people):
                spent = self.meter.of(work)
                stages.setdefault(stage, []).append(spent)
                total += spent.cpu
            pairs.append((total, by_hand.cpu))
            rows.append((total, row_by_row.cpu))
        certificate = self.meter.of(lambda: certified.append(self.upheld.certify()))
        self.equal("hand", "ours", "set", "rows")
        each = statistics.median(ours_ for ours_, _ in pairs) / SINGLE
        other = statistics.median(theirs for _, theirs in pairs) / SINGLE
        self.ratio("single", pairs, f"{_ms(each)} against {_ms(other)}")
        other = statistics.median(theirs for _, theirs in rows) / SINGLE
        self.ratio("rows", rows, f"{_ms(each)} against {_ms(other)}")
        for stage, spents in stages.items():
            self._stage(stage, spents, SINGLE)
        self._stage("certificate", [certificate], certified[0])

    def _stage(self, stage: str, spents: Sequence[Spent], people: int) -> None:
        client = statistics.median(each.client for each in spents) / people
        servers = statistics.median(each.servers for each in spents) / people
        self.results.stages.append(Stage(self.setting, stage, client, servers))

    def access(self) -> None:
        """Reading all that is hers: ours against fourteen SELECTs."""
        hand = self.hand("ours")
        pairs = []
        for _ in range(self.rounds):
            people = self.take(SINGLE)
            theirs: list[dict[str, list[Any]]] = []
            ours_: list[list[Row]] = []
            by_hand = self.meter.of(lambda: theirs.append(hand.read_one_by_one(people)))  # noqa: B023 - called at once
            by_us = self.meter.of(lambda: ours_.append(self.upheld.read_one_by_one(people)))  # noqa: B023 - called at once
            if not alike(theirs[0], ours_[0]):
                raise Unequal(f"{self.setting}: access reads other rows than the fourteen SELECTs.")
            pairs.append((by_us.cpu, by_hand.cpu))
        each, other = (statistics.median(pair[index] for pair in pairs) / SINGLE for index in (0, 1))
        self.ratio("access", pairs, f"{_ms(each)} against {_ms(other)}")

    def access_sets(self) -> None:
        """Reading all that is a list's: ours together, against fourteen SELECTs each. Nobody is used up."""
        many = goals.many(self.people)
        hand = self.hand("ours")
        pairs = []
        for _ in range(self.rounds):
            people = self.take(many)
            self.used -= many
            theirs: list[dict[str, list[Any]]] = []
            ours_: list[list[Row]] = []
            by_hand = self.meter.of(lambda: theirs.append(hand.read_one_by_one(people)))  # noqa: B023 - called at once
            by_us = self.meter.of(lambda: ours_.append(self.upheld.read_together(people)))  # noqa: B023 - called at once
            if not alike(theirs[0], ours_[0]):
                raise Unequal(f"{self.setting}: a list reads other rows than the fourteen SELECTs.")
            pairs.append((by_us.cpu, by_hand.cpu))
        each, other = (statistics.median(pair[index] for pair in pairs) / many for index in (0, 1))
        size = "" if many == MANY else f", {many:,} people"
        self.ratio("access-sets", pairs, f"{_ms(each)} against {_ms(other)}{size}")

    def batch(self) -> None:
        """A list of a thousand: ours, by hand as a set, by hand one by one."""
        many = goals.many(self.people)
        pairs: list[tuple[float, float, float]] = []
        stages: dict[str, list[Spent]] = {}
        hand, by_set, rows = self.hand("hand"), self.hand("set"), self.hand("rows")
        for _ in range(self.rounds):
            people = self.take(many)
            one_by_one = self.meter.of(lambda: hand.erase_one_by_one(people))  # noqa: B023 - called at once
            as_set = self.meter.of(lambda: by_set.erase_set(people))  # noqa: B023 - called at once
            rows.erase_set(people)
            total = 0.0
            for stage, work in self.upheld.together(people):
                spent = self.meter.of(work)
                stages.setdefault(f"list: {stage}", []).append(spent)
                total += spent.cpu
            pairs.append((total, as_set.cpu, one_by_one.cpu))
        self.equal("hand", "ours", "set", "rows")
        each, as_one, alone = (statistics.median(pair[i] for pair in pairs) / many for i in range(3))
        size = "" if many == MANY else f", {many:,} people"
        self.ratio("batch-set", [pair[:2] for pair in pairs], f"{_ms(each)} against {_ms(as_one)}{size}")
        self.ratio("batch-single", [pair[::2] for pair in pairs], f"{_ms(each)} against {_ms(alone)}{size}")
        for stage, spents in stages.items():
            self._stage(stage, spents, many)

    def undo(self) -> None:
        """Erasures that can be undone against those that cannot, of the same people."""
        undoing = ours.Upheld(self.place.url("rows"), self.folder / "keys", undo=7)
        pairs = []
        for _ in range(self.rounds):
            people = self.take(SINGLE)
            for name in ("hand", "set"):
                self.hand(name).erase_set(people)
            plain, kept = (
                sum(self.meter.of(work).cpu for _, work in upheld.stages(people))
                for upheld in (self.upheld, undoing)
            )
            pairs.append((kept, plain))
        self.equal("ours", "rows", "hand")
        each, other = (statistics.median(pair[index] for pair in pairs) / SINGLE for index in (0, 1))
        self.ratio("undo", pairs, f"{_ms(each)} against {_ms(other)}")

    def curve(self) -> None:
        """Cost a person from one to as many as there are: by hand in sets, and ours."""
        by_hand, by_set, rows = self.hand("hand"), self.hand("set"), self.hand("rows")
        for many in (10**power for power in range(6)):
            if self.used + many > self.people * 0.6:
                break
            people = self.take(many)
            spent = self.meter.of(lambda: by_set.erase_set(people))  # noqa: B023 - called at once
            self._point("by hand, in sets", many, spent)
            if many <= MANY:
                spent = self.meter.of(lambda: by_hand.erase_one_by_one(people))  # noqa: B023 - called at once
                self._point("by hand, one by one", many, spent)
            else:
                by_hand.erase_set(people)
            rows.erase_set(people)
            with self.meter.spent() as spent:
                for _, work in self.upheld.together(people):
                    work()
            self._point("Upheld, as a list", many, spent)
        self.equal("hand", "ours", "set", "rows")

    def _point(self, way: str, many: int, spent: Spent) -> None:
        self.results.points.append(Point(self.setting, way, many, spent.cpu / many))

    def not_there_yet(self) -> None:
        """What is not built is named, never guessed."""
        self.missing("access-json", JSON_MISSING)

    def ledger(self) -> None:
        """Inserting entries into our records, and giving them their places."""
        pairs = [self.upheld.enter(ENTRIES, self.meter) for _ in range(self.rounds)]
        for index, measure in enumerate(("entry-insert", "entry-sequence")):
            each = sorted(pair[index].cpu / ENTRIES * 1e6 for pair in pairs)
            self.figure(measure, statistics.median(each), each[0], each[-1])

    def soak(self, many: int) -> None:
        """Very many erasures one after another: whether the last cost what the first did."""
        taken = []
        for _ in range(many // MANY):
            people = self.take(MANY)
            with self.meter.spent() as spent:
                for start in range(0, MANY, SINGLE):
                    for _, work in self.upheld.stages(people[start : start + SINGLE]):
                        work()
            taken.append(spent.cpu)
            self.hand("hand").erase_set(people)
        self.equal("hand", "ours")
        note = f"{_ms(taken[0] / MANY)} at first, {_ms(taken[-1] / MANY)} at last"
        note += "" if many == SOAK else f", of {many:,}"
        self.figure("soak", taken[-1] / taken[0], None, None, note)

    def memory(self) -> None:
        """What a list of people takes in a process that did nothing else before."""
        many = goals.many(self.people)
        above = memory.of_a_list(self.place.url("ours"), self.folder, self.take(many), self.take(WARM))
        self.figure("list-memory", above, note="" if many == MANY else f"{many:,} people")

    def plans(self) -> None:
        """How the server would carry out each hand-written statement."""
        for name, sql, planned in self.hand("hand").plans(self.take(1)[0]):
            self.results.plans.append((self.setting, name, sql, planned))


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:,.1f} ms"


def _say(what: str) -> None:
    """A full run takes an hour: whoever waits sees how far it is."""
    sys.stderr.write(f"  {datetime.now(UTC):%H:%M:%S} {what}\n")
    sys.stderr.flush()


def measure(setting: str, folder: Path, people: int, rounds: int, servers: Path, *, soak: int) -> Results:
    """All measures of one setting: a kind of database, `+records` when our own records stand there too.
    `soak`: so many people more are erased one after another, on PostgreSQL."""
    kind, _, records = setting.partition("+")
    there = place(kind, servers)
    own = ""
    _say(f"filling a community of {people:,}")
    there.load("base", Community(people))
    if records:
        there.create("records")
        own = there.url("records")
    ours.begin(folder / "data", own)
    for name in ("hand", "ours", "set", "rows"):
        _say(f"copying it: {name}")
        there.copy("base", name)
    measuring = Measuring(setting, there, folder, people, rounds)
    measuring.results.servers[kind] = there.version()
    works: list[Callable[[], None]] = [
        *(measuring.warm, measuring.check, measuring.access, measuring.access_sets),
        *(measuring.single, measuring.batch),
    ]
    if records or kind == "sqlite":
        works.append(measuring.ledger)
    if not records:
        works += [measuring.plans, measuring.undo, measuring.curve, measuring.not_there_yet]
    if soak and kind == "postgresql" and not records:
        works.append(partial(measuring.soak, soak))
    if not records:
        works.append(measuring.memory)
    for work in works:
        _say(getattr(work, "__name__", "soak").replace("_", " "))
        work()
    return measuring.results


if __name__ == "__main__":
    _setting, _folder, _people, _rounds, _servers, _soak = sys.argv[1:]
    _measured = measure(_setting, Path(_folder), int(_people), int(_rounds), Path(_servers), soak=int(_soak))
    sys.stdout.write(_measured.text() + "\n")
