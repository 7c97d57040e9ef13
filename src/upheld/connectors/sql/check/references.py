"""What the database does by itself when rows go: refuse, cascade, empty, or search whole tables."""

from collections.abc import Iterator

from upheld.connectors.sql.check.edit import edit
from upheld.connectors.sql.check.look import Look, actions, covering, deletes, held, unseen
from upheld.connectors.sql.check.undeclared import draft
from upheld.connectors.sql.schema import Kind, LiveForeignKey, LiveTable, Reference
from upheld.datamap.model import Action, Anonymise, Delete, Detach, Follow, Link, Retain, Table, Tie
from upheld.rights.connector import Finding, Severity

MANY_ROWS = 10_000


def _referring(look: Look) -> Iterator[tuple[Table, LiveTable, Reference, LiveTable]]:
    """Foreign keys onto tables whose rows can go: that table twice, the key, and where it stands."""
    for table, live in look.pairs:
        if deletes(table):
            for reference in look.live.refer(live.name):
                referring = look.live.tables[reference.table]
                if referring.kind is not Kind.PARTITION:
                    yield table, live, reference, referring


def severed(look: Look, table: Table, key: LiveForeignKey) -> bool:
    """Whether whatever happens to a row ends its reference: it goes, or its columns change."""
    if held(look, table, key) or any(_cut(look, key, each) for each in unseen(table)):
        return True
    own = [(action, link) for action, link in _last(table) if not _of_others(table, key, link)]
    return covering(look, table, key) and bool(own) and all(_ends(table, key, *each) for each in own)


def _cut(look: Look, key: LiveForeignKey, link: Link) -> bool:
    """Whether this is the key of whoever only sees a row: it is cut in every row, whatever the rules
    say."""
    target = look.mapped(key.to)
    if target is None or link.to != target.name or link.when:
        return False
    pairs = set(zip(link.columns, link.key, strict=True))
    return pairs == set(zip(key.columns, key.to_columns, strict=True))


def _of_others(table: Table, key: LiveForeignKey, link: Link | None) -> bool:
    """Whether that action is about rows of other people, to whom a person's row relates: what such a row
    refers to beside that relation is theirs, and stays."""
    return bool(table.person) and link is not None and not set(key.columns) & set(link.columns)


def _last(table: Table) -> list[tuple[Action, Link | None]]:
    """What happens now; what follows a retention happens later, and does not count here."""
    sequels = {id(action.then) for action, _ in actions(table) if isinstance(action, Retain)}
    found = [(action, link) for action, link in actions(table) if id(action) not in sequels]
    return [(action, link) for action, link in found if not isinstance(action, Delete)] or [
        (action, link) for action, link in found
    ]


def _ends(table: Table, key: LiveForeignKey, action: Action, link: Link | None) -> bool:
    columns = set(key.columns)
    if link is not None and not columns & set(link.columns):
        return any(columns <= set(name.split(",")) for name, _ in table.treatment.by)
    if isinstance(action, Delete):
        return True
    if isinstance(action, Detach):
        return True
    if isinstance(action, Follow) and columns == set(action.link.split(",")):
        return True
    if isinstance(action, Anonymise | Retain | Follow):
        return any(each.column in columns for each in action.assignments)
    return False


def stays(table: Table) -> bool:
    """Whether some of a person's rows remain after an erasure."""
    return any(not isinstance(action, Delete) for action, _ in actions(table))


def refusals(look: Look) -> Iterator[Finding]:
    rings = _rings(_edges(look))
    for target, live, reference, referring in _referring(look):
        own, key = look.mapped(referring.name), reference.key
        if key.on_delete not in {"NO ACTION", "RESTRICT"} or (own is not None and severed(look, own, key)):
            continue
        if own is target and own.replies and set(key.columns) == {own.replies.column}:
            continue
        if any({live.name, referring.name} <= set(ring) for ring in rings):
            continue  # said of the ring as a whole
        column = ",".join(key.columns)
        yield look.finding(
            "delete.refused",
            referring.name,
            f"{referring.name}.{column} refers to {live.name}, whose rows cannot be deleted while it does.",
            _release(look, referring, key, own),
            column=column,
        )


