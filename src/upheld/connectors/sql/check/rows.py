"""The few questions that only rows answer: is a ghost there, a date missing, a row undecided. Counts only."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from upheld.connectors.sql.check.edit import edit
from upheld.connectors.sql.check.look import LARGE, Look
from upheld.connectors.sql.check.values import ghost_tables, sample, scalar_text
from upheld.connectors.sql.schema import Family, LiveTable
from upheld.datamap.model import Action, Ask, Condition, Retain, Table, Test
from upheld.rights.connector import Finding

FEW = 1000
"""A count goes no further: that it is more is enough to know."""


def to_ghosts(look: Look) -> bool:
    """Whether `ghosts` may find anything."""
    return any(True for _ in ghost_tables(look))


def ghosts(look: Look) -> Iterator[Finding]:
    for name in sorted(set(ghost_tables(look))):
        table, live = look.mapped(name), look.live.get(name)
        if table is None or live is None:
            continue
        if not table.ghost:
            yield look.finding(
                "ghost.undeclared",
                table.name,
                f"Rows are turned to the ghost of {table.name}, and the map names none.",
                edit(table.name, {"ghost": {_telling(table, live): "ghost"}}),
            )
            continue
        clause = live.clause()
        found = _count(look, clause, [condition(look, live, clause, table.ghost)], limit=2)
        if found == 0:
            what = f"The ghost row of {table.name} is not there."
            yield look.finding("ghost.absent", table.name, what, _insert(look, table, live))
        elif found > 1:
            said = ", ".join(test.column for test in table.ghost)
            yield look.finding(
                "ghost.ambiguous",
                table.name,
                f"More than one row of {table.name} is the ghost by its {said}.",
                edit(table.name, {"ghost": dict.fromkeys(live.key or live.columns, "the one that is meant")}),
            )


def _telling(table: Table, live: LiveTable) -> str:
    names = [identity.column for identity in table.identities] or [columns[0] for columns in live.uniques]
    return names[-1] if names else (live.key or tuple(live.columns))[0]


def _insert(look: Look, table: Table, live: LiveTable) -> str:
    """The ghost and nothing more: what the map says of it, and what the table insists on."""
    values = {test.column: scalar_text(test.values[0] if test.values else None) for test in table.ghost}
    for column in live.columns.values():
        needed = not (column.nullable or column.default or column.identity or column.generated)
        if needed and column.name not in values:
            number = column.name in live.key and column.family is Family.INTEGER
            written = -1 if number and "unsigned" not in column.type_text else sample(column)
            values[column.name] = scalar_text(written if isinstance(written, str | int) else None)
    listed = ", ".join(look.word(name) for name in values)
    # A cure is text for a person; nothing here runs it.
    return f"INSERT INTO {look.place(live)} ({listed}) VALUES ({', '.join(values.values())})"  # noqa: S608


def may_be_undated(look: Look) -> bool:
    """Whether `undated` may find anything."""
    return any(_maybe_undated(table, live) for table, live in look.pairs)


def _maybe_undated(table: Table, live: LiveTable) -> bool:
    dates = [each.after for each in _can_happen(table) if isinstance(each, Retain) and each.after]
    return any(column.nullable for column in map(live.column, dates) if column is not None)


def undated(look: Look) -> Iterator[Finding]:
    for table, live in look.pairs:
        found: dict[str, int] = {}
        if not _maybe_undated(table, live):
            continue
        for action, rows in _ruled(look, table, live):
            column = live.column(action.after) if isinstance(action, Retain) and action.after else None
            if column is None or not column.nullable:
                continue
            if _large(live) and not live.indexed([column.name]):
                yield _unread(look, table, live, f"rows without {column.name}")
                continue
            clause = live.clause()
            empty = [clause.c[column.name].is_(None), *rows, *_somebodys(table, live, clause)]
            found[column.name] = found.get(column.name, 0) + _count(look, clause, empty)
        for name, rows_without in sorted(found.items()):
            if rows_without:
                many = f"More than {FEW}" if rows_without > FEW else str(rows_without)
                today = _today(look.live.dialect, live, name)
                yield look.finding(
                    "retain.undated",
                    table.name,
                    f"{many} rows of {table.name} are to be retained and have no {name} to count from.",
                    f"UPDATE {look.place(live)} SET {look.word(name)} = {today}"  # noqa: S608
                    f" WHERE {look.word(name)} IS NULL",
                    column=name,
                )


def _can_happen(table: Table) -> Iterator[Action]:
    yield from (rule.action for rule in table.treatment.rules)
    yield from (action for _, action in table.treatment.by)


def _ruled(
    look: Look, table: Table, live: LiveTable
) -> Iterator[tuple[Action, list[sa.ColumnElement[bool]]]]:
    """What happens, with the condition of the rows that it happens to: the first rule that fits."""
    clause = live.clause()
    before: list[sa.ColumnElement[bool]] = []
    for rule in table.treatment.rules:
        fits = condition(look, live, clause, rule.when)
        yield rule.action, [*before, fits]
        before.append(sa.not_(sa.func.coalesce(fits, sa.false())))
    for _, action in table.treatment.by:
        yield action, []


def _today(dialect: str, live: LiveTable, name: str) -> str:
    whole = live.columns[name].family.value in ("integer", "number")
    seconds = {"postgresql": "EXTRACT(EPOCH FROM now())", "sqlite": "strftime('%s', 'now')"}
    return seconds.get(dialect, "UNIX_TIMESTAMP()") if whole else "CURRENT_DATE"


def may_be_undecided(look: Look) -> bool:
    """Whether `undecided` may find anything."""
    return any(isinstance(rule.action, Ask) for table, _ in look.pairs for rule in table.treatment.rules)


def undecided(look: Look) -> Iterator[Finding]:
    for table, live in look.pairs:
        rules = table.treatment.rules
        if not any(isinstance(rule.action, Ask) for rule in rules):
            continue
        told = [test.column for rule in rules if not isinstance(rule.action, Ask) for test in rule.when]
        for (action, rows), _ in zip(_ruled(look, table, live), rules, strict=False):
            if isinstance(action, Ask):
                yield from _undecided(look, table, live, rows, told[0] if told else "")


def _undecided(
    look: Look, table: Table, live: LiveTable, rows: list[sa.ColumnElement[bool]], column: str
) -> Iterator[Finding]:
    if _large(live):
        yield _unread(look, table, live, "rows that no rule decides")
        return
    clause = live.clause()
    found = _count(look, clause, [*rows, *_somebodys(table, live, clause)])
    if found:
        many = f"More than {FEW}" if found > FEW else str(found)
        yield look.finding(
            "rows.undecided",
            table.name,
            f"{many} rows of {table.name} meet no rule but `ask`.",
            edit(table.name, {"rows": [{"when": {column or "column": ["say which"]}, "on_erase": "delete"}]}),
            column=column,
        )


def _unread(look: Look, table: Table, live: LiveTable, what: str) -> Finding:
    return look.finding(
        "rows.unread",
        table.name,
        f"{table.name} has about {live.rows_estimate} rows; {what} are looked for with each person.",
        "Nothing to do.",
    )


def _large(live: LiveTable) -> bool:
    return (live.rows_estimate or 0) > LARGE


def _somebodys(table: Table, live: LiveTable, clause: sa.TableClause) -> list[sa.ColumnElement[bool]]:
    """Rows that belong to somebody: a row without any link filled is nobody's."""
    if table.person or not table.links:
        return []
    filled = [
        clause.c[column.name].is_not(None)
        for link in table.links
        if (column := live.column(link.columns[0])) is not None
    ]
    return [sa.or_(*filled)] if filled else []


