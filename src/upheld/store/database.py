"""What our two databases do differently."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache, lru_cache, partial
from hashlib import sha256
from operator import itemgetter
from typing import Any, TypeVar

from django.db import connection, models
from django.db.models.base import ModelState

_KINDS = {
    "PositiveSmallIntegerField": "smallint",
    "PositiveBigIntegerField": "bigint",
    "BinaryField": "bytea",
    "DateTimeField": "timestamptz",
}

Plain = int | bytes | datetime

M = TypeVar("M", bound=models.Model)

_FEW = 20
"""Up to so many rows one INSERT costs PostgreSQL less than a COPY does."""


def hold(name: str) -> None:
    """Until the transaction ends, nobody else holds `name`. Must be called first in a transaction.

    On SQLite a transaction already has the write lock of the whole database when it begins.
    """
    if connection.vendor == "postgresql":
        number = int.from_bytes(sha256(name.encode()).digest()[:8], "big", signed=True)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])


SAMPLED = 1_000
"""Rows of an index that SQLite looks at to learn how many are alike."""


def refresh_statistics() -> None:
    """Let SQLite learn how large its tables are and how many rows of each index are alike: without that it
    began at the wrong end of a join and went through all systems of all cases for the start page. It takes
    milliseconds. PostgreSQL does so by itself."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA analysis_limit = {SAMPLED}")
            cursor.execute("ANALYZE")


def insert(model: type[models.Model], names: Sequence[str], rows: Sequence[Sequence[Plain]]) -> None:
    """Many rows of plain numbers, bytes and moments, in their order, without an object for each: it took half
    of a ledger entry's time. Belongs into a transaction."""
    if not rows:
        return
    statement, copying, moments = _inserting_plain(model, tuple(names), connection.vendor)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and len(rows) > _FEW:
            with cursor.copy(copying) as copy:
                for row in rows:
                    copy.write_row(row)
        elif connection.vendor == "postgresql":
            cursor.execute(statement, list(map(list, zip(*rows, strict=True))))
        elif not moments:
            cursor.executemany(statement, rows)
        else:
            vendor = connection.vendor
            cursor.executemany(
                statement,
                [
                    [_moment(vendor, each) if isinstance(each, datetime) else each for each in row]
                    for row in rows
                ],
            )


def take_out(model: type[models.Model], name: str, limit: int) -> list[tuple[int, bytes]]:
    """Delete so many of the oldest rows, and give the number of each and the bytes that it holds. Nothing is
    left out that another transaction commits meanwhile: it waits for the next time."""
    quote = connection.ops.quote_name
    table, key = quote(model._meta.db_table), quote("id")  # noqa: SLF001 - Django's way to ask
    oldest = f"SELECT {key} FROM {table} ORDER BY {key} LIMIT %s"  # noqa: S608 - names of ours
    with connection.cursor() as cursor:
        statement = f"DELETE FROM {table} WHERE {key} IN ({oldest}) RETURNING {key}, {quote(name)}"  # noqa: S608 - as above
        cursor.execute(statement, [limit])
        return sorted((number, bytes(content)) for number, content in cursor.fetchall())


@cache
def _inserting_plain(model: type[models.Model], names: tuple[str, ...], vendor: str) -> tuple[str, str, bool]:
    """The statement, PostgreSQL's other way for many rows, and whether there are moments among the values."""
    quote = connection.ops.quote_name
    known = {each.name: each for each in model._meta.concrete_fields}  # noqa: SLF001 - Django's way to ask
    fields = [known[name] for name in names]
    columns = ", ".join(quote(str(each.column)) for each in fields)
    place = f"{quote(model._meta.db_table)} ({columns})"  # noqa: SLF001 - as above
    head, copying = f"INSERT INTO {place}", f"COPY {place} FROM STDIN"
    moments = any(each.get_internal_type() == "DateTimeField" for each in fields)
    if vendor != "postgresql":
        marks = ", ".join(["%s"] * len(fields))
        return f"{head} VALUES ({marks})", copying, moments
    arrays = ", ".join(f"%s::{_KINDS[each.get_internal_type()]}[]" for each in fields)
    return f"{head} SELECT * FROM unnest({arrays})", copying, moments  # noqa: S608 - names of ours


def fresh(model: type[M], **values: Any) -> M:
    """As `model(**values)`, for rows that are made by the thousand: the defaults are looked up once, no
    signals are sent, and a field without a default that is not given is missed only when it is written.
    TypeError for a name that is none of its fields."""
    row = model.__new__(model)
    row._state = ModelState()  # noqa: SLF001 - as Django does
    own = row.__dict__
    defaults, related, names = _form(model)
    if not names >= values.keys():
        raise TypeError(f"{model.__name__} has no field {', '.join(sorted(values.keys() - names))}.")
    own.update(defaults)
    for name, value in values.items():
        column = related.get(name)
        if column is None:
            own[name] = value
        elif value is not None:
            own[column] = value.pk
            row._state.fields_cache[name] = value  # noqa: SLF001 - as above
    return row


