"""One system's file, out of the datasets that are one database."""

import re
from collections.abc import Collection as Names
from collections.abc import Sequence

from upheld.datamap.document.written import NAME
from upheld.datamap.importing.emit import Path, emit
from upheld.datamap.importing.fides import kept
from upheld.datamap.importing.fides.fields import allowed, fields
from upheld.datamap.importing.fides.links import Ties, ties
from upheld.datamap.importing.fides.people import people
from upheld.datamap.importing.fides.remarks import Code, Remarks
from upheld.datamap.importing.fides.routes import routes
from upheld.datamap.importing.fides.survey import Collection, Dataset
from upheld.datamap.importing.fides.taxonomy import is_personal

Written = tuple[str, int]
"""The text of a file, and how many tables stand in it."""


def system(
    name: str,
    parts: Sequence[Dataset],
    datasets: Sequence[Dataset],
    purposes: Names[str],
    remarks: Remarks,
) -> Written:
    """The file of a system made of `parts`; `datasets` are all that the source has."""
    mine = [c for part in parts for c in part.collections if _is_table(c, remarks)]
    known = routes(mine, datasets, remarks)
    lived_in = people(mine, known, remarks)
    mapped = [each for each in mine if each.table in known.steps]
    for part in parts:
        kept.dataset(part, remarks)
    for each in mine:
        kept.collection(each, remarks)
        if each.table not in known.steps:
            _lost(each, remarks)
    form, comments = _head(name, parts, remarks)
    tables: dict[str, object] = {}
    tied = {each.table: ties(each, known, lived_in, remarks) for each in mapped}
    ends: dict[str, list[str]] = {}
    for table, column in (end for each in tied.values() for end in each.ends):
        ends.setdefault(table, []).append(column)
    for each in mapped:
        key = lived_in.get(each.table, ())
        needed = ends.get(each.table, []) if key else []
        tables[each.table] = _table(each, tied[each.table], key, needed, purposes, remarks)
        if each.form.description:
            comments["tables", each.table] = each.form.description
    if tables:
        form["tables"] = tables
        _undecided(parts[0], len(tables), remarks)
    return emit(form, comments), len(tables)


def _is_table(each: Collection, remarks: Remarks) -> bool:
    if "*" not in each.name:
        return True
    remarks.add(
        each.at,
        Code.PATTERN,
        "A pattern stands for several tables; a map names each.",
        "Write the tables out, or declare them under `no_personal_data`, where patterns are read.",
    )
    return False


def _lost(each: Collection, remarks: Remarks) -> None:
    personal = any(is_personal(category) for leaf in each.leaves for category in leaf.categories)
    remarks.add(
        each.at,
        Code.REACHES_NOBODY,
        f"No identity and no reference leads to `{each.table}`, so it is not in the map; until it is, "
        "`upheld map check` stops its system.",
        "Give it a `belongs_to` or `visible_to`."
        if personal
        else "If it mentions nobody: `no_personal_data`, with the reason. Else give it a `belongs_to`.",
    )


def _head(name: str, parts: Sequence[Dataset], remarks: Remarks) -> tuple[dict[str, object], dict[Path, str]]:
    """What stands above the tables."""
    first = parts[0]
    variable = re.sub(r"[^A-Z0-9]+", "_", name.upper()).strip("_") or "SYSTEM"
    variable = f"{'' if variable[0].isalpha() else 'S_'}{variable}_DATABASE_URL"
    form: dict[str, object] = {
        "system": name,
        "title": first.form.name or name,
        "connect": f"${{{variable}}}",
    }
    comments: dict[Path, str] = {
        ("system",): "Carried over from Fides. Nothing is decided yet: each table says `ask`."
    }
    if first.form.description:
        comments["title",] = first.form.description
    for part in parts[1:]:
        if part.form.description:
            remarks.add(
                (*part.at, "description"),
                Code.DESCRIPTION,
                "Of datasets that become one system, only the first one's description is carried over.",
                "Write it above the tables that it is about.",
            )
    remarks.add(
        first.at,
        Code.CONNECTION,
        "Where the database is stands elsewhere in Fides.",
        f"Put its address into the environment as {variable}, with an account of its own.",
    )
    schemas = [schema for part in parts if (schema := schema_of(part))]
    if schemas:
        form["schemas"] = list(dict.fromkeys(schemas))
    for part in parts:
        others = sorted({*(part.form.about.namespace or {})} - {"schema"})
        if others:
            remarks.add(
                (*part.at, "fides_meta" if part.form.fides_meta else "fidesops_meta", "namespace"),
                Code.NAMESPACE,
                f"Of the namespace only `schema` is carried over, not {', '.join(others)}.",
                "Name the database in its address.",
            )
    return form, comments


def schema_of(part: Dataset) -> str:
    """The schema that a dataset's namespace names; empty where it names none."""
    schema = (part.form.about.namespace or {}).get("schema")
    return schema if isinstance(schema, str) and re.fullmatch(NAME, schema) else ""


def _table(
    each: Collection,
    tied: Ties,
    key: tuple[str, ...],
    needed: Sequence[str],
    purposes: Names[str],
    remarks: Remarks,
) -> dict[str, object]:
    form: dict[str, object] = {}
    if key:
        form["person"] = key[0] if len(key) == 1 else list(key)
    elif each.key:
        form["key"] = each.key[0] if len(each.key) == 1 else list(each.key)
    form.update(tied.written())
    unsaid = [name for name in needed if name not in (*key, *tied.identities.values())]
    named = fields(each, unsaid, purposes, remarks)
    if named:
        form["fields"] = named
    uses = allowed(each.uses, purposes, each.at, remarks)
    if uses:
        form["purposes"] = uses
    form["on_erase"] = "ask"
    return form


def _undecided(first: Dataset, tables: int, remarks: Remarks) -> None:
    remarks.add(
        first.at,
        Code.UNDECIDED,
        f"Fides masks by policy, category by category. No decision was carried over: {tables} "
        f"{'table says' if tables == 1 else 'tables say'} `on_erase: ask`.",
        "Decide for each: delete, anonymise, detach, keep or retain. Until then nothing is erased there.",
    )
