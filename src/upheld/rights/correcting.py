"""From what she says is right to the cells that become it (Art. 16): fields by name or category, their
copies, their history, and what is linked by them."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum

from upheld.datamap.model import DataMap, Field, Link, Scalar, System, Table, Tie
from upheld.datamap.normalise import normalise
from upheld.rights.connector import Finding, Row, Severity
from upheld.rights.outcome import Misnamed
from upheld.rights.plan import Correct, Plan, Task
from upheld.rights.rows.splice import exact
from upheld.rights.rows.values import reach
from upheld.rights.sharing import anybodys
from upheld.rights.subject import Cell


@dataclass(frozen=True, slots=True)
class Wish:
    """`target`: `system.table.column`, with `:$.path` behind it inside a document, or a category of the map.
    `value` is personal."""

    target: str
    value: str

    def __repr__(self) -> str:
        return f"Wish({self.target})"


USUAL = ("name", "email-address", "phone-number", "postal-address", "birth-date")
"""Kinds of data that a person may have put right in a system of which the map knows no columns."""


class Where(StrEnum):
    """In which of her rows: all of them; those that hold something; those that hold what was wrong."""

    ALL = "all"
    FILLED = "filled"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Target:
    """One field that a wish is about. `links`: only rows that are hers by one of these; empty for any.
    `normalise`: how the wrong value is recognised. `echo`: the system's own triggers copy into it."""

    wish: Wish
    system: str
    table: str
    column: str
    category: str
    where: Where
    json: str | None = None
    links: tuple[str, ...] = ()
    normalise: str | None = None
    echo: bool = False

    @property
    def place(self) -> tuple[str, str, str, str | None]:
        """What may be targeted once."""
        return (self.system, self.table, self.column, self.json)


@dataclass
class Aim:
    """All targets of some wishes, and what of it is refused."""

    targets: list[Target] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def add(self, target: Target) -> None:
        """Misnamed where two wishes want different values in one place."""
        for known in self.targets:
            if known.place == target.place:
                if known.wish.value != target.wish.value:
                    where = ".".join(target.place[:3])
                    raise Misnamed(f"{where} would get two values.", "Name each place once.")
                return
        self.targets.append(target)


def aim(datamap: DataMap, wishes: Iterable[Wish]) -> Aim:
    """The fields that the wishes are about, with their copies, histories and what is linked by them.

    Misnamed for a place or a category that the map does not have, or where a value cannot be
    corrected at all. What a category leaves out is a finding."""
    aimed = Aim()
    for wish in wishes:
        named = _named(datamap, wish)
        if named is not None:
            aimed.add(named)
        else:
            _by_category(datamap, wish, aimed)
    for target in tuple(aimed.targets):
        system = datamap.system(target.system)
        for other in (*_copies(system, target), *_histories(system, target)):
            aimed.add(other)
        for other in _linked(datamap, target):
            aimed.add(other)
    return aimed


def handed(wishes: Iterable[Wish], targets: Sequence[Target]) -> str:
    """What whoever corrects by hand is asked to do: she knows kinds of data, and no columns."""
    wanted = tuple(wishes) or [each.wish for each in targets]
    kinds = dict.fromkeys(_category(each, targets) for each in wanted)
    if kinds:
        return f"correct what is found: {', '.join(kinds)}"
    return "correct what she says is wrong, or keep her statement beside it"


def _category(wish: Wish, targets: Sequence[Target]) -> str:
    if "." not in wish.target:
        return wish.target
    return next((each.category for each in targets if each.wish == wish), wish.target)


def by_hand(plan: Plan, wishes: Iterable[Wish], targets: Sequence[Target]) -> tuple[Cell, ...]:
    """What is right, for those whom the plan asks to correct by hand: cells of no table, whose column is the
    kind of data."""
    said = tuple(dict.fromkeys((_category(each, targets), each.value) for each in wishes))
    return tuple(
        Cell(step.number, "", (), (), kind, None, value)
        for step in plan.steps
        if isinstance(step, Task)
        for kind, value in said
    )


