"""The tour: one person's copy and erasure across all systems of the organisation, and the proof."""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from rich.table import Table

from upheld.demo import scan
from upheld.demo.build import Drawn, build, draw
from upheld.demo.crowd import Crowd
from upheld.demo.journey import Journey
from upheld.demo.office import Office
from upheld.demo.people import Person, her
from upheld.demo.place import Place
from upheld.demo.rows import count
from upheld.demo.terminal import Terminal, Unexpected


@dataclass
class Tour:
    """One run. Raises Unexpected, or a Failure, as soon as something does not hold."""

    place: Place
    terminal: Terminal
    seed: int
    people: int
    today: date
    mariadb: bool
    office: Office

    def run(self) -> None:
        """All of it, in order."""
        drawn = self.set_up()
        liv = her(drawn.people)
        self.check_map()
        self._plan(liv)
        before = self._look(liv)
        self._access(liv)
        self._erase(liv)
        self._verify()
        self._scan(liv, before)
        Crowd(self.place, self.terminal, drawn).run()
        with self.office:
            Journey(self.place, self.terminal, drawn, self.office).run()

    @property
    def options(self) -> tuple[str, str]:
        """Where the privacy folder is, for every command."""
        return "--dir", str(self.place.privacy)

    def set_up(self) -> Drawn:
        """Make the organisation's systems."""
        self.terminal.heading("Wattgrund, an invented foundation for open hardware, and its five systems")
        console = self.terminal.console
        with console.status("[dim]drawing people and what they did[/dim]") as status:
            self.place.make_new()
            drawn = draw(self.seed, self.people, today=self.today)
            build(
                self.place,
                drawn,
                with_mariadb=self.mariadb,
                told=lambda what: status.update(f"[dim]{what}[/dim]"),
            )
        table = Table(box=None, pad_edge=False, header_style="dim")
        for heading in ("  system", "stands on", "rows"):
            table.add_column(heading, justify="right" if heading == "rows" else "left")
        crm = "MariaDB" if self.mariadb else "SQLite"
        for name, kind, rows in (
            ("forum", "PostgreSQL", count(drawn.forum)),
            ("shop", "SQLite", count(drawn.shop)),
            ("contact book", crm, count(drawn.crm)),
            ("mailing-list archive", "CSV and JSONL files", count(drawn.archive)),
            ("letters and payroll", "paper, done by hand", 0),
        ):
            table.add_row(f"  {name}", kind, f"{rows:,}" if rows else "–")
        console.print(table, highlight=False)
        self.terminal.say(
            f"  {len(drawn.people):,} people, drawn from the seed {self.seed}. All of them are invented."
        )
        return drawn

    def check_map(self) -> None:
        """Show that the map fits."""
        self.terminal.heading("Does the data map fit the systems as they are?")
        said = self.terminal.upheld("map", "check", "--strict", *self.options)
        self.terminal.show(said, at_most=1)
        self.terminal.say(
            "  With --strict a doubt would fail. What is left are notes that the map accepts, with reasons."
        )

    def _plan(self, liv: Person) -> None:
        self.terminal.heading(
            f"What an erasure of {liv.name} would do, found from one address of hers; nothing is written"
        )
        self.terminal.show(
            self.terminal.upheld("erase", "--dry-run", "--identity", f"email={liv.email}", *self.options)
        )

    def _look(self, liv: Person) -> scan.Raw:
        with self.terminal.console.status("[dim]the demo's own look at every row, for later[/dim]"):
            return scan.look(self.place, liv)

    def _access(self, liv: Person) -> None:
        self.terminal.heading("First her copy of everything (Art. 15), as one encrypted file")
        out, opened = self.place.root / "copy.age", self.place.root / "copy"
        said = self.terminal.upheld(
            *("access", "--identity", f"email={liv.email}", "--out", out, "--yes", "--json", *self.options),
            expect=(0, 1),  # 1 while the office has not looked into its cabinet
        )
        copy = json.loads(said)
        parts = {each["system"]: each for each in copy["systems"]}
        missing = {name for name, each in parts.items() if not each["rows"]} - {"letters"}
        if missing:
            raise Unexpected(f"Her copy lacks {', '.join(sorted(missing))}.")
        for name, each in parts.items():
            number = f"{each['rows']:,} rows" + (f", {each['files']} files" if each["files"] else "")
            self.terminal.show(f"{name}: {number if each['rows'] else 'asked for by hand'}")
        said = self.terminal.upheld("package", "open", out, "--key", f"{out}.key", "--to", opened)
        self.terminal.show(said)
        if not (opened / "index.html").is_file():
            raise Unexpected("The copy has no start page.")

    def _erase(self, liv: Person) -> None:
        self.terminal.heading("Then her erasure (Art. 17). The plan above is what --yes approves")
        identity = ("--identity", f"email={liv.email}")
        standing = json.loads(
            self.terminal.upheld("erase", *identity, "--yes", "--json", *self.options, expect=(1,))
        )
        for each in standing["systems"]:
            self.terminal.show(
                f"{each['system']}: {each['state'].lower()}{each['why'] and ': '}{each['why']}"
            )
        waiting = [each["system"] for each in standing["systems"] if each["why"]]
        if waiting != ["letters"]:
            raise Unexpected(f"Only the office should be waited for, not {', '.join(waiting) or 'nobody'}.")
        self.terminal.say(
            "  One system is a cabinet, so the case waits. The office answers, as its owner would:"
        )
        words = "three letters shredded, no contract found"
        task = ("answer", "letters", "--case", str(standing["case"])[:8], "--removed", "3", "--words", words)
        self.terminal.show(self.terminal.upheld(*task, *self.options))
        if not self._certificates():
            raise Unexpected("There is no certificate.")

    def _certificates(self) -> list[Path]:
        return sorted((self.place.data / "certificates").glob("*.json"))

    def _verify(self) -> None:
        self.terminal.heading(
            "The proof, checked offline with Python's standard library and cryptography alone"
        )
        ledger = self.place.root / "ledger.jsonl"
        self.terminal.upheld("ledger", "export", "--out", ledger, *self.options)
        held = [
            line for line in self.terminal.verify(ledger).splitlines() if not line.lstrip().startswith("–")
        ]
        self.terminal.show("\n".join(held))
        for file in self._certificates():
            self.terminal.show(self.terminal.verify(file))

    def _scan(self, liv: Person, before: scan.Raw) -> None:
        self.terminal.heading(
            "Is she gone? A look at every raw row and file that shares no code with the engine"
        )
        with self.terminal.console.status("[dim]reading every row again[/dim]"):
            after = scan.look(self.place, liv)
            was, left = scan.traces(before, liv), scan.traces(after, liv, apart_from=before)
            lost = scan.disturbed(before, after)
        unexplained = {where: rows for where, rows in left.items() if where not in scan.RETAINED}
        kept = ", ".join(f"{system}.{table} {rows}" for (system, table), rows in sorted(left.items()))
        self.terminal.show(
            f"before: {was.total():,} rows in {len(was)} tables name her by address, user name, "
            f"telephone or street\n"
            f"after:  {left.total():,}, all in what the map retains: {kept or 'nothing'}\n"
            f"{scan.mentions(after, liv)} rows of other people mention her in their own words: "
            "left for a person to read\n"
            f"other people's rows: {scan.other_rows(before):,}, of which {lost.total()} changed; "
            "six look-alikes are among them"
        )
        if unexplained or lost or not was:
            where = sorted({*map(".".join, unexplained), *map(".".join, lost)})
            raise Unexpected(f"Something is left, or somebody else was touched: {', '.join(where)}.")
