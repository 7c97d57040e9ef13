"""Flat values out of the forms: collections with columns, each with its place in the file. Inherited
categories are spelled out."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from upheld.datamap.importing.fides.form import CollectionForm, DatasetForm, FieldForm, ReferenceForm
from upheld.datamap.page import Path


@dataclass(frozen=True, slots=True)
class Column:
    """A column, or something inside one: then `names` has several names and `top` is none of its own.

    `categories`: its own, else those of the nearest thing around it that has some.
    """

    names: tuple[str, ...]
    at: Path
    form: FieldForm
    categories: tuple[str, ...]
    inside_a_list: bool = False
    parts: tuple["Column", ...] = ()

    @property
    def name(self) -> str:
        """The column of the table."""
        return self.names[0]

    @property
    def plain(self) -> bool:
        """A column with one value: no list, nothing inside another."""
        return len(self.names) == 1 and not self.listed and not self.parts

    @property
    def listed(self) -> bool:
        """It holds several values."""
        return (self.form.meta.data_type or "").endswith("[]")

    @property
    def type(self) -> str:
        """What one value is; empty where nothing says so."""
        return (self.form.meta.data_type or "").removesuffix("[]")

    @property
    def leads(self) -> bool:
        """A link can stand on it: a column, a list in a column, or one value at a path inside a column."""
        if len(self.names) == 1:
            return not self.parts
        return self.path is not None and not (self.inside_a_list or self.listed or self.parts)

    @property
    def path(self) -> str | None:
        """Its path inside the column, if it is one and can be written."""
        inner = self.names[1:]
        writable = all(
            part and not set(part) & set(".[]") and not any(map(str.isspace, part)) for part in inner
        )
        return "$" + "".join(f".{part}" for part in inner) if inner and writable else None

    def walk(self) -> Iterator["Column"]:
        """Itself and everything inside."""
        yield self
        for part in self.parts:
            yield from part.walk()


@dataclass(frozen=True, slots=True)
class Collection:
    """A table to be. `table` is its name in the system; `leaves` are its columns and everything inside."""

    dataset: str
    name: str
    table: str
    at: Path
    form: CollectionForm
    columns: tuple[Column, ...]
    leaves: tuple[Column, ...]
    uses: tuple[str, ...]

    @property
    def key(self) -> tuple[str, ...]:
        """The columns that Fides calls its primary key."""
        return tuple(each.name for each in self.columns if each.form.meta.primary_key and each.plain)


@dataclass(frozen=True, slots=True)
class Reference:
    """What a column says about another."""

    column: Column
    form: ReferenceForm
    at: Path


@dataclass(frozen=True, slots=True)
class Dataset:
    """A dataset and its collections."""

    key: str
    at: Path
    form: DatasetForm
    collections: tuple[Collection, ...] = field(default=())


def dataset(form: DatasetForm, at: Path, *, prefix: str = "") -> Dataset:
    """A form as a value; `prefix` is the schema in which its tables stand, where they must be told apart."""
    found = tuple(
        _collection(form, each, (*at, "collections", number), prefix)
        for number, each in enumerate(form.collections)
    )
    return Dataset(form.fides_key, at, form, found)


def references(collection: Collection) -> Iterator[Reference]:
    """Everything that columns of a collection refer to."""
    for column in collection.leaves:
        meta = "fides_meta" if column.form.fides_meta else "fidesops_meta"
        for number, each in enumerate(column.form.meta.references or ()):
            yield Reference(column, each, (*column.at, meta, "references", number))


def _collection(dataset_form: DatasetForm, form: CollectionForm, at: Path, prefix: str) -> Collection:
    around = tuple(form.data_categories or dataset_form.data_categories or ())
    columns = tuple(
        _column(each, (*at, "fields", number), (), around, in_list=False)
        for number, each in enumerate(form.fields)
    )
    table = f"{prefix}.{form.name}" if prefix else form.name
    uses = form.uses or dataset_form.uses
    leaves = tuple(each for column in columns for each in column.walk())
    return Collection(dataset_form.fides_key, form.name, table, at, form, columns, leaves, uses)


def _column(
    form: FieldForm, at: Path, above: tuple[str, ...], around: tuple[str, ...], *, in_list: bool
) -> Column:
    names = (*above, form.name)
    categories = tuple(form.data_categories or around)
    listed = (form.meta.data_type or "").endswith("[]")
    parts = tuple(
        _column(each, (*at, "fields", number), names, categories, in_list=in_list or listed)
        for number, each in enumerate(form.fields or ())
    )
    return Column(names, at, form, categories, in_list, parts)
