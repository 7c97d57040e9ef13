"""A look of the demo's own at the raw systems. It shares nothing with the engine, so that it can disagree."""

import re
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from upheld.demo import crm, shop
from upheld.demo.people import Person
from upheld.demo.place import CRM, FORUM, Place

COUNTERS = {("forum", "posts"): "like_count"}
"""Columns that an erasure may change in other people's rows."""
DATABASES = ("forum", "shop", "crm")
RETAINED = {("forum", "audit_log"), ("shop", "invoices"), ("crm", "donations")}
"""Where the law or the map keeps something of hers."""


@dataclass(frozen=True, slots=True)
class Rows:
    """A table as it stands: every row as text, and which of them, by number, are hers."""

    rows: list[str]
    hers: frozenset[int]


Raw = Mapping[tuple[str, str], Rows]


def hers(her: Person) -> dict[tuple[str, str], str]:
    """By hand, which rows are hers or speak of her, table by table."""
    me, buyer, contact = her.number, shop.number_of(her), crm.number_of(her)
    mine = f"SELECT id FROM posts WHERE author_id = {me}"
    bought = f"SELECT id FROM orders WHERE customer_id = {buyer}"
    owned = {
        "forum": {
            "users": f"id = {me} OR invited_by_id = {me}",
            "topics": f"author_id = {me}",
            "posts": f"author_id = {me}",
            "post_revisions": f"post_id IN ({mine})",
            "messages": f"sender_id = {me} OR recipient_id = {me}",
            "user_badges": f"user_id = {me} OR awarded_by_id = {me}",
            "notifications": f"user_id = {me} OR actor_id = {me}",
            "attachments": f"uploaded_by_id = {me}",
            **dict.fromkeys(("profiles", "likes", "memberships", "drafts", "audit_log"), f"user_id = {me}"),
        },
        "shop": {
            "customers": f"id = {buyer}",
            "order_items": f"order_id IN ({bought})",
            **dict.fromkeys(
                ("addresses", "orders", "invoices", "carts", "reviews", "coupons"), f"customer_id = {buyer}"
            ),
        },
        "crm": {
            "contacts": f"id = {contact}",
            **dict.fromkeys(
                ("donations", "notes", "contact_tags", "interactions"), f"contact_id = {contact}"
            ),
        },
    }
    return {(system, table): where for system, tables in owned.items() for table, where in tables.items()}


def look(place: Place, her: Person) -> Raw:
    """Every row of every table, and every line of every file."""
    found: dict[tuple[str, str], Rows] = {}
    for system in DATABASES:
        with _connection(place, system) as connection:
            found.update(_tables(connection, system, her))
    for file in sorted(place.archive.rglob("*.*")):
        if file.is_file() and not file.name.startswith("."):
            lines = file.read_text(encoding="utf-8").splitlines()
            own = frozenset(n for n, line in enumerate(lines) if her.second_email in line)
            found["archive", file.relative_to(place.archive).as_posix()] = Rows(lines, own)
    files = [each for each in sorted(place.forum_files.rglob("*")) if each.is_file()]
    texts = [f"{each.name}: {each.read_text(encoding='utf-8')}" for each in files]
    naming = [found["forum", table] for table in ("attachments", "profiles")]
    named = " ".join(row for table in naming for number, row in enumerate(table.rows) if number in table.hers)
    own = frozenset(
        n for n, each in enumerate(files) if each.relative_to(place.forum_files).as_posix() in named
    )
    found["forum", "(files)"] = Rows(texts, own)
    return found


def traces(raw: Raw, her: Person, *, apart_from: Raw | None = None) -> Counter[tuple[str, str]]:
    """Rows by table in which one of her identifiers stands as such, and not as a part of a longer one.

    `apart_from`: rows that were other people's in that earlier look do not count; then her plain name, which
    a namesake bears as well, tells too.
    """
    names = Names(her, her.name) if apart_from else Names(her)
    found: Counter[tuple[str, str]] = Counter()
    for where, table in raw.items():
        earlier = apart_from.get(where) if apart_from else None
        naming = [row for row in table.rows if names.stand_in(row)]
        others = set(_others(earlier)) if earlier and naming else set()
        many = sum(1 for row in naming if row not in others)
        if many:
            found[where] = many
    return found