@cache
def _form(model: type[models.Model]) -> tuple[dict[str, Any], dict[str, str], frozenset[str]]:
    """Defaults by attribute, of relations the attribute that holds the number, and all names."""
    fields = model._meta.concrete_fields  # noqa: SLF001 - Django's way to ask
    given = [each for each in fields if each.null or isinstance(each, models.AutoField)]
    given += [each for each in fields if each.has_default() and not callable(each.default)]
    defaults = {each.attname: each.get_default() for each in given}
    related = {each.name: each.attname for each in fields if each.is_relation}
    return defaults, related, frozenset(name for each in fields for name in (each.name, each.attname))


def read_all(rows: "models.QuerySet[M]") -> list[M]:
    """The rows of a query without its relations, as `fresh` makes them."""
    model, alias = rows.model, connection.alias
    names = [each.attname for each in model._meta.concrete_fields]  # noqa: SLF001 - Django's way to ask
    found = []
    for values in rows.values_list(*names):
        row = model.__new__(model)
        row.__dict__.update(zip(names, values, strict=True))
        row._state = ModelState()  # noqa: SLF001 - as Django does
        row._state.adding, row._state.db = False, alias  # noqa: SLF001 - Django documents it
        found.append(row)
    return found


ROWS = 100
"""Of one statement of PostgreSQL, which gives an answer to each; SQLite has none to wait for."""


