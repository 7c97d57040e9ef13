"""`column IN keys` where the keys are known only when the statement runs: one parameter a column, whatever
their number. The same comparisons as in `inside`, for the kinds of column that keys mostly are.

Mostly there is one key. `column = key` PostgreSQL plans once for everybody, where it would plan a list anew
each time, and SQLite reads it in a tenth of the time that a list in JSON takes it.
"""

import json
from collections.abc import Callable, Hashable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import types
from sqlalchemy.dialects import mysql, postgresql

from upheld.connectors.sql.columns import Tables, fits, fitting
from upheld.connectors.sql.compiled import Slot, Unfixed, alone, later
from upheld.connectors.sql.live import Family, LiveColumn
from upheld.datamap.model import Scalar

_LISTED = {
    "postgresql": (Family.INTEGER, Family.TEXT, Family.UUID),
    "sqlite": (Family.INTEGER, Family.TEXT, Family.UUID),
    "mariadb": (Family.INTEGER, Family.TEXT),
    "mysql": (Family.INTEGER, Family.TEXT),
}
_TEXTS = (types.String, types.Text, types.VARCHAR, types.TEXT)

Form = Callable[[Sequence[Any]], Sequence[Scalar]]


def awaited_values(tables: Tables, table: str, column: str, slot: Slot) -> sa.ColumnElement[bool]:
    """Rows of `table` whose `column` equals one of the slot's values. Unfixed for a kind of column that this
    does not know."""
    known = _known(tables, table, column)
    return _equals(tables, table, known, slot, lambda values: fitting(values, known))


def _apart(values: Sequence[Scalar], known: LiveColumn) -> Sequence[Scalar]:
    """As `fitting` of values that are distinct: nothing is built to find that out."""
    return values if fits(values, known) else fitting(values, known)


def awaited_keys(tables: Tables, table: str, columns: Sequence[str], slot: Slot) -> sa.ColumnElement[bool]:
    """Rows of `table` whose `columns` equal one of the slot's keys."""
    known = [_known(tables, table, each) for each in columns]
    if len(known) == 1:
        only = known[0]
        return _equals(tables, table, only, slot, lambda keys: _apart([key[0] for key in keys], only))

    def fitted(keys: Sequence[Any]) -> list[tuple[Scalar, ...]]:
        every = ([fitting([part], each) for part, each in zip(key, known, strict=True)] for key in keys)
        return [tuple(part[0] for part in parts) for parts in every if all(parts)]

    row = sa.tuple_(*(tables.column(table, each.name) for each in known))
    dialect = tables.live.dialect
    if dialect == "postgresql":
        lists = [
            later(
                slot,
                lambda keys, index=index, each=each: within(  # type: ignore[misc]
                    [key[index] for key in fitted(keys)], each.type
                ),
                postgresql.ARRAY(element(each.type)),
            )
            for index, each in enumerate(known)
        ]
        names = [sa.column(f"part{index}", element(each.type)) for index, each in enumerate(known)]
        return row.in_(sa.select(*sa.func.unnest(*lists).table_valued(*names).render_derived().c))
    if dialect == "sqlite":
        text = later(
            slot, lambda keys: json.dumps([list(map(plain, key)) for key in fitted(keys)]), types.Text()
        )
        each_of = sa.func.json_each(text).table_valued("value")
        parts = [sa.func.json_extract(each_of.c.value, f"$[{index}]") for index in range(len(known))]
        together: sa.ColumnElement[bool] = row.in_(sa.select(*parts))
    else:
        nothing = [(None,) * len(known)]
        together = _listed(row, later(slot, lambda keys: fitted(keys) or nothing, types.NullType()))
    exact = (
        _exactly(tables, table, each, slot, lambda keys, index=index: [key[index] for key in fitted(keys)])  # type: ignore[misc]
        for index, each in enumerate(known)
    )
    return sa.and_(together, *(each for each in exact if each is not None))


def _known(tables: Tables, table: str, column: str) -> LiveColumn:
    known = tables.known(table, column)
    if known.family not in _LISTED.get(tables.live.dialect, ()) or known.array:
        raise Unfixed
    if known.family is Family.TEXT and tables.live.dialect == "postgresql" and type(known.type) not in _TEXTS:
        raise Unfixed
    return known


def _equals(tables: Tables, table: str, known: LiveColumn, slot: Slot, form: Form) -> sa.ColumnElement[bool]:
    target = tables.column(table, known.name)
    like = (known.family, known.type_text, known.length, type(known.type))  # all that `form` depends on
    if tables.live.dialect == "postgresql":
        if not slot.several:
            return target == alone(
                slot, lambda values: _within(form(values), known.type), element(known.type), like
            )
        array = postgresql.ARRAY(element(known.type))
        return target == sa.any_(later(slot, lambda values: within(form(values), known.type), array, like))
    if tables.live.dialect == "sqlite":
        plainly = _among(target, slot, form, like)
    else:
        listed = later(slot, lambda values: list(form(values)) or [None], types.NullType(), like)
        plainly = _listed(target, listed)
    exact = _exactly(tables, table, known, slot, form)
    return plainly if exact is None else sa.and_(plainly, exact)


