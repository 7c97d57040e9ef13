"""What an erasure has to leave, worked out in plain Python over the rows: no SQL, and nothing of the engine."""

import re
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from typing import Any

from tests.connectors.sql.shape import (
    Act,
    Anonymise,
    Cell,
    Delete,
    Detach,
    Follow,
    JsonSet,
    Keep,
    OfGhost,
    Pseudonymously,
    Record,
    Retain,
    Sheet,
    Sheets,
    Uniquely,
    Way,
)

GHOST = 100


@dataclass(frozen=True)
class Random:
    """A value that nobody can foretell, in its frame."""

    prefix: str
    end: str = ""

    def fits(self, value: object) -> bool:
        return isinstance(value, str) and bool(
            re.fullmatch(re.escape(self.prefix) + "r[0-9]{11}" + re.escape(self.end), value)
        )


def folded(address: object) -> str:
    return str(address).strip().casefold()


class Oracle:
    """One erasure of one person. `people` are her ids in `users`, `addresses` her proven addresses, folded."""

    def __init__(self, sheets: Sheets, people: set[int], addresses: set[str], today: date) -> None:
        self.sheets, self.people, self.addresses, self.today = sheets, people, addresses, today
        self.known: dict[str, dict[int, set[str]]] = {}

    # --- whose a row is ---

    def hers(self, name: str) -> dict[int, set[str]]:
        """Number of each row that is hers, and the links by which it is."""
        if name in self.known:
            return self.known[name]
        sheet = self.sheets[name]
        found: dict[int, set[str]] = {}
        self.known[name] = found
        for way in sheet.ways:
            if sheet.person and way.name not in dict(sheet.by):
                continue
            for row in sheet.rows:
                if self.linked(row, way):
                    found.setdefault(row["n"], set()).add(("sees:" if way.sees else "") + way.name)
        if sheet.held:
            holder, column = sheet.held
            mine = self.hers(holder)
            groups = {row[column] for row in self.sheets[holder].rows if row["n"] in mine}
            for row in sheet.rows:
                if row["id"] in groups:
                    found.setdefault(row["n"], set()).add("held")
        if sheet.history:
            table, column = sheet.history
            of = {row["id"] for row in self.sheets[table].rows if self.owned(table, row)}
            for row in sheet.rows:
                if row[column] in of:
                    found.setdefault(row["n"], set()).add("history")
        return found

    def owned(self, name: str, row: Record) -> bool:
        sheet = self.sheets[name]
        if sheet.person:
            return row["id"] in self.people
        return any(not way.startswith("sees:") for way in self.hers(name).get(row["n"], ()))

    def linked(self, row: Record, way: Way) -> bool:
        if not all(_equal(row[column], value) for column, value in way.when):
            return False
        if way.to is None:
            return row[way.columns[0]] is not None and folded(row[way.columns[0]]) in self.addresses
        keys = {
            tuple(above[column] for column in way.key)
            for above in self.sheets[way.to].rows
            if (self.leads(way.to, above) if self.sheets[way.to].shared else self.owned(way.to, above))
        }
        if way.array:
            return any((item,) in keys for item in row[way.columns[0]] or ())
        if way.json:
            return (_at(row[way.columns[0]], way.json),) in keys
        return tuple(row[column] for column in way.columns) in keys

    def goes(self, name: str, row: Record) -> bool:
        """Whether a row that several people share goes: nobody is left, or a link of hers says so."""
        sheet = self.sheets[name]
        ways = self.hers(name).get(row["n"], set())
        gone = {link for link, each in sheet.by if isinstance(each, Delete)}
        return bool(ways & gone) or (sheet.orphan and self.orphan(sheet, row))

    def leads(self, name: str, row: Record) -> bool:
        """Whether what hangs on a shared row is hers: the row goes, or it is hers by more than a link to cut."""
        ways = self.hers(name).get(row["n"], set())
        more = {link for link, each in self.sheets[name].by if not isinstance(each, Detach)}
        return bool(ways & more) or self.goes(name, row)

    def orphan(self, sheet: Sheet, row: Record) -> bool:
        mine = self.hers(sheet.name).get(row["n"], set())
        if not any(not way.startswith("sees:") for way in mine):
            return False
        for way in sheet.ways:
            empty = any(row[column] is None for column in way.columns)
            if not way.sees and not empty and way.name not in mine:
                return False
        if sheet.held:
            holder, column = sheet.held
            others = self.hers(holder)
            for member in self.sheets[holder].rows:
                if (
                    member[column] == row["id"]
                    and member["n"] not in others
                    and member["user_id"] is not None
                ):
                    return False
        return True

    # --- what becomes of it ---

    def result(self) -> dict[str, dict[int, Record]]:
        """All rows afterwards, by table and number."""
        after = {name: {row["n"]: deepcopy(row) for row in sheet.rows} for name, sheet in self.sheets.items()}
        for name, sheet in self.sheets.items():
            for row in sheet.rows:
                became = self.fate(sheet, row)
                if became is None:
                    after[name].pop(row["n"], None)
                else:
                    after[name][row["n"]].update(became)
            if sheet.replies:
                for number in self.tree(sheet):
                    after[name].pop(number, None)
        for sheet in self.sheets.values():
            if sheet.recount:
                self.recount(sheet, after)
        return after

    def fate(self, sheet: Sheet, row: Record) -> Record | None:
        """Changed cells; None: the row goes."""
        ways = self.hers(sheet.name).get(row["n"], set())
        if not ways and not (sheet.person and row["id"] in self.people):
            return {}
        if sheet.shared and self.goes(sheet.name, row):
            return None
        changed: Record = {}
        owned = self.owned(sheet.name, row)
        if owned and not (sheet.shared and not sheet.rules):
            for when, each in sheet.rules:
                if all(_equal(row[column], value) for column, value in when):
                    became = self.act(sheet, row, each, {way for way in ways if not way.startswith("sees:")})
                    if became is None:
                        return None
                    changed |= became
                    break
        by = dict(sheet.by)
        for way in sheet.ways:
            label = ("sees:" if way.sees else "") + way.name
            each = by.get(way.name, Detach() if way.sees else None)
            if label in ways and each is not None:
                became = self.act(sheet, row, each, {label})
                if became is None:
                    return None
                changed |= became
        return changed

    def act(self, sheet: Sheet, row: Record, each: Act, ways: set[str]) -> Record | None:
        match each:
            case Delete():
                return None
            case Keep():
                return {}
            case Detach(ghost):
                return self.detached(sheet, row, ways, ghost=ghost)
            case Anonymise(values):
                return {column: self.value(row[column], value) for column, value in values}
            case Retain(after, then, strip):
                if _years_later(row[after]) < self.today.isoformat():
                    return self.act(sheet, row, then, ways)
                return dict.fromkeys(strip)
            case Follow(link, strip):
                return dict.fromkeys(strip) if self.stays(sheet, row, link) else None

    def stays(self, sheet: Sheet, row: Record, link: str) -> bool:
        """Whether the row that this one follows is still there afterwards."""
        way = next(each for each in sheet.ways if each.name == link)
        above = self.sheets[str(way.to)]
        followed = next(each for each in above.rows if each[way.key[0]] == row[link])
        return self.fate(above, followed) is not None

    def detached(self, sheet: Sheet, row: Record, ways: set[str], *, ghost: bool) -> Record:
        changed: Record = {}
        for way in sheet.ways:
            if way.name not in ways and "sees:" + way.name not in ways:
                continue
            if way.array:
                gone = self.people
                changed[way.columns[0]] = [item for item in row[way.columns[0]] if item not in gone]
            elif ghost:
                standing = next(each for each in self.sheets["users"].rows if each["id"] == GHOST)
                changed |= {ours: standing[theirs] for ours, theirs in zip(way.columns, way.key, strict=True)}
            else:
                changed |= {column: None for column in way.columns if sheet.columns[column].null}
        return changed

    def value(self, old: Cell, value: Cell) -> Cell:
        match value:
            case Uniquely(prefix):
                return Random(prefix, "@example.invalid")
            case Pseudonymously(prefix):
                return Random(prefix)
            case OfGhost(column):
                return next(each[column] for each in self.sheets["users"].rows if each["id"] == GHOST)
            case JsonSet(edits):
                return _edited(old, edits)
        return value

    def tree(self, sheet: Sheet) -> set[int]:
        """Rows of a tree that go as a whole."""
        assert sheet.replies
        column, rule = sheet.replies
        own = {row["id"] for row in sheet.rows if self.owned(sheet.name, row)}
        below: dict[int, set[int]] = {}
        for row in sheet.rows:
            here: int | None = row["id"]
            passed: set[int] = set()
            parents = {each["id"]: each[column] for each in sheet.rows}
            while here is not None and here not in passed:
                passed.add(here)
                below.setdefault(here, set()).add(row["id"])
                here = parents[here]
        if rule == "subtree":
            gone = {each for one in own for each in below[one]}
        elif rule == "leaves":
            gone = {one for one in own if below[one] <= own}
        else:
            gone = set()
        return {row["n"] for row in sheet.rows if row["id"] in gone}

    def recount(self, sheet: Sheet, after: dict[str, dict[int, Record]]) -> None:
        assert sheet.recount
        column, of, by = sheet.recount
        mine = self.hers(of)
        touched = {row[by] for row in self.sheets[of].rows if row["n"] in mine}
        for row in after[sheet.name].values():
            if row["id"] in touched:
                row[column] = sum(1 for each in after[of].values() if each[by] == row["id"])


def _equal(cell: Cell, wanted: Cell) -> bool:
    if isinstance(wanted, tuple):
        return cell in wanted
    return bool(cell == wanted)


def _years_later(day: str) -> str:
    """Seven years later, as text; the 29th of February becomes the 28th where there is none."""
    year, rest = int(day[:4]) + 7, day[4:]
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return f"{year}{'-02-28' if rest == '-02-29' and not leap else rest}"


def _at(document: Any, path: str) -> Any:
    for part in path.removeprefix("$.").split("."):
        if not isinstance(document, dict) or part not in document:
            return None
        document = document[part]
    return document


def _edited(document: Any, edits: tuple[tuple[str, Cell], ...]) -> Any:
    document = deepcopy(document)
    for path, value in edits:
        *above, last = path.removeprefix("$.").split(".")
        inner = document
        for part in above:
            inner = inner.get(part) if isinstance(inner, dict) else None
        if isinstance(inner, dict) and last in inner:
            if value is None:
                del inner[last]
            else:
                inner[last] = value
    return document
