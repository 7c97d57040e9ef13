"""How rows lead to people: foreign keys, keys that the schema does not declare, generic keys, addresses."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from upheld.datamap.discover import category, role
from upheld.datamap.discover.people import People, named_aside
from upheld.datamap.discover.role import Role
from upheld.datamap.discover.seen import Answer, Column, Question, Seen, Sort, Table
from upheld.datamap.discover.word import one, singular, snake, words

ENOUGH = 10
"""Fewer different values can all be keys of another table by chance."""
CONTAINED = 0.95
KEYS = (Sort.INTEGER, Sort.UUID, Sort.TEXT)


@dataclass(frozen=True, slots=True)
class Tie:
    """Columns that lead to a row of `to`, or that hold an identity. `decided`: the schema itself says so, so
    that
    nothing is left to propose. `when`: a test under which alone it leads there. `login`: it leads there by a
    name
    that says who, not by a key. `array`: the column holds a list of them."""

    columns: tuple[str, ...]
    to: str | None
    key: tuple[str, ...] = ()
    identity: str | None = None
    role: Role = Role.UNSAID
    confidence: float = 1.0
    because: str = "a foreign key"
    decided: bool = True
    login: bool = False
    cast: str | None = None
    array: bool = False
    when: Mapping[str, object] | None = None

    @property
    def name(self) -> str:
        """The word by which a treatment refers to it."""
        return ",".join(self.columns)


def questions(seen: Seen, people: Mapping[str, People]) -> tuple[Question, ...]:
    """Which columns without foreign key look like keys of which table, for the database to answer."""
    return tuple(dict.fromkeys(question for question, _ in _candidates(seen, people)))


def find(seen: Seen, people: Mapping[str, People]) -> tuple[dict[str, list[Tie]], dict[str, list[Tie]]]:
    """For each table its ties to people, and its ties to other tables."""
    ties: dict[str, list[Tie]] = {name: [] for name in seen.tables}
    parents: dict[str, list[Tie]] = {name: [] for name in seen.tables}
    for table in seen.tables.values():
        for reference in table.references:
            tie = Tie(reference.columns, reference.to, reference.key)
            _add(seen, people, table, tie, ties, parents)
        for tie in _generic(seen, people, table):
            ties[table.name].append(tie)
    for question, strength in _candidates(seen, people):
        tie_found = _answered(question, strength, seen.answers.get(question))
        if tie_found:
            _add(seen, people, seen.tables[question.table], tie_found, ties, parents)
    for table in seen.tables.values():
        if table.name not in people and not aside(table, ties[table.name], people):
            ties[table.name].extend(_addresses(table))
    return ties, parents


def _add(
    seen: Seen,
    people: Mapping[str, People],
    table: Table,
    tie: Tie,
    ties: dict[str, list[Tie]],
    parents: dict[str, list[Tie]],
) -> None:
    """Each set of columns leads to one place: what is surer came first."""
    if tie.to is None or tie.to not in seen.tables:
        return
    taken = [each for each in (*ties[table.name], *parents[table.name]) if each.columns == tie.columns]
    if any(each.when is None and (each.to in people or not tie.decided) for each in taken):
        return
    if tie.to in people:
        said = role.role(tie.columns, seen.tables[tie.to].title)
        ties[table.name].append(replace(tie, role=said, login=tie.key != people[tie.to].key))
    else:
        parents[table.name].append(tie)


def aside(table: Table, ties: list[Tie], people: Mapping[str, People]) -> tuple[str, str | None] | None:
    """Addresses by which people are known, in a table of their own: the column, and what vouches for them."""
    leads = [tie for tie in ties if tie.to and not tie.login and not tie.when and tie.to in people]
    return named_aside(table) if len(leads) == 1 and leads[0].role is Role.OWNER else None


# --- keys that the schema does not declare -----------------------------------------------------------------


def _candidates(seen: Seen, people: Mapping[str, People]) -> Iterator[tuple[Question, float]]:
    """Each with how much its name says: 0.9 it names the table, 0.6 it means people, 0.5 a log-in, 0.3
    nothing."""
    start = role.prefix([each.title for each in seen.tables.values()])
    targets = _targets(seen, start)
    for table in seen.tables.values():
        declared = {name for reference in table.references for name in reference.columns}
        generic = {pair for pairs in generic_pairs(table) for pair in pairs}
        for column in table.columns.values():
            if column.name in declared | generic or column.sort not in KEYS or column.enum:
                continue
            yield from _of_column(seen, people, table, column, targets)


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


def _of_column(
    seen: Seen, people: Mapping[str, People], table: Table, column: Column, targets: Mapping[str, list[str]]
) -> Iterator[tuple[Question, float]]:
    own_key = table.key == (column.name,)
    for name in targets.get(f"={column.name}", ()) if not own_key else ():
        if (
            name not in people
            and name != table.name
            and _same(column, seen.tables[name].columns[column.name])
        ):
            yield Question(table.name, column.name, name, column.name), 0.9
    stem = _stem(column.name)
    if stem and not (own_key and one(table.title).endswith(stem)):
        yield from (
            (Question(table.name, column.name, name, seen.tables[name].key[0]), 0.9)
            for name in _meant(stem, targets)
            if name != table.name and _same(column, seen.tables[name].columns[seen.tables[name].key[0]])
        )
    for name, who in people.items():
        if name == table.name and own_key:
            continue
        if len(who.key) == 1 and _same(column, seen.tables[name].columns[who.key[0]]):
            hint = _means_people(column, seen.tables[name])
            by_value = column.sort is Sort.UUID and not own_key
            if hint or by_value:
                yield Question(table.name, column.name, name, who.key[0]), 0.6 if hint else 0.3
        login = who.identities.get("username")
        if (
            login
            and name != table.name
            and column.sort is Sort.TEXT
            and _means_login(column, seen.tables[name])
        ):
            yield Question(table.name, column.name, name, login[0]), 0.5


def _stem(name: str) -> str:
    """`billing_address_id` is `billing_address`; empty for a name that does not end like a key."""
    parts = words(name, numbered=True)
    if len(parts) > 1 and parts[-1] in ("id", "uuid", "fk", "ref"):
        return "_".join(parts[:-1])
    return ""


def _meant(stem: str, targets: Mapping[str, list[str]]) -> list[str]:
    for way in dict.fromkeys((stem, stem.rstrip("0123456789_"))):
        parts = way.split("_")
        for start in range(len(parts)):
            named = targets.get("_".join((*parts[start:-1], singular(parts[-1]))))
            if named:
                return named
    return []


def _same(column: Column, key: Column) -> bool:
    return column.sort is key.sort


def _means_people(column: Column, person: Table) -> bool:
    parts = words(column.name)
    if parts[-1:] in (("id",), ("uuid",), ("by",), ("fk",), ("ref",)) and len(parts) > 1:
        return role.role((column.name,), person.title) is not Role.UNSAID
    said = role.role((column.name,), person.title)
    return column.sort is not Sort.TEXT and said is not Role.UNSAID and role.says_who(column.name)


def _means_login(column: Column, person: Table) -> bool:
    guess = category.by_name(column.name)
    said = role.role((column.name,), person.title)
    return guess in ("username", "name") or (guess is None and said is not Role.UNSAID)


def _answered(question: Question, strength: float, answer: Answer | None) -> Tie | None:
    """Without data a name alone proposes, with little confidence; values that are not there speak against
    it."""
    if answer is None or answer.asked == 0:
        if strength < 0.6:
            return None
        confidence, because = strength * 0.6, "its name says so; there are no values to look at"
    elif answer.share >= CONTAINED and (answer.asked >= ENOUGH or strength >= 0.6):
        confidence = (0.95 if strength > 0.6 else 0.85) if answer.asked >= ENOUGH else strength * 0.85
        if strength < 0.5:
            confidence = 0.75
        because = f"{_all(answer)} seen are keys of {question.to}"
    elif answer.share >= 0.8 and strength > 0.6:
        confidence, because = (
            0.5,
            f"its name says so; {answer.inside} of {answer.asked} values are keys there",
        )
    else:
        return None
    tie = Tie((question.column,), question.to, (question.key,), decided=False, because=because)
    return replace(tie, confidence=round(confidence, 2))


def _all(answer: Answer) -> str:
    if answer.asked == answer.inside:
        return f"all {answer.asked} values" if answer.asked > 1 else "the one value"
    return f"{answer.inside} of {answer.asked} values"


# --- generic keys and addresses ----------------------------------------------------------------------------


def generic_pairs(table: Table) -> Iterator[tuple[str, str]]:
    """Columns that say of which table a key is, with the column of the key."""
    by_word = {snake(name): name for name in table.columns}
    for word, name in by_word.items():
        stem = word.removesuffix("_id").removesuffix("_type")
        if stem == word or not word.removesuffix("_id").endswith("_type"):
            continue
        ways = [f"{stem}_id", f"{stem}_pk", f"{stem}_object_id"]
        if stem in ("content", "object", "model", "entity"):
            ways += ["object_id", "object_pk"]
        key = next((by_word[way] for way in ways if way in by_word), None)
        if key:
            yield name, key


def _generic(seen: Seen, people: Mapping[str, People], table: Table) -> Iterator[Tie]:
    for kind, key in generic_pairs(table):
        for name, value in table.kinds.get(kind, {}).items():
            if name not in people or len(people[name].key) != 1:
                continue
            own, target = table.columns[key], seen.tables[name].columns[people[name].key[0]]
            cast = target.sort.value if own.sort is not target.sort else None
            stem = words(kind)[0]
            said = (
                Role.OWNER if stem in ("tokenable", "notifiable", "authenticatable", "owner") else Role.PARTY
            )
            yield Tie(
                (key,),
                name,
                people[name].key,
                role=said,
                confidence=0.8,
                because=f"{kind} says of which table {key} is",
                decided=False,
                cast=cast if cast in (None, "integer", "text", "uuid") else None,
                when={kind: value},
            )


def _addresses(table: Table) -> Iterator[Tie]:
    for column in table.columns.values():
        guess = category.of(column)
        if guess is None or guess.category != "email-address" or column.sort is not Sort.TEXT:
            continue
        seen = column.sight.share("email") >= category.SURE
        yield Tie(
            (column.name,),
            None,
            identity="email",
            role=Role.PARTY,
            confidence=0.9 if seen else 0.6,
            because="addresses stand there" if seen else "its name says so; no address was seen",
            decided=False,
        )


def lists(table: Table) -> Iterator[Tie]:
    """Columns whose lists hold addresses, of whomever. Taking hers out of one touches nobody else's."""
    for column in table.columns.values():
        seen = column.listed.kinds.get("email", 0)
        named = column.sort is Sort.ARRAY and category.by_name(column.name) == "email-address"
        if not seen and (column.listed.filled or not named or not _of_texts(column)):
            continue
        if column.listed.filled and column.listed.share("email") < category.SURE and seen < category.FEW:
            continue
        yield Tie(
            (column.name,),
            None,
            identity="email",
            role=Role.PARTY,
            confidence=0.9 if seen else 0.5,
            because="addresses stand in its lists" if seen else "its name says so; no list was seen",
            decided=False,
            array=True,
        )


def _of_texts(column: Column) -> bool:
    return any(word in column.type_text.lower() for word in ("char", "text"))
