"""What the database has and the map does not speak of (scenarios 21, 29, 57)."""

import re
from collections.abc import Iterator

from upheld.connectors.sql.check.edit import edit, flow, word
from upheld.connectors.sql.check.look import Look, covering
from upheld.connectors.sql.check.names import named
from upheld.connectors.sql.schema import Family, Kind, LiveColumn, LiveForeignKey, LiveTable
from upheld.datamap.model import Table
from upheld.rights.connector import Finding

WHO = (
    "user|users|person|people|member|customer|client|account|author|owner|creator|editor|sender|recipient|receiver|"
    "reviewer|assignee|approver|donor|contact|guest|patient|doctor|employee|subscriber|participant|attendee|speaker|"
    "buyer|seller|visitor|profile|inviter|invitee|referrer|moderator|reporter|commenter|uploader|follower"
)
REFERENCE = re.compile(
    rf"(?:.*_)?(?:{WHO})_?(?:id|uuid|fk|ref)|.*(?:created|updated|modified|deleted|approved|sent)_by(?:_id)?"
)
COPY = re.compile(
    rf"(?:.*_)?(?:{WHO}|billing|shipping|delivery)_?(?:name|e?_?mail|email|phone|address|login|username)"
)
CATEGORIES = (
    ("email-address", re.compile(r"(?:.*_)?e_?mail(?:_?address)?")),
    (
        "name",
        re.compile(
            r"(?:first|last|full|family|given|middle|maiden|display|nick|user)_?name|surname|forename"
        ),
    ),
    ("phone-number", re.compile(r"(?:.*_)?(?:phone|mobile|telephone|fax|cell)(?:_?(?:number|no))?")),
    ("birth-date", re.compile(r"(?:.*_)?(?:birth_?(?:day|date)|date_of_birth|dob)")),
    (
        "postal-address",
        re.compile(
            r"(?:.*_)?(?:street|postal_?code|postcode|zip(?:_?code)?|(?:postal_?|home_?)address|address(?:_?line)?_?\d?)"
        ),
    ),
    (
        "official-number",
        re.compile(
            r"(?:.*_)?(?:ssn|passport(?:_?no)?|tax_?id|national_?id|iban|vat_?id|social_security)(?:_?number)?"
        ),
    ),
    ("network-address", re.compile(r"(?:.*_)?(?:ip|ip_?addr(?:ess)?|user_?agent|last_ip)")),
    ("characteristic", re.compile(r"gender|sex|nationality|religion|ethnicity|marital_status")),
    ("location", re.compile(r"latitude|longitude|geo_?location")),
    ("image", re.compile(r"avatar|photo|portrait|profile_?picture")),
)


def category(name: str) -> str | None:
    """The category that a column's name suggests, None for a name that suggests none."""
    word = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    return next((found for found, pattern in CATEGORIES if pattern.fullmatch(word)), None)


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def tables(look: Look) -> Iterator[Finding]:
    for live in look.live:
        if _spoken_of(look, live):
            continue
        if live.kind is Kind.MATERIALISED:
            yield look.finding(
                "view.materialised",
                live.name,
                f"The materialised view {live.name} would keep what was erased.",
                f"refresh: {flow([live.name])}",
            )
            continue
        yield look.finding(
            "table.undeclared",
            live.name,
            f"Table {live.name} is neither mapped nor declared without personal data.",
            draft(look, live),
        )


def _spoken_of(look: Look, live: LiveTable) -> bool:
    if live.outside or live.kind is Kind.VIEW or live.name in (look.system.receipt, *look.system.refresh):
        return True
    if look.mapped(live.name) or look.declared(live.name):
        return True
    parent = look.live.get(live.parent) if live.parent else None
    return parent is not None and _spoken_of(look, parent)


def draft(look: Look, live: LiveTable) -> str:
    """The table's map as far as the schema suggests it, in the map's own words."""
    keys = [key for key in live.foreign_keys if look.mapped(key.to)]
    single = {key.columns[0]: f"{key.to}.{key.to_columns[0]}" for key in keys if len(key.columns) == 1}
    single |= {column.name: to for column, to in references_of(look, live)}
    several = [key for key in keys if len(key.columns) > 1]
    fields = {name: found for name in live.columns if (found := category(name))}
    if not (single or several or fields):
        return f"no_personal_data: [{{tables: {flow([live.name])}, reason: say why}}]"
    lines = ["tables:", f"  {word(live.name)}:"]
    if several:
        listed = [flow({"columns": key.columns, "to": key.to, "key": key.to_columns}) for key in several]
        listed += [flow({"columns": [name], **_split(to)}) for name, to in single.items()]
        lines += ["    belongs_to:", *(f"      - {each}" for each in listed)]
    elif single:
        lines.append(f"    belongs_to: {flow(single)}")
    if fields:
        lines.append("    fields:")
        lines += [f"      {word(name)}: {{category: {found}}}" for name, found in fields.items()]
    lines.append(
        "    on_erase: delete"
        if single or several
        else "    on_erase: {keep: say why nobody's rows stand here}"
    )
    return "\n".join(lines)


def _split(to: str) -> dict[str, str | list[str]]:
    table, _, column = to.rpartition(".")
    return {"to": table, "key": [column]}


