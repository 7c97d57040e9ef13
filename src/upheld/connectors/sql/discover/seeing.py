"""The live schema and a look at some rows, as discovery's own values."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import repeat

import sqlalchemy as sa

from upheld.connectors.sql.discover.asking import VALUES, Asking
from upheld.connectors.sql.discover.sample import Look, Values, some
from upheld.connectors.sql.discover.sight import documents, empty, listed, paths, scalars, sight
from upheld.connectors.sql.schema import Family, Kind, LiveColumn, LiveTable
from upheld.datamap.discover import generic, implied, people, setting, weigh
from upheld.datamap.discover.category import by_name
from upheld.datamap.discover.seen import Column, Reference, Seen, Sort, Table
from upheld.datamap.discover.word import one, snake

_KEYS = (Family.INTEGER, Family.UUID, Family.TEXT)
FEW = 3
"""With fewer different values it is chance that they do not meet."""
NAME = 60
"""Letters of the longest name that is looked for among keys."""
CONTENT_TYPES = "django_content_type"

Told = Callable[[str, int], None]
"""Told which table was looked at, and of how many, for whoever shows progress."""

KINDS = {Kind.TABLE, Kind.PARTITIONED, Kind.INHERITANCE_CHILD}


def see(look: Look, wanted: Sequence[LiveTable], told: Told) -> Seen:
    """All tables, and what the database answers to the questions that they raise."""
    live = look.tables.live
    tables: dict[str, Table] = {}
    samples: dict[str, Values | None] = {}
    for each in wanted:
        samples[each.name] = look.sample(each)
        told(each.name, len(wanted))
    values: dict[str, Values] = {name: sampled or {} for name, sampled in samples.items()}
    names, said = frozenset(samples), _said(values.values())
    for each in wanted:
        tables[each.name] = _table(each, samples[each.name], names, said)
    types = _content_types(look, wanted)
    tables = {name: _with_kinds(table, values[name], tables, types) for name, table in tables.items()}
    for name in people.find(Seen(live.dialect, live.schemas, tables)):
        tables[name] = replace(tables[name], ghost=_ghost(look, tables[name]))
    seen = Seen(live.dialect, live.schemas, tables)
    who = people.find(seen)
    asking = Asking(look, values)
    seen = replace(seen, answers={each: asking.answer(each) for each in implied.questions(seen, who)})
    further = {each: asking.answer(each) for each in weigh.rivals(seen, who)}
    return replace(seen, answers={**seen.answers, **further})


def _said(values: Iterable[Values]) -> frozenset[str]:
    """Every short text that was seen: what is a key elsewhere is a value here, such as a user name."""
    texts = (text for columns in values for column in columns.values() for text in column if text)
    return frozenset(text.strip().lower() for text in texts if len(text) <= NAME)


def _table(live: LiveTable, sampled: Values | None, names: frozenset[str], said: frozenset[str]) -> Table:
    rows = len(next(iter(sampled.values()), ())) if sampled else None if sampled is None else 0
    table = Table(
        name=live.name,
        title=live.title,
        columns={
            each.name: _column(live, each, (sampled or {}).get(each.name, ()), said)
            for each in live.columns.values()
        },
        key=live.key or _unique(live),
        uniques=live.uniques,
        references=tuple(
            Reference(key.columns, key.to, key.to_columns) for key in live.foreign_keys if key.to in names
        ),
        rows=live.rows_estimate if live.rows_estimate is not None else rows,
        sampled=rows,
        alone=frozenset(_alone(live, sampled or {})),
    )
    return _with_settings(table, sampled or {})


def _with_settings(table: Table, sampled: Values) -> Table:
    """What the values of each name look like, where the table holds names of things and their values."""
    columns = setting.key_value(table)
    if columns is None:
        return table
    below: defaultdict[str, list[str | None]] = defaultdict(list)
    for name, value in zip(*(sampled.get(each, ()) for each in columns), strict=False):
        below[name or ""].append(value)
    told = setting.told({name: len(values) for name, values in below.items()})
    return replace(table, settings={name: sight(below[name]) for name in told}, untold=len(told) < len(below))


def _alone(live: LiveTable, values: Values) -> Iterator[tuple[str, str]]:
    """Pairs of a foreign key and another column that looks like a key, or the row's own."""
    for key in live.foreign_keys:
        first = values.get(key.columns[0], ())
        for name in live.columns if len(key.columns) == 1 else ():
            if name == key.columns[0] or live.columns[name].family not in _KEYS:
                continue
            met: dict[str, str] = {}
            pairs = [(a, b) for a, b in zip(first, values.get(name, ()), strict=False) if a and b]
            if len({b for _, b in pairs}) >= FEW and all(met.setdefault(a, b) == b for a, b in pairs):
                yield key.columns[0], name


def _unique(live: LiveTable) -> tuple[str, ...]:
    """What tells rows apart where no key is declared."""
    for unique in live.uniques:
        if all(not live.columns[name].nullable for name in unique):
            return unique
    return ()


