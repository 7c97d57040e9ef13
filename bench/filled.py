"""Very many cases in our own records: a few are made by the verbs, the others are copies of their rows.

A copy has keys, digests and numbers of its own, and its own time. What is sealed in it cannot be opened:
pages are asked for with a case that was made.
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import BinaryField, Field, Max, Model, UUIDField

TOGETHER = 2_000


@dataclass(frozen=True, slots=True)
class Pattern:
    """One row that is copied with others. `own`: the columns that each copy has anew, by what is put there:
    another of the copied rows, or something unlike all others."""

    model: type[Model]
    row: Model
    links: Mapping[str, tuple[type[Model], Any]]
    unlike: tuple[str, ...]


def copies(roots: Sequence[tuple[Model, int, int]], *, seed: int) -> int:
    """Copy each root with everything that hangs on it so many times, within so many days before; gives how
    many rows were written."""
    chance, numbers, written = random.Random(seed), _Numbers(), 0
    durably(False)
    for root, many, days in roots:
        patterns = _patterns(root)
        makers = _makers(patterns, chance, numbers)
        for start in range(0, many, TOGETHER):
            made = [
                _copied(patterns, makers, chance, numbers, days) for _ in range(min(TOGETHER, many - start))
            ]
            with transaction.atomic(), _unguarded():
                for place, pattern in enumerate(patterns):
                    _insert(pattern.model, [each[place] for each in made])
            written += len(patterns) * len(made)
    numbers.reset()
    durably(True)
    return written


def durably(wait: bool) -> None:
    """Whether SQLite waits for the disk; a server of PostgreSQL that is measured never does."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA synchronous = {'FULL' if wait else 'OFF'}")


