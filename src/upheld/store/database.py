"""What our two databases do differently."""

from collections.abc import Callable, Sequence
from functools import cache
from hashlib import sha256
from typing import Any

from django.db import connection, models

_KINDS = {
    "PositiveSmallIntegerField": "smallint",
    "PositiveBigIntegerField": "bigint",
    "BinaryField": "bytea",
}


def hold(name: str) -> None:
    """Until the transaction ends, nobody else holds `name`. Must be called first in a transaction.

    On SQLite a transaction already has the write lock of the whole database when it begins.
    """
    if connection.vendor == "postgresql":
        number = int.from_bytes(sha256(name.encode()).digest()[:8], "big", signed=True)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])


def insert(model: type[models.Model], names: Sequence[str], rows: Sequence[Sequence[int | bytes]]) -> None:
    """Many rows of plain numbers and bytes, without an object for each: it took half of a ledger entry's
    time. Belongs into a transaction."""
    quote = connection.ops.quote_name
    known = {each.name: each for each in model._meta.concrete_fields}  # noqa: SLF001 - Django's way to ask
    fields = [known[name] for name in names]
    columns = ", ".join(quote(str(each.column)) for each in fields)
    head = f"INSERT INTO {quote(model._meta.db_table)} ({columns})"  # noqa: SLF001 - as above
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            arrays = ", ".join(f"%s::{_KINDS[each.get_internal_type()]}[]" for each in fields)
            whole = f"{head} SELECT * FROM unnest({arrays})"  # noqa: S608 - names of ours
            cursor.execute(whole, list(map(list, zip(*rows, strict=True))))
        else:
            marks = ", ".join(["%s"] * len(fields))
            cursor.executemany(f"{head} VALUES ({marks})", rows)


ROWS = 100
"""Of one statement of PostgreSQL, which gives an answer to each; SQLite has none to wait for."""


def insert_all(rows: Sequence[models.Model]) -> None:
    """Many rows of one model, whose keys nobody needs or which have them already. Django looks at each value
    several times on its way, which takes longer than the database does. Belongs into a transaction."""
    if not rows:
        return
    model = type(rows[0])
    statement, columns = _inserting(model, connection.vendor)
    values = [[_value(getattr(row, name), written) for name, written in columns] for row in rows]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" or len(values) == 1:
            head, _, marks = statement.partition(" VALUES ")
            for start in range(0, len(values), ROWS):
                some = values[start : start + ROWS]
                cursor.execute(
                    f"{head} VALUES {', '.join([marks] * len(some))}", [each for one in some for each in one]
                )
        else:
            cursor.executemany(statement, values)
    for row in rows:
        state = row._state  # noqa: SLF001 - Django documents it
        state.adding, state.db = False, connection.alias


Written = Callable[[Any], Any]


def _value(value: Any, written: Written | None) -> Any:
    return value if value is None or written is None else written(value)


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
    return lambda value: target.get_db_prep_save(value, connection)
