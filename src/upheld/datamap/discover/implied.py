"""Columns that could be keys although the schema does not declare them: what raises the question, before the
values answer it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from upheld.datamap.discover import category, generic, role
from upheld.datamap.discover.people import People
from upheld.datamap.discover.role import Role
from upheld.datamap.discover.seen import Column, Question, Seen, Sort, Table
from upheld.datamap.discover.word import one, singular, snake, words

ENOUGH = 10
"""Fewer different values can all be keys of another table by chance."""
KEYS = (Sort.INTEGER, Sort.UUID, Sort.TEXT)


class Hint(StrEnum):
    """What speaks for a key besides its values. KEY: its name is the table's with `id`. BARE: it is the
    table's. TITLE: its own table is called after the other. PEOPLE, VAGUE: its name means somebody, or could.
    LOGIN: it means a log-in. LOGINS, UUID, NUMBER, TEXTS: nothing does; TEXTS are numbers kept as text, in a
    log."""

    KEY = "key"
    BARE = "bare"
    TITLE = "title"
    PEOPLE = "people"
    VAGUE = "vague"
    LOGIN = "login"
    LOGINS = "logins"
    UUID = "uuid"
    NUMBER = "number"
    TEXTS = "texts"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question and what raised it."""

    question: Question
    hint: Hint

    @property
    def at(self) -> tuple[str, str]:
        """The table and the column that is asked about."""
        return self.question.table, self.question.column


def questions(seen: Seen, people: Mapping[str, People]) -> tuple[Question, ...]:
    """Which columns without foreign key look like keys of which table, for the database to answer."""
    return tuple(dict.fromkeys(each.question for each in candidates(seen, people)))


def candidates(seen: Seen, people: Mapping[str, People]) -> Iterator[Candidate]:
    """For each column the surest first."""
    start = role.prefix([each.title for each in seen.tables.values()])
    targets = _targets(seen, start)
    for table in seen.tables.values():
        declared = {name for reference in table.references for name in reference.columns}
        paired = {pair for pairs in generic.pairs(table) for pair in pairs}
        for column in table.columns.values():
            if column.name in declared | paired or column.sort not in KEYS or column.enum:
                continue
            yield from _of_column(_Scene(seen, people, targets, start), table, column)


@dataclass(frozen=True, slots=True)
class _Scene:
    seen: Seen
    people: Mapping[str, People]
    targets: Mapping[str, list[str]]
    start: str

    def key(self, name: str) -> Column:
        """The key of a table that has one of a single column."""
        table = self.seen.tables[name]
        return table.columns[table.key[0]]


def _targets(seen: Seen, start: str) -> dict[str, list[str]]:
    """Words for one row, to the tables that they may mean; and, after an equals sign, names of keys that say
    of which table they are."""
    found: dict[str, list[str]] = {}
    for table in seen.tables.values():
        if len(table.key) == 1:
            if snake(table.key[0]) not in ("id", "uuid", "key", "name", "code"):
                found.setdefault(f"={table.key[0]}", []).append(table.name)
            bare = one(table.title.lower().removeprefix(start))
            for word in dict.fromkeys((bare, one(table.title))):
                found.setdefault(word, []).append(table.name)
    return found


def _of_column(scene: _Scene, table: Table, column: Column) -> Iterator[Candidate]:
    own_key = table.key == (column.name,)
    named = tuple(_by_name(scene, table, column, own_key=own_key))
    yield from named
    if not named and not own_key and len(table.key) != 1 and keyish(column.name):
        yield from (
            Candidate(Question(table.name, column.name, name, scene.key(name).name), Hint.TITLE)
            for name in _in_title(scene, table)
            if _comparable(column, scene.key(name))
        )
    for name, who in scene.people.items():
        if name == table.name and own_key:
            continue
        if len(who.key) == 1:
            key = scene.seen.tables[name].columns[who.key[0]]
            for hint in _meaning(scene, table, column, name, key, named=bool(named)):
                yield Candidate(Question(table.name, column.name, name, key.name), hint)
        login = who.identities.get("username")
        if login and name != table.name and column.sort is Sort.TEXT and not own_key:
            said = _means_login(column, scene.seen.tables[name])
            if said:
                yield Candidate(Question(table.name, column.name, name, login[0]), said)