def _count(
    look: Look, clause: sa.TableClause, where: list[sa.ColumnElement[bool]], *, limit: int = FEW + 1
) -> int:
    inner = sa.select(sa.literal(1).label("one")).select_from(clause).where(*where).limit(limit).subquery()
    return int(look.connection.execute(sa.select(sa.func.count()).select_from(inner)).scalar_one())


def condition(
    look: Look, live: LiveTable, clause: sa.TableClause, tests: Condition
) -> sa.ColumnElement[bool]:
    """A condition of the map on live columns; a column that is not there fits no row."""
    return sa.and_(sa.true(), *(_test(look, live, clause, test) for test in tests))


def _test(look: Look, live: LiveTable, clause: sa.TableClause, test: Test) -> sa.ColumnElement[bool]:
    found = live.column(test.column)
    if found is None:
        return sa.false()
    column: sa.ColumnElement[Any] = clause.c[found.name]
    if test.like is not None:
        escaped = test.like.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_").replace("*", "%")
        return column.like(escaped, escape="\\")
    if test.lookup is not None:
        target = look.live.get(test.lookup.table)
        if target is None or len(target.key) != 1:
            return sa.false()
        inner = tuple(Test(name, (value,)) for name, value in test.lookup.match)
        other = target.clause()
        return column.in_(sa.select(other.c[target.key[0]]).where(condition(look, target, other, inner)))
    given = [value for value in test.values if value is not None]
    ways: list[sa.ColumnElement[bool]] = [column.in_(given)] if given else []
    if None in test.values:
        ways.append(column.is_(None))
    return sa.or_(sa.false(), *ways)


RULES = ((ghosts, to_ghosts), (undated, may_be_undated), (undecided, may_be_undecided))
