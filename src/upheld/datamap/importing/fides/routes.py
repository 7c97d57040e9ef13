"""By which columns rows are found, from people outwards: Fides' references, each with one direction.

Fides starts at every field with an `identity` and follows references from there. So do we; what is never
reached that way leads to no person.
"""

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from upheld.datamap.fault import nearest
from upheld.datamap.importing.fides.remarks import Code, Remarks
from upheld.datamap.importing.fides.survey import Collection, Column, Dataset, Reference, references
from upheld.datamap.page import Path


@dataclass(frozen=True, slots=True)
class End:
    """A column of a collection."""

    collection: Collection
    column: Column

    @property
    def is_key(self) -> bool:
        """It is the whole key of its collection."""
        return self.collection.key == (self.column.name,) and self.column.plain


@dataclass(frozen=True, slots=True)
class Route:
    """Rows of `target` are found by values of `source`. `refers`: it is the source that refers, as an order
    does to its address. `either`: the file does not say which of the two ways."""

    source: End
    target: End
    at: Path
    refers: bool
    either: bool = False

    def turned(self) -> "Route":
        """The other way round."""
        return replace(self, source=self.target, target=self.source, refers=not self.refers)

    @property
    def ways(self) -> tuple["Route", ...]:
        """The ways that the file leaves open."""
        return (self, self.turned()) if self.either else (self,)


@dataclass(frozen=True, slots=True)
class Routes:
    """What is known of the ways. `leading`, `ending`: by the table in which they begin and end. `steps`: how
    far each table is from people. `identities`: columns that are identities because the field they refer to
    in another dataset is one."""

    leading: Mapping[str, Sequence[Route]] = field(default_factory=dict)
    ending: Mapping[str, Sequence[Route]] = field(default_factory=dict)
    steps: Mapping[str, int] = field(default_factory=dict)
    identities: Mapping[Path, str] = field(default_factory=dict)

    def kind(self, column: Column) -> str | None:
        """The kind of identity, in Fides' words, that a column holds and by which rows can be found."""
        return (column.form.meta.identity or self.identities.get(column.at)) if column.leads else None


def routes(mine: Sequence[Collection], datasets: Iterable[Dataset], remarks: Remarks) -> Routes:
    """The ways among the collections of one system. `datasets` are all of the file."""
    reader = _Reader(mine, remarks)
    reader.index(datasets)
    drafts = _once(route for each in mine for ref in references(each) for route in reader.read(each, ref))
    known = Routes(identities=reader.identities)
    leading = _by_table((way for each in drafts for way in each.ways), lambda way: way.source)
    steps = {each.table: 0 for each in mine if any(map(known.kind, each.leaves))}
    waiting = deque(steps)
    while waiting:
        here = waiting.popleft()
        for way in leading.get(here, ()):
            target = way.target.collection.table
            if target not in steps and _hindrance(way, leading) is None:
                steps[target] = steps[here] + 1
                waiting.append(target)
    found = [_directed(route, leading, steps, remarks) for route in drafts]
    kept = [each for each in found if each is not None and each.source.collection.table in steps]
    return Routes(
        _by_table(kept, lambda way: way.source),
        _by_table(kept, lambda way: way.target),
        steps,
        reader.identities,
    )


def _once(drafts: Iterable[Route]) -> list[Route]:
    """Each pair of columns once, though both ends may say it; an end that says a direction wins."""
    unique: dict[frozenset[Path], Route] = {}
    for route in drafts:
        pair = frozenset({route.source.column.at, route.target.column.at})
        if pair not in unique or (unique[pair].either and not route.either):
            unique[pair] = route
    return list(unique.values())


def _by_table(ways: Iterable[Route], end: Callable[[Route], End]) -> dict[str, list[Route]]:
    found: dict[str, list[Route]] = {}
    for way in ways:
        found.setdefault(end(way).collection.table, []).append(way)
    return found


def _hindrance(route: Route, leading: Mapping[str, Sequence[Route]]) -> Code | None:
    """Why no link can stand on a route. A part of a key alone would find rows of others."""
    source, target = route.source, route.target
    if not (source.column.plain and target.column.leads):
        return Code.REFERENCE_INSIDE
    key = source.collection.key
    if len(key) < 2 or source.column.name not in key:
        return None
    beside = {
        way.source.column.name
        for way in leading[source.collection.table]
        if way.target.collection is target.collection and way.target.column.plain
    }
    return None if {*key} <= beside else Code.KEY_IN_PART


_HINDERED = {
    Code.REFERENCE_INSIDE: (
        "The reference stands inside a list or an object, or holds several values: no link can be.",
        "Link the table by another column, or leave the system to its owner (`kind: manual`).",
    ),
    Code.KEY_IN_PART: (
        "It refers to a part of a key, by which rows of others would be found too: nothing was linked.",
        "Name all of them: `belongs_to: [{columns: […], to: …, key: […]}]`.",
    ),
}


