"""Which rows a selection means: links, conditions, ages and scopes, decided row by row.

Selections are always judged on the row as it was before the first write, so that an earlier step never hides
a row from a later one; rows that an earlier step removed are skipped by the caller.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from upheld.datamap.model import Condition, Link, System, Table
from upheld.datamap.model import Test as Comparison
from upheld.datamap.period import added
from upheld.rights.outcome import Misconfigured
from upheld.rights.plan import Age, Held, Locate, Scope, Selection, Side, Source, Step
from upheld.rights.rows.values import Row, cast, day, document, equal, normalise, reach, typed
from upheld.rights.subject import Key, Subject

Scan = Callable[[Table], Iterator[Row]]
"""Reads all rows of a table from its beginning; called as often as needed, always with the same result."""


def row_key(table: Table) -> tuple[str, ...]:
    """The columns by which rows of the table are told apart; empty where the map names none."""
    return table.person or table.key


def key_of(row: Row, columns: Sequence[str]) -> Key | None:
    """The values of the columns, comparable by type; None when one is empty."""
    values = tuple(typed(row.get(column)) for column in columns)
    return None if not values or None in values else values  # type: ignore[return-value]


def marked(cell: object) -> bool:
    """Whether a mark is set: not empty, not false, not zero."""
    return cell is not None and str(cell).casefold() not in {"", "0", "f", "false"}


def candidates(row: Row, link: Link) -> Iterator[Key]:
    """The keys that a row holds in a link: one, or as many as its array or JSON column has."""
    if len(link.columns) > 1:
        key = key_of({each: cast(row.get(each), link.cast) for each in link.columns}, link.columns)
        if key is not None:
            yield key
        return
    cell = row.get(link.columns[0])
    found = list(reach(cell, link.json)) if link.json else [cell]
    if link.array:
        found = [each for value in found for each in _elements(value)]
    for value in found:
        plain = cast(value, link.cast)
        if plain is not None and not isinstance(plain, list | dict):
            yield (typed(plain),)  # type: ignore[misc]


def _elements(value: object) -> list[object]:
    inner = document(value)
    return inner if isinstance(inner, list) else []


@dataclass
class Selector:
    """Judges rows of one system for one subject. `locate` must have run before selections are judged."""

    system: System
    scan: Scan
    subject: Subject
    now: datetime
    textual: Callable[[Table], bool] = field(default=lambda _: False)
    keys: dict[str, set[Key]] = field(default_factory=dict)
    _narrowed: dict[object, set[Key]] = field(default_factory=dict)
    _lookups: dict[tuple[object, ...], object] = field(default_factory=dict)
    _identities: dict[tuple[str, str | None], set[str]] = field(default_factory=dict)

    def locate(self, steps: Sequence[Step]) -> None:
        """Find the key sets of all Locate steps, in their order: the deepest level before the first write."""
        for step in steps:
            if isinstance(step, Locate):
                self.keys[step.name] = self._located(step)

    def _located(self, step: Locate) -> set[Key]:
        if step.selection is None:
            given = self.subject.keys(self.system.name, step.table)
            return {tuple(typed(part) for part in key) for key in given}  # type: ignore[misc]
        found = set()
        for row in self.rows(step.selection.table):
            if self.matches(step.selection, row):
                key = key_of(row, step.key)
                if key is not None:
                    found.add(key)
        return found

    # --- rows in scope ---

    def rows(self, name: str) -> Iterator[Row]:
        """The rows of a table that are in the tenant's scope (scenario 35)."""
        table = self.system.table(name)
        for row in self.scan(table):
            if self.inside(table, row):
                yield row

    def inside(self, table: Table, row: Row) -> bool:
        """Whether the row belongs to the tenant that this system is limited to."""
        tenant = self.system.tenant
        if tenant is None or table.tenant == "":
            return True
        return equal(row.get(table.tenant or tenant.column), tenant.value, textual=self.textual(table))

    # --- conditions ---

    def meets(self, table: Table, row: Row, condition: Condition) -> bool:
        """Whether all tests of the condition hold for the row."""
        return all(self._test(table, row.get(test.column), test) for test in condition)

    def _test(self, table: Table, cell: object, test: Comparison) -> bool:
        textual = self.textual(table)
        if test.like is not None:
            pattern = ".*".join(re.escape(part) for part in test.like.split("*"))
            return isinstance(cell, str) and re.fullmatch(pattern, cell, re.DOTALL) is not None
        if test.lookup is not None:
            return cell is not None and typed(cell) == typed(self._looked_up(test))
        if test.marked:
            return marked(cell)
        return any(equal(cell, value, textual=textual) for value in test.values)

    def _looked_up(self, test: Comparison) -> object:
        lookup = test.lookup
        if lookup is None:
            return None
        known = (lookup.table, lookup.match)
        if known not in self._lookups:
            table = self.system.table(lookup.table)
            key = (row_key(table) or ("id",))[0]
            matching = tuple(Comparison(column, (value,)) for column, value in lookup.match)
            found = [row.get(key) for row in self.scan(table) if self.meets(table, row, matching)]
            if len(found) != 1:
                raise Misconfigured(
                    f"A lookup in {self.system.name}.{lookup.table} finds {len(found)} rows.",
                    "It must find one.",
                )
            self._lookups[known] = found[0]
        return self._lookups[known]

    def age(self, row: Row, age: Age) -> bool:
        """Whether the row lies on that side of its period. Rows without a date count as running, so that
        nothing is lost.
        """
        after = day(row.get(age.after))
        over = after is not None and added(after, age.period) < self.today
        return over if age.side is Side.OVER else not over

    def at_end(self, row: Row, links: Sequence[Link]) -> Row:
        """The row at the end of these links; one without values where one of them leads nowhere."""
        for link in links:
            wanted = set(candidates(row, link))
            above = self.rows(str(link.to)) if wanted else ()
            row = next((each for each in above if key_of(each, link.key) in wanted), {})
        return row

    @property
    def today(self) -> date:
        """The calendar day on which periods are measured."""
        return self.now.date()

    # --- links ---

    def values(self, kind: str, how: str | None) -> set[str]:
        """Her verified identities of a kind, normalised as the column's are."""
        if (kind, how) not in self._identities:
            normal = {normalise(value, how) for value in self.subject.values(kind)}
            self._identities[kind, how] = {value for value in normal if value is not None}
        return self._identities[kind, how]

    def led(self, row: Row, source: Source) -> tuple[Key, ...]:
        """The keys, or the identity, by which this link makes the row hers; empty when it does not."""
        link = source.link
        if link.when and not self.meets(self._table_of(source), row, link.when):
            return ()
        if link.identity is not None:
            wanted = self.values(link.identity, link.normalise)
            return tuple(key for key in candidates(row, link) if normalise(key[0], link.normalise) in wanted)
        located = self._located_keys(source.keys)
        return tuple(key for key in candidates(row, link) if key in located)

    def _table_of(self, source: Source) -> Table:
        for table in self.system.tables:
            if source.link in table.links:
                return table
        return Table("")

    def _located_keys(self, name: str | None) -> set[Key]:
        if name not in self.keys:
            raise Misconfigured(
                f"A step of {self.system.name} refers to keys that no step locates.",
                "Plan the request again.",
            )
        return self.keys[name]

    def hers(self, selection: Selection, row: Row) -> bool:
        """Whether the row is hers by any way that the selection names."""
        if selection.people is not None:
            key = key_of(row, selection.key)
            if key is not None and key in self._located_keys(selection.people):
                return True
        return any(self.led(row, source) for source in selection.sources)

    def empty(self, row: Row, link: Link) -> bool:
        """Whether the link holds nobody."""
        return next(candidates(row, link), None) is None

    # --- whole selections ---

    def matches(self, selection: Selection, row: Row) -> bool:
        """Whether the row is among those selected, its scope included."""
        if selection.scope is Scope.SUBTREE:
            marks = [each for each in selection.unless if any(test.marked for test in each)]
            table = self.system.table(selection.table)
            free = not any(self.meets(table, row, condition) for condition in marks)
            return free and key_of(row, selection.key) in self._tree(selection)
        if not self._plain(selection, row):
            return False
        match selection.scope:
            case Scope.ALL:
                return True
            case Scope.LEAVES:
                return key_of(row, selection.key) in self._tree(selection)
            case Scope.ORPHANS:
                return self._orphan(selection, row)
        raise Misconfigured(f"Rows cannot be narrowed to {selection.scope}.")

    def _plain(self, selection: Selection, row: Row) -> bool:
        table = self.system.table(selection.table)
        return (
            self.hers(selection, row)
            and self.meets(table, row, selection.when)
            and not any(self.meets(table, row, condition) for condition in selection.unless)
            and (selection.age is None or self.age(row, selection.age))
            and not (table.person and table.ghost and self.meets(table, row, table.ghost))
        )

    def _orphan(self, selection: Selection, row: Row) -> bool:
        hers = {source.link for source in selection.parties if self.led(row, source)}
        alone = all(source.link in hers or self.empty(row, source.link) for source in selection.parties)
        return alone and not any(
            key_of(row, held.holding.key) in self._held_by_others(selection, held)
            for held in selection.holders
        )

    def _held_by_others(self, selection: Selection, held: Held) -> set[Key]:
        own = (selection, held)
        if own not in self._narrowed:
            mine: set[Key | None] = set()
            for row in self.rows(selection.table):
                if self._plain(selection, row):
                    mine.add(key_of(row, held.holding.key))
            others: set[Key] = set()
            for row in self.rows(held.holding.table):
                key = key_of(row, held.holding.columns)
                if key is None or key not in mine or any(self.led(row, source) for source in held.sources):
                    continue
                if not all(self.empty(row, source.link) for source in held.sources):
                    others.add(key)
            self._narrowed[own] = others
        return self._narrowed[own]

    def _tree(self, selection: Selection) -> set[Key]:
        """Keys for LEAVES and SUBTREE. One pass for each level of the tree that is hers."""
        if selection not in self._narrowed:
            if selection.replies is None or not selection.key:
                raise Misconfigured(
                    f"{self.system.name}.{selection.table} has replies but no key.",
                    "Add `key:` to the table.",
                )
            mine: set[Key] = set()
            for row in self.rows(selection.table):
                key = key_of(row, selection.key)
                if key is not None and self._plain(selection, row):
                    mine.add(key)
            grow = selection.scope is Scope.SUBTREE
            self._narrowed[selection] = (
                self._below(selection, mine) if grow else self._leaves(selection, mine)
            )
        return self._narrowed[selection]

    def _answers(self, selection: Selection) -> Iterator[tuple[Key, Key]]:
        for row in self.rows(selection.table):
            answered = key_of(row, (str(selection.replies),))
            own = key_of(row, selection.key)
            if answered is not None and own is not None:
                yield own, answered

    def _below(self, selection: Selection, found: set[Key]) -> set[Key]:
        size = -1
        while size != len(found):
            size = len(found)
            for own, answered in self._answers(selection):
                if answered in found:
                    found.add(own)
        return found

    def _leaves(self, selection: Selection, found: set[Key]) -> set[Key]:
        size = -1
        while size != len(found):
            size = len(found)
            for own, answered in self._answers(selection):
                if own not in found:
                    found.discard(answered)
        return found
