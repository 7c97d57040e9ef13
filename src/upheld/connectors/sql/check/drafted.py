"""What a draft left open, and what the database has that the draft did not see."""

from collections.abc import Iterator

from upheld.connectors.sql.check.edit import flow
from upheld.connectors.sql.check.look import Look
from upheld.connectors.sql.schema import Kind, LiveTable
from upheld.rights import proposals
from upheld.rights.connector import Finding


def undecided(look: Look) -> Iterator[Finding]:
    yield from proposals.findings(look.system)


def drift(look: Look) -> Iterator[Finding]:
    """New, gone and changed tables and columns since the draft, whether the map speaks of them or not."""
    drafted = look.system.drafted
    if drafted is None:
        return
    day = drafted.on.isoformat()
    seen = {name: dict(columns) for name, columns in drafted.tables}
    for live in look.live:
        if live.outside or live.kind in {Kind.VIEW, Kind.PARTITION}:
            continue
        if live.name in seen:
            yield from _columns(look, live, seen[live.name], day)
        else:
            yield _found(
                look, live, "", "drift.new", f"Table {live.name} was not there on {day}.", types(live)
            )
    for name in sorted(set(seen) - set(look.live.tables)):
        what = f"Table {name} was there on {day}, and is gone."
        cure = f"Remove `{name}` from `drafted: {{tables: …}}`, and from the map."
        yield look.finding("drift.gone", name, what, cure)


def _columns(look: Look, live: LiveTable, seen: dict[str, str], day: str) -> Iterator[Finding]:
    for column in live.columns.values():
        where, now = f"{live.name}.{column.name}", {column.name: type_text(column.type_text)}
        if column.name not in seen:
            yield _found(look, live, column.name, "drift.new", f"Column {where} was not there on {day}.", now)
        elif seen[column.name] != type_text(column.type_text):
            what = f"Column {where} was {seen[column.name]} on {day}, and is {column.type_text}."
            yield _found(look, live, column.name, "drift.type", what, now)
    for name in sorted(set(seen) - set(live.columns)):
        what = f"Column {live.name}.{name} was there on {day}, and is gone."
        cure = f"Remove `{name}` from `drafted: {{tables: {{{live.name}: …}}}}`, and from the map."
        yield look.finding("drift.gone", live.name, what, cure, column=name)


def _found(
    look: Look, live: LiveTable, column: str, code: str, what: str, columns: dict[str, str]
) -> Finding:
    cure = "drafted: " + flow({"tables": {live.name: columns}})
    return look.finding(code, live.name, what, cure, column=column)


def types(live: LiveTable) -> dict[str, str]:
    """The columns of a table with their types, as a draft notes them."""
    return {each.name: type_text(each.type_text) for each in live.columns.values()}


def type_text(text: str) -> str:
    """The server's words for a type; something where it has none (SQLite allows that)."""
    return text or "any"


RULES = (undecided, drift)
