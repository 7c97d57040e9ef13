"""The server itself says whether a value passes: constants only, no table is read."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.sql import quoted_name

from upheld.connectors.sql.check.look import Look
from upheld.connectors.sql.schema import Family, LiveCheck, LiveColumn, LiveTable

PLAIN = {Family.TEXT, Family.INTEGER, Family.NUMBER, Family.BOOLEAN, Family.MOMENT, Family.UUID, Family.JSON}


class _Written(sa.types.UserDefinedType[Any]):
    """A type in the server's own words, for CAST."""

    cache_ok = True

    def __init__(self, text: str) -> None:
        self.text = text

    def get_col_spec(self, **_: Any) -> str:
        return self.text


def refused(look: Look, column: LiveColumn, value: object) -> bool:
    """Whether PostgreSQL cannot read the value as this type; other servers are not asked."""
    if look.live.dialect != "postgresql" or column.array or column.family is Family.BINARY:
        return False
    written = str(value).lower() if isinstance(value, bool) else str(value)
    return (
        _asked(look, sa.select(sa.cast(sa.literal(written, sa.Text), _Written(column.type_text)).is_(None)))
        is None
    )


def violated(look: Look, live: LiveTable, check: LiveCheck, values: Mapping[str, object]) -> bool | None:
    """True when the check is false for these values whatever the rest of the row holds, False when it is true
    for them, None when that cannot be said."""
    others = [name for name in live.columns if name not in values and name.lower() in check.text.lower()]
    if check.value_of is not None:
        cells = [_cell(look, live.columns[check.value_of], values[check.value_of]).label("value")]
        others = []
    else:
        cells = [
            _cell(look, live.columns[name], values.get(name)).label(quoted_name(name, quote=True))
            for name in (*values, *others)
        ]
    row = sa.select(*cells).subquery("row_given")
    holds: sa.ColumnElement[Any] = sa.literal_column(f"({check.text})")
    answer = _asked(look, sa.select(sa.case((holds, 1), (sa.not_(holds), 0), else_=-1)).select_from(row))
    if answer is None or (answer == -1 and others):
        return None
    return bool(answer == 0)


def _cell(look: Look, column: LiveColumn, value: object) -> sa.ColumnElement[Any]:
    written = value if value is None or isinstance(value, int | float) else str(value)
    if look.live.dialect == "postgresql":
        words = "text" if column.family is Family.TEXT and not column.enum_values else column.type_text
        text = (
            None if written is None else str(written).lower() if isinstance(written, bool) else str(written)
        )
        return sa.cast(sa.literal(text, sa.Text), _Written(words))
    return sa.null() if written is None else sa.literal(written)


def _asked(look: Look, query: sa.Select[Any]) -> Any:
    """The one answer, None where the server has none; the reader's transaction goes on."""
    try:
        with look.connection.begin_nested():
            return look.connection.execute(query).scalar()
    except SQLAlchemyError:
        return None
