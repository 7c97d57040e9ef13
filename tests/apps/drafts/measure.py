"""Measures a draft: what an erasure by it finds of a person, and whether it touches anybody else.

The draft is used as `upheld map discover` wrote it, on a copy that was restored for it. Twelve people or more are
erased one after the other. Before and after each, every row of the database is read by code that knows nothing of the
product: a place is (table, column, row), and a place is found when her identifiers stood there and no longer do, or
when the draft keeps it on purpose (`retain`) in a column that it names.
"""

import json
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, field
from os import environ
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from sqlalchemy import Engine, create_engine

from tests.apps import scan
from tests.apps.drafts.kept import Kept
from tests.apps.drafts.snapshot import About, At, Others, Place, Refers, Snapshot, hanging, places, take

_SHOWN = 25
_LISTED = ("note:", "doubt:", "stop:")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is erased: of which kind, by which identity, and what she is recognised by."""

    kind: str
    identity: str
    needles: scan.Needles


@dataclass(frozen=True, slots=True)
class Application:
    """An application whose database can be restored. `about` says what cannot be seen from its keys; `schemas` where its
    tables stand, `ready` is its hand-written map if it has one, `variable` what that reads; `refers` which columns hold
    keys of other tables where the schema does not say it."""

    name: str
    restore: Callable[[], str]
    drop: Callable[[], None]
    people: Callable[[Engine], list[Person]]
    others: Callable[[Engine], Others]
    about: tuple[About, ...]
    schemas: tuple[str, ...]
    ready: Path | None = None
    variable: str = ""
    refers: Refers = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Result:
    """One erasure. `kept`: places that stay on purpose. `harm`: rows of others, or of nobody, that changed or went.
    `shared`: rows in which she and somebody else stood, and in which the other no longer stands."""

    kind: str
    before: int
    gone: int
    kept: int
    harm: int
    shared: int
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """A measurement of one map. `missed` and `harmed`: the columns and tables where most was."""

    application: str
    map: str
    tables: int
    rows: int
    proposals: int
    findings: Mapping[str, int]
    people: tuple[Result, ...]
    missed: Mapping[str, int]
    harmed: Mapping[str, int]
    shared: Mapping[str, int]

    @classmethod
    def read(cls, written: Mapping[str, Any]) -> "Figures":
        return cls(**{**written, "people": tuple(Result(**each) for each in written["people"])})

    def written(self) -> dict[str, Any]:
        return asdict(self)

    def sum(self, name: str) -> int:
        return sum(getattr(each, name) for each in self.people)

    def recall(self) -> float:
        """The share of all people's places that are found."""
        return (self.sum("gone") + self.sum("kept")) / (self.sum("before") or 1)

    def gone(self) -> float:
        return self.sum("gone") / (self.sum("before") or 1)


def measure(application: Application, folder: Path, *, ready: bool = False, named: bool = False) -> Figures:
    """Restore, draft (or take the ready map), check, erase everybody, and count. `named`: the draft is told the
    application's schemas."""
    url = application.restore()
    engine = create_engine(url)
    try:
        upheld = _Upheld(folder, {application.variable: url})
        path = (
            upheld.ready(application)
            if ready
            else upheld.draft(application, url, application.schemas if named else ())
        )
        return _measured(application, engine, upheld, path, ready=ready)
    finally:
        engine.dispose()
        application.drop()


def _measured(
    application: Application, engine: Engine, upheld: "_Upheld", path: Path, *, ready: bool
) -> Figures:
    people, others = application.people(engine), application.others(engine)
    keeps = Kept(YAML(typ="safe").load(path))
    findings = upheld.check()
    now = take(engine, application.refers)
    tables, rows = len(now.shapes), len(now.rows)
    results: list[Result] = []
    missed: Counter[str] = Counter()
    harmed: Counter[str] = Counter()
    shared: Counter[str] = Counter()
    for person in people:
        before = now
        refused = upheld.erase(person, accept=not ready)
        now = take(engine, application.refers)
        was = places(before, person.needles)
        left = was & places(now, person.needles)
        kept = keeps.places(before, person.needles, left) if not refused else set()
        missed.update(f"{table}.{column}" for table, column, _ in left - kept)
        touched, both = harm(before, now, was, person, others, application.about)
        harmed.update(table for table, _ in touched)
        shared.update(table for table, _ in both)
        results.append(
            Result(person.kind, len(was), len(was) - len(left), len(kept), len(touched), len(both), refused)
        )
    return Figures(
        application.name, "by hand" if ready else "draft", tables, rows, _proposals(path), findings,
        tuple(results), _most(missed), _most(harmed), _most(shared),
    )  # fmt: skip