def _named(datamap: DataMap, wish: Wish) -> Target | None:
    """The one field of `system.table.column`; None where it is no such name."""
    name, _, path = wish.target.partition(":")
    for system in datamap.systems:
        for table in system.tables:
            start = f"{system.name}.{table.name}."
            if not name.startswith(start):
                continue
            column = name.removeprefix(start)
            found = [each for each in table.every_field if (each.column, each.json) == (column, path or None)]
            kinds = [each.kind for each in table.identities if each.column == column]
            _refuse(system, table, column)
            if not found and not (kinds and not path):
                continue
            category = found[0].category if found else kinds[0]
            links = _of(found[0]) if found else ()
            return Target(wish, system.name, table.name, column, category, Where.ALL, path or None, links)
    if "." in name:
        raise Misnamed(
            f"The map has no field {wish.target}.",
            "Write SYSTEM.TABLE.COLUMN as in the map, with :$.path inside a document, or a category.",
        )
    return None


def _of(each: Field) -> tuple[str, ...]:
    """The link whose person the field is about."""
    if each.of == "others":
        raise Misnamed(
            f"{each.column} is about others, by the map.", "A correction of it is for those whom it is about."
        )
    return (each.of,) if each.of else ()


def _by_category(datamap: DataMap, wish: Wish, aimed: Aim) -> None:
    known: set[str] = set()
    for system in datamap.systems:
        if system.kind == "manual":
            known |= {*USUAL, *system.categories}
        for table in system.tables:
            for each in table.every_field:
                known.add(each.category)
                if each.category == wish.target and each.provided and each.of != "others":
                    _one(system, table, each, wish, aimed)
    if known and wish.target not in known:
        raise Misnamed(
            f"The map has no category {wish.target!r}.", f"Categories: {', '.join(sorted(known)) or 'none'}."
        )


def _one(system: System, table: Table, each: Field, wish: Wish, aimed: Aim) -> None:
    if anybodys(system, table, each):
        aimed.findings.append(_whose(system, table, each))
        return
    try:
        _refuse(system, table, each.column)
    except Misnamed as refused:
        aimed.findings.append(
            Finding(
                "correct.key",
                Severity.DOUBT,
                system.name,
                table.name,
                each.column,
                refused.what,
                refused.remedy,
            )
        )
        return
    where = Where.WRONG if each.copy_of or table.history_of else Where.FILLED
    echo = table.history_of is not None
    aimed.add(
        Target(
            wish, system.name, table.name, each.column, each.category, where, each.json, _of(each), echo=echo
        )
    )


def _whose(system: System, table: Table, each: Field) -> Finding:
    return Finding(
        "correct.whose",
        Severity.DOUBT,
        system.name,
        table.name,
        each.column,
        f"Rows of {table.name} may be several people's: the map does not say about whom {each.column} is.",
        f"Say it with `of:` in the map ({each.place}), or name {system.name}.{table.name}.{each.column}.",
    )


def _refuse(system: System, table: Table, column: str) -> None:
    """Misnamed for a column by which rows are told apart or found by others: a new value there would
    lose them."""
    own = [*table.person, *table.key]
    own += [name for link in table.links if link.to for name in link.columns]
    keys = [name for other in system.tables for name in _keys(other, table.name)]
    histories = table.history_of.columns if table.history_of else ()
    if column in (*own, *keys, *histories):
        raise Misnamed(
            f"{system.name}.{table.name}.{column} is a key or a link: changed, it would lose rows.",
            "Correct it in the system itself, with everything that refers to it.",
        )


def _keys(other: Table, name: str) -> Iterator[str]:
    for link in other.links:
        if link.to == name:
            yield from link.key
    for holding in other.held_by:
        if holding.table == name:
            yield from holding.columns
    if other.history_of and other.history_of.table == name:
        yield from other.history_of.key


def _copies(system: System, target: Target) -> Iterator[Target]:
    for table in system.tables:
        for each in table.every_field:
            if each.copy_of == (target.table, target.column) and each.of != "others":
                yield Target(
                    *(
                        target.wish,
                        system.name,
                        table.name,
                        each.column,
                        each.category,
                        Where.WRONG,
                        each.json,
                    ),
                    _of(each),
                    echo=table.history_of is not None,
                )


def _histories(system: System, target: Target) -> Iterator[Target]:
    for table in system.tables:
        if table.history_of is None or table.history_of.table != target.table:
            continue
        for each in table.every_field:
            if (each.column, each.json) == (target.column, target.json):
                yield replace(target, table=table.name, where=Where.WRONG, links=(), echo=True)