def _release(look: Look, referring: LiveTable, key: LiveForeignKey, own: Table | None) -> str:
    if own is None and look.declared(referring.name) is None:
        return draft(look, referring)
    nullable = all((column := referring.column(name)) and column.nullable for name in key.columns)
    then = "SET NULL" if nullable else "CASCADE"
    return _altered(look, referring, key, then)


def _altered(look: Look, referring: LiveTable, key: LiveForeignKey, then: str) -> str:
    """The statement that gives a foreign key another ON DELETE; SQLite has none: there the map says it."""
    if look.live.dialect == "sqlite":
        what = "detach" if referring.columns[key.columns[0]].nullable else "delete"
        link = {key.columns[0]: f"{key.to}.{key.to_columns[0]}"}
        return edit(referring.name, {"belongs_to": link, "on_erase": what})
    place, target = look.place(referring), look.place(look.live.tables[key.to])
    drop = "CONSTRAINT" if look.live.dialect == "postgresql" else "FOREIGN KEY"
    return (
        f"ALTER TABLE {place} DROP {drop} {look.word(key.name)},"
        f" ADD CONSTRAINT {look.word(key.name + '_upheld')} FOREIGN KEY ({look.words(key.columns)})"
        f" REFERENCES {target} ({look.words(key.to_columns)})"
        f" ON DELETE {then}"
    )


def cascades(look: Look) -> Iterator[Finding]:
    for target, live, reference, referring in _referring(look):
        own, key = look.mapped(referring.name), reference.key
        column = ",".join(key.columns)
        if key.on_delete in {"SET NULL", "SET DEFAULT"} and not (own is not None and severed(look, own, key)):
            firm = [name for name in key.columns if not referring.columns[name].nullable]
            bare = key.on_delete == "SET NULL" or any(
                referring.columns[name].default is None for name in firm
            )
            if firm and bare:
                yield look.finding(
                    "cascade.null",
                    referring.name,
                    f"Deleting rows of {live.name} empties {referring.name}.{column}, which must be filled.",
                    _nullable(look, referring, firm),
                    column=column,
                )
        if key.on_delete == "CASCADE" and (lost := _restricted(look, target, referring, key)):
            yield lost
        elif key.on_delete == "CASCADE" and (grave := _loss(look, referring, key)):
            yield look.finding(
                "cascade.loss",
                referring.name,
                f"Deleting rows of {live.name} deletes rows of {referring.name} by their {column}.",
                draft(look, referring)
                if own is None and look.declared(referring.name) is None
                else _kept(look, referring, key),
                column=column,
                severity=grave,
            )


def _restricted(look: Look, target: Table, referring: LiveTable, key: LiveForeignKey) -> Finding | None:
    """The database's own cascade knows no restriction: it takes restricted rows where the rows above have no
    mark, and those restricted for somebody else alone, to whom the rows above are nothing (G-18.5)."""
    own, column = look.mapped(referring.name), ",".join(key.columns)
    if own is None or not own.restriction:
        return None
    what = f"Deleting rows of {target.name} deletes rows of {own.name} by their {column}, "
    if not target.restriction:
        what += f"restricted ones, too: {target.name} has no mark that keeps its own."
        cure = edit(target.name, {"restriction": "the column of its mark"})
    elif _anothers(own, key):
        what += "also those whose use is restricted for somebody else alone."
        nullable = all(referring.columns[name].nullable for name in key.columns)
        then = "SET NULL" if nullable else "NO ACTION"
        cure = (
            f"Give the foreign key of {column} ON DELETE {then}."
            if look.live.dialect == "sqlite"
            else _altered(look, referring, key, then)
        )
    else:
        return None
    return look.finding("cascade.loss", own.name, what, cure, column=column, severity=Severity.STOP)


def _anothers(own: Table, key: LiveForeignKey) -> bool:
    """Whether a row can be somebody's by more than what the foreign key says."""
    links = [link for link in own.links if link.tie is Tie.OWNS]
    return bool(own.person or own.held_by) or any(not set(link.columns) & set(key.columns) for link in links)


def _loss(look: Look, referring: LiveTable, key: LiveForeignKey) -> Severity | None:
    """How grave it is that these rows go; None where the map says so or cuts them off before."""
    own = look.mapped(referring.name)
    if own is None:
        return Severity.DOUBT if look.declared(referring.name) else Severity.STOP
    if severed(look, own, key):
        return None
    return Severity.STOP if stays(own) else Severity.DOUBT


