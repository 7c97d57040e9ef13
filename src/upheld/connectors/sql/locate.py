"""Find what a plan's selections need before anything is written: spellings, lookups, key sets, trees."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, cast

import sqlalchemy as sa

from upheld.connectors.sql.columns import Tables, fits, fitting, storable
from upheld.connectors.sql.inside import KeySet, Predicate, is_in, values_in
from upheld.connectors.sql.spelling import may_be_spelled, spellings
from upheld.connectors.sql.where import Given, Rows
from upheld.datamap.model import Condition, Link, Scalar, Test
from upheld.datamap.normalise import normalise
from upheld.rights.outcome import Misconfigured
from upheld.rights.plan import Locate, Recount, Refresh, Reset, Scope, Selection, Source, Step, Task
from upheld.rights.subject import Key


def selections(steps: Iterable[Step]) -> Iterator[Selection]:
    """Every selection of the steps, those of key sets included."""
    for step in steps:
        if isinstance(step, Locate):
            if step.selection:
                yield step.selection
        elif not isinstance(step, Recount | Refresh | Reset | Task):
            yield step.selection


def prepare(rows: Rows, connection: sa.Connection, steps: Sequence[Step], *, lock: bool = False) -> None:
    """Fill `rows` with all that the steps' conditions refer to. With `lock`, her own rows are locked first,
    so that nothing new can be attached to them where a foreign key guards it (scenario 50)."""
    every = list(selections(steps))
    for selection in every:
        for condition in _conditions(selection):
            for test in condition:
                if test.lookup is not None and test not in rows.resolved:
                    rows.resolved[test] = looked_up(rows, connection, test)
        for table, link in _identity_links(selection):
            spell(rows, connection, table, link)
    for step in steps:
        if isinstance(step, Locate) and step.name not in rows.sets:
            rows.sets[step.name] = _located(rows, connection, step, lock=lock)
            if step.selection:
                rows.located[step.name] = step.selection
    for selection in every:
        if selection.scope in (Scope.LEAVES, Scope.SUBTREE) and selection not in rows.trees:
            rows.trees[selection] = _walked(rows, connection, selection)


def _sources(selection: Selection) -> Iterator[tuple[str, Source]]:
    for source in (*selection.sources, *selection.parties):
        yield selection.table, source
    for held in selection.holders:
        for source in held.sources:
            yield held.holding.table, source


def _conditions(selection: Selection) -> Iterator[Condition]:
    yield selection.when
    yield from selection.unless
    for _, source in _sources(selection):
        yield source.link.when


def _identity_links(selection: Selection) -> Iterator[tuple[str, Link]]:
    for table, source in _sources(selection):
        if source.link.identity and not source.link.array and not source.link.json:
            yield table, source.link


def looked_up(rows: Rows, connection: sa.Connection, test: Test) -> Scalar:
    """The key of the row that a condition names by other columns; None where there is none."""
    lookup = test.lookup
    if lookup is None:
        return None
    table = rows.tables[lookup.table]
    key = rows.tables.key(lookup.table)
    if len(key) != 1:
        raise Misconfigured(
            f"{lookup.table} has no single key to look up.", "Look up a table with one key column."
        )

    def named(rows: Rows, _: Given) -> sa.Select[Any]:
        matching = [values_in(rows.tables, lookup.table, column, [value]) for column, value in lookup.match]
        return sa.select(table.c[key[0]]).where(*matching).limit(2)

    found = rows.ask(connection, ("lookup", lookup), named).rows
    if len(found) > 1:
        raise Misconfigured(
            f"{rows.system.name}: the lookup in {lookup.table} names several rows, there has to be one.",
            "Add a column to the lookup that tells them apart.",
        )
    return cast("Scalar", found[0][0]) if found else None


def spell(rows: Rows, connection: sa.Connection, table: str, link: Link) -> None:
    """Read under which spellings her identities stand in a column: equality with those is exact and
    indexed."""
    column, kind = link.columns[0], link.identity or ""
    if (table, column, kind) in rows.raw:
        return
    read = standing(rows, connection, table, link, rows.subject.values(kind))
    rows.raw[table, column, kind] = tuple(dict.fromkeys(row[0] for row in read))


Also = Callable[[Rows], tuple[Sequence[Any], Sequence[Predicate]]]
"""Further columns that are read, and conditions of the rows."""


def standing(
    rows: Rows,
    connection: sa.Connection,
    table: str,
    link: Link,
    given: Sequence[str],
    also: Also = lambda _: ((), ()),
    site: Hashable = None,
) -> Iterator[tuple[Any, ...]]:
    """Distinct rows of which the identity's column holds one of the `given` values, under whichever spelling
    counts as the same: that value first. The server is asked with a condition that no row meant escapes; what
    it finds too much is sorted out here."""
    rule, live = link.normalise, rows.tables.live
    wanted = {normalise(rule, value) for value in given}
    wanted = {value for value in wanted if value and storable(value)}
    if not wanted:
        return
    spelled = spellings({*wanted, *filter(storable, given)}) if rule in ("email", "casefold") else None

    def likely(rows: Rows, here: Given) -> sa.Select[Any]:
        target = rows.tables.column(table, link.columns[0])
        if spelled is not None:
            them = spelled.awaited(here, "values")
            where = may_be_spelled(live.dialect, target, them, unicode=live.unicode)
        elif (rule or "").startswith("phone"):
            where = _ends_alike(target, here["values"])
        else:
            where = values_in(rows.tables, table, link.columns[0], here["values"])
        columns, more = also(rows)
        return distinct(sa.select(target, *columns).where(where, rows.tenant(table), *more), connection)

    values = spelled.given("values") if spelled else {"values": sorted(wanted)}
    form = ("standing", table, link.columns[0], rule, spelled and spelled.shape, site)
    for row in rows.ask(connection, form, likely, values).rows:
        if normalise(rule, str(row[0])) in wanted:
            yield row


def _ends_alike(target: sa.ColumnElement[Any], values: Sequence[str]) -> Predicate:
    digits: sa.ColumnElement[str] = sa.cast(target, sa.Text())
    for sign in " -()./":
        digits = sa.func.replace(digits, sign, "")
    return sa.or_(*(digits.like("%" + value[-7:].lstrip("+")) for value in values))


def _located(rows: Rows, connection: sa.Connection, step: Locate, *, lock: bool) -> KeySet:
    if step.selection is None:
        keys = tuple(_typed(rows, step, key) for key in rows.subject.keys(rows.system.name, step.table))
        if lock and keys and connection.dialect.name != "sqlite":
            rows.ask(
                connection,
                ("lock", step.name),
                lambda rows, here: _locking(rows, step, here["keys"]),
                {"keys": keys},
            )
        return KeySet(step.table, step.key, tuple(key for key in keys if key))
    selection, site = step.selection, ("located", step.name)
    found = keys_of(rows, connection, step.table, step.key, lambda rows: rows.where(selection), site)
    return KeySet(step.table, step.key, found)


def _locking(rows: Rows, step: Locate, keys: Sequence[Key]) -> sa.Select[Any]:
    statement = sa.select(*(rows.tables.column(step.table, each) for each in step.key))
    return statement.where(is_in(rows.tables, step.table, step.key, keys)).with_for_update()


def _typed(rows: Rows, step: Locate, key: Key) -> Key:
    parts = [
        fitting([value], rows.tables.known(step.table, column))
        for value, column in zip(key, step.key, strict=True)
    ]
    return tuple(part[0] for part in parts) if all(parts) else ()


def keys_of(
    rows: Rows,
    connection: sa.Connection,
    table: str,
    key: tuple[str, ...],
    condition: Callable[[Rows], Predicate],
    site: Hashable = None,
) -> tuple[Key, ...]:
    """Distinct keys of the rows that meet a condition; a key with NULL in it is none."""

    def select(rows: Rows, _: Given) -> sa.Select[Any]:
        columns = [rows.tables.column(table, column) for column in key]
        return distinct(sa.select(*columns).where(condition(rows)), connection)

    read = rows.ask(connection, site, select).rows
    whole = (row for row in read if None not in row)
    keys = tuple(whole if connection.dialect.name in DISTINCT else dict.fromkeys(whole))
    refuse_misfits(rows.tables, rows.system.name, table, key, keys)
    return keys


def refuse_misfits(tables: Tables, system: str, table: str, key: Sequence[str], keys: Iterable[Key]) -> None:
    """Misconfigured for a key that is not of its own column's type (SQLite allows it): no condition on that
    column would find its row again, so that it would stay and nobody would notice."""
    known = [tables.known(table, column) for column in key]
    keys = tuple(keys)
    # Column by column: all of them at once are an iterator for each key, megabytes for a person of many rows.
    if all(fits([each[index] for each in keys], column) for index, column in enumerate(known)):
        return
    for each in keys:
        for value, column in zip(each, known, strict=True):
            if not fitting([value], column):
                raise Misconfigured(
                    f"{system}: {table}.{column.name} holds values that are no {column.type_text}.",
                    "Correct those rows, or give the column the type of what it holds.",
                )


DISTINCT = ("sqlite", "postgresql")


def distinct(statement: sa.Select[Any], connection: sa.Connection) -> sa.Select[Any]:
    """DISTINCT, but not on MariaDB: its collations would give one spelling for several (scenario 63)."""
    return statement.distinct() if connection.dialect.name in DISTINCT else statement


def _walked(rows: Rows, connection: sa.Connection, selection: Selection) -> KeySet:
    key = rows.tables.key(selection.table, selection.key)
    if len(key) != 1 or not selection.replies:
        raise Misconfigured(
            f"{selection.table}: `replies` needs a table with one key column.", "Use `erase: keep`."
        )
    plain = replace(selection, scope=Scope.ALL, replies=None)
    hers = keys_of(rows, connection, selection.table, key, lambda rows: rows.where(plain), ("own", selection))
    own = {row[0] for row in hers}
    reached = _subtree(rows, connection, selection, key, own)
    if selection.scope is Scope.LEAVES:
        reached = _leaves(own, reached)
    return KeySet(selection.table, key, tuple((value,) for value in sorted(reached, key=repr)))


def _subtree(
    rows: Rows, connection: sa.Connection, selection: Selection, key: tuple[str, ...], own: set[Scalar]
) -> dict[Scalar, Scalar]:
    """Each key at or below `own`, with what it answers."""
    table = rows.tables[selection.table]
    column = selection.replies or ""
    parent = rows.tables.column(selection.table, column)

    def below(rows: Rows, here: Given) -> sa.Select[Any]:
        answering = values_in(rows.tables, selection.table, column, here["level"])
        return sa.select(table.c[key[0]], parent).where(answering, rows.tenant(selection.table))

    reached: dict[Scalar, Scalar] = dict.fromkeys(own)
    level = set(own)
    while level:
        found = rows.ask(connection, ("below", selection), below, {"level": list(level)}).rows
        level = set()
        for child, answered in found:
            if child not in reached:
                level.add(child)
            reached[child] = answered
    return reached


def _leaves(own: set[Scalar], reached: dict[Scalar, Scalar]) -> dict[Scalar, Scalar]:
    """Of her rows, those with nothing but her own rows below them."""
    blocked: set[Scalar] = set()
    for child, answered in reached.items():
        if child in own:
            continue
        above = answered
        while above is not None and above not in blocked:
            blocked.add(above)
            above = reached.get(above)
    return {each: reached[each] for each in own if each not in blocked}