def _exactly(
    tables: Tables, table: str, known: LiveColumn, slot: Slot, form: Form
) -> sa.ColumnElement[bool] | None:
    """As `inside.binary`."""
    if known.family is not Family.TEXT or tables.live.dialect == "postgresql":
        return None
    target = tables.column(table, known.name)
    if tables.live.dialect == "sqlite":
        if known.collation is None:
            return None
        return _among(sa.collate(target, "BINARY"), slot, form)
    text = sa.collate(sa.cast(target, mysql.CHAR(charset="utf8mb4")), "utf8mb4_nopad_bin")
    listed = later(slot, lambda values: [str(value) for value in form(values)] or [None], types.NullType())
    return _listed(text, listed)


def _among(target: Any, slot: Slot, form: Form, like: Hashable = None) -> sa.ColumnElement[bool]:
    """On SQLite."""
    if not slot.several:
        # No type: the column's own affinity decides, as it does for what JSON holds.
        alike: sa.ColumnElement[bool] = target == alone(
            slot, lambda values: list(map(plain, form(values))), types.NullType(), like
        )
        return alike

    def dumped(values: Sequence[Any]) -> str:
        return json.dumps(form(values), default=str)

    text = later(slot, dumped, types.Text(), like)
    inside: sa.ColumnElement[bool] = target.in_(
        sa.select(sa.func.json_each(text).table_valued("value").c.value)
    )
    return inside


def _listed(target: Any, values: sa.BindParameter[Any]) -> sa.ColumnElement[bool]:
    """PyMySQL writes a list as one in brackets."""
    compared: sa.ColumnElement[bool] = target.op("IN", is_comparison=True, return_type=types.Boolean())(
        values
    )
    return compared


def texts_in(
    dialect: str, target: sa.ColumnElement[Any], slot: Slot, form: Form, *, single: bool
) -> sa.ColumnElement[bool]:
    """A text of the statement's own equals one of those that `form`, the same object each time, makes of the
    slot's values. `single`: of one it mostly makes one."""
    if dialect == "postgresql":
        if single and not slot.several:
            return target == alone(slot, form, types.Text(), form)
        return target == sa.any_(later(slot, form, postgresql.ARRAY(types.Text()), form))
    if dialect == "sqlite":
        return _among(target, slot, form, form)
    return _listed(target, later(slot, lambda values: list(form(values)) or [None], types.NullType(), form))


def element(kind: types.TypeEngine[Any]) -> types.TypeEngine[Any]:
    """What an array of such values is an array of."""
    if isinstance(kind, types.String) and not isinstance(kind, types.Enum):
        return types.Text()
    return kind


def within(values: Sequence[Scalar], kind: types.TypeEngine[Any]) -> list[Scalar] | str:
    """Values that a column of this kind can hold, as the driver takes a list of them. Whole numbers come
    written as the server reads them: the driver looks at each several times.

    PostgreSQL hashes only a list of the column's own type; a wider one is searched from end to end for each
    row (100,000 rows in slices of 20,000: 52 s against 2.7 s).
    """
    if not isinstance(kind, types.Integer):
        return list(values)
    bits = 15 if isinstance(kind, types.SmallInteger) else 63 if isinstance(kind, types.BigInteger) else 31
    plain = set(map(type, values)) == {int}
    numbers: Any = values if plain else [each for each in values if _whole(each)]
    if numbers and not (-(2**bits) <= min(numbers) and max(numbers) < 2**bits):
        numbers = [each for each in numbers if -(2**bits) <= each < 2**bits]
    if plain:  # a text for each would be megabytes where there are many
        return "{" + str(list(numbers))[1:-1].replace(" ", "") + "}"
    return "{" + ",".join(map(str, numbers)) + "}"


def _within(values: Sequence[Scalar], kind: types.TypeEngine[Any]) -> list[Scalar]:
    """As `within`, for one by itself: a number as text, whose type the statement names. The driver would give
    it one by its size, and the server would have to prepare the statement for each."""
    listed = within(values, kind)
    return listed if isinstance(listed, list) else [each for each in listed[1:-1].split(",") if each]


def _whole(value: Scalar) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


class Numbers(types.UserDefinedType[str]):
    """The type of a list that `within` wrote, of numbers of that kind."""

    cache_ok = True
    render_bind_cast = True

    def __init__(self, kind: types.TypeEngine[Any]) -> None:
        self.kind = kind

    def get_col_spec(self, **_: object) -> str:
        """As a statement names it."""
        if isinstance(self.kind, types.SmallInteger):
            return "SMALLINT[]"
        return "BIGINT[]" if isinstance(self.kind, types.BigInteger) else "INTEGER[]"


def plain(value: Scalar) -> object:
    """As JSON has it."""
    return value if value is None or isinstance(value, bool | int | str) else str(value)
