"""A thousand people at once, and one of them whose erasure is undone."""

import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from upheld.demo import scan
from upheld.demo.build import Drawn
from upheld.demo.journey import known_most
from upheld.demo.people import Person
from upheld.demo.place import Place
from upheld.demo.terminal import Terminal, Unexpected

MANY = 1000
WINDOWED = ("shop", "crm")
ADDRESS = re.compile(r"[\w.+-]+@[\w.-]+\w")


@dataclass
class Crowd:
    """The step of the tour after hers. Raises Unexpected as soon as something does not hold."""

    place: Place
    terminal: Terminal
    drawn: Drawn

    def run(self) -> None:
        """All of it, in order. The last thousand people of the organisation are those who go."""
        leaving = self.drawn.people[-MANY:]
        stays = known_most(self.drawn, leaving)
        self._folder()
        self.terminal.heading(
            f"{MANY:,} people at once in three databases; from two of them what goes can come back for a week"
        )
        file = self.place.crowd / "people.csv"
        file.write_text("email\n" + "".join(f"{each.email}\n" for each in leaving), encoding="utf-8")
        before = self._look(stays)
        case = self._erase(file, leaving.index(stays) + 2)
        self._undo(case, stays, before, leaving)

    @property
    def options(self) -> tuple[str, str]:
        """Where their privacy folder is."""
        return "--dir", str(self.place.crowd / "privacy")

    def _folder(self) -> None:
        """The organisation's folder without what is no database, and with an undo window."""
        folder = self.place.crowd / "privacy"
        shutil.copytree(self.place.privacy, folder)
        for name in ("archive", "letters"):
            (folder / "systems" / f"{name}.yaml").unlink()
        for file, line in (  # a trigger of the forum would keep what an undo puts back as one more version
            (folder / "upheld.yaml", "undo: 7d"),
            (folder / "systems/forum.yaml", "undo: none"),
        ):
            file.write_text(f"{file.read_text(encoding='utf-8')}{line}\n", encoding="utf-8")
        shutil.copytree(self.place.data / "secrets", self.place.crowd / "upheld-data" / "secrets")

    def _look(self, person: Person) -> scan.Raw:
        with self.terminal.console.status("[dim]the demo's own look at every row, for later[/dim]"):
            return scan.look(self.place, person)

    def _erase(self, file: Path, line: int) -> str:
        """Everybody goes; gives the case of the person in that line of the file."""
        said = json.loads(
            self.terminal.upheld(
                *("erase", "--identities-file", file, "--count", str(MANY), "--yes", "--json"),
                *("--allow", "people_per_day", "--allow", "share_of_table"),
                *("--reason", "accounts that nobody confirmed", *self.options),
            )
        )
        cases = said["cases"]
        waiting = [each for each in cases if not each["recoverable_until"]]
        if len(cases) != MANY or waiting:
            raise Unexpected(f"{len(cases)} cases, of which {len(waiting)} are not in their window.")
        rows = {name: sum(each["tables"].values()) for name, each in said["systems"].items()}
        kept = sum(rows[name] for name in WINDOWED)
        self.terminal.show(
            f"{len(cases):,} cases, {sum(rows.values()):,} rows removed\n"
            f"the {kept:,} of shop and contact book are recoverable until {cases[0]['recoverable_until']}"
        )
        return str(next(each["case"] for each in cases if line in each["lines"]))

    def _undo(self, case: str, stays: Person, before: scan.Raw, leaving: list[Person]) -> None:
        self.terminal.heading("One of them was in the list by mistake: only hers comes back")
        said = self.terminal.upheld("undo", "--case", case[:8], "--yes", *self.options)
        self.terminal.show(said, at_most=3)
        after = self._look(stays)
        back, was = _hers(after), _hers(before)
        if back != was:
            differing = sorted(
                {".".join(where) for where in {*back, *was} if back.get(where) != was.get(where)}
            )
            raise Unexpected(f"What came back is not what was there: {', '.join(sorted(differing))}.")
        gone = {each.email for each in leaving if each is not stays}
        left = {
            ".".join(where)
            for where, table in after.items()
            if where not in scan.RETAINED and where[0] in scan.DATABASES
            for row in table.rows
            if gone & set(ADDRESS.findall(row))
        }
        if left:
            raise Unexpected(f"Addresses of people who left stand in {', '.join(sorted(left))}.")
        self.terminal.show(
            f"{sum(map(len, back.values())):,} rows of hers in {len(back)} tables are back, byte for byte\n"
            f"the other {len(gone):,}: no address of theirs is left but in what the map retains"
        )


def _hers(raw: scan.Raw) -> dict[tuple[str, str], list[str]]:
    """Her rows by table, where there is a window."""
    found = {
        where: sorted(table.rows[number] for number in table.hers)
        for where, table in raw.items()
        if where[0] in WINDOWED
    }
    return {where: rows for where, rows in found.items() if rows}