def _linked(datamap: DataMap, target: Target) -> Iterator[Target]:
    """Where the value is an identity, everything that is hers by it: else rows linked by it would be lost."""
    kinds = _kinds(datamap.system(target.system).table(target.table), target.column)
    if not kinds or target.json:
        return
    for system in datamap.systems:
        for table in system.tables:
            for each in table.identities:
                if each.kind in kinds:
                    yield Target(
                        *(target.wish, system.name, table.name, each.column, each.kind, Where.WRONG),
                        normalise=each.normalise,
                    )
            for link in table.links:
                if link.identity in kinds and link.tie is Tie.OWNS:
                    yield _by_link(system, table, link, target)


def _by_link(system: System, table: Table, link: Link, target: Target) -> Target:
    if link.array or link.json:
        raise Misnamed(
            f"{system.name}.{table.name}.{link.name} is linked by this value, inside a list or a document.",
            "Correct it in the system itself, with everything that is linked by it.",
        )
    kind = link.identity or ""
    return Target(
        *(target.wish, system.name, table.name, link.columns[0], kind, Where.WRONG),
        links=(link.name,),
        normalise=link.normalise,
    )


def _kinds(table: Table, column: str) -> set[str]:
    found = {each.kind for each in table.identities if each.column == column}
    return found | {link.identity for link in table.links if link.identity and link.columns == (column,)}


# --- from rows to cells ----------------------------------------------------------------------------------


def to_cells(plan: Plan, targets: Sequence[Target], rows: Mapping[str, Sequence[Row]]) -> tuple[Cell, ...]:
    """What is to be set: `rows` are what each system gave for the plan's Correct steps. Cells that hold
    the value already are left out, as is what a target's `where` does not mean."""
    by_place = {each.place: each for each in targets}
    steps = [step for step in plan.steps if isinstance(step, Correct)]
    of = {step.number: by_place[step.system, step.selection.table, step.column, step.json] for step in steps}
    read: dict[int, list[Row]] = {}
    for system, given in rows.items():
        for row in given:
            if any(step.system == system and step.number == row.step for step in steps):
                read.setdefault(row.step, []).append(row)
    wrong: dict[str, set[str]] = {}
    found: list[Cell] = []
    for step in sorted(steps, key=lambda each: of[each.number].where is Where.WRONG):
        target = of[step.number]
        for row in read.get(step.number, ()):
            cell = _cell(step, row, target)
            if cell is None or not _meant(cell, target, wrong.get(target.wish.target, set())):
                continue
            if target.where is not Where.WRONG and cell.before is not None:
                wrong.setdefault(target.wish.target, set()).add(str(cell.before))
            found.append(cell)
    return tuple(sorted(found, key=lambda each: each.step))


def _cell(step: Correct, row: Row, target: Target) -> Cell | None:
    value = row.values[step.column]
    if step.json is not None:
        there = list(reach(exact(value), step.json))
        if len(there) != 1 or isinstance(there[0], list | dict):
            return None
        value = there[0]
    key = tuple(row.values[name] for name in row.key)
    after = target.wish.value if step.json is None else _of_its_type(value, target.wish.value)
    return Cell(step.number, row.table, row.key, key, step.column, value, after, step.json)  # type: ignore[arg-type]


_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,29})(\.[0-9]{1,30})?")


def _of_its_type(there: object, text: str) -> Scalar:
    """What a person wrote, as a value of the type that stands in the document; the text where it is none."""
    if isinstance(there, bool):
        return {"true": True, "false": False}.get(text.lower(), text)
    if isinstance(there, int | float | Decimal) and _NUMBER.fullmatch(text):
        if "." not in text:
            return int(text)
        return float(text) if isinstance(there, float) else Decimal(text)
    return text


def _meant(cell: Cell, target: Target, wrong: set[str]) -> bool:
    if cell.before is not None and str(cell.before) == str(cell.after):
        return False
    match target.where:
        case Where.ALL:
            return True
        case Where.FILLED:
            return cell.before not in (None, "")
    rule = target.normalise
    same = {normalise(rule, each) for each in wrong}
    return cell.before is not None and normalise(rule, str(cell.before)) in same
