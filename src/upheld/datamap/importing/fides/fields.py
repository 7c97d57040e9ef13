"""`fields` of a table: columns with personal data, and paths inside them."""

from collections.abc import Collection as Names
from collections.abc import Iterable, Iterator, Mapping

from upheld.datamap.importing.fides.remarks import Code, Remarks
from upheld.datamap.importing.fides.survey import Collection, Column
from upheld.datamap.importing.fides.taxonomy import IDENTIFIER, is_personal, is_provided, word
from upheld.datamap.page import Path


def fields(
    here: Collection, needed: Iterable[str], purposes: Names[str], remarks: Remarks
) -> Mapping[str, object]:
    """The fields of a table. `needed` are columns that links of other tables end in: they identify people,
    whatever their category."""
    found: dict[str, dict[str, object]] = {}
    for column in here.columns:
        entry = _entry(column, purposes, remarks)
        if entry is not None:
            found[column.name] = entry
    _left_out(here, found, remarks)
    for name in needed:
        found.setdefault(name, {"category": IDENTIFIER})
    return found


def _left_out(here: Collection, found: Mapping[str, dict[str, object]], remarks: Remarks) -> None:
    """A note of everything that became no field: what has no category, and what is nobody's by its category,
    unless it is a key or a link."""
    bare, nobodys = [], []
    for leaf in (each for column in here.columns for each in _lost(column, found.get(column.name))):
        name = ".".join(leaf.names)
        if not any(each.categories for each in leaf.walk()):
            bare.append(name)
        elif not (leaf.form.meta.primary_key or leaf.form.meta.references):
            nobodys.append(name)
    if bare:
        remarks.add(
            here.at,
            Code.NO_CATEGORY,
            f"Columns without a category became no fields: {_some(bare)}.",
            "Add those with personal data under `fields`.",
        )
    if nobodys:
        remarks.add(
            here.at,
            Code.NOT_PERSONAL,
            f"By their categories these are nobody's, and became no fields: {_some(nobodys)}.",
            "Add those that say something of a person under `fields`.",
        )


def _lost(column: Column, entry: Mapping[str, object] | None) -> Iterator[Column]:
    """What of a column is in no field: all of it, or what stands beside the paths that are."""
    if entry is None and not (column.parts and any(each.categories for each in column.walk())):
        yield column
    elif entry is None or "json" in entry:
        yield from (leaf for leaf in _outermost(column) if not _personal(leaf))


def allowed(names: Iterable[str], known: Names[str], at: Path, remarks: Remarks) -> list[str]:
    """The purposes that purposes.yaml knows; a note for each other."""
    found = []
    for name in dict.fromkeys(names):
        if name in known:
            found.append(name)
        else:
            remarks.add(
                at,
                Code.PURPOSE,
                f"The use `{name}` is no purpose of purposes.yaml, and was left out.",
                "Add it there with its legal basis and retention, then name it under `purposes`.",
            )
    return found


def _entry(column: Column, purposes: Names[str], remarks: Remarks) -> dict[str, object] | None:
    """A field, or the paths of one; None where nothing of it is about people."""
    paths: dict[str, object] = {}
    whole = column.listed or not column.parts
    for leaf in _outermost(column):
        form = _field(leaf, purposes, remarks)
        if form is not None and leaf.path is not None:
            paths[leaf.path] = form
        whole = whole or (form is not None and leaf.path is None)
    if paths and not whole:
        return {"json": paths}
    return _field(column, purposes, remarks)


def _outermost(column: Column) -> Iterator[Column]:
    """What can be named inside a column: what stands in a list only as the whole list, and an object whose
    parts are nobody's, though it is somebody's, only as the whole object."""
    for part in column.parts:
        nameable = part.path is not None and not part.listed and all(each.path for each in part.parts)
        if part.parts and nameable and (any(map(_personal, part.parts)) or not _personal(part)):
            yield from _outermost(part)
        else:
            yield part


def _personal(column: Column) -> bool:
    return any(is_personal(category) for each in column.walk() for category in each.categories)


def _field(column: Column, purposes: Names[str], remarks: Remarks) -> dict[str, object] | None:
    inner = [each for each in column.walk() if each is not column]
    categories = dict.fromkeys(
        filter(is_personal, (*column.categories, *(c for each in inner for c in each.categories)))
    )
    if not categories:
        return None
    chosen = max(categories, key=lambda each: (each.count("."), len(each)))
    if inner:
        remarks.add(
            column.at,
            Code.INSIDE_A_LIST,
            "What stands inside cannot be named one by one: the whole became one field.",
            "Check its category; an erasure changes all of it or nothing.",
        )
    known = word(chosen)
    if known is None:
        remarks.add(
            column.at,
            Code.CATEGORY,
            f"The category `{chosen}` has no counterpart; it is kept as it is called in Fides.",
            "Write the word that your register uses.",
        )
    others = {word(each) or each for each in categories} - {known or chosen}
    if others:
        remarks.add(
            column.at,
            Code.SEVERAL_CATEGORIES,
            f"A field has one category, `{known or chosen}`; left out: {_some(sorted(others))}.",
            "Check that it is the one that matters.",
        )
    form: dict[str, object] = {"category": known or chosen}
    named = allowed(column.form.uses, purposes, column.at, remarks)
    if named:
        form["purposes"] = named
    if any(map(is_provided, categories)):
        form["provided"] = True
    return form


def _some(names: list[str]) -> str:
    more = f" and {len(names) - 12} more" if len(names) > 12 else ""
    return ", ".join(f"`{name}`" for name in names[:12]) + more
