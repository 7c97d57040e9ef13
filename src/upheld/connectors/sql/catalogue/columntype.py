"""From a server's own words for a type to SQLAlchemy's type and its family."""

import re
from collections.abc import Hashable, Mapping
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import types as sqltypes
from sqlalchemy.dialects import mysql
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeEngine

from upheld.connectors.sql.schema import Family

FAMILIES: tuple[tuple[type[TypeEngine[Any]], Family], ...] = (
    (sqltypes.ARRAY, Family.ARRAY),
    (sqltypes.JSON, Family.JSON),
    (sqltypes.Uuid, Family.UUID),
    (sqltypes.Boolean, Family.BOOLEAN),
    (sqltypes.Integer, Family.INTEGER),
    (sqltypes.Numeric, Family.NUMBER),
    (sqltypes.Float, Family.NUMBER),
    (sqltypes.LargeBinary, Family.BINARY),
    (mysql.BINARY, Family.BINARY),
    (mysql.VARBINARY, Family.BINARY),
    (sqltypes.DateTime, Family.MOMENT),
    (sqltypes.Date, Family.MOMENT),
    (sqltypes.Time, Family.MOMENT),
    (sqltypes.String, Family.TEXT),
)

WORDS = re.compile(r"([^(]*)(?:\(([^)]*)\))?(.*)", re.DOTALL)

CACHED = 1024
"""Types are values: columns of the same words share one. Making them anew took most of a reading."""


class Unknown(sqltypes.UserDefinedType[Any]):
    """A type that SQLAlchemy has no class for: values pass as the driver gives them."""

    cache_ok = True

    def __init__(self, text: str) -> None:
        self.text = text

    def get_col_spec(self, **_: object) -> str:
        """The server's own words."""
        return self.text


def family(kind: TypeEngine[Any]) -> Family:
    """The family of a type; OTHER for one that SQLAlchemy does not know."""
    if isinstance(kind, mysql.BIT | pg.BIT):
        return Family.OTHER
    return next((each for known, each in FAMILIES if isinstance(kind, known)), Family.OTHER)


def _split(text: str) -> tuple[str, tuple[int, ...], str]:
    """`timestamp(3) without time zone` is ("timestamp", (3,), "without time zone")."""
    found = WORDS.match(text)
    if found is None:
        return text, (), ""
    numbers = tuple(int(part) for part in re.findall(r"-?\d+", found[2] or ""))
    return found[1].strip(), numbers, found[3].strip()


@lru_cache(maxsize=CACHED)
def of_postgresql(text: str, dialect: Any) -> TypeEngine[Any]:
    """What format_type says of a base type (domains and enums are resolved before), arrays included."""
    if text.endswith("[]"):
        return pg.ARRAY(of_postgresql(text.removesuffix("[]"), dialect))
    word, numbers, rest = _split(text)
    if word in {"timestamp", "time"} or word.startswith(("timestamp ", "time ")):
        made = pg.TIMESTAMP if word.startswith("timestamp") else pg.TIME
        return made(timezone="with time zone" in text, precision=numbers[0] if numbers else None)
    if word.startswith("interval"):
        return pg.INTERVAL()
    known = _names(dialect).get(f"{word} {rest}".strip()) or _names(dialect).get(word)
    if known is None:
        return Unknown(text)
    if word in {"bit", "bit varying"}:
        return pg.BIT(numbers[0] if numbers else None, varying=word == "bit varying")
    if issubclass(known, pg.DOUBLE_PRECISION) or word == "real":
        return _made(known)
    return _made(known, *numbers)


@lru_cache(maxsize=CACHED)
def of_mariadb(text: str, dialect: Any, *, charset: str | None, collation: str | None) -> TypeEngine[Any]:
    """What COLUMN_TYPE says: `int(10) unsigned`, `enum('a','b')`."""
    word = re.split(r"[ (]", text, maxsplit=1)[0].lower()
    known = _names(dialect).get(word)
    if known is None:
        return Unknown(text)
    if issubclass(known, mysql.ENUM | mysql.SET):
        return _made(known, *quoted(text), charset=charset, collation=collation)
    numbers = _split(text.lower().split(")")[0] + ")" if "(" in text else text.lower())[1]
    options: dict[str, Any] = {}
    if issubclass(known, mysql.INTEGER | mysql.TINYINT | mysql.SMALLINT | mysql.MEDIUMINT | mysql.BIGINT):
        options = {"display_width": numbers[0] if numbers else None, "unsigned": "unsigned" in text.lower()}
        numbers = ()
    elif issubclass(known, mysql.DECIMAL | mysql.NUMERIC | mysql.FLOAT | mysql.DOUBLE):
        options = {"unsigned": "unsigned" in text.lower()}
    elif issubclass(known, mysql.DATETIME | mysql.TIMESTAMP | mysql.TIME):
        options, numbers = {"fsp": numbers[0] if numbers else None}, ()
    elif issubclass(
        known, mysql.VARCHAR | mysql.CHAR | mysql.TEXT | mysql.TINYTEXT | mysql.MEDIUMTEXT | mysql.LONGTEXT
    ):
        options = {"charset": charset, "collation": collation}
        if issubclass(known, mysql.TINYTEXT | mysql.MEDIUMTEXT | mysql.LONGTEXT):
            numbers = ()
    elif not issubclass(known, mysql.BINARY | mysql.VARBINARY | mysql.BIT):
        numbers = ()
    return _made(known, *numbers, **options)


@lru_cache(maxsize=CACHED)
def of_sqlite(text: str, dialect: Any) -> TypeEngine[Any]:
    """SQLite takes any word for a type; an unknown one goes by the server's own rules of affinity."""
    word, numbers, _ = _split(text)
    upper = word.upper().strip()
    known = _names(dialect).get(upper)
    if known is None:
        known = _affinity(upper)
    if issubclass(known, sqltypes.String | sqltypes.Numeric) and not issubclass(known, sqltypes.Float):
        return known(*numbers)
    return known()


def _affinity(word: str) -> type[TypeEngine[Any]]:
    rules: tuple[tuple[str, type[TypeEngine[Any]]], ...] = (
        ("INT", sqltypes.INTEGER),
        ("CHAR", sqltypes.TEXT),
        ("CLOB", sqltypes.TEXT),
        ("TEXT", sqltypes.TEXT),
        ("BLOB", sqltypes.NullType),
        ("REAL", sqltypes.REAL),
        ("FLOA", sqltypes.REAL),
        ("DOUB", sqltypes.REAL),
    )
    if not word:
        return sqltypes.NullType
    if word in {"UUID", "GUID"}:
        return sqltypes.TEXT
    return next((made for part, made in rules if part in word), sqltypes.NUMERIC)


def quoted(text: str) -> tuple[str, ...]:
    """The quoted words of `enum('a','it''s')`, without their quotes."""
    return tuple(each.replace("''", "'") for each in re.findall(r"'((?:[^']|'')*)'", text))


def kind_of(dialect: Dialect) -> Hashable:
    """What the makers of types take: the dialect's class, which all its engines share."""
    return cast("Hashable", type(dialect))


def _made(kind: Any, *arguments: Any, **options: Any) -> TypeEngine[Any]:
    made: TypeEngine[Any] = kind(*arguments, **options)
    return made


def _names(dialect: Any) -> Mapping[str, Any]:
    names: Mapping[str, Any] = dialect.ischema_names
    return names