def mentions(raw: Raw, her: Person) -> int:
    """Rows of other people in which one of her identifiers stands: their words, which nobody changes."""
    names = Names(her)
    return sum(1 for table in raw.values() for row in _others(table) if names.stand_in(row))


class Names:
    """Her identifiers, as wholes: not as parts of the longer ones of her look-alikes."""

    def __init__(self, her: Person, *further: str) -> None:
        words = [her.email, her.second_email, her.username, her.street, *further]
        numbers = [her.phone.removeprefix("+"), her.phone.removeprefix("+").replace(" ", "")]
        self.parts = (*words, *numbers)
        whole = [rf"(?<![\w.+-]){re.escape(each)}(?![\w@-]|\.\w)" for each in words]
        self.exact = re.compile("|".join([*whole, *(rf"(?<!\d){each}(?!\d)" for each in numbers)]))

    def stand_in(self, row: str) -> bool:
        """Whether one of them stands in the row. Most rows are told by a comparison without patterns."""
        return any(part in row for part in self.parts) and self.exact.search(row) is not None


def _others(table: Rows) -> Iterator[str]:
    return (row for number, row in enumerate(table.rows) if number not in table.hers)


def disturbed(before: Raw, after: Raw) -> Counter[tuple[str, str]]:
    """Rows of other people that are not as they were, by table."""
    missing: Counter[tuple[str, str]] = Counter()
    for where, table in before.items():
        others = Counter(_others(table))
        others.subtract(Counter(after[where].rows) if where in after else Counter())
        lost = sum(many for many in others.values() if many > 0)
        if lost:
            missing[where] = lost
    return missing


def other_rows(raw: Raw) -> int:
    """How many rows are not hers."""
    return sum(len(table.rows) - len(table.hers) for table in raw.values())


def _tables(connection: Any, system: str, her: Person) -> Iterator[tuple[tuple[str, str], Rows]]:
    catalogue = (
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        if isinstance(connection, sqlite3.Connection)
        else "SELECT table_name FROM information_schema.tables WHERE table_schema IN ('public', 'crm')"
    )
    cursor = connection.cursor()
    cursor.execute(catalogue)
    owned = hers(her)
    for (table,) in sorted(cursor.fetchall()):
        where = owned.get((system, table), "1 = 0")
        cursor.execute(f"SELECT ({where}), t.* FROM {table} t")
        counter = COUNTERS.get((system, table))
        names = [column[0] for column in cursor.description][1:]
        hidden = names.index(counter) if counter else -1
        rows, own = [], set()
        for number, (mine, *row) in enumerate(cursor.fetchall()):
            if hidden >= 0:
                row[hidden] = "(counter)"
            rows.append(" | ".join(map(str, row)))
            if mine:
                own.add(number)
        yield (system, table), Rows(rows, frozenset(own))


def _connection(place: Place, system: str) -> Any:
    """A connection to the raw system, closed when left."""
    if system == "forum":
        return psycopg.connect(_secret(place, FORUM))
    url = _secret(place, CRM)
    if system == "crm" and url.startswith("mysql"):
        import pymysql  # lazy: optional dependency

        parts = urlsplit(url)
        return pymysql.connect(
            host="127.0.0.1",
            port=parts.port or 0,
            user="upheld",
            password=parts.password or "",
            database="crm",
            charset="utf8mb4",
        )
    return _Closing(place.shop if system == "shop" else place.crm)


class _Closing(sqlite3.Connection):
    def __init__(self, file: Path) -> None:
        super().__init__(file)

    def __exit__(self, *ended: object) -> None:  # type: ignore[override]
        self.close()


def _secret(place: Place, name: str) -> str:
    return (place.data / "secrets" / name).read_text(encoding="utf-8")