def harm(
    before: Snapshot,
    after: Snapshot,
    was: set[Place],
    person: Person,
    others: Others,
    about: tuple[About, ...],
) -> tuple[set[At], set[At]]:
    """Rows of others that were touched, and shared rows in which the other no longer stands."""
    touched = {at for at, cells in before.rows.items() if after.rows.get(at) != cells}
    mine = {(table, key) for table, _, key in was}
    around = hanging(before, mine, person.needles, others, about)
    touched |= after.rows.keys() - before.rows.keys() - moved(before, after, was)
    both = set()
    for at in touched & around & before.rows.keys():
        earlier = others.stand_in(before, at, person.needles)
        still = others.stand_in(after, at, person.needles) if at in after.rows else frozenset()
        if earlier - still:
            both.add(at)
    return touched - around, both


def moved(before: Snapshot, after: Snapshot, was: set[Place]) -> set[At]:
    """New rows that are rows of hers under another key, because she stood in the key itself: what else the key says is
    as it was. One row that went accounts for one that came."""
    hers: dict[At, set[str]] = defaultdict(set)
    for table, column, key in was:
        if column in before.shapes[table].key and (table, key) not in after.rows:
            hers[table, key].add(column)
    gone = Counter((frozenset(columns), _rest(before, at, columns)) for at, columns in hers.items())
    found = set()
    for at in sorted(after.rows.keys() - before.rows.keys()):
        for columns in {each for each, _ in gone}:
            left = (columns, _rest(before, at, columns))
            if gone[left] and at not in found:
                gone[left] -= 1
                found.add(at)
    return found


def _rest(snapshot: Snapshot, at: At, columns: Collection[str]) -> tuple[str, ...]:
    """The table, and what its key says besides those columns."""
    named = zip(snapshot.shapes[at[0]].key, at[1], strict=True)
    return (at[0], *(value for column, value in named if column not in columns))


def _proposals(path: Path) -> int:
    """Decisions that the draft only proposes."""
    return sum("proposed:" in line for line in path.read_text().splitlines())


def _most(counted: Counter[str]) -> dict[str, int]:
    return dict(sorted(counted.most_common(_SHOWN), key=lambda each: (-each[1], each[0])))


class _Upheld:
    """The program as people start it, in a folder of its own."""

    def __init__(self, folder: Path, variables: Mapping[str, str]) -> None:
        self._folder = folder
        self._variables = dict(variables)
        (folder / "privacy" / "systems").mkdir(parents=True)
        about = "organisation: {name: Harbour House, contact: privacy@harbour.example.org}\n"
        (folder / "privacy" / "upheld.yaml").write_text(about)

    def ready(self, application: Application) -> Path:
        assert application.ready is not None, f"{application.name} has no map that was written by hand"
        path = self._folder / "privacy" / "systems" / application.ready.name
        path.write_text(application.ready.read_text())
        return path

    def draft(self, application: Application, url: str, schemas: tuple[str, ...]) -> Path:
        """The draft as it is written; raises RuntimeError where there is none."""
        path = self._folder / "privacy" / "systems" / f"{application.name}.yaml"
        done = self._run(
            *("map", "discover", url, "--system", application.name, "--scratch", "--out", str(path)),
            *(part for schema in schemas for part in ("--schema", schema)),
        )
        if not path.exists():
            raise RuntimeError(f"no draft ({done.returncode}): {(done.stdout + done.stderr)[-3000:]}")
        variable = f"{application.name.upper()}_DATABASE_URL"
        self._variables[variable] = url
        return path

    def check(self) -> dict[str, int]:
        """Findings by severity; empty where the map cannot be read."""
        done = self._run("map", "check", "--json")
        try:
            found = json.loads(done.stdout)["findings"]
        except (ValueError, KeyError):
            return {"unreadable": 1}
        return dict(sorted(Counter(each["severity"] for each in found).items()))

    def erase(self, person: Person, *, accept: bool) -> str:
        """What stood in the way, in the program's words without the person; empty when it was done."""
        accepted = ("--accept-proposals",) if accept else ()
        done = self._run("erase", "--identity", person.identity, "--yes", *accepted)
        if done.returncode == 0:
            return ""
        lines = [*(line for line in done.stdout.splitlines() if "failed" in line), *done.stderr.splitlines()]
        said = [line.strip().replace(person.identity, "…")[:300] for line in lines if line.strip()]
        return next((line for line in said if not line.startswith(_LISTED)), "it ended without a word")

    def _run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "upheld.cli.main", *arguments],
            env={**environ, **self._variables},
            cwd=self._folder,
            capture_output=True,
            text=True,
            check=False,
        )