def edges(look: Look) -> Iterator[Finding]:
    for live in look.live:
        table = look.mapped(live.name)
        if live.kind is Kind.PARTITION or (table is None and look.declared(live.name)):
            continue
        for key in live.foreign_keys:
            to = look.mapped(key.to)
            if to is None or (table is not None and (not to.person or covering(look, table, key))):
                continue
            column = ",".join(key.columns)
            yield look.finding(
                "edge.undeclared",
                live.name,
                f"undeclared edge {live.name}.{column}: it refers to {key.to}.",
                _edge_cure(look, live, key),
                column=column,
            )


def _edge_cure(look: Look, live: LiveTable, key: LiveForeignKey) -> str:
    start = f"schemas: [{', '.join((*look.live.schemas, live.schema))}]\n" if live.outside else ""
    if look.mapped(live.name) is None:
        return start + draft(look, live)
    if len(key.columns) == 1:
        return edit(live.name, {"belongs_to": {key.columns[0]: f"{key.to}.{key.to_columns[0]}"}})
    return edit(live.name, {"belongs_to": [{"columns": key.columns, "to": key.to, "key": key.to_columns}]})


def references_of(look: Look, live: LiveTable) -> Iterator[tuple[LiveColumn, str]]:
    """Columns without foreign key that look like the key of a person table, each with that table's key."""
    known = {name for key in live.foreign_keys for name in key.columns} | set(live.key)
    people = [(table, there) for table, there in look.pairs if len(table.person) == 1]
    for column in live.columns.values():
        if column.name in known:
            continue
        word = _snake(column.name)
        for table, there in people:
            key = there.column(table.person[0])
            singular = re.sub(r"(?:^|.*\.)", "", there.name.lower()).removesuffix("s")
            likely = REFERENCE.fullmatch(word) or re.fullmatch(
                rf"(?:.*_)?{re.escape(singular)}_?(?:id|uuid)", word
            )
            if key is not None and likely and _same(key, column):
                yield column, f"{table.name}.{key.name}"
                break


def _same(key: LiveColumn, column: LiveColumn) -> bool:
    return key.family is column.family and key.family in {Family.INTEGER, Family.UUID, Family.TEXT}


def columns(look: Look) -> Iterator[Finding]:
    for table, live in look.pairs:
        spoken = {name.lower() if live.folds else name for name in named(table)}
        spoken |= {name for key in live.foreign_keys for name in key.columns}
        rest = [
            each
            for each in _all_columns(look, live)
            if (each.name.lower() if live.folds else each.name) not in spoken
        ]
        references = {column.name: to for column, to in references_of(look, live)}
        for column in rest:
            if column.name in references:
                yield _reference(look, table.name, column, references[column.name])
            elif COPY.fullmatch(_snake(column.name)) and not table.person:
                yield _copy(look, table, column)
            elif found := category(column.name):
                yield look.finding(
                    "column.personal",
                    table.name,
                    f"{table.name}.{column.name} looks personal ({found}), and the map does not name it.",
                    edit(table.name, {"fields": {column.name: {"category": found}}}),
                    column=column.name,
                )


def _all_columns(look: Look, live: LiveTable) -> Iterator[LiveColumn]:
    """Its own, and what inheritance children add."""
    yield from live.columns.values()
    for name in live.children:
        child = look.live.get(name)
        if child is not None:
            yield from (each for each in child.columns.values() if each.name not in live.columns)


def _reference(look: Look, table: str, column: LiveColumn, to: str) -> Finding:
    return look.finding(
        "column.reference",
        table,
        f"{table}.{column.name} looks like a reference to {to}, and the map does not say so.",
        edit(table, {"belongs_to": {column.name: to}}),
        column=column.name,
    )


def _copy(look: Look, table: Table, column: LiveColumn) -> Finding:
    last = _snake(column.name).rsplit("_", 1)[-1]
    source = next(
        (
            f"{person.name}.{name}"
            for person, there in look.pairs
            if person.person
            for name in there.columns
            if _snake(name).rsplit("_", 1)[-1] == last
        ),
        None,
    )
    field = {"category": category(column.name) or "name", **({"copy_of": source} if source else {})}
    return look.finding(
        "column.copy",
        table.name,
        f"{table.name}.{column.name} looks like a copy of a person's {last}.",
        edit(table.name, {"fields": {column.name: field}}),
        column=column.name,
    )


def declared(look: Look) -> Iterator[Finding]:
    for live in look.live:
        declaration = look.declared(live.name)
        if live.kind is Kind.VIEW or look.mapped(live.name) or declaration is None:
            continue
        people = [key for key in live.foreign_keys if (to := look.mapped(key.to)) and to.person]
        suspects = [",".join(key.columns) for key in people]
        suspects += [name for name in live.columns if category(name)]
        suspects += [column.name for column, _ in references_of(look, live)]
        if suspects:
            yield look.finding(
                "declared.personal",
                live.name,
                f"{live.name} is declared without personal data ({declaration.reason}); "
                f"has {', '.join(dict.fromkeys(suspects))}.",
                draft(look, live),
                column=suspects[0],
            )


RULES = (tables, edges, columns, declared)
