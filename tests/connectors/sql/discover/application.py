"""Small applications as frameworks make them, written here for discovery: a schema, rows, and by hand which of them
are hers. She is one of some forty people; nothing of her stands in anybody else's row."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.servers.database import Database

HER = 7
EMAIL, LOGIN = "zenobia.quartzfeather@example.net", "zquartz"
FIRST, LAST = "Zenobia", "Quartzfeather"
NAME = f"{FIRST} {LAST}"
PHONE, STREET, IP = "+49 30 901820733", "Quarzgasse 77", "203.0.113.77"
TRACES = (EMAIL, LOGIN, NAME, PHONE, STREET, IP, FIRST, LAST)
PEOPLE = 40

FIRSTS = [
    "Ada",
    "Ben",
    "Cleo",
    "Dan",
    "Eve",
    "Finn",
    "Gia",
    "Hugo",
    "Ida",
    "Jon",
    "Kim",
    "Leo",
    "Mia",
    "Ned",
    "Ole",
    "Pia",
    "Quin",
    "Rosa",
    "Sam",
    "Tess",
    "Uma",
    "Vic",
    "Wim",
    "Xia",
    "Yan",
]
LASTS = [
    "Ashgrove",
    "Birch",
    "Cedar",
    "Dale",
    "Elm",
    "Fern",
    "Grove",
    "Hazel",
    "Ivy",
    "Juniper",
    "Kelp",
    "Larch",
    "Maple",
    "Nettle",
    "Oak",
    "Pine",
    "Quince",
    "Reed",
]
WORDS = [
    "harbour",
    "lantern",
    "copper",
    "meadow",
    "thunder",
    "violet",
    "gravel",
    "anchor",
    "willow",
    "saffron",
    "marble",
    "ember",
]


@dataclass
class Person:
    """One of the people, drawn from her number."""

    id: int

    def __post_init__(self) -> None:
        chance = Random(self.id)
        mine = self.id == HER
        self.first = FIRST if mine else chance.choice(FIRSTS)
        self.last = LAST if mine else chance.choice(LASTS)
        self.login = LOGIN if mine else f"{self.first.lower()}{self.id}"
        self.email = EMAIL if mine else f"{self.first}.{self.last}.{self.id}@example.org".lower()
        self.phone = PHONE if mine else f"+49 30 9{chance.randrange(10**7, 10**8)}"
        self.street = STREET if mine else f"{chance.choice(LASTS)}weg {self.id}"
        self.ip = IP if mine else f"198.51.100.{self.id}"

    @property
    def name(self) -> str:
        return f"{self.first} {self.last}"


def people() -> list[Person]:
    return [Person(number) for number in range(1, PEOPLE + 1)]


def text(chance: Random, many: int = 8) -> str:
    return " ".join(chance.choice(WORDS) for _ in range(many))


@dataclass
class Application:
    """`tables`: DDL after the name. `rows`: made by `fill`. `hers`: table to the columns that, holding the value,
    make a row hers. `kept`: tables whose rows the law may want."""

    name: str
    tables: Mapping[str, str]
    fill: Callable[[Random], Mapping[str, Sequence[Sequence[Any]]]]
    hers: Mapping[str, Callable[[Mapping[str, Any]], bool]]
    kept: frozenset[str] = frozenset()
    constraints: Sequence[str] = field(default=())

    def build(self, database: Database) -> None:
        """The schema and the rows."""
        integer = {"sqlite": "INTEGER", "postgresql": "BIGINT", "mariadb": "BIGINT"}[database.dialect]
        moment = {"sqlite": "DATETIME", "postgresql": "TIMESTAMP", "mariadb": "DATETIME"}[database.dialect]
        json = {"sqlite": "TEXT", "postgresql": "JSONB", "mariadb": "JSON"}[database.dialect]
        truth = {"sqlite": "BOOLEAN", "postgresql": "BOOLEAN", "mariadb": "TINYINT(1)"}[database.dialect]
        statements = [
            f"CREATE TABLE {name} ({columns})".replace("BIG", integer)
            .replace("MOMENT", moment)
            .replace("DOC", json)
            .replace("TRUTH", truth)
            for name, columns in self.tables.items()
        ]
        statements += [self._insert(name, rows) for name, rows in self.fill(Random(5)).items() if rows]
        database.run(
            *(each.replace("%", "%%") if database.dialect != "sqlite" else each for each in statements)
        )

    def _insert(self, name: str, rows: Sequence[Sequence[Any]]) -> str:
        tuples = ", ".join("(" + ", ".join(map(literal, row)) + ")" for row in rows)
        return f"INSERT INTO {name} VALUES {tuples}"


def literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return str(value) if isinstance(value, int) else "'" + str(value).replace("'", "''") + "'"


Raw = dict[str, list[dict[str, Any]]]


def raw(application: Application, database: Database) -> Raw:
    """Every row of every table, as the driver gives it."""
    engine = database.engine()
    found: Raw = {}
    with engine.connect() as connection:
        for name in application.tables:
            result = connection.exec_driver_sql(f"SELECT * FROM {name}")
            keys = result.keys()
            columns = [name.lower() for name in keys]
            found[name.strip('"`')] = [dict(zip(columns, row, strict=True)) for row in result]
    engine.dispose()
    return found


def others(application: Application, rows: Raw) -> Raw:
    """The rows that are not hers."""
    return {
        name: sorted((row for row in each if not application.hers.get(name, _nobodys)(row)), key=repr)
        for name, each in rows.items()
    }


def _nobodys(_: Mapping[str, Any]) -> bool:
    return False


def places(rows: Raw) -> set[tuple[str, str]]:
    """Columns in which one of her identifiers stands."""
    return {
        (name, column)
        for name, each in rows.items()
        for row in each
        for column, value in row.items()
        if value is not None and any(trace in str(value) for trace in TRACES)
    }


def days(chance: Random) -> Iterator[str]:
    while True:
        yield f"20{chance.randrange(20, 26)}-0{chance.randrange(1, 10)}-1{chance.randrange(10)} 12:00:00"
