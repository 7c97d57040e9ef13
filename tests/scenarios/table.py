"""The table scenario × database: what the catalogue docs/scenarios.md says, against what a run showed."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

DIALECTS = ("sqlite", "postgresql", "mariadb")
COLUMNS = (*DIALECTS, "postgresql18", "no database")
WORST_FIRST = ("failed", "skipped", "passed")
SENTENCE = re.compile(r"^- \*\*S-(\d+)\*\*(?: \((later|partly later): ([^)]+)\))? — (.+)$")
SKIP = re.compile(r"^- skip: (\d+) on ([a-z0-9, ]+) — (.+)$")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What docs/scenarios.md says: the scenarios, those that wait for later work, the skips with a reason."""

    numbers: tuple[int, ...]
    later: frozenset[int]
    named_skips: Mapping[tuple[int, str], str]

    @classmethod
    def read(cls, text: str) -> Self:
        """Read the catalogue: `- **S-14** — …`, `- **S-43** (later: …) — …`, `- skip: 33 on mariadb — reason`."""
        found = [match for line in text.splitlines() if (match := SENTENCE.match(line))]
        skips = [match for line in text.splitlines() if (match := SKIP.match(line))]
        return cls(
            numbers=tuple(int(match[1]) for match in found),
            later=frozenset(int(match[1]) for match in found if match[2] == "later"),
            named_skips={
                (int(match[1]), database.strip()): match[3]
                for match in skips
                for database in match[2].split(",")
            },
        )


@dataclass(frozen=True, slots=True)
class Result:
    """One scenario test on one database: outcome is passed, failed or skipped."""

    scenario: int
    database: str
    outcome: str
    test: str


class Table:
    """The worst outcome of each scenario on each database."""

    def __init__(self, catalogue: Catalogue, results: Iterable[Result]) -> None:
        self.catalogue = catalogue
        self.results = tuple(results)
        self._cells: dict[tuple[int, str], str] = {}
        for result in self.results:
            key = (result.scenario, result.database)
            known = self._cells.get(key, "passed")
            self._cells[key] = min(known, result.outcome, key=WORST_FIRST.index)

    def cell(self, scenario: int, database: str) -> str:
        """Give one cell: an outcome, `named` for an absence with a reason, `later`, or nothing."""
        outcome = self._cells.get((scenario, database), "")
        if outcome in ("", "skipped") and (scenario, database) in self.catalogue.named_skips:
            return "named"
        if outcome == "" and scenario in self.catalogue.later and database in DIALECTS:
            return "later"
        return outcome

    def markdown(self) -> str:
        """Draw the table as Markdown, one line a scenario of the catalogue or of the run."""
        numbers = sorted({*self.catalogue.numbers, *(result.scenario for result in self.results)})
        rows = [f"| {' | '.join(['scenario', *COLUMNS])} |", f"|{'---|' * (len(COLUMNS) + 1)}"]
        rows += [
            f"| S-{number} | {' | '.join(self.cell(number, column) for column in COLUMNS)} |"
            for number in numbers
        ]
        reasons = [
            f"- S-{number} on {database}: {reason}"
            for (number, database), reason in sorted(self.catalogue.named_skips.items())
        ]
        return "\n".join([*rows, *(["", "Named exceptions:", *reasons] if reasons else [])]) + "\n"

    def unnamed_skips(self) -> list[str]:
        """List skipped scenario tests whose scenario and database the catalogue does not name with a reason."""
        return sorted(
            {
                f"{result.test} was skipped; docs/scenarios.md names no reason (`- skip: "
                f"{result.scenario} on {result.database} — …`)"
                for result in self.results
                if result.outcome == "skipped"
                and (result.scenario, result.database) not in self.catalogue.named_skips
            }
        )

    def gaps(self) -> list[str]:
        """List scenarios of the catalogue, later ones apart, that a dialect neither shows nor names."""
        return [
            f"S-{number} has no test on {database}; docs/scenarios.md neither names a reason nor says later"
            for number in self.catalogue.numbers
            if number not in self.catalogue.later
            for database in DIALECTS
            if self.cell(number, database) == ""
        ]

    def unknown(self) -> list[str]:
        """List scenario numbers that tests cite and the catalogue does not have."""
        return sorted(
            {
                f"{result.test} cites S-{result.scenario}, which docs/scenarios.md does not have"
                for result in self.results
                if result.scenario not in self.catalogue.numbers
            }
        )