@contextmanager
def _unguarded() -> Iterator[None]:
    """Without the triggers, which want some of these rows in the order in which they were written first."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
            yield
            return
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
        for name, _ in triggers:
            cursor.execute(f'DROP TRIGGER "{name}"')
        yield
        for _, sql in triggers:
            cursor.execute(sql, None)


class _Numbers:
    """The next number of a column that counts."""

    def __init__(self) -> None:
        self._next: dict[tuple[type[Model], str], int] = {}

    def next(self, model: type[Model], name: str) -> int:
        if (model, name) not in self._next:
            self._next[model, name] = model._base_manager.aggregate(top=Max(name))["top"] or 0
        self._next[model, name] += 1
        return self._next[model, name]

    def reset(self) -> None:
        """Let the database count on from there."""
        if connection.vendor != "postgresql":
            return
        with connection.cursor() as cursor:
            for model, name in self._next:
                table = model._meta.db_table
                if model._meta.pk.name == name:
                    cursor.execute(
                        f"SELECT setval(pg_get_serial_sequence('{table}', '{name}'), max({name}))"
                        f" FROM {table}"
                    )


def _patterns(root: Model) -> list[Pattern]:
    """The root and all rows that hang on it, each after those that it names."""
    rows: dict[tuple[type[Model], Any], Model] = {}
    todo = [root]
    while todo:
        row = todo.pop()
        if (type(row), row.pk) in rows:
            continue
        rows[type(row), row.pk] = row
        for relation in row._meta.related_objects:
            if relation.related_model is not type(row):  # a plan like another may be of somebody else
                todo += relation.related_model._base_manager.filter(**{relation.field.name: row})
    ordered: list[tuple[type[Model], Any]] = []

    def put(key: tuple[type[Model], Any]) -> None:
        if key in ordered:
            return
        for target in _links(rows[key], rows).values():
            put(target)
        ordered.append(key)

    for key in rows:
        put(key)
    return [Pattern(key[0], rows[key], _links(rows[key], rows), _unlike(key[0], rows)) for key in ordered]


def _links(row: Model, rows: Mapping[tuple[type[Model], Any], Model]) -> dict[str, tuple[type[Model], Any]]:
    """The columns that name another row that is copied too."""
    found = {}
    for field in row._meta.concrete_fields:
        if field.remote_field is not None:
            target = (field.remote_field.model, getattr(row, field.attname))
            if target in rows:
                found[field.attname] = target
    return found


def _unlike(model: type[Model], rows: Mapping[tuple[type[Model], Any], Model]) -> tuple[str, ...]:
    """The columns of which no two rows may have the same, and whose row is not told apart by a link."""
    copied = {each for each, _ in rows}
    found = {each.attname for each in model._meta.concrete_fields if each.unique and not each.remote_field}
    for constraint in model._meta.constraints:
        fields = [model._meta.get_field(each) for each in getattr(constraint, "fields", ())]
        if fields and not any(each.remote_field and each.remote_field.model in copied for each in fields):
            found.add(fields[-1].attname)
    return tuple(sorted(found - {model._meta.pk.attname}))


@dataclass(slots=True)
class _Copy:
    """One copy of all of them while it is made: its keys, by those of the rows, and how long ago it was."""

    keys: Mapping[tuple[type[Model], Any], Any]
    named: Mapping[str, str]
    days: int


_Maker = Callable[[_Copy], Any]
"""Gives the value of one column, as the database takes it."""


def _makers(
    patterns: Sequence[Pattern], chance: random.Random, numbers: _Numbers
) -> list[tuple[_Maker, ...]]:
    """Of each pattern, of each column: most are the same in every copy, and prepared once."""
    known = {
        str(each.row.pk)
        for each in patterns
        if isinstance(each.row.pk, UUID) and not each.model._meta.pk.remote_field
    }
    return [
        tuple(_maker(each, field, known, chance, numbers) for field in each.model._meta.concrete_fields)
        for each in patterns
    ]


def _maker(
    each: Pattern, field: "Field[Any, Any]", known: set[str], chance: random.Random, numbers: _Numbers
) -> _Maker:
    value = getattr(each.row, field.attname)

    def put(made: Any) -> Any:
        return field.get_db_prep_save(made, connection)

    @cache
    def before(days: int) -> Any:
        return put(value - timedelta(days=days))

    if field is each.model._meta.pk and not field.remote_field:
        return lambda copy: put(copy.keys[each.model, each.row.pk])
    if field.attname in each.links:
        return lambda copy: put(copy.keys[each.links[field.attname]])
    if isinstance(value, str) and value in known:
        return lambda copy: put(copy.named[value])
    if field.attname in each.unlike and value not in ("", None):
        return lambda _: put(_fresh(each.model, field, value, chance, numbers))
    if isinstance(value, date | datetime):
        return lambda copy: before(copy.days)
    same = put(value)
    return lambda _: same


def _copied(
    patterns: Sequence[Pattern],
    makers: Sequence[tuple[_Maker, ...]],
    chance: random.Random,
    numbers: _Numbers,
    days: int,
) -> list[list[Any]]:
    """The values of one copy of all of them."""
    keys = {
        (each.model, each.row.pk): _fresh(each.model, each.model._meta.pk, each.row.pk, chance, numbers)
        for each in patterns
        if not each.model._meta.pk.remote_field
    }
    named = {str(old): str(new) for (_, old), new in keys.items() if isinstance(old, UUID)}
    copy = _Copy(keys, named, chance.randrange(max(days, 1)))
    return [[make(copy) for make in each] for each in makers]


def _fresh(
    model: type[Model], field: "Field[Any, Any]", value: Any, chance: random.Random, numbers: _Numbers
) -> Any:
    if isinstance(field, UUIDField):
        return UUID(int=chance.getrandbits(128), version=4)
    if isinstance(field, BinaryField):
        return chance.randbytes(len(value))
    if isinstance(value, str):
        size = max(len(value), 24)
        return f"{chance.getrandbits(4 * size):0{size}x}"
    return numbers.next(model, field.attname)


def _insert(model: type[Model], rows: list[list[Any]]) -> None:
    columns = ", ".join(f'"{each.column}"' for each in model._meta.concrete_fields)
    if connection.vendor == "postgresql":
        with (
            connection.cursor() as cursor,
            cursor.copy(f'COPY "{model._meta.db_table}" ({columns}) FROM STDIN') as copy,
        ):
            for row in rows:
                copy.write_row(row)
        return
    places = ", ".join(["%s"] * len(model._meta.concrete_fields))
    with connection.cursor() as cursor:
        cursor.executemany(f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES ({places})', rows)
