"""A small real world for one scenario: a schema, a map in its written form, people, and what becomes of them.

The map is written as its owner would, in YAML, and goes through reader, planner and connector; nothing here
reaches around them. Rows are compared whole.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

import sqlalchemy as sa

from tests.servers.database import Database
from upheld.connectors.sql import connector
from upheld.datamap.model import DataMap
from upheld.datamap.read import read
from upheld.law.right import Right
from upheld.rights.connector import Attachment, Collected, Connector, Finding, Row
from upheld.rights.explain import explain
from upheld.rights.fulfil import Event, Failed, dry_run, execute
from upheld.rights.identify import identify
from upheld.rights.outcome import Committed, Counts, Due, Verified
from upheld.rights.plan import Locate, Plan, Recount, Refresh, Reset, Task
from upheld.rights.planner import plan
from upheld.rights.subject import Identity, Person, Subject

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

ORGANISATION = """\
organisation:
  name: Harbour Chess Club
  contact: privacy@chess.example.org
  country: DE
  places: [DE]
"""
PURPOSES = """\
purposes:
  service: {title: Running the club, basis: contract, retention: as long as the account exists}
"""


@dataclass
class World:
    """One system called `club` on one database. `kept`: a connector that goes on from person to person, as in
    one run of a server."""

    database: Database
    folder: Path
    datamap: DataMap
    secrets: dict[str, str]
    random: Iterator[int] = field(default_factory=count)
    kept: Connector | None = None

    @property
    def connector(self) -> Connector:
        """A fresh connector, as a new call of the command would have, unless one is kept."""
        return self.kept or connector(self.datamap.system("club"), secrets=self.secrets)

    def subject(self, *identities: str, people: Sequence[str] = ()) -> Subject:
        """Who `email=…` names; `people` are decisions such as `users=7`."""
        given = [Identity(kind, value) for kind, _, value in (each.partition("=") for each in identities)]
        decided = []
        for each in people:
            table, _, key = each.partition("=")
            decided.append(Person("club", table, self.connector.key(table, key)))
        return identify({"club": self.connector}, given, decided).subject

    def plan(self, right: Right = Right.ERASURE, *, now: datetime = NOW) -> Plan:
        """The plan that the map makes."""
        return plan(self.datamap, right, today=now.date())

    def preview(self, subject: Subject, *, now: datetime = NOW) -> Counts:
        """The dry run's counts; raises the failure it met."""
        counted = dry_run(self.plan(now=now), {"club": self.connector}, subject, now=now)["club"]
        if isinstance(counted, Exception):
            raise counted
        return counted

    def erase(
        self, *identities: str, people: Sequence[str] = (), now: datetime = NOW, allow: Sequence[str] = ()
    ) -> "Erasure":
        """Identify, preview, execute, verify. Raises the failure that stopped it."""
        subject = self.subject(*identities, people=people)
        return self.erase_subject(subject, now=now, allow=allow)

    def erase_subject(self, subject: Subject, *, now: datetime = NOW, allow: Sequence[str] = ()) -> "Erasure":
        """As `erase`, for a subject already identified."""
        preview = self.preview(subject, now=now)
        events = list(
            execute(
                self.plan(now=now),
                {"club": self.connector},
                subject,
                now=now,
                entropy=lambda: f"r{next(self.random):011d}",
                allow=frozenset(allow),
            )
        )
        for event in events:
            if isinstance(event, Failed):
                raise event.failure
        return Erasure(preview, events)

    def collect(self, *identities: str, people: Sequence[str] = (), now: datetime = NOW) -> list[Collected]:
        """What her copy holds."""
        subject = self.subject(*identities, people=people)
        steps = self.plan(Right.ACCESS, now=now).of("club")
        collected: list[Collected] = []
        for each in self.connector.collect(steps, subject, now=now):
            if isinstance(each, Attachment):
                whole = b"".join(each.content)
                collected.append(Attachment(each.step, each.table, each.name, iter([whole])))
            else:
                collected.append(each)
        return collected

    def copy(self, *identities: str, people: Sequence[str] = ()) -> dict[str, list[tuple[Any, ...]]]:
        """Her copy as rows by table."""
        found: dict[str, list[tuple[Any, ...]]] = {}
        for each in self.collect(*identities, people=people):
            if isinstance(each, Row):
                found.setdefault(each.table, []).append(tuple(each.values.values()))
        return {table: sorted(rows, key=repr) for table, rows in found.items()}

    def explained(self, *identities: str, now: datetime = NOW) -> str:
        """The plan with its counts, in words."""
        subject = self.subject(*identities)
        return explain(self.plan(now=now), self.datamap, {"club": self.preview(subject, now=now)}).as_text()

    def check(self) -> tuple[Finding, ...]:
        """The findings of `upheld map check`."""
        return self.connector.check()

    def rows(self, table: str, columns: str = "*") -> list[tuple[Any, ...]]:
        """All rows of a table, in the order of their first column, NULLs last."""
        return sorted(
            self.database.rows(f"SELECT {columns} FROM {table}"),
            key=lambda row: [(v is None, str(v)) for v in row],
        )

    def run(self, *statements: str) -> None:
        """Plain SQL, as the organisation's own software would."""
        self.database.run(*statements)