def _by_name(scene: _Scene, table: Table, column: Column, *, own_key: bool) -> Iterator[Candidate]:
    """Tables that the column is called after."""
    for name in scene.targets.get(f"={column.name}", ()) if not own_key else ():
        other = scene.seen.tables[name].columns[column.name]
        if name not in scene.people and name != table.name and column.sort is other.sort:
            yield Candidate(Question(table.name, column.name, name, column.name), Hint.KEY)
    stem = _stem(column.name) or _glued(column.name, scene.targets)
    if stem and not (own_key and one(table.title).endswith(stem)):
        for name in _meant(stem, scene.targets):
            key = scene.key(name)
            if name != table.name and column.sort is key.sort:
                yield Candidate(Question(table.name, column.name, name, key.name), Hint.KEY)
    if not stem and not own_key and column.sort is not Sort.TEXT:
        for name in _meant(snake(column.name), scene.targets):
            key = scene.key(name)
            if name != table.name and name not in scene.people and column.sort is key.sort:
                yield Candidate(Question(table.name, column.name, name, key.name), Hint.BARE)


def _meaning(
    scene: _Scene, table: Table, column: Column, name: str, key: Column, *, named: bool
) -> Iterator[Hint]:
    """What speaks for a key of people."""
    own_key = table.key == (column.name,)
    if column.sort is key.sort:
        hint = _means_people(column, scene.seen.tables[name])
        if hint:
            yield hint
        elif column.sort is Sort.UUID and not own_key:
            yield Hint.UUID
    if named or own_key or name == table.name or not _comparable(column, key) or key.sort is not Sort.INTEGER:
        return
    if keyish(column.name):
        yield Hint.NUMBER
    elif column.sort is Sort.TEXT and role.sort(table.title, scene.start) is role.Sort.LOG:
        yield Hint.TEXTS


def _comparable(column: Column, key: Column) -> bool:
    """Whether it holds what the key holds, if need be as texts."""
    return column.sort is key.sort or (
        column.sort is Sort.TEXT and key.sort is Sort.INTEGER and column.sight.share("number") == 1
    )


def _stem(name: str) -> str:
    """`billing_address_id` is `billing_address`; empty for a name that does not end like a key."""
    parts = words(name, numbered=True)
    if len(parts) > 1 and parts[-1] in ("id", "uuid", "fk", "ref"):
        return "_".join(parts[:-1])
    return ""


_NO_KEYS = frozenset(
    ("valid", "invalid", "paid", "unpaid", "prepaid", "void", "avoid", "grid", "solid", "fluid", "rapid")
)


def keyish(name: str) -> bool:
    """Whether it ends like a key, be it in one word: `node_id`, `nodeid`."""
    parts = words(name)
    last = (parts or ("",))[-1]
    return bool(_stem(name)) or (len(last) > 4 and last.endswith("id") and last not in _NO_KEYS)


def _meant(stem: str, targets: Mapping[str, list[str]]) -> list[str]:
    for way in dict.fromkeys((stem, stem.rstrip("0123456789_"))):
        parts = way.split("_")
        for start in range(len(parts)):
            named = targets.get("_".join((*parts[start:-1], singular(parts[-1]))))
            if named:
                return named
    return []


def _in_title(scene: _Scene, table: Table) -> list[str]:
    """The other tables of whose rows the table's name speaks: `issue_journal` of issues, `user_queries` of
    users and of queries."""
    parts = [singular(part) for part in words(table.title.lower().removeprefix(scene.start))]
    found = [name for part in parts for name in scene.targets.get(part, ())]
    return [name for name in dict.fromkeys(found) if name != table.name]


def _glued(name: str, targets: Mapping[str, list[str]]) -> str:
    """`topicid` is `topic` where there is a table of topics."""
    *before, last = words(name, numbered=True) or ("",)
    stem = last.removesuffix("id")
    return "_".join((*before, stem)) if stem != last and singular(stem) in targets else ""


def _means_people(column: Column, person: Table) -> Hint | None:
    parts = role.said(column.name)
    if role.role((column.name,), person.title) is Role.UNSAID:
        return None
    if len(parts) > 1 and parts[-1] in ("id", "uuid", "by", "fk", "ref"):
        return Hint.VAGUE if role.vague(column.name) else Hint.PEOPLE
    if column.sort is Sort.TEXT or not role.says_who(column.name) or _flag(column):
        return None
    return Hint.VAGUE if role.vague(column.name) else Hint.PEOPLE


def _flag(column: Column) -> bool:
    """Whether it says no more than yes and no: where a number is a key, nobody is zero among ones."""
    sight = column.sight
    return column.sort is Sort.INTEGER and sight.distinct <= 2 and sight.filled > sight.marked


def _means_login(column: Column, person: Table) -> Hint | None:
    guess = category.by_name(column.name)
    said = role.role((column.name,), person.title)
    if guess in ("username", "name") or (guess is None and said is not Role.UNSAID):
        return Hint.LOGIN
    plain = (
        column.sight.distinct >= ENOUGH and column.sight.share("number") + column.sight.share("date") < 0.5
    )
    return Hint.LOGINS if plain and column.sight.share("email") < 0.5 else None