def _column(
    live: LiveTable, column: LiveColumn, values: Sequence[str | None], said: frozenset[str]
) -> Column:
    sort = Sort.BOOLEAN if column.type_text == "tinyint(1)" else Sort(column.family.value)
    may_be_document = column.json or column.family in (Family.JSON, Family.TEXT)
    found = documents(values) if may_be_document else []
    known, untold = paths(found, said)
    spoken = [_speaks(each.text, each.value_of, column.name) for each in live.checks]
    texts = [each.text for each, true in zip(live.checks, spoken, strict=True) if true]
    return Column(
        name=column.name,
        sort=sort,
        type_text=column.type_text or "any",
        nullable=column.nullable and column.name not in live.key,
        length=column.length,
        unique=_differs(live, column.name),
        fixed=column.generated or column.always or (column.identity and column.name in live.key),
        enum=column.enum_values,
        json=column.json or bool(found),
        scalar=column.json and column.collation is not None and scalars(values),
        checked=any(spoken),
        guarded=any(spoken) and all(map(_of_emptiness, texts, repeat(column.name))),
        sight=sight(values),
        paths=known,
        untold=untold,
        listed=sight(listed(values, array=column.array) if column.array or column.json or found else ()),
        empty=empty(values) if column.json or found else "",
    )


def _differs(live: LiveTable, name: str) -> bool:
    """Whether it is, alone or with others, what has to differ: a value for all would be refused."""
    if name in live.key or any(name in unique for unique in live.uniques):
        return True
    return any(
        index.unique and (name in index.columns or (index.expression and name.lower() in index.text.lower()))
        for index in live.indexes
        if index.columns != live.key
    )


def _speaks(text: str, value_of: str | None, name: str) -> bool:
    if value_of:
        return value_of == name
    lower = text.lower()
    return name.lower() in lower and "json_valid" not in lower


NOBODY = ("ghost", "deleted", "[deleted]", "anonymous", "system", "nobody", "former", "removed")
"""Log-ins that applications give to a row which stands for nobody. Only these are looked for and told."""
MARKS = ("is_system", "system", "is_anonymous", "is_ghost", "is_deleted_user", "is_placeholder")


def _ghost(look: Look, table: Table) -> tuple[str, object] | None:
    """The one row that is marked as nobody's, or called so."""
    clause = look.tables[table.name]
    for column in table.columns.values():
        if snake(column.name) in MARKS and column.sort is Sort.BOOLEAN:
            found = look.ask(sa.select(sa.func.count()).where(clause.c[column.name].is_(True)))
            if found and found[0][0] == 1:
                return column.name, True
    for column in table.columns.values():
        if by_name(column.name) == "username" and column.unique and column.sort is Sort.TEXT:
            named = look.ask(
                sa.select(clause.c[column.name]).where(clause.c[column.name].in_(NOBODY)).limit(2)
            )
            words = [str(row[0]) for row in named or () if row[0] in NOBODY]
            if len(words) == 1:
                return column.name, words[0]
    return None


def _of_emptiness(text: str, name: str) -> bool:
    """Whether a check speaks of a column only to say whether it is empty."""
    said = re.sub(rf"[`\"\[]?{re.escape(name)}[`\"\]]?\s+is\s+(not\s+)?null", "", text, flags=re.IGNORECASE)
    return name.lower() not in said.lower()


# --- generic keys ------------------------------------------------------------------------------------------


def _content_types(look: Look, wanted: Sequence[LiveTable]) -> Mapping[str, Mapping[str, str]]:
    """Which rows of Django's register of models mean which table."""
    register = next((each for each in wanted if each.title == CONTENT_TYPES), None)
    if register is None or not {"app_label", "model"} <= set(register.columns):
        return {}
    table = look.tables[register.name]
    found = look.ask(sa.select(table.c.app_label, table.c.model).limit(2_000)) or []
    models = {f"{app}_{model}".lower(): (str(app), str(model)) for app, model in found}
    return {
        each.name: {"lookup": register.name, "app_label": models[title][0], "model": models[title][1]}
        for each in wanted
        if (title := each.title.lower()) in models
    }


def _with_kinds(
    table: Table, values: Values, tables: Mapping[str, Table], types: Mapping[str, Mapping[str, str]]
) -> Table:
    """Which tables the type column of a generic key names. Of its values only those that are a table's own
    name are used."""
    kinds: dict[str, Mapping[str, object]] = {}
    for kind, _ in generic.pairs(table):
        if any(each.columns == (kind,) and each.to.endswith(CONTENT_TYPES) for each in table.references):
            kinds[kind] = types
            continue
        named = {}
        for value in some(values.get(kind, ()), VALUES):
            last = snake(value.replace("\\", ".").replace(":", ".").replace("/", ".").rpartition(".")[2])
            for other in tables.values():
                if last and last in (one(other.title), snake(other.title)):
                    named[other.name] = value
        kinds[kind] = named
    if not kinds:
        return table
    return replace(table, kinds=kinds)
