"""Read what an erasure is about to change, in the transaction that changes it: set by set, never row by row.

The keys of a step's rows are read and locked first, and the step then writes exactly those: what is written
has an image. A row that comes in meanwhile is left for the next round, as scenario 50 wants it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

import sqlalchemy as sa

from upheld.connectors.sql.columns import Tables
from upheld.connectors.sql.inside import KeySet, Predicate, is_in
from upheld.connectors.sql.locate import refuse_misfits
from upheld.connectors.sql.order import Touch
from upheld.connectors.sql.schema import Family, Kind
from upheld.connectors.sql.undo.hanging import Hanging
from upheld.connectors.sql.undo.image import (
    Image,
    TableImages,
    Texts,
    columns_of,
    dumped,
    maker,
    readable,
    texts,
)
from upheld.connectors.sql.undo.text import pinned
from upheld.connectors.sql.write import Writer
from upheld.datamap.model import Tie
from upheld.rights.outcome import Misconfigured
from upheld.rights.plan import Anonymise, Detach, Erase, Recount, Retain, Scope
from upheld.rights.subject import Key

T = TypeVar("T")

SILENT = ("CASCADE", "SET NULL", "SET DEFAULT")
"""What a foreign key does to rows of its own table when the row referred to goes."""


def changes(step: Touch) -> bool:
    """Whether the step writes at all."""
    return isinstance(step, Erase | Anonymise | Detach) or (
        isinstance(step, Retain) and bool(step.assignments)
    )


def enforced(tables: Tables, table: str) -> tuple[str, ...]:
    """The key by which the database itself tells the rows apart; empty where it has none."""
    return tables.key(table)


@dataclass
class Capture:
    """The images of one transaction. `gone` and `changed`: keys by the table's live name;
    `whose` and `adrift`: as in an Image."""

    tables: Tables
    connection: sa.Connection
    system: str
    gone: dict[str, dict[Key, None]] = field(default_factory=dict)
    changed: dict[str, dict[Key, None]] = field(default_factory=dict)
    whose: dict[str, dict[Key, int]] = field(default_factory=dict)
    before: dict[str, dict[Key, Texts]] = field(default_factory=dict)
    adrift: dict[str, dict[Key, frozenset[str]]] = field(default_factory=dict)

    # --- before the write ---

    def steps(self, writer: Writer, steps: Sequence[Touch], recounts: Sequence[Recount] = ()) -> None:
        """Fix the rows of these steps, lock them, and read them; rows that the database changes by itself
        when they go are read, too. Misconfigured for a row that no key of the database tells apart."""
        if self.tables.live.dialect == "postgresql":  # whose conditions mean the same under any setting
            with pinned(self.connection):
                self._fix(writer, steps, recounts)
        else:
            self._fix(writer, steps, recounts)
        self.read()
        self.adrift = Hanging(writer.rows.system, self.tables, self.connection).adrift_before(self.before)

    def _fix(self, writer: Writer, steps: Sequence[Touch], recounts: Sequence[Recount]) -> None:
        by_table: dict[str, list[Touch]] = {}
        for step in steps:
            if changes(step):
                by_table.setdefault(step.selection.table, []).append(step)
        for table, those in by_table.items():
            for step, keys in self.selected(table, [(each, writer.condition(each)) for each in those]):
                writer.fixed[step.number] = KeySet(table, enforced(self.tables, table), keys)
                self._add(self.gone if isinstance(step, Erase) else self.changed, table, keys)
                self._own(writer, step, keys)
        for recount in recounts:
            kept = writer.rows.sets[recount.keys].keys
            these = is_in(self.tables, recount.table, (recount.key,), kept)
            [(_, keys)] = self.selected(recount.table, [(recount, these)])
            self._add(self.changed, recount.table, keys)
        self.follow()

    def _own(self, writer: Writer, step: Touch, keys: tuple[Key, ...]) -> None:
        """Of the rows of a step, which are hers; those below a post of hers may be anybody's."""
        name = self.tables.known_table(step.selection.table).name
        if step.selection.scope is Scope.SUBTREE:
            tree = writer.rows.where(replace(step.selection, scope=Scope.ALL, replies=None))
            [(_, keys)] = self.selected(step.selection.table, [(step, tree)])
        seen = {source.link.tie for source in step.selection.sources} == {Tie.SEES}
        for key in keys:
            self.whose.setdefault(name, {}).setdefault(key, 2 if seen else 1)

    def selected(self, table: str, steps: Sequence[tuple[T, Predicate]]) -> list[tuple[T, tuple[Key, ...]]]:
        """The keys of each step's rows, locked, in one statement a table; with the rows, where reading them
        cannot change what the conditions mean."""
        key, name = self._key(table), self.tables.known_table(table).name
        flags = [sa.case((condition, 1), else_=0).label(f"_{at}") for at, (_, condition) in enumerate(steps)]
        flags = flags if len(steps) > 1 else []
        texts_too = readable(self.tables, name, columns_of(self.tables, name)) if self._at_once(name) else []
        columns = [self.tables.column(table, column) for column in key]
        any_of = sa.or_(*(condition for _, condition in steps))
        statement = sa.select(*columns, *flags, *texts_too).where(any_of)
        if self.tables.live.dialect != "sqlite":
            statement = statement.with_for_update()
        found: list[list[Key]] = [[] for _ in steps]
        made, many, start = maker(self.tables.live.dialect), len(key), len(key) + len(flags)
        before = self.before.setdefault(name, {})
        for row in map(tuple, self.connection.execute(statement)):
            this = row[:many]
            if texts_too:
                before[this] = made(row[start:])
            for keys, mark in zip(found, row[many:start] or (1,), strict=True):
                if mark:
                    keys.append(this)
        for keys in found:
            self._whole(table, key, keys)
        return [(step, tuple(keys)) for (step, _), keys in zip(steps, found, strict=True)]

    def _at_once(self, name: str) -> bool:
        """MariaDB's TIMESTAMP is read in another time zone than the one in which conditions compare it."""
        columns = self.tables.known_table(name).columns.values()
        return self.tables.live.dialect in ("sqlite", "postgresql") or not any(
            each.type_text.lower().startswith("timestamp") for each in columns
        )

    def read(self) -> None:
        """The rows of all keys that were not read with them, as they are before the write."""
        with pinned(self.connection):
            for table in {**self.gone, **self.changed}:
                known = self.before.setdefault(table, {})
                keys = {**self.gone.get(table, {}), **self.changed.get(table, {})}
                missing = tuple(each for each in keys if each not in known)
                columns, key = columns_of(self.tables, table), self._key(table)
                known.update(texts(self.tables, self.connection, table, key, missing, columns))
                for each in [each for each in known if each not in keys]:
                    del known[each]

    def _add(self, to: dict[str, dict[Key, None]], table: str, keys: Iterable[Key]) -> None:
        name = self.tables.known_table(table).name
        to.setdefault(name, {}).update(dict.fromkeys(keys))

    def _key(self, table: str) -> tuple[str, ...]:
        key = enforced(self.tables, table)
        if not key:
            raise Misconfigured(
                f"{self.system}: {table} has no key, so its rows could not be put back.",
                "Give it one, or write `undo: none` for this system.",
            )
        return key

    def _whole(self, table: str, key: tuple[str, ...], keys: Sequence[Key]) -> None:
        if any(None in each for each in keys):
            raise Misconfigured(
                f"{self.system}: rows of {table} have no value in their key, so they could not be put back.",
                "Fill it, or write `undo: none` for this system.",
            )
        numbers = len(key) == 1 and self.tables.known(table, key[0]).family is Family.INTEGER
        if not (numbers and all(type(each[0]) is int for each in keys)):
            refuse_misfits(self.tables, self.system, table, key, keys)

    def follow(self) -> None:
        """Rows that go or lose a reference with rows that go, as far as that leads."""
        waiting = [name for name, keys in self.gone.items() if keys]
        while waiting:
            name = waiting.pop()
            for reference in self.tables.live.refer(name):
                if reference.key.on_delete not in SILENT or self._partition(reference.table):
                    continue
                values = self._values(name, reference.key.to_columns)
                these = is_in(self.tables, reference.table, reference.key.columns, values)
                [(_, keys)] = self.selected(reference.table, [(reference, these)])
                if reference.key.on_delete != "CASCADE":
                    self._add(self.changed, reference.table, keys)
                    continue
                fresh = [key for key in keys if key not in self.gone.get(reference.table, {})]
                if fresh:
                    self._add(self.gone, reference.table, fresh)
                    waiting.append(reference.table)

    def _partition(self, name: str) -> bool:
        return self.tables.known_table(name).kind is Kind.PARTITION

    def _values(self, table: str, columns: tuple[str, ...]) -> tuple[Key, ...]:
        key, keys = self._key(table), tuple(self.gone[table])
        if columns == key:
            return keys
        named = [self.tables.column(table, name) for name in columns]
        found = self.connection.execute(sa.select(*named).where(is_in(self.tables, table, key, keys)))
        return tuple(dict.fromkeys(tuple(row) for row in found if None not in row))

    # --- after it ---

    def images(self) -> list[TableImages]:
        """What was, and what is left: read after the last write of the transaction, before its commit. Rows
        that the write left as they were are none. Misconfigured where a row is no longer found by its key."""
        made: list[TableImages] = []
        with pinned(self.connection):
            for table, before in self.before.items():
                gone = self.gone.get(table, {})
                kept = tuple(key for key in before if key not in gone)
                columns, key = columns_of(self.tables, table), self._key(table)
                after = texts(self.tables, self.connection, table, key, kept, columns)
                if len(after) != len(kept):
                    raise Misconfigured(
                        f"{self.system}: rows of {table} would get another key, and not be found again.",
                        "Delete those rows instead, or write `undo: none` for this system.",
                    )
                whose, adrift = self.whose.get(table, {}), self.adrift.get(table, {})
                rows = {
                    each: Image(
                        old, _left(old, after.get(each)), whose.get(each, 0), adrift.get(each, frozenset())
                    )
                    for each, old in before.items()
                }
                rows = {each: image for each, image in rows.items() if image.left != {}}
                made.append(TableImages(table, key, columns, rows))
        return made

    def dumped(self) -> bytes:
        """The images as bytes to be sealed."""
        return dumped(self.tables.live.dialect, self.images())


def _left(before: Texts, after: Texts | None) -> dict[int, str | None] | None:
    """The columns that became something else; None where the row went."""
    if after is None:
        return None
    pairs = enumerate(zip(before, after, strict=True))
    return {position: new for position, (old, new) in pairs if new != old}