def left_out(route: Route, why: Code, remarks: Remarks) -> None:
    """Say that no link came of it."""
    remarks.add(route.at, why, *_HINDERED[why])


def _directed(
    route: Route,
    leading: Mapping[str, Sequence[Route]],
    steps: Mapping[str, int],
    remarks: Remarks,
) -> Route | None:
    """One way, where the file leaves both open: away from people; between equals, from key to reference.
    None, and a note, where no link can stand on it."""
    far = len(steps)
    source, target = (steps.get(end.collection.table, far) for end in (route.source, route.target))
    back = route.either and (target < source or (target == source and route.target.is_key))
    chosen = route.turned() if back else route
    if route.either and _hindrance(chosen, leading) is not None:
        chosen = chosen.turned()
    hindrance = _hindrance(chosen, leading)
    if hindrance is not None:
        left_out(route, hindrance, remarks)
        return None
    if not route.either or far in (source, target):
        return chosen
    remarks.add(
        route.at,
        Code.DIRECTION_GUESSED,
        f"The reference has no direction. Rows of `{chosen.target.collection.table}` are taken to be found "
        f"from `{chosen.source.collection.table}`, which is nearer to people.",
        "Check it; the other way is said by `held_by` in the place of `belongs_to`, or the reverse.",
    )
    return chosen


@dataclass(slots=True)
class _Reader:
    mine: Sequence[Collection]
    remarks: Remarks
    identities: dict[Path, str] = field(default_factory=dict)
    ours: frozenset[str] = frozenset()
    named: dict[tuple[str, str], Collection] = field(default_factory=dict)
    columns: dict[tuple[str, str, str], Column] = field(default_factory=dict)

    def index(self, datasets: Iterable[Dataset]) -> None:
        """Everything of the file by its name, as references write it."""
        self.ours = frozenset(each.dataset for each in self.mine)
        others = (c for each in datasets if each.key not in self.ours for c in each.collections)
        for c in (*self.mine, *others):
            self.named[c.dataset, c.name] = c
            for column in c.leaves:
                self.columns[c.dataset, c.name, ".".join(column.names)] = column

    def read(self, home: Collection, reference: Reference) -> tuple[Route, ...]:
        """The route of one reference; none where it leads out of the system, or nowhere."""
        name, _, dotted = reference.form.field.partition(".")
        there = self.named.get((reference.form.dataset, name))
        column = self.columns.get((reference.form.dataset, name, dotted))
        if reference.form.dataset not in self.ours:
            self._elsewhere(reference, name, dotted)
        elif there is None or column is None:
            self._unknown(reference, there, dotted)
        elif there is home:
            self.remarks.add(
                reference.at,
                Code.REFERENCE_WITHIN,
                f"Rows of `{home.table}` refer to rows of the same table. That is not carried over: whether "
                "they go together is a decision.",
                "Say it by `replies`, or by a link to the table itself and `on_erase: {by: …}`.",
            )
        else:
            here, far = End(home, reference.column), End(there, column)
            towards = reference.form.direction == "to"
            route = Route(far, here, reference.at, refers=False, either=reference.form.direction is None)
            return (replace(route, source=here, target=far, refers=True) if towards else route,)
        return ()

    def _elsewhere(self, reference: Reference, name: str, dotted: str) -> None:
        """Across systems people are recognised, never rows: a field that is an identity there is one here."""
        other = f"`{reference.form.dataset}.{reference.form.field}`"
        far = self.columns.get((reference.form.dataset, name, dotted))
        kind = far.form.meta.identity if far is not None else None
        if kind is not None and reference.form.direction != "to" and reference.column.leads:
            self.identities.setdefault(reference.column.at, kind)
            what = f"It refers to {other} in another system, the identity `{kind}`: carried over as one."
            cure = "Check that both sides write it in the same way (`normalise`)."
        else:
            what = f"It refers to {other} in another system. Upheld has no links between systems."
            cure = (
                "Let both systems name an identity of the same kind; or, where the two are one database, "
                "put them into one system: --system NAME."
            )
        self.remarks.add(reference.at, Code.OTHER_DATASET, what, cure)

    def _unknown(self, reference: Reference, there: Collection | None, dotted: str) -> None:
        if there is None:
            names = [each.name for each in self.mine if each.dataset == reference.form.dataset]
            cure = nearest(reference.form.field.partition(".")[0], names)
        else:
            cure = nearest(dotted, [".".join(each.names) for each in there.leaves])
        self.remarks.add(
            reference.at,
            Code.UNKNOWN_REFERENCE,
            f"There is no field `{reference.form.field}` in `{reference.form.dataset}`: nothing was linked.",
            cure,
        )