def insert_all(rows: Sequence[models.Model], *, new: bool = False) -> None:
    """Many rows of one model, whose keys nobody needs or which have them already. Django looks at each value
    several times on its way, which takes longer than the database does. Belongs into a transaction. `new`:
    those that are there already are left out."""
    if not rows:
        return
    model = type(rows[0])
    statement, columns = _inserting(model, connection.vendor)
    ending = " ON CONFLICT DO NOTHING" if new else ""
    values = _values(rows, columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and len(values) > _FEW and not new:
            with cursor.copy(_copying(statement)) as copy:
                for each in values:
                    copy.write_row(each)
        elif connection.vendor == "postgresql" or len(values) == 1:
            head, _, marks = statement.partition(" VALUES ")
            for start in range(0, len(values), ROWS):
                some = values[start : start + ROWS]
                cursor.execute(
                    f"{head} VALUES {', '.join([marks] * len(some))}{ending}",
                    [each for one in some for each in one],
                )
        else:
            cursor.executemany(statement + ending, values)
    alias = connection.alias
    for row in rows:
        state = row._state  # noqa: SLF001 - Django documents it
        state.adding, state.db = False, alias


def _copying(statement: str) -> str:
    return f"COPY {statement.removeprefix('INSERT INTO ').partition(' VALUES ')[0]} FROM STDIN"  # noqa: S608 - names of ours


def _values(
    rows: Sequence[models.Model], columns: Sequence[tuple[str, "Written | None"]]
) -> Sequence[Sequence[Any]]:
    """Of each row, as the driver takes them."""
    read = itemgetter(*(name for name, _ in columns))
    spelled = [(index, written) for index, (_, written) in enumerate(columns) if written is not None]
    found = [list(read(row.__dict__)) for row in rows]
    for values in found:
        for index, written in spelled:
            if values[index] is not None:
                values[index] = written(values[index])
    return found


def insert_one(row: models.Model) -> None:
    """One row, which learns the number that the database gives it. Belongs into a transaction."""
    model = type(row)
    statement, columns = _inserting(model, connection.vendor)
    key = connection.ops.quote_name(str(model._meta.pk.column))  # noqa: SLF001 - Django's way to ask
    with connection.cursor() as cursor:
        [values] = _values([row], columns)
        cursor.execute(f"{statement} RETURNING {key}", values)
        [(row.pk,)] = cursor.fetchall()
    row._state.adding, row._state.db = False, connection.alias  # noqa: SLF001 - Django documents it


def insert_numbered(rows: Sequence[models.Model]) -> None:
    """As `insert_one` for many rows of one model: the database gives numbers in their order."""
    if not rows:
        return
    model = type(rows[0])
    if connection.vendor == "postgresql" and len(rows) > _FEW:
        _copy_numbered(rows)
        return
    _, columns = _inserting(model, connection.vendor)
    for start in range(0, len(rows), _NUMBERED):
        some = rows[start : start + _NUMBERED]
        values = [each for own in _values(some, columns) for each in own]
        with connection.cursor() as cursor:
            cursor.execute(_inserting_many(model, len(some), connection.vendor), values)
            numbers = sorted(number for (number,) in cursor.fetchall())
        for row, number in zip(some, numbers, strict=True):
            row.pk = number
            row._state.adding, row._state.db = False, connection.alias  # noqa: SLF001 - Django documents it


def _copy_numbered(rows: Sequence[models.Model]) -> None:
    """The numbers first, then the rows with them: a COPY gives no answer, but a statement of some thousand
    values takes PostgreSQL and its driver several times as long."""
    meta = type(rows[0])._meta  # noqa: SLF001 - Django's way to ask
    statement, columns = _inserting(type(rows[0]), connection.vendor)
    key = str(meta.pk.column)
    head, _, listed = _copying(statement).partition(" (")
    with connection.cursor() as cursor:
        sequence = [connection.ops.quote_name(meta.db_table), key]
        taken = "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)"
        cursor.execute(taken, [*sequence, len(rows)])
        numbers = sorted(number for (number,) in cursor.fetchall())
        with cursor.copy(f"{head} ({connection.ops.quote_name(key)}, {listed}") as copy:
            for number, values in zip(numbers, _values(rows, columns), strict=True):
                copy.write_row((number, *values))
    alias = connection.alias
    for row, number in zip(rows, numbers, strict=True):
        row.pk = number
        row._state.adding, row._state.db = False, alias  # noqa: SLF001 - Django documents it


def update_all(rows: Sequence[models.Model], name: str) -> None:
    """One field of many rows of one model, each to its own value, as `bulk_update` does it: Django writes a
    branch for each row. Belongs into a transaction."""
    if not rows:
        return
    meta, quote = type(rows[0])._meta, connection.ops.quote_name  # noqa: SLF001 - Django's way to ask
    fields = {each.name: each for each in meta.concrete_fields}
    chosen = (fields[name], fields[str(meta.pk.name)])
    values = [
        [each.get_db_prep_save(getattr(row, each.attname), connection) for row in rows] for each in chosen
    ]
    table, (column, key) = quote(meta.db_table), [quote(str(each.column)) for each in chosen]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            kinds = [each.db_type(connection) for each in chosen]
            cursor.execute(
                f"UPDATE {table} SET {column} = given.value FROM unnest(%s::{kinds[0]}[], %s::{kinds[1]}[])"  # noqa: S608 - names of ours
                f" AS given(value, key) WHERE {table}.{key} = given.key",
                values,
            )
        else:
            cursor.executemany(
                f"UPDATE {table} SET {column} = %s WHERE {key} = %s",  # noqa: S608 - as above
                list(zip(*values, strict=True)),
            )


_NUMBERED = 250
"""Rows a statement: SQLite takes some thousands of values."""


@lru_cache(maxsize=64)
def _inserting_many(model: type[models.Model], many: int, vendor: str) -> str:
    statement, columns = _inserting(model, vendor)
    marks = ", ".join(["%s"] * len(columns))
    key = connection.ops.quote_name(str(model._meta.pk.column))  # noqa: SLF001 - Django's way to ask
    rows = ", ".join([f"({marks})"] * many)
    return f"{statement.partition(' VALUES ')[0]} VALUES {rows} RETURNING {key}"


Written = Callable[[Any], Any]


@cache
def _inserting(model: type[models.Model], vendor: str) -> tuple[str, list[tuple[str, Written | None]]]:
    """The statement, and of each column the attribute and how its value is written where the driver would not
    write it so itself."""
    meta = model._meta  # noqa: SLF001 - Django's way to ask
    fields = [each for each in meta.concrete_fields if not isinstance(each, models.AutoField)]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(each.column)) for each in fields)
    marks = ", ".join(["%s"] * len(fields))
    statement = f"INSERT INTO {quote(meta.db_table)} ({columns}) VALUES ({marks})"  # noqa: S608 - our names
    return statement, [(each.attname, _written(each, vendor)) for each in fields]


def _written(field: "models.Field[Any, Any]", vendor: str) -> Written | None:
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    kind = target.get_internal_type()
    if kind in (
        "BinaryField",
        "BooleanField",
        "PositiveIntegerField",
        "IntegerField",
        "AutoField",
        "BigAutoField",
    ):
        return None
    if kind in ("TextField", "CharField"):
        return str
    if kind == "UUIDField" and vendor == "sqlite":
        return lambda value: value.hex
    if kind in ("UUIDField", "DateField") and vendor == "postgresql":
        return None
    if kind == "DateTimeField":
        return partial(_moment, vendor)
    return lambda value: target.get_db_prep_save(value, connection)


def _plainly(value: Plain) -> Any:
    return _moment(connection.vendor, value) if isinstance(value, datetime) else value


@lru_cache(maxsize=64)
def _moment(_vendor: str, value: datetime) -> Any:
    """As our database keeps it; the rows of one transaction mostly have one in common."""
    return connection.ops.adapt_datetimefield_value(value)
