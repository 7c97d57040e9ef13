"""What was seen of a database: its schema in short, and counts of what the sampled values look like."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


class Sort(StrEnum):
    """What a column holds, as far as a draft needs to know."""

    INTEGER = "integer"
    NUMBER = "number"
    TEXT = "text"
    UUID = "uuid"
    BINARY = "binary"
    BOOLEAN = "boolean"
    MOMENT = "moment"
    JSON = "json"
    ARRAY = "array"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Sight:
    """Counts over the sampled values of one column, never a value. `kinds`: how many were recognised as what
    (`recognise.KINDS`). `longest`: letters of the longest one. `marked`: neither empty, zero nor false."""

    filled: int = 0
    distinct: int = 0
    marked: int = 0
    longest: int = 0
    kinds: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))

    def share(self, kind: str) -> float:
        """Which share of the values looks like that; 0 where none was seen."""
        return self.kinds.get(kind, 0) / self.filled if self.filled else 0.0


NOTHING = Sight()


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `unique`: part of what has to differ between rows. `fixed`: the server gives its value.
    `paths`: what stands at which path of its JSON; `untold`: what stands elsewhere in it. `scalar`: its JSON
    is single texts, kept as text. `checked`: a check of the schema speaks of it; `guarded`: only of whether
    it is empty. `listed`: what stands in its lists, SQL arrays or JSON. `empty`: the plainest document of the
    shape that its JSON has."""

    name: str
    sort: Sort
    type_text: str = ""
    nullable: bool = True
    length: int | None = None
    unique: bool = False
    fixed: bool = False
    enum: tuple[str, ...] = ()
    json: bool = False
    scalar: bool = False
    checked: bool = False
    guarded: bool = False
    sight: Sight = NOTHING
    paths: tuple[tuple[str, Sight], ...] = ()
    untold: Sight = NOTHING
    listed: Sight = NOTHING
    empty: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key of the schema."""

    columns: tuple[str, ...]
    to: str
    key: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """One table that stores rows. `title`: its name without the schema. `sampled`: rows that were looked at;
    None where it could not be read. `kinds`: of a generic key's type column, which tables its values name.
    `alone`: pairs of columns such that all rows with one value of the first have one of the second, as far as
    was seen: an address that is one customer's. `ghost`: a column and its value by which one row stands for
    nobody: the application's own account, or one for people who left. `settings`: where it holds names of
    things and their values, what the values of each name look like that may be told; `untold`: there are
    others."""

    name: str
    title: str
    columns: Mapping[str, Column]
    key: tuple[str, ...] = ()
    uniques: tuple[tuple[str, ...], ...] = ()
    references: tuple[Reference, ...] = ()
    rows: int | None = None
    sampled: int | None = 0
    kinds: Mapping[str, Mapping[str, object]] = field(default_factory=lambda: MappingProxyType({}))
    alone: frozenset[tuple[str, str]] = frozenset()
    ghost: tuple[str, object] | None = None
    settings: Mapping[str, Sight] = field(default_factory=lambda: MappingProxyType({}))
    untold: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """Whether the values of a column are keys of another table."""

    table: str
    column: str
    to: str
    key: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Of so many different values so many are there. `reach`: how far up the numbers of the keys the greatest
    of them lies, from 0 to 1. `upper`: the share of them that lies in the upper half. Both 1 where keys are
    no numbers."""

    asked: int
    inside: int
    reach: float = 1.0
    upper: float = 1.0

    @property
    def share(self) -> float:
        """0 where nothing could be asked."""
        return self.inside / self.asked if self.asked else 0.0


@dataclass(frozen=True, slots=True)
class Seen:
    """A whole database, as far as it was looked at."""

    dialect: str
    schemas: tuple[str, ...]
    tables: Mapping[str, Table]
    answers: Mapping[Question, Answer] = field(default_factory=lambda: MappingProxyType({}))
