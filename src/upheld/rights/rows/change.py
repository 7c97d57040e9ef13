"""What the steps of a plan make of each row, and what they count, collect and leave due.

Everything is decided before the first write: `prepare` finds keys and recounts; `effect` then gives the fate
of any row, as often as asked, so that a store may rewrite its tables row by row.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from upheld.datamap.model import (
    Assignment,
    Constant,
    Ghost,
    JsonEdit,
    Link,
    Pseudonym,
    System,
    Table,
    Unique,
)
from upheld.datamap.period import added
from upheld.rights.connector import REDACTED, SMALL_TABLE, Entropy
from upheld.rights.connector import Row as Copied
from upheld.rights.outcome import Count, Counts, Due, Misconfigured, Permanent, TableCount
from upheld.rights.plan import (
    NEVER,
    SELF,
    Anonymise,
    Collect,
    Detach,
    Erase,
    EraseFiles,
    Keep,
    Locate,
    Recount,
    Refresh,
    Retain,
    Step,
    Undecided,
)
from upheld.rights.rows.select import Selector, key_of, row_key
from upheld.rights.rows.values import Row, document, edited, equal, reach, typed
from upheld.rights.rows.values import day as day_of
from upheld.rights.subject import Key

_RANDOM = "[a-z0-9]{16,}"

Acting = Erase | Anonymise | Detach | Retain | Keep | Undecided


@dataclass
class Tally:
    """What was counted while rows met their fate."""

    steps: Counter[int] = field(default_factory=Counter)
    others: Counter[int] = field(default_factory=Counter)
    matched: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    seen: Counter[str] = field(default_factory=Counter)
    due: dict[tuple[int, str, str], list[Key]] = field(default_factory=dict)


@dataclass
class Changes:
    """The steps of one system, as they act on rows. `selector` reads the rows; `entropy` is only used by
    `effect`.
    """

    selector: Selector
    steps: Sequence[Step]
    entropy: Entropy
    recounted: dict[tuple[str, Key], dict[str, int]] = field(default_factory=dict)
    _ghosts: dict[str, Row] = field(default_factory=dict)
    _pseudonyms: dict[str, str] = field(default_factory=dict)

    @property
    def system(self) -> System:
        """The system whose rows these are."""
        return self.selector.system

    def prepare(self) -> None:
        """Find all keys, then what will be recounted. Reads only. Misconfigured on a step that rows cannot
        follow, such as a materialised view.
        """
        if any(isinstance(step, Refresh) for step in self.steps):
            raise Misconfigured(
                f"{self.system.name} has no views to refresh.", "Remove `refresh:` from its map."
            )
        self.selector.locate(self.steps)
        for step in self.steps:
            if isinstance(step, Recount):
                self._recount(step)

    def acting(self, table: str) -> tuple[Acting, ...]:
        """The steps that decide about rows of a table, in order."""
        return tuple(
            step for step in self.steps if isinstance(step, Acting) and step.selection.table == table
        )

    @property
    def touched(self) -> tuple[str, ...]:
        """Tables whose rows may change; children before the tables in which people live, whose keys lead back
        to her if the writing stops half-way (scenario 61).
        """
        names = dict.fromkeys(
            step.selection.table
            for step in self.steps
            if isinstance(step, Erase | Anonymise | Detach | Retain)
        )
        names.update(dict.fromkeys(step.table for step in self.steps if isinstance(step, Recount)))
        return tuple(sorted(names, key=lambda name: bool(self.system.table(name).person)))

    # --- one row ---

    def effect(self, table: Table, row: Row, tally: Tally | None = None) -> Row | None:
        """The row afterwards: None when it goes, the very same object when nothing changes."""
        if not self.selector.inside(table, row):
            return row
        tally = Tally() if tally is None else tally
        after: Row | None = row
        mine = False
        for step in self.acting(table.name):
            if after is None:
                break
            if not self.selector.matches(step.selection, row):
                continue
            hers = self.selector.hers(step.selection, row)
            mine = mine or hers
            changed = self._apply(table, step, row, after, tally)
            if isinstance(step, Anonymise | Detach) and changed is after:
                continue
            after = changed
            tally.steps[step.number] += 1
            tally.others[step.number] += not hers
        after = self._with_recounts(table, row, after)
        tally.matched[table.name] += mine
        tally.changed[table.name] += after is not row
        return after

    def _apply(self, table: Table, step: Acting, row: Row, after: Row, tally: Tally) -> Row | None:
        match step:
            case Erase():
                return None
            case Anonymise():
                return self._assigned(table, after, step.assignments)
            case Detach():
                return self._detached(table, step, row, after)
            case Retain():
                self._remember_due(table, step, row, tally)
                return self._assigned(table, after, step.assignments)
            case Undecided():
                raise Misconfigured(
                    f"Nobody decided what happens to some of the rows in {self.system.name}.{table.name}.",
                    f"Add a rule to that table ({table.place}) in place of `ask`.",
                )
        return after

    def _with_recounts(self, table: Table, row: Row, after: Row | None) -> Row | None:
        for step in self.steps:
            if after is not None and isinstance(step, Recount) and step.table == table.name:
                key = key_of(row, (step.key,))
                number = None if key is None else self.recounted.get((step.table, key), {}).get(step.column)
                if number is not None:
                    after = self._set(table, after, step.column, number)
        return after

    def _set(self, table: Table, row: Row, column: str, value: object) -> Row:
        """The row with the value; the same object where it has it already or does not have the column."""
        if column not in row or equal(row[column], value, textual=self.selector.textual(table)):
            return row
        return {**row, column: value}

    # --- assignments ---

    def _assigned(self, table: Table, row: Row, assignments: Sequence[Assignment]) -> Row:
        for each in assignments:
            if not self.holds(table, row, each):
                row = self._assign(table, row, each)
        return row

    def holds(self, table: Table, row: Row, assignment: Assignment) -> bool:
        """Whether the column already is what it has to become: a second run then changes nothing."""
        cell = row.get(assignment.column)
        match assignment.value:
            case Unique(template) | Pseudonym(template):
                pattern = _RANDOM.join(re.escape(part) for part in template.split("{random}"))
                return assignment.column not in row or (
                    isinstance(cell, str) and re.fullmatch(pattern, cell) is not None
                )
            case JsonEdit(edits):
                return all(
                    found is not None and equal(found, new, textual=False)
                    for path, new in edits
                    for found in reach(cell, path)
                )
            case Constant(value):
                return assignment.column not in row or equal(
                    cell, value, textual=self.selector.textual(table)
                )
            case Ghost(column):
                ghost = self._ghost(table).get(column)
                return assignment.column not in row or equal(
                    cell, ghost, textual=self.selector.textual(table)
                )

    def _assign(self, table: Table, row: Row, assignment: Assignment) -> Row:
        match assignment.value:
            case Constant(value):
                return self._set(table, row, assignment.column, value)
            case Unique(template):
                return self._set(table, row, assignment.column, template.replace("{random}", self.entropy()))
            case Pseudonym(template):
                if template not in self._pseudonyms:
                    self._pseudonyms[template] = template.replace("{random}", self.entropy())
                return self._set(table, row, assignment.column, self._pseudonyms[template])
            case Ghost(column):
                return self._set(table, row, assignment.column, self._ghost(table).get(column))
            case JsonEdit(edits):
                cell = row.get(assignment.column)
                for path, new in edits:
                    cell = edited(cell, path, new)
                return self._set(table, row, assignment.column, cell)

    def _ghost(self, table: Table) -> Row:
        """The row that stands for people who left: of this table, or of the person table it links to."""
        names = [table.name, *(link.to for link in table.links if link.to)]
        for name in names:
            if name not in self._ghosts:
                person = self.system.table(name)
                if person.ghost:
                    rows = self.selector.rows(name)
                    found = next(
                        (row for row in rows if self.selector.meets(person, row, person.ghost)), None
                    )
                    if found is not None:
                        self._ghosts[name] = dict(found)
            if name in self._ghosts:
                return self._ghosts[name]
        raise Misconfigured(
            f"{self.system.name}.{table.name} refers to a ghost row that does not exist.",
            "Insert that row, or correct `ghost:` in the map.",
        )

    # --- links ---

    def _detached(self, table: Table, step: Detach, row: Row, after: Row) -> Row:
        for source in step.selection.sources:
            keys = self.selector.led(row, source)
            if keys:
                after = self._cut(table, after, source.link, keys, to_ghost=step.to_ghost)
        return after

    def _cut(self, table: Table, row: Row, link: Link, keys: Sequence[Key], *, to_ghost: bool) -> Row:
        if to_ghost:
            ghost = self._ghost(self.system.table(link.to or table.name))
            for column, key in zip(link.columns, link.key, strict=True):
                row = self._set(table, row, column, ghost.get(key))
            return row
        column = link.columns[0]
        if link.array:
            return self._set(table, row, column, without(row.get(column), link, keys))
        if link.json:
            return self._set(table, row, column, edited(row.get(column), link.json, None))
        for column in link.columns:
            row = self._set(table, row, column, None)
        return row

    # --- numbers ---

    def _remember_due(self, table: Table, step: Retain, row: Row, tally: Tally) -> None:
        on: date | None = step.review
        if step.period and step.after:
            after = day_of(self.selector.at_end(row, step.through).get(step.after))
            on = added(after, step.period) if after else on
        if on is not None:
            key = tuple(row.get(column) for column in row_key(table))
            tally.due.setdefault((step.number, table.name, on.isoformat()), []).append(key)  # type: ignore[arg-type]

    def _recount(self, step: Recount) -> None:
        keys = self.selector.keys.get(step.keys, set())
        numbers = dict.fromkeys(keys, 0)
        table = self.system.table(step.of)
        for row in self.selector.rows(step.of):
            after = self.effect(table, row)
            key = None if after is None else key_of(after, (step.by,))
            if key in numbers:
                numbers[key] += 1
        for key, number in numbers.items():
            self.recounted.setdefault((step.table, key), {})[step.column] = number

    def tally(self, *, undecided: bool = True) -> Tally:
        """Count what every step selects, without writing. With `undecided` False, rows that no rule decides
        about are counted rather than refused.
        """
        tally = Tally()
        for table in self.system.tables:
            acting = self.acting(table.name)
            refused = [step for step in acting if isinstance(step, Undecided)]
            if not acting and table.name not in self.touched:
                continue
            for row in self.selector.rows(table.name):
                tally.seen[table.name] += 1
                waiting = (
                    []
                    if undecided
                    else [each for each in refused if self.selector.matches(each.selection, row)]
                )
                if waiting:
                    tally.steps[waiting[0].number] += 1
                    tally.matched[table.name] += 1
                else:
                    self.effect(table, row, tally)
        return tally

    def counts(self, tally: Tally) -> Counts:
        """The tally as an outcome, with what collecting, files and recounts would touch."""
        found = []
        for step in self.steps:
            match step:
                case Collect(selection=selection):
                    rows = sum(
                        1
                        for row in self.selector.rows(selection.table)
                        if self.selector.matches(selection, row)
                    )
                    found.append(Count(step.number, selection.table, rows))
                    tally.matched[selection.table] = max(tally.matched[selection.table], rows)
                case EraseFiles(selection=selection):
                    found.append(Count(step.number, selection.table, len(self.names(step))))
                case Recount():
                    keys = {key for (table, key), columns in self.recounted.items() if table == step.table}
                    rows = sum(
                        1 for row in self.selector.rows(step.table) if key_of(row, (step.key,)) in keys
                    )
                    found.append(Count(step.number, step.table, rows))
                case Locate() | Refresh():
                    pass
                case _ if isinstance(step, Acting):
                    number = step.number
                    found.append(
                        Count(number, step.selection.table, tally.steps[number], tally.others[number])
                    )
        tables = tuple(TableCount(name, rows) for name, rows in sorted(tally.matched.items()) if rows)
        return Counts(tuple(each for each in found if each.rows), tables)

    def dues(self, tally: Tally) -> tuple[Due, ...]:
        """What stays until a date, by step, table and date."""
        return tuple(
            Due(step, table, on, row_key(self.system.table(table)), tuple(keys))
            for (step, table, on), keys in sorted(tally.due.items())
        )

    def within_limits(self, tally: Tally, allow: frozenset[str]) -> None:
        """Permanent beyond a limit of the map that `allow` does not name."""
        limits = self.system.limits
        total = sum(tally.changed.values())
        if (
            limits.rows_per_person is not None
            and total > limits.rows_per_person
            and "rows_per_person" not in allow
        ):
            raise Permanent(
                f"{total} rows of {self.system.name} would change; the limit is {limits.rows_per_person}.",
                "Look at the plan; to go on, a named person allows rows_per_person.",
            )
        if limits.share_of_table is None or "share_of_table" in allow:
            return
        for table, changed in tally.changed.items():
            size = tally.seen[table]
            if size >= SMALL_TABLE and changed > limits.share_of_table * size:
                raise Permanent(
                    f"{changed} of {tally.seen[table]} rows of {self.system.name}.{table} would change, "
                    f"more than {limits.share_of_table:.0%}.",
                    "Look at the plan; to go on, a named person allows share_of_table.",
                )

    # --- copies and files ---

    def names(self, step: EraseFiles) -> frozenset[str]:
        """The files that go: named by the selected rows, and by no row that is left (scenario 38)."""
        column = step.file.column
        wanted = {
            str(row[column])
            for row in self.selector.rows(step.selection.table)
            if row.get(column) and self.selector.matches(step.selection, row)
        }
        for table in self.system.tables:
            columns = [file.column for file in table.files if file.root == step.file.root]
            for row in self.selector.rows(table.name) if wanted and columns else ():
                after = self.effect(table, row)
                if after is not None:
                    wanted -= {str(after.get(each)) for each in columns}
        return frozenset(wanted)

    def collect(self) -> Iterator[tuple[Collect, Row, Copied]]:
        """The rows of the Collect steps as copied for her, each beside the row itself."""
        for step in self.steps:
            if isinstance(step, Collect):
                for row in self.selector.rows(step.selection.table):
                    if self.selector.matches(step.selection, row):
                        yield step, row, self._copy(step, row)

    def _copy(self, step: Collect, row: Row) -> Copied:
        selection = step.selection
        herself = (
            selection.people is not None
            and key_of(row, selection.key) in self.selector.keys[selection.people]
        )
        led = {source.link.name: bool(self.selector.led(row, source)) for source in selection.sources}
        owned = [
            source for source in selection.sources if source.link.tie == "owns" and led[source.link.name]
        ]
        hidden = set()
        for column, link in step.redact:
            shown = herself if link == SELF else link != NEVER and led.get(link, False)
            if not shown and row.get(column) is not None:
                hidden.add(column)
        values: dict[str, object] = {
            column: REDACTED if column in hidden else value for column, value in row.items()
        }
        redacted = tuple(name for name, value in values.items() if value is REDACTED)
        key = row_key(self.system.table(selection.table))
        return Copied(step.number, selection.table, values, redacted, mine=herself or bool(owned), key=key)


def without(cell: object, link: Link, keys: Sequence[Key]) -> object:
    """The array without the elements that are her keys; text stays text."""
    gone = {key[0] for key in keys}
    inner: object = next(reach(cell, link.json), None) if link.json else document(cell)
    if not isinstance(inner, list):
        return cell
    rest = [each for each in inner if typed(each) not in gone]
    if link.json:
        return edited(cell, link.json, rest)
    if isinstance(cell, str):
        text = edited(f'{{"a": {cell}}}', "a", rest)
        return str(text)[str(text).index("[") : -1]
    return rest
