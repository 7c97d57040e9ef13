"""Looking again, by the map and not by the steps that erased (evidence class B, P-20).

`remember` follows the map's links from her keys and identities through all tables, before anything is
written. `look_again` then reads every mapped table and says what is still hers that the map says should go.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from upheld.datamap import model
from upheld.datamap.model import Action, Assignment, Link, System, Table, Tie
from upheld.rights import codec
from upheld.rights.outcome import Remnant, Verified
from upheld.rights.plan import Age, Retain, Side, Source, Step
from upheld.rights.rows.select import Selector, candidates, key_of, row_key
from upheld.rights.rows.values import Row, normalise, typed
from upheld.rights.subject import Key

FORMAT = "upheld.rows.traces/v1"

Target = tuple[str, tuple[str, ...]]
"""A table and the columns of it that links point at."""

Holds = Callable[[Table, Row, Assignment], bool]


@dataclass
class Memory:
    """Personal: what was hers before. `keys`: values that links may hold; `rows`: keys of the rows
    themselves; `copies`: values that the map says are copied elsewhere; `beside`: people who share an
    identity with her.
    """

    keys: dict[Target, set[Key]] = field(default_factory=dict)
    rows: dict[str, set[Key]] = field(default_factory=dict)
    copies: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    beside: dict[str, set[Key]] = field(default_factory=dict)

    def write(self) -> bytes:
        """As bytes to be sealed with the prepare record (spec/traces.md)."""
        return json.dumps(
            {
                "format": FORMAT,
                "keys": [
                    [table, list(columns), _written(keys)] for (table, columns), keys in self.keys.items()
                ],
                "rows": [[table, _written(keys)] for table, keys in self.rows.items()],
                "copies": [
                    [table, column, sorted(values)] for (table, column), values in self.copies.items()
                ],
                "beside": [[table, _written(keys)] for table, keys in self.beside.items()],
            }
        ).encode()

    def read(self, traces: bytes) -> None:
        """Add what an earlier part remembered."""
        content = json.loads(traces)
        if content.get("format") != FORMAT:
            raise codec.Unreadable("format", f"Traces that are not in the format {FORMAT}.")
        for table, columns, keys in content["keys"]:
            self.keys.setdefault((table, tuple(columns)), set()).update(_read(keys))
        for table, keys in content["rows"]:
            self.rows.setdefault(table, set()).update(_read(keys))
        for table, column, values in content["copies"]:
            self.copies.setdefault((table, column), set()).update(values)
        for table, keys in content["beside"]:
            self.beside.setdefault(table, set()).update(_read(keys))


def _written(keys: set[Key]) -> list[object]:
    return sorted((codec.encode([_plain(part) for part in key]) for key in keys), key=str)


def _plain(part: object) -> object:
    return part[1] if isinstance(part, tuple) else part


def _read(keys: list[object]) -> Iterator[Key]:
    for key in keys:
        yield tuple(typed(part) for part in codec.decode(key, ()))  # type: ignore[misc, attr-defined]


# --- what is hers, by the map -------------------------------------------------------------------------------


@dataclass
class ByMap:
    """Which rows are hers by the links of the map, given what is remembered."""

    selector: Selector
    memory: Memory

    @property
    def system(self) -> System:
        """The system whose map this is."""
        return self.selector.system

    def links(self, table: Table, row: Row) -> tuple[Link, ...]:
        """The links by which the row is hers or visible to her."""
        return tuple(link for link in (*table.links, *reverse(table)) if self.led(table, row, link))

    def led(self, table: Table, row: Row, link: Link) -> bool:
        """Whether this link leads to her."""
        if link.when and not self.selector.meets(table, row, link.when):
            return False
        if link.identity is not None:
            return bool(self.selector.led(row, Source(link)))
        keys = self.memory.keys.get((str(link.to), link.key), set())
        return any(key in keys for key in candidates(row, link))

    def herself(self, table: Table, row: Row) -> bool:
        """Whether the row, of a person table, is her."""
        if not table.person or (table.ghost and self.selector.meets(table, row, table.ghost)):
            return False
        return key_of(row, table.person) in self.memory.keys.get((table.name, table.person), set())

    def owned(self, table: Table, row: Row) -> bool:
        """Whether the row is hers, so that what points at it is hers too."""
        if table.person:
            return self.herself(table, row)
        return any(link.tie is Tie.OWNS for link in self.links(table, row))

    def alone(self, table: Table, row: Row) -> bool:
        """Whether nobody else is left in the row."""
        owners = [link for link in table.links if link.tie is Tie.OWNS]
        if not all(self.led(table, row, link) or self.selector.empty(row, link) for link in owners):
            return False
        return not any(self._held(holding, row) for holding in table.held_by)

    def _held(self, holding: model.Holding, row: Row) -> bool:
        wanted = key_of(row, holding.key)
        holders = self.system.table(holding.table)
        return any(
            key_of(each, holding.columns) == wanted
            and not self.owned(holders, each)
            and not all(self.selector.empty(each, link) for link in holders.links)
            for each in self.selector.rows(holders.name)
        )

    def leads_on(self, table: Table, row: Row) -> bool:
        """Whether rows that point at this one are hers: of shared rows, only at those that go."""
        if not self.owned(table, row):
            return False
        by = dict(table.treatment.by)
        if table.person or not (by or table.treatment.orphan):
            return True
        if table.treatment.orphan:
            return self.alone(table, row)
        return any(isinstance(by.get(link.name), model.Delete) for link in self.links(table, row))


def reverse(table: Table) -> tuple[Link, ...]:
    """The links by which the holders of a row make it hers."""
    history = table.history_of
    held = tuple(Link(each.key, to=each.table, key=each.columns) for each in table.held_by)
    return (*held, *((Link(history.columns, to=history.table, key=history.key),) if history else ()))


def remember(selector: Selector) -> Memory:
    """Follow the map from her keys and identities until nothing is added. Reads only; a pass over each table
    for every level of its links.
    """
    system, memory = selector.system, Memory()
    found = ByMap(selector, memory)
    targets: dict[str, set[tuple[str, ...]]] = {}
    whole: set[Target] = set()
    for table in system.tables:
        if table.person:
            targets.setdefault(table.name, set()).add(table.person)
            own = selector.subject.keys(system.name, table.name)
            memory.keys[table.name, table.person] = {tuple(typed(part) for part in key) for key in own}  # type: ignore[misc]
        for link in (*table.links, *reverse(table)):
            if link.to:
                targets.setdefault(link.to, set()).add(link.key)
        whole.update((link.to, link.key) for link in reverse(table) if link.to)
    size = -1
    while size != sum(len(keys) for keys in memory.keys.values()):
        size = sum(len(keys) for keys in memory.keys.values())
        for name, columns in targets.items():
            _follow(found, system.table(name), columns, whole)
    for table in system.tables:
        _remember_rows(found, table)
    return memory


def _follow(found: ByMap, table: Table, targets: set[tuple[str, ...]], whole: set[Target]) -> None:
    for row in found.selector.rows(table.name):
        leads, owned = found.leads_on(table, row), found.owned(table, row)
        for columns in targets:
            key = key_of(row, columns)
            if key is not None and (leads or (owned and (table.name, columns) in whole)):
                found.memory.keys.setdefault((table.name, columns), set()).add(key)


def _remember_rows(found: ByMap, table: Table) -> None:
    memory, key = found.memory, row_key(table)
    copied = {each.copy_of for other in found.system.tables for each in other.every_field if each.copy_of}
    for row in found.selector.rows(table.name):
        own = key_of(row, key)
        if found.owned(table, row):
            if own is not None:
                memory.rows.setdefault(table.name, set()).add(own)
            for column in (column for name, column in copied if name == table.name):
                if row.get(column):
                    memory.copies.setdefault((table.name, column), set()).add(str(row[column]))
        elif table.person and own is not None and _named(found.selector, table, row):
            memory.beside.setdefault(table.name, set()).add(own)


def _named(selector: Selector, table: Table, row: Row) -> str | None:
    for each in table.identities:
        if normalise(row.get(each.column), each.normalise) in selector.values(each.kind, each.normalise):
            return each.column
    return None


# --- looking again ------------------------------------------------------------------------------------------


def look_again(selector: Selector, steps: Sequence[Step], traces: Sequence[bytes], holds: Holds) -> Verified:
    """What is left of her that the map says should be gone. Tables under a legal hold of the plan are left
    out of it and named as not searched.
    """
    memory = remember(selector)
    for each in traces:
        memory.read(each)
    look = _Look(ByMap(selector, memory), holds)
    held = {step.selection.table for step in steps if isinstance(step, Retain) and step.hold}
    searched: list[str] = []
    unsearched: list[str] = []
    for table in selector.system.tables:
        columns = _columns(table)
        mapped = [each.column for each in table.every_field if each.column not in columns]
        unsearched.extend(f"{table.name}.{column}" for column in dict.fromkeys(mapped))
        if table.name in held:
            unsearched.extend(f"{table.name}.{column}" for column in columns)
            continue
        searched.extend(f"{table.name}.{column}" for column in columns)
        for row in selector.rows(table.name):
            look.at(table, row)
    remnants = tuple(Remnant(table, column, rows, how) for (table, column, how), rows in look.left.items())
    return Verified(selector.system.name, remnants, tuple(searched), tuple(unsearched))


def _columns(table: Table) -> tuple[str, ...]:
    linked = [column for link in (*table.links, *reverse(table)) for column in link.columns]
    named = [each.column for each in table.identities]
    copies = [each.column for each in table.every_field if each.copy_of]
    return tuple(dict.fromkeys([*table.person, *linked, *named, *copies]))


@dataclass
class _Look:
    found: ByMap
    holds: Holds
    left: dict[tuple[str, str, str], int] = field(default_factory=dict)

    def at(self, table: Table, row: Row) -> None:
        """Count the row under each column that still says it is hers."""
        if table.restriction and self.found.selector.meets(table, row, table.restriction):
            return
        treatment, stays = table.treatment, False
        links = self.found.links(table, row)
        if self.found.herself(table, row):
            stays = self._rule(table, row, table.person[0], "key")
        elif links and not table.person:
            if treatment.orphan and not treatment.by and not treatment.rules and self.found.alone(table, row):
                self._add(table, links[0].columns[0], "link")
            elif treatment.rules and any(link.tie is Tie.OWNS for link in links):
                stays = self._rule(table, row, links[0].columns[0], "link")
        if not links and treatment.orphan and self._emptied(table, row):
            self._add(table, (*row_key(table), "")[0], "nobody is left")
        by = dict(treatment.by)
        for link in links:
            action = by.get(link.name) or (model.Detach() if link.tie is Tie.SEES else None)
            if action is not None:
                stays = self._left(table, row, action, link.columns[0], "link") or stays
        if not stays:
            self._values(table, row)

    def _emptied(self, table: Table, row: Row) -> bool:
        """Whether a row that was hers stands there without anybody."""
        was_hers = key_of(row, row_key(table)) in self.found.memory.rows.get(table.name, set())
        return was_hers and self.found.alone(table, row)

    def _rule(self, table: Table, row: Row, column: str, how: str) -> bool:
        for rule in table.treatment.rules:
            if self.found.selector.meets(table, row, rule.when):
                return self._left(table, row, rule.action, column, how)
        return False

    def _left(self, table: Table, row: Row, action: Action, column: str, how: str) -> bool:
        """Count what should have gone; True where the row lawfully stays."""
        match action:
            case model.Delete() | model.Detach():
                self._add(table, column, how)
            case model.Anonymise(assignments):
                self._assigned(table, row, assignments)
            case model.Ask():
                self._add(table, column, "undecided")
            case model.Retain():
                after, period = action.after, action.period
                if after and period and self.found.selector.age(row, Age(after, period, Side.OVER)):
                    return self._left(table, row, action.then, column, "past its period")
                self._assigned(table, row, action.assignments)
                return True
            case model.Follow():
                self._assigned(table, row, action.assignments)
                return self._with_followed(table, row, action.link, column)
            case model.Keep():
                return True
        return False

    def _with_followed(self, table: Table, row: Row, name: str, column: str) -> bool:
        """Whether the row that this one follows is there and may be; else this one should have gone."""
        link = next(each for each in table.links if each.name == name)
        above = self.found.system.table(str(link.to))
        followed = self.found.selector.at_end(row, (link,))
        judged = _Look(self.found, self.holds)
        stays = bool(followed) and (
            bool(above.restriction and self.found.selector.meets(above, followed, above.restriction))
            or judged._rule(above, followed, column, "followed")
            or not judged.left
        )
        if not stays:
            self._add(table, column, "followed")
        return stays

    def _assigned(self, table: Table, row: Row, assignments: Sequence[Assignment]) -> None:
        for each in assignments:
            if not self.holds(table, row, each):
                self._add(table, each.column, "not anonymised")

    def _values(self, table: Table, row: Row) -> None:
        """Identities of hers in a person's row that was not somebody else's before, and copies in rows that
        were hers.
        """
        memory, key = self.found.memory, key_of(row, row_key(table))
        if table.person and key not in memory.beside.get(table.name, set()):
            column = _named(self.found.selector, table, row)
            if column is not None:
                self._add(table, column, "identity")
        if key not in memory.rows.get(table.name, set()):
            return
        for each in table.every_field:
            if each.copy_of and str(row.get(each.column)) in memory.copies.get(each.copy_of, set()):
                self._add(table, each.column, "copy")

    def _add(self, table: Table, column: str, how: str) -> None:
        place = (table.name, column, how)
        self.left[place] = self.left.get(place, 0) + 1
