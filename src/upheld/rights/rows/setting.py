"""Steps that set single cells, for stores whose rows are rewritten one by one: as `change` is for erasing."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal

from upheld.datamap.model import Scalar, System, Table
from upheld.rights.cells import dumped, loaded
from upheld.rights.connector import SMALL_TABLE
from upheld.rights.connector import Row as Copied
from upheld.rights.outcome import (
    Count,
    Counts,
    Due,
    Incomplete,
    Misconfigured,
    Permanent,
    Remnant,
    TableCount,
    Verified,
)
from upheld.rights.plan import Collect, Correct, Keep, Reset, Restrict, Setting, Step, Unmarked
from upheld.rights.rows.change import Tally
from upheld.rights.rows.select import Selector, key_of, marked, row_key
from upheld.rights.rows.values import Row, edited, equal, reach
from upheld.rights.subject import Cell, Key

MARK = "restricted"
"""What a mark says where it is a text."""


def sets_cells(steps: Sequence[Step]) -> bool:
    """Whether these steps set cells, and do not erase."""
    return any(isinstance(step, Setting) for step in steps)


def lacking_marks(system: str, tables: Sequence[str]) -> Incomplete:
    """What is said of rows that stay usable for want of a mark."""
    return Incomplete(
        f"{system}: her rows in {', '.join(tables)} are not restricted; the map names no mark for them.",
        "Add a column for the mark and `restriction:` in the map, or `accept` restriction.absent "
        "with the reason, then `upheld resume`.",
    )


def changed_since(system: str, table: str, column: str, values: int) -> Permanent:
    """What is said where something else stands than the preview showed. Nothing is written then."""
    return Permanent(
        f"{system}: {values} values of {table}.{column} are no longer what the preview showed. "
        "Nothing was written.",
        "Ask for the correction again: it shows what stands there now.",
    )


@dataclass
class Sets:
    """The steps of one system as they set cells. `cells` are those to set, `already` rows that are marked."""

    selector: Selector
    steps: Sequence[Step]
    cells: list[Cell] = field(default_factory=list)
    already: list[Cell] = field(default_factory=list)
    left: Counter[str] = field(default_factory=Counter)
    _by_row: dict[tuple[str, Key], list[Cell]] = field(default_factory=dict)

    @property
    def system(self) -> System:
        """The system whose rows these are."""
        return self.selector.system

    def prepare(self) -> None:
        """Find all keys and cells. Reads only. What a correction finds changed is kept for `tally` to
        refuse."""
        self.selector.locate(self.steps)
        for step in self.steps:
            if isinstance(step, Restrict):
                self._restrict(step)
            elif isinstance(step, Reset | Correct):
                self._standing(step)
        for each in self.cells:
            self._by_row.setdefault((each.table, each.key), []).append(each)

    def _key(self, table: Table, row: Row) -> Key:
        key = key_of(row, row_key(table))
        if key is None:
            raise Misconfigured(
                f"{self.system.name}: {table.name} has no key, so its rows cannot be told apart.",
                "Declare `key:` in the map.",
            )
        return key

    def _restrict(self, step: Restrict) -> None:
        table = self.system.table(step.selection.table)
        value: Scalar = None
        for row in self.selector.rows(table.name):
            if not self.selector.matches(step.selection, row):
                continue
            if step.column not in row:
                raise Misconfigured(
                    f"{self.system.name}: rows of {table.name} have no {step.column} for the mark.",
                    "Add it to every row, empty.",
                )
            key, there = self._key(table, row), row[step.column]
            cell = Cell(step.number, table.name, row_key(table), key, step.column, there, there)  # type: ignore[arg-type]
            if step.value is not None:
                said = self._said(table, step.value)
                if not self._same(table, there, said):
                    self.cells.append(replace(cell, after=said))
            elif marked(there):
                self.already.append(cell)
            else:
                value = value or self._mark(table, step.column)
                self.cells.append(replace(cell, after=value))

    def _said(self, table: Table, value: Scalar) -> Scalar:
        """A value of the map as the store writes it."""
        if not self.selector.textual(table):
            return value
        return str(value).lower() if isinstance(value, bool) else str(value)

    def _mark(self, table: Table, column: str) -> Scalar:
        """A mark of the kind that the column has in other rows; a text where it is empty in all."""
        if self.selector.textual(table):
            return MARK
        there = (row.get(column) for row in self.selector.rows(table.name))
        kind = next((type(each) for each in there if each not in (None, "")), str)
        known: dict[type, Scalar] = {
            bool: True,
            int: 1,
            float: 1,
            Decimal: 1,
            datetime: self.selector.now,
            date: self.selector.now.date(),
        }
        return known.get(kind, MARK)

    def _standing(self, step: Reset | Correct) -> None:
        given = [each for each in self.selector.subject.cells if each.step == step.number]
        if not given:
            return
        table = self.system.table(given[0].table)
        now: dict[Key, Row] = {}
        for row in self.selector.rows(table.name):
            if isinstance(step, Reset) or self.selector.matches(step.selection, row):
                key = key_of(row, row_key(table))
                if key is not None:
                    now[key] = row
        for each in given:
            if each.key not in now:
                self.left[table.name] += isinstance(step, Correct)
            elif self._same(table, stands(each, now[each.key].get(each.column)), each.after):
                continue
            elif self._same(table, stands(each, now[each.key].get(each.column)), each.before):
                self.cells.append(each)
            else:
                self.left[table.name] += 1

    def _same(self, table: Table, there: object, seen: object) -> bool:
        return equal(there, seen, textual=self.selector.textual(table))

    # --- as `Changes` has it ---

    @property
    def touched(self) -> tuple[str, ...]:
        """Tables whose rows change."""
        return tuple(dict.fromkeys(each.table for each in self.cells))

    def effect(self, table: Table, row: Row, _tally: Tally | None = None) -> Row | None:
        """The row afterwards; the very same object when nothing changes."""
        if not self.cells or not self.selector.inside(table, row):
            return row
        key = key_of(row, row_key(table))
        after: Row = row
        for each in self._by_row.get((table.name, key), ()) if key else ():
            there = after.get(each.column)
            value = each.after if each.json is None else edited(there, each.json, each.after)
            after = {**after, each.column: value}
        return after

    def tally(self, *, undecided: bool = True) -> Tally:
        """Refuses, before anything is written, what a correction finds changed since its preview."""
        if undecided:
            for step in self.steps:
                if isinstance(step, Correct) and self.left[step.selection.table]:
                    table = step.selection.table
                    raise changed_since(self.system.name, table, step.column, self.left[table])
        tally = Tally()
        tally.changed.update(Counter({each.table: 1 for each in self.cells}))
        return tally

    def within_limits(self, _tally: Tally, allow: frozenset[str]) -> None:
        """Permanent beyond a limit of the map that `allow` does not name. What is only put back has none."""
        most = self.system.limits.rows_per_person
        resets = {step.number for step in self.steps if isinstance(step, Reset)}
        rows = len(self._rows_but(resets))
        if most is not None and rows > most and "rows_per_person" not in allow:
            raise Permanent(
                f"{rows} rows of {self.system.name} would change; the limit is {most}.",
                "Look at the plan; to go on, a named person allows rows_per_person.",
            )
        share = self.system.limits.share_of_table
        if share is None or "share_of_table" in allow:
            return
        touched = Counter(table for table, _ in self._rows_but(resets))
        for table, changed in touched.items():
            size = sum(1 for _ in self.selector.rows(table))
            if size >= SMALL_TABLE and changed > share * size:
                raise Permanent(
                    f"{changed} of {size} rows of {self.system.name}.{table} would change, "
                    f"more than {share:.0%}.",
                    "Look at the plan; to go on, a named person allows share_of_table.",
                )

    def _rows_but(self, resets: set[int]) -> set[tuple[str, Key]]:
        return {(each.table, each.key) for each in self.cells if each.step not in resets}

    def counts(self, _tally: Tally) -> Counts:
        """Rows by step and table."""
        by_step = Counter((each.step, each.table) for each in self.cells)
        steps = [Count(number, table, rows) for (number, table), rows in sorted(by_step.items())]
        steps += [
            Count(step.number, step.selection.table, rows)
            for step in self.steps
            if isinstance(step, Keep | Unmarked) and (rows := self._many(step))
        ]
        rows_of = Counter(table for table, _ in self._by_row)
        left = tuple(TableCount(table, rows) for table, rows in sorted(self.left.items()) if rows)
        return Counts(tuple(steps), tuple(TableCount(*each) for each in sorted(rows_of.items())), left)

    def _many(self, step: Keep | Unmarked) -> int:
        rows = self.selector.rows(step.selection.table)
        return sum(1 for row in rows if self.selector.matches(step.selection, row))

    def dues(self, _tally: Tally) -> tuple[Due, ...]:
        """None: nothing of this is kept until a date."""
        return ()

    # --- what is remembered, and the look afterwards ---

    @property
    def traces(self) -> bytes:
        """What was set, for verification."""
        return dumped(self.cells)

    @property
    def before(self) -> bytes:
        """What stood there, for the way back."""
        return dumped((*self.already, *self.cells))

    @property
    def lacking(self) -> tuple[str, ...]:
        """Tables with rows of hers for which the map names no mark."""
        tables = [
            step.selection.table for step in self.steps if isinstance(step, Unmarked) and self._many(step)
        ]
        return tuple(dict.fromkeys(tables))

    def verified(self, traces: Sequence[bytes]) -> Verified:
        """Marks that are missing, and cells that do not stand as they were left."""
        wrong: Counter[tuple[str, str, str]] = Counter()
        searched: dict[str, None] = {}
        for step in self.steps:
            if isinstance(step, Restrict):
                searched[f"{step.selection.table}.{step.column}"] = None
        for each in self.cells:
            if any(isinstance(step, Restrict) and step.number == each.step for step in self.steps):
                wrong[each.table, each.column, "unmarked"] += 1
        cells = loaded(traces)
        for name in dict.fromkeys(each.table for each in cells):
            table = self.system.table(name)
            now = {key_of(row, row_key(table)): row for row in self.selector.rows(name)}
            for each in (each for each in cells if each.table == name):
                searched[f"{name}.{each.column}"] = None
                row = now.get(each.key)
                there = None if row is None else stands(each, row.get(each.column))
                wrong[name, each.column, "value"] += row is not None and not self._same(
                    table, there, each.after
                )
        remnants = tuple(Remnant(*where[:2], rows, where[2]) for where, rows in wrong.items() if rows)
        return Verified(self.system.name, remnants, tuple(searched))

    def collect(self) -> Iterator[tuple[Collect, Row, Copied]]:
        """Nothing: what is to be corrected is given by `to_correct`."""
        return iter(())

    def to_correct(self) -> Iterator[Copied]:
        """For each Correct step her rows with the one value that it is about."""
        for step in self.steps:
            if isinstance(step, Correct):
                table = self.system.table(step.selection.table)
                for row in self.selector.rows(table.name):
                    if self.selector.matches(step.selection, row) and step.column in row:
                        self._key(table, row)
                        names = (*row_key(table), step.column)
                        values = {name: row[name] for name in names}
                        yield Copied(step.number, table.name, values, key=row_key(table))


def stands(cell: Cell, value: object) -> object:
    """What of a column's value the cell is about: all of it, or what stands at its path."""
    return value if cell.json is None else next(reach(value, cell.json), None)
