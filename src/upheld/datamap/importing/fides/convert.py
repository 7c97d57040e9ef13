"""From the bytes of a Fides file to the texts of system files."""

from collections.abc import Collection as Names
from collections.abc import Iterable
from dataclasses import dataclass

from upheld.datamap.fault import Invalid
from upheld.datamap.importing.fides import kept
from upheld.datamap.importing.fides.form import FidesFile, FieldForm, without_nulls
from upheld.datamap.importing.fides.remarks import Remarks
from upheld.datamap.importing.fides.survey import Dataset, dataset
from upheld.datamap.importing.fides.system import schema_of, system
from upheld.datamap.importing.note import Note
from upheld.datamap.page import Page, Path, Spot, parse
from upheld.datamap.shape import shaped


@dataclass(frozen=True, slots=True)
class System:
    """One file of `systems/`: the reader of the data map accepts its text."""

    name: str
    text: str
    tables: int


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file: systems, and notes about what was left out or guessed."""

    systems: tuple[System, ...]
    notes: tuple[Note, ...]


def convert(file: str, data: bytes, *, name: str = "", purposes: Names[str] = ()) -> Imported:
    """Each dataset as a system called after its fides_key; with `name`, all of them as one system.

    `purposes` are those of the folder into which it goes: others cannot be named. Raises `Invalid` with every
    error where the file is not one of Fides. No treatment is ever made up: every table says `ask`.
    """
    page = parse(file, data)
    if page.errors:
        raise Invalid(page.errors)
    page.value = without_nulls(page.value)
    form = shaped(page, FidesFile)
    remarks = Remarks(page)
    remarks.take_unknown_keys()
    if form is None or page.errors:
        raise Invalid(page.errors)
    several = bool(name) and len(form.dataset) > 1
    found = [dataset(each, ("dataset", number)) for number, each in enumerate(form.dataset)]
    if several:
        first = schema_of(found[0])
        found = [
            dataset(each.form, each.at, prefix=schema_of(each) if schema_of(each) != first else "")
            for each in found
        ]
    _check(page, found, together=several)
    kept.file(form, remarks)
    groups = [(name or found[0].key, found)] if several else [(name or each.key, [each]) for each in found]
    systems = []
    for called, parts in groups:
        text, tables = system(called, parts, found, purposes, remarks)
        systems.append(System(called, text, tables))
    return Imported(tuple(systems), remarks.in_order())


# --- what the form cannot say ------------------------------------------------------------------------------


def _check(page: Page, found: list[Dataset], *, together: bool) -> None:
    """Raises `Invalid` where names stand twice, or could not be written or shown."""
    _once(page, ((each.key, each.at) for each in found), "dataset", "Join the two, or rename one.")
    if together:
        tables = ((c.table, c.at) for each in found for c in each.collections)
        cure = "Say in which schema each stands (`namespace: {schema: …}`), or import the datasets apart."
        _once(page, tables, "table", cure)
    for each in found:
        _once(page, ((c.table, c.at) for c in each.collections), "collection", "Join the two, or rename one.")
        for c in each.collections:
            _fields(page, c.form.fields, c.at)
    for path, text in _texts(page.value, ()):
        if not all(character.isprintable() or character in "\n\t" for character in text):
            Spot(page, path).complain("wrong-value", "A character here cannot be shown.", "Take it out.")
    if page.errors:
        raise Invalid(page.errors)


def _fields(page: Page, fields: list[FieldForm], at: Path) -> None:
    named = ((each.name, (*at, "fields", number)) for number, each in enumerate(fields))
    _once(page, named, "field", "Join the two, or rename one.")
    for number, each in enumerate(fields):
        _fields(page, each.fields or [], (*at, "fields", number))


def _once(page: Page, named: Iterable[tuple[str, Path]], what: str, cure: str) -> None:
    first: dict[str, int] = {}
    for name, at in named:
        if name in first:
            said = f"The {what} `{name}` stands here twice, first in line {first[name]}."
            Spot(page, at).complain("duplicate-key", said, cure)
        first.setdefault(name, Spot(page, at).position[0])


def _texts(value: object, path: Path) -> Iterable[tuple[Path, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield path, str(key)
            yield from _texts(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _texts(inner, (*path, number))
