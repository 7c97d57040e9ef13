"""What hangs on what: rows lead to others by the map's own links, whether or not the database guards them.

A row comes back only where what it led to is there, and is what it was: a number or a user name may be a
stranger's by now, and the database would be content with that (scenario 55).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache

import sqlalchemy as sa

from upheld.connectors.sql.columns import NotFitting, Tables, fit
from upheld.connectors.sql.inside import is_in
from upheld.connectors.sql.locate import looked_up
from upheld.connectors.sql.schema import LiveColumn
from upheld.connectors.sql.undo.image import TableImages, Texts, columns_of
from upheld.connectors.sql.undo.text import shown
from upheld.connectors.sql.where import Rows
from upheld.datamap.model import Link, System, Table
from upheld.rights.rows.values import document, normalise, reach
from upheld.rights.subject import Key, Subject

Lost = Mapping[str, Sequence[Key]]
"""Keys of images that do not come back, by live table."""

Held = dict[Key, set[tuple[object, ...]]]
"""By which values each row leads on."""

_EARLY = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Hanging:
    """The links of one system, in one open transaction. `links`: those of each live table, in the order of
    the map; the foreign keys follow, as rows may hang on hers in tables that the map does not know."""

    system: System
    tables: Tables
    connection: sa.Connection
    links: dict[str, tuple[Link, ...]] = field(default_factory=dict)

    @property
    def rows(self) -> Rows:
        """Nobody's: what a link leads to is asked by value."""
        return Rows(self.system, self.tables, Subject(()), _EARLY)

    # --- links ---

    def of(self, name: str) -> tuple[Link, ...]:
        """Every link of a live table: what the map says in its own words, and the foreign keys."""
        if name not in self.links:
            found = dict.fromkeys(each for table in self.system.tables for each in self._of(table, name))
            foreign = [
                Link(tuple(key.columns), to=key.to, key=tuple(key.to_columns))
                for key in self.tables.known_table(name).foreign_keys
            ]
            known = {(each.columns, self._live(each.to), each.key) for each in found if not each.when}
            guarded = [each for each in foreign if (each.columns, each.to, each.key) not in known]
            there = [each for each in found if all(self.tables.has(name, one) for one in each.columns)]
            self.links[name] = (*there, *guarded)
        return self.links[name]

    def _of(self, table: Table, name: str) -> Iterator[Link]:
        for held in table.held_by:
            if self._live(held.table) == name:
                yield Link(held.columns, to=table.name, key=held.key)
        if self._live(table.name) != name:
            return
        yield from table.links
        if table.replies:
            key = self.tables.key(name, table.key or table.person)
            if len(key) == 1:
                yield Link((table.replies.column,), to=table.name, key=key)
        if table.history_of:
            yield Link(table.history_of.columns, to=table.history_of.table, key=table.history_of.key)

    def _live(self, name: str | None) -> str | None:
        live = self.tables.live.get(name) if name else None
        return live.name if live else name

    def _guarded(self, name: str, link: Link) -> bool:
        """The database itself keeps the row that it leads to; SQLite does so only for who asks it to."""
        return self.tables.live.dialect != "sqlite" and any(
            (tuple(key.columns), key.to, tuple(key.to_columns))
            == (link.columns, self._live(link.to), link.key)
            for key in self.tables.known_table(name).foreign_keys
        )

    # --- what they hold ---

    def adrift(self, name: str, keys: Sequence[Key]) -> dict[Key, frozenset[str]]:
        """Of these rows, those that lead to a row that is not there, with the links by which they do."""
        return self._adrift(self._held(name, keys, self._asked(name)), lambda _: set())

    def adrift_before(self, read: Mapping[str, Mapping[Key, Texts]]) -> dict[str, dict[Key, frozenset[str]]]:
        """The same of rows that were just read, by table. Most lead to one another: only what is not among
        them is asked of the database."""

        @cache
        def among(link: Link) -> set[tuple[object, ...]]:
            to = self._live(link.to) or ""
            return set(self._read_as(link, to, link.key, read[to]).values()) if to in read else set()

        found = {}
        for name, rows in read.items():
            asked = self._asked(name)
            plain = [each for each in asked if not (each.when or each.json)]
            held = self._held(name, tuple(rows), [each for each in asked if each not in plain])
            for link in plain:
                those = self._read_as(link, name, link.columns, rows)
                held[link] = {key: {value} for key, value in those.items()}
            found[name] = self._adrift(held, among)
        return found

    def _asked(self, name: str) -> list[Link]:
        return [
            each for each in self.of(name) if each.to and not each.array and not self._guarded(name, each)
        ]

    def _adrift(
        self, every: Mapping[Link, Held], among: Callable[[Link], set[tuple[object, ...]]]
    ) -> dict[Key, frozenset[str]]:
        found: dict[Key, set[str]] = {}
        for link, held in every.items():
            values = {value for values in held.values() for value in values} - among(link)
            lost = values - self._there(link, values)
            for key, own in held.items() if lost else ():
                if not lost.isdisjoint(own):
                    found.setdefault(key, set()).add(named(link))
        return {key: frozenset(names) for key, names in found.items()}

    def _read_as(
        self, link: Link, name: str, columns: Sequence[str], rows: Mapping[Key, Texts]
    ) -> dict[Key, tuple[object, ...]]:
        """The values of a link in rows that were read as texts; rows with a NULL there have none."""
        formed = columns_of(self.tables, name)
        at = {each.name.lower(): number for number, each in enumerate(formed)}
        places = [at[each.lower()] for each in columns if each.lower() in at]
        if len(places) != len(columns):
            return {}
        found = {}
        for key, texts in rows.items():
            values = [shown(formed[place].form, texts[place]) for place in places]
            if None not in values:
                found[key] = self._same(link, values)
        return found

    def parted(
        self, name: str, keys: Sequence[Key], lost: Lost, images: Mapping[str, TableImages]
    ) -> set[Key]:
        """Of these rows, those that lead to what does not come back. Whoever has its key, its user name or
        its address by now is somebody else."""
        if not lost:
            return set()
        found: set[Key] = set()
        wrong = {each: self._wrong(each, lost, images) for each in self.of(name)}
        for link, held in self._held(name, keys, [each for each in wrong if wrong[each]]).items():
            found |= {key for key, values in held.items() if not wrong[link].isdisjoint(values)}
        for table in self.system.tables:
            for holding in table.held_by if self._live(table.name) == name else ():
                own = Link(holding.key, to=holding.table, key=holding.columns)
                gone = self._wrong(own, lost, images)
                if gone:
                    [held] = self._held(name, keys, [own]).values()
                    found |= {key for key, values in held.items() if not gone.isdisjoint(values)}
        return found

    def _held(self, name: str, keys: Sequence[Key], links: Sequence[Link]) -> dict[Link, Held]:
        """For each link the values by which the rows lead on, as its other end would write them."""
        if not links or not keys:
            return {each: {} for each in links}
        rows, key = self.rows, self.tables.key(name)
        for link in links:
            for test in link.when:
                if test.lookup is not None:
                    rows.resolved[test] = looked_up(rows, self.connection, test)
        columns = list(dict.fromkeys(column for link in links for column in link.columns))
        flags = [sa.case((rows.condition(name, link.when), 1), else_=0) for link in links]
        wanted = [self.tables.column(name, column) for column in (*key, *columns)]
        labelled = [each.label(f"_h{number}") for number, each in enumerate((*wanted, *flags))]
        statement = sa.select(*labelled).where(is_in(self.tables, name, key, keys))
        held: dict[Link, Held] = {each: {} for each in links}
        for row in map(tuple, self.connection.execute(statement)):
            values = dict(zip(columns, row[len(key) :], strict=False))
            for link, meant in zip(links, row[len(wanted) :], strict=True):
                ends = [values[column] for column in link.columns]
                if meant and None not in ends:
                    held[link][row[: len(key)]] = set(self._ends(link, ends))
        return held

    def _ends(self, link: Link, values: Sequence[object]) -> Iterator[tuple[object, ...]]:
        several: Iterable[object] = ()
        if link.array:
            listed = document(values[0])
            several = listed if isinstance(listed, list) else ()
        elif link.json:
            several = [each for each in reach(values[0], link.json) if not isinstance(each, list | dict)]
        else:
            yield self._same(link, values)
        for each in several:
            if each is not None:
                yield self._same(link, [each])

    def _same(self, link: Link, values: Sequence[object]) -> tuple[object, ...]:
        """As values of the other end are compared: an identity by its rule, a key in its column's type."""
        if link.to is None:
            return (normalise(values[0], link.normalise),)
        live = self.tables.live.get(link.to)
        known = [live.column(column) if live else None for column in link.key]
        return tuple(_plain(value, column) for value, column in zip(values, known, strict=True))

    def _there(self, link: Link, values: set[tuple[object, ...]]) -> set[tuple[object, ...]]:
        to = link.to or ""
        live = self.tables.live.get(to)
        if not values or live is None or any(live.column(each) is None for each in link.key):
            return set()
        asked = [each for each in values if None not in each]
        columns = [self.tables.column(to, column) for column in link.key]
        meant = sa.and_(is_in(self.tables, to, link.key, asked), self.rows.tenant(to))  # type: ignore[arg-type]
        found = self.connection.execute(sa.select(*columns).where(meant))
        return {self._same(link, tuple(row)) for row in found}

    # --- what does not come back ---

    def _wrong(self, link: Link, lost: Lost, images: Mapping[str, TableImages]) -> set[tuple[object, ...]]:
        """The values that led to rows which do not come back."""
        if link.identity:
            return {
                (normalise(value, each.normalise),)
                for table in self.system.tables
                for each in table.identities
                if each.kind == link.identity
                for (value,) in _were(images, lost, self._live(table.name), (each.column,))
                if value not in (None, "")
            }
        were = _were(images, lost, self._live(link.to), link.key)
        return {self._same(link, values) for values in were if None not in values}


def _were(
    images: Mapping[str, TableImages], lost: Lost, name: str | None, columns: Sequence[str]
) -> Iterator[tuple[object, ...]]:
    """What these columns held in the rows that do not come back."""
    these = images.get(name or "")
    if these is None:
        return
    at = {each.name.lower(): number for number, each in enumerate(these.columns)}
    places = [at[each.lower()] for each in columns if each.lower() in at]
    if len(places) != len(columns):
        return
    for key in lost.get(these.table, ()):
        before = these.rows[key].before
        yield tuple(shown(these.columns[place].form, before[place]) for place in places)


def _plain(value: object, column: LiveColumn | None) -> object:
    """A value as it is compared, read by the driver or from an image; what the column could not hold, as a
    text that nothing there equals."""
    made = value
    if column is not None:
        try:
            made = fit(value, column)  # type: ignore[arg-type]
        except NotFitting:
            made = value
    if isinstance(made, str):
        return made.rstrip(" ")  # a CHAR is padded by some drivers
    return made if isinstance(made, int | float | bytes) or hasattr(made, "as_tuple") else str(made)


def named(link: Link) -> str:
    """The word for a link in an image."""
    return f"{link.name}{link.json or ''}>{link.to}"