@dataclass(frozen=True)
class Erasure:
    """How one erasure went."""

    preview: Counts
    events: list[Event]

    @property
    def counts(self) -> dict[int, int]:
        """Rows by step, over all transactions."""
        total: dict[int, int] = {}
        for event in self.events:
            if isinstance(event, Committed):
                for each in event.counts:
                    total[each.step] = total.get(each.step, 0) + each.rows
        return total

    @property
    def matched(self) -> dict[str, int]:
        """Distinct rows of hers by table."""
        return {
            each.table: each.matched
            for event in self.events
            if isinstance(event, Committed)
            for each in event.counts.tables
        }

    @property
    def due(self) -> list[Due]:
        """What stays until a day."""
        return [due for event in self.events if isinstance(event, Committed) for due in event.due]

    @property
    def verified(self) -> Verified:
        """The last look."""
        return [event for event in self.events if isinstance(event, Verified)][-1]


def make_world(
    database: Database,
    folder: Path,
    ddl: str,
    tables: str,
    *,
    system: str = "",
    organisation: str = "",
    controller: str = "",
    purposes: str = PURPOSES,
    processors: str = "",
    secrets: Mapping[str, str] | None = None,
) -> World:
    """Create the schema (statements end with `;` and a new line) and read the map. `tables` is the YAML below
    `tables:`, `system` further keys of the system, `organisation` further keys of upheld.yaml, `controller` keys that stand there
    under `organisation:`, in place of the usual ones; `purposes` and `processors` are those files."""
    database.run(*(each.strip() for each in dedent(ddl).split(";\n") if each.strip().rstrip(";")))
    (folder / "systems").mkdir(parents=True, exist_ok=True)
    ours = {line.partition(":")[0] for line in dedent(controller).splitlines() if line[:1].strip()}
    usual = "".join(
        line + "\n" for line in ORGANISATION.splitlines() if line.partition(":")[0].strip() not in ours
    )
    (folder / "upheld.yaml").write_text(
        usual + indent(dedent(controller), "  ") + "\n" + dedent(organisation)
    )
    (folder / "purposes.yaml").write_text(dedent(purposes))
    if processors:
        (folder / "processors.yaml").write_text(dedent(processors))
    head = "system: club\ntitle: The club\nkind: sql\nconnect: ${CLUB_DATABASE_URL}\nplace: DE\n"
    written = head + dedent(system) + "\ntables:\n" + indent(dedent(tables), "  ")
    (folder / "systems" / "club.yaml").write_text(written)
    url = sa.make_url(database.url).render_as_string(hide_password=False)
    return World(database, folder, read(folder), {"CLUB_DATABASE_URL": url, **(secrets or {})})


def steps_of(world: World) -> dict[int, str]:
    """What each step of the erasure is, as `Erase payments`, for readable comparisons."""
    return {
        step.number: f"{type(step).__name__} {step.selection.table}"
        for step in world.plan().of("club")
        if not isinstance(step, Locate | Recount | Refresh | Reset | Task)
    }


def counted(world: World, erasure: Erasure) -> dict[str, int]:
    """Rows by kind of step and table; steps without rows are left out."""
    names = steps_of(world)
    found: dict[str, int] = {}
    for number, rows in erasure.counts.items():
        if rows and number in names:
            found[names[number]] = found.get(names[number], 0) + rows
    return found
