"""Our own statements that are asked for each person: put together once, then run with her values.

Django puts a query together each time it is run, and that takes several times as long as its answer. Where a
verb is done thousands of times its queries stand here as values; everything else stays with Django. What such
a query says is Django's own words, so that a model or a database that changes changes it too.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.db.models import Expression, QuerySet
from django.db.models.query import ValuesListIterable, get_related_populators
from django.db.models.sql import DeleteQuery, UpdateQuery


class Slot(Expression):
    """Stands for a value that comes when the query is run. Never for NULL, which nothing equals."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:  # noqa: ARG002 - Django's signature
        """Itself as its own parameter."""
        return "%s", [self]


class Rows:
    """A query for rows. `build` gives it, with slots; its rows are models, or tuples of a values_list."""

    def __init__(self, build: Callable[[], "QuerySet[Any, Any]"]) -> None:
        self._build = build
        self._made: dict[str, tuple[str, Sequence[Any], Callable[[Any], Any]]] = {}

    def all(self, **given: Any) -> list[Any]:
        """Its rows now."""
        sql, parameters, read = self._of(connection.vendor)
        with connection.cursor() as cursor:
            cursor.execute(sql, _filled(parameters, given))
            return [read(row) for row in cursor.fetchall()]

    def first(self, **given: Any) -> Any:
        """The first of them, or None."""
        found = self.all(**given)
        return found[0] if found else None

    def any(self, **given: Any) -> bool:
        """Whether there are some."""
        return bool(self.all(**given))

    def _of(self, vendor: str) -> tuple[str, Sequence[Any], Callable[[Any], Any]]:
        if vendor not in self._made:
            query = self._build()
            compiler = query.query.get_compiler(connection=connection)
            sql, parameters = compiler.as_sql()
            self._made[vendor] = (sql, parameters, _reader(query, compiler))
        return self._made[vendor]


class Changes:
    """A query that changes rows: those that `build` selects."""

    def __init__(self, build: Callable[[], "QuerySet[Any, Any]"]) -> None:
        self._build = build
        self._made: dict[tuple[str, tuple[str, ...]], tuple[str, Sequence[Any], Mapping[str, Any]]] = {}

    def run(self, changes: Mapping[str, Any], **given: Any) -> int:
        """How many rows it changed. `changes`: the fields' new values."""
        sql, parameters, fields = self._of(connection.vendor, tuple(changes))
        written = {
            f"set:{name}": fields[name].get_db_prep_save(value, connection) for name, value in changes.items()
        }
        with connection.cursor() as cursor:
            cursor.execute(sql, _filled(parameters, given, written))
            return int(cursor.rowcount)

    def _of(self, vendor: str, names: tuple[str, ...]) -> tuple[str, Sequence[Any], Mapping[str, Any]]:
        if (vendor, names) not in self._made:
            query = self._build()
            update: Any = query.query.chain(UpdateQuery)
            update.add_update_values({name: Slot(f"set:{name}") for name in names})
            sql, parameters = update.get_compiler(connection=connection).as_sql()
            fields = {name: query.model._meta.get_field(name) for name in names}  # noqa: SLF001 - Django's way to ask
            self._made[vendor, names] = (sql, parameters, fields)
        return self._made[vendor, names]


class Deletes:
    """A query that deletes what `build` selects: rows that nothing refers to, so that nothing goes with
    them."""

    def __init__(self, build: Callable[[], "QuerySet[Any, Any]"]) -> None:
        self._build = build
        self._made: dict[str, tuple[str, Sequence[Any]]] = {}

    def run(self, **given: Any) -> int:
        """How many there were."""
        vendor = connection.vendor
        if vendor not in self._made:
            delete = self._build().query.chain(DeleteQuery)
            self._made[vendor] = delete.get_compiler(connection=connection).as_sql()
        sql, parameters = self._made[vendor]
        with connection.cursor() as cursor:
            cursor.execute(sql, _filled(parameters, given))
            return int(cursor.rowcount)


def numbered(values: Iterable[Any]) -> dict[str, Any]:
    """The values by their places, for queries of so many slots."""
    return {str(place): value for place, value in enumerate(values)}


def save(changes: Changes, row: models.Model, *names: str) -> None:
    """These fields of a row, as `row.save(update_fields=…)` writes them."""
    changes.run({name: getattr(row, name) for name in names}, pk=row.pk)


def renew(row: models.Model, fresh: models.Model) -> None:
    """What `fresh`, just read, says of the same row."""
    for field in row._meta.concrete_fields:  # noqa: SLF001 - Django's way to ask
        setattr(row, field.attname, getattr(fresh, field.attname))


def gather(row: models.Model, name: str, rows: Sequence[models.Model]) -> None:
    """These are all rows of the relation: who asks for them asks the database no more, as after
    `prefetch_related`."""
    relation: Any = row._meta.get_field(name)  # noqa: SLF001 - Django's way to ask
    field = relation.field.cache_name
    for each in rows:
        each._state.fields_cache[field] = row  # noqa: SLF001 - as Django does
    row.__dict__.setdefault("_prefetched_objects_cache", {})[relation.cache_name] = _Known(row, name, rows)


class _Known:
    """What a relation gives whose rows were gathered. Whatever is asked but for all of them is asked of the
    database: Django puts that query together for each row, which takes longer than reading the rows."""

    __slots__ = ("_name", "_row", "_rows")

    def __init__(self, row: models.Model, name: str, rows: Sequence[models.Model]) -> None:
        self._row, self._name, self._rows = row, name, rows

    def all(self) -> "_Known":
        """All of them."""
        return self

    def exists(self) -> bool:
        """Whether there are some."""
        return bool(self._rows)

    def __iter__(self) -> Iterator[models.Model]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def __getattr__(self, what: str) -> Any:
        manager = getattr(self._row, self._name)
        every = manager.model._default_manager.get_queryset()  # noqa: SLF001 - as Django does
        return getattr(manager._apply_rel_filters(every), what)  # noqa: SLF001 - as above


def _filled(
    parameters: Sequence[Any], given: Mapping[str, Any], written: Mapping[str, Any] | None = None
) -> list[Any]:
    ready = written or {}
    return [
        each
        if not isinstance(each, Slot)
        else ready[each.name]
        if each.name in ready
        else _plain(given[each.name])
        for each in parameters
    ]


def _plain(value: Any) -> Any:
    """As the driver takes it."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, UUID):
        return value.hex if connection.vendor == "sqlite" else value
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, date):
        return connection.ops.adapt_datefield_value(value)
    if value is None:
        raise TypeError("A slot never stands for NULL.")
    return value


def _reader(query: "QuerySet[Any, Any]", compiler: Any) -> Callable[[Any], Any]:
    """How a row becomes what the query gives, as Django reads it."""
    converters = compiler.get_converters([each[0] for each in compiler.select])

    def converted(row: Sequence[Any]) -> Sequence[Any]:
        return next(iter(compiler.apply_converters([row], converters))) if converters else row

    if issubclass(query._iterable_class, ValuesListIterable):  # noqa: SLF001 - nothing else tells
        return lambda row: tuple(converted(row))
    info = compiler.klass_info
    model, chosen = info["model"], info["select_fields"]
    start, stop = chosen[0], chosen[-1] + 1
    names = [each[0].target.attname for each in compiler.select[start:stop]]
    populators: Any = get_related_populators  # its stubs are of a later Django
    related = populators(info, compiler.select, connection.alias)

    def made(row: Sequence[Any]) -> models.Model:
        read = converted(row)
        found: models.Model = model.from_db(connection.alias, names, read[start:stop])
        for each in related:
            each.populate(read, found)
        return found

    return made