def _kept(look: Look, referring: LiveTable, key: LiveForeignKey) -> str:
    nullable = all(referring.columns[name].nullable for name in key.columns)
    if nullable and look.live.dialect != "sqlite":
        return _altered(look, referring, key, "SET NULL")
    value = None if nullable else {"ghost": key.to_columns[0]}
    return edit(referring.name, {"on_erase": {"anonymise": {key.columns[0]: value}}})


def _nullable(look: Look, table: LiveTable, names: list[str]) -> str:
    place = look.place(table)
    if look.live.dialect == "postgresql":
        return "; ".join(
            f"ALTER TABLE {place} ALTER COLUMN {look.word(name)} DROP NOT NULL" for name in names
        )
    if look.live.dialect == "sqlite":
        return edit(table.name, {"on_erase": "delete"})
    words = [f"MODIFY {look.word(name)} {table.columns[name].type_text} NULL" for name in names]
    return f"ALTER TABLE {place} {', '.join(words)}"


def indexes(look: Look) -> Iterator[Finding]:
    for _, live, reference, referring in _referring(look):
        columns = reference.key.columns
        if referring.indexed(columns):
            continue
        many = (referring.rows_estimate or 0) > MANY_ROWS
        size = f", about {referring.rows_estimate} rows" if many else ""
        yield look.finding(
            "reference.index",
            referring.name,
            f"For each deleted row of {live.name} the database reads all of {referring.name}{size}.",
            look.create_index(referring, columns),
            column=",".join(columns),
            severity=Severity.STOP if many else None,
        )


def cycles(look: Look) -> Iterator[Finding]:
    there = {live.name: live for table, live in look.pairs if deletes(table)}
    for ring in _rings(_edges(look)):
        keys = [
            (there[name], key)
            for name in ring
            for key in there[name].foreign_keys
            if key.to in ring and key.to != name
        ]
        yield _ring(look, ring, keys)


def _ring(look: Look, ring: tuple[str, ...], keys: list[tuple[LiveTable, LiveForeignKey]]) -> Finding:
    said = ", ".join(f"{live.name}.{','.join(key.columns)} → {key.to}" for live, key in keys)
    live, key = keys[0]
    if any(_opens(each, one) for each, one in keys):
        code, cure = "cycle.nullable", "Nothing to do: the ring is opened where a link may be empty."
    elif any(one.deferrable or one.on_delete == "CASCADE" for _, one in keys):
        code, cure = "cycle.deferrable", "Nothing to do: the ring is checked at the commit."
    elif look.live.dialect == "postgresql":
        word = look.word(key.name)
        code, cure = "cycle.stuck", f"ALTER TABLE {look.place(live)} ALTER CONSTRAINT {word} DEFERRABLE"
    else:
        code, cure = "cycle.stuck", _nullable(look, live, list(key.columns))
    what = f"Rows of {', '.join(ring)} go, and refer to each other in a ring: {said}."
    return look.finding(code, ring[0], what, cure, column=",".join(key.columns))


def _opens(live: LiveTable, key: LiveForeignKey) -> bool:
    return any(live.columns[name].nullable for name in key.columns)


def _rings(edges: dict[str, set[str]]) -> list[tuple[str, ...]]:
    """Sets of tables that reach each other, each once."""
    reach = {name: _reached(edges, name) for name in edges}
    rings = {
        tuple(sorted({name} | {other for other in reach[name] if name in reach[other]}))
        for name in edges
        if name in reach[name]
    }
    return sorted(rings)


def _edges(look: Look) -> dict[str, set[str]]:
    """Among tables whose rows go: which refers to which."""
    there = {live.name: live for table, live in look.pairs if deletes(table)}
    return {
        name: {key.to for key in live.foreign_keys if key.to in there and key.to != name}
        for name, live in there.items()
    }


def _reached(edges: dict[str, set[str]], start: str) -> set[str]:
    found: set[str] = set()
    wanted = list(edges[start])
    while wanted:
        name = wanted.pop()
        if name not in found:
            found.add(name)
            wanted.extend(edges[name])
    return found


RULES = (refusals, cascades, indexes, cycles)
