"""Do the writing steps for many people at once, one statement a step, and say of how many rows of whose."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC
from typing import Any

import sqlalchemy as sa

from upheld.connectors.sql.change import Draw, change, without, worked_out
from upheld.connectors.sql.columns import fit
from upheld.connectors.sql.inside import KeySet, Predicate, is_in
from upheld.connectors.sql.many.listed import Listed, update_each
from upheld.connectors.sql.many.union import Members, Owners, Tally, Union, exact
from upheld.connectors.sql.order import Break, Touch
from upheld.connectors.sql.write import Writer, as_date
from upheld.datamap.model import Assignment, Period, Pseudonym, Scalar
from upheld.datamap.period import added
from upheld.rights.connector import Entropy
from upheld.rights.outcome import Count, Due, Transient
from upheld.rights.plan import Detach, Erase, Keep, Recount, Retain, Scope, Source, Undecided
from upheld.rights.subject import Key


@dataclass
class ManyWriter(Writer):
    """Writes for everybody in a union. `tallies`: of each step, how many rows are whose. `dues`: the dates
    of each person's rows."""

    union: Union = field(kw_only=True)
    entropy: Entropy = field(kw_only=True)
    tallies: dict[int, Tally] = field(default_factory=dict)
    others: dict[int, Mapping[int, int]] = field(default_factory=dict)
    dues: dict[int, list[Due]] = field(default_factory=dict)
    draws: dict[int, Draw] = field(default_factory=dict)

    def tally(self, step: Touch) -> Tally:
        """How many rows the step would select now, and whose they are."""
        if step.number not in self.tallies:
            selection = step.selection
            self.others.setdefault(step.number, self._foreign(step))
            self.tallies[step.number] = self.union.tallied(
                self.connection, selection.table, [selection], self.condition(step)
            )
        return self.tallies[step.number]

    def fix(self, step: Touch) -> Owners:
        """Which rows the step will change, by key, and whose they are; it then changes exactly those. A row
        that comes in meanwhile is left for the next round (scenario 50)."""
        name = step.selection.table
        key, condition = self._key(name), self.condition(step)
        self.tally(step)
        owners = self.union.keyed(self.connection, name, key, step.selection, condition, lock=True)
        self.fixed[step.number] = KeySet(name, key, tuple(owners))
        return owners

    def keyed_by(
        self, table: str, column: str, own: Mapping[Scalar, Members], condition: Predicate
    ) -> Owners:
        """The keys of rows that belong to people by one column's value."""
        key = self._key(table)
        columns = [self.rows.tables.column(table, each) for each in (*key, column)]
        labelled = (each.label(f"c{index}") for index, each in enumerate(columns))
        read = self.connection.execute(sa.select(*labelled).where(condition))
        return {tuple(row[:-1]): own[row[-1]] for row in read if row[-1] in own}

    def forget(self, step: Touch) -> None:
        """Before a step is written: what was counted before others were may be so no more. Rows remembered
        by key, whose links are cut, are those that were counted."""
        if step.number not in self.fixed and (self._several(step) or self._triggered()):
            self.tallies.pop(step.number, None)

    def _several(self, step: Touch) -> bool:
        return len([each for each in self.every if _same(each, step)]) > 1

    def _triggered(self) -> bool:
        """Whether writing one table may have the database write another, as a history's trigger does."""
        tables = {self.rows.tables.known_table(each.selection.table).name for each in self.every}
        return any(self.rows.tables.live.tables[name].triggers for name in tables)

    def shared(self, step: int) -> tuple[Mapping[int, int], Mapping[int, int]]:
        """How many rows of one step are whose: their own, and others' that went with them."""
        return self.tallies[step].each, self.others.get(step, {})

    def cut(self, broken: Break) -> None:
        """Whose the rows are is read before the links that say so are cut."""
        for step in self.every:
            if isinstance(step, Erase) and step.selection.table == broken.table:
                self.tally(step)
        super().cut(broken)

    def write(self, step: Touch) -> Count:
        """Do one step. Transient when the database changed another number of rows than were somebody's a
        moment before: then rows came in or went, and all is done again."""
        tally = self.tally(step)
        if isinstance(step, Keep | Undecided) or (isinstance(step, Retain) and not step.assignments):
            if isinstance(step, Retain) and step.period and step.after and tally.rows:
                self._note_due(step, step.period, step.after)
            return Count(step.number, step.selection.table, tally.rows)
        if not tally.rows:
            return Count(step.number, step.selection.table, 0)
        done = super().write(step)
        lists = isinstance(step, Detach) and any(source.link.array for source in step.selection.sources)
        if done.rows != tally.rows and not lists:
            raise Transient(
                f"{self.rows.system.name}: rows of {step.selection.table} changed while they were erased.",
                "Try again.",
            )
        return done

    def _foreign(self, step: Touch) -> Mapping[int, int]:
        """Rows of a subtree that are not the person's own, for each whose tree they are in."""
        if step.selection.scope is not Scope.SUBTREE:
            return {}
        found: dict[int, int] = {}
        own = self._authors(step)
        for key, who in self.union.trees[step.selection].items():
            for member in who:
                if member not in own.get(key, ()):
                    found[member] = found.get(member, 0) + 1
        return found

    def _authors(self, step: Touch) -> Owners:
        key = self.rows.trees[step.selection].columns
        plain = replace(step.selection, scope=Scope.ALL, replies=None)
        return self.union.keyed(self.connection, step.selection.table, key, plain, self.rows.where(plain))

    def _others(self, _step: Touch) -> int:
        return 0  # by person, see `_foreign`

    # --- values of their own ----------------------------------------------------------------------------

    def _assigned(self, step: Touch, assignments: Sequence[Assignment]) -> int:
        """Pseudonyms are one a person, so they are values of the rows' own here."""
        own = tuple(each for each in assignments if isinstance(each.value, Pseudonym))
        if not own or len(self.union.members) == 1:
            return super()._assigned(step, assignments)
        rest = [each for each in assignments if each not in own]
        done = change(self.rows, self.connection, step.selection.table, rest, self.draw)
        return self._row_by_row(step, (*done.each, *own), dict(done.whole), done.documents)

    def _row_by_row(
        self, step: Touch, each: Sequence[Assignment], whole: dict[str, Any], documents: Sequence[str]
    ) -> int:
        name = step.selection.table
        key = self._key(name)
        names = [*key, *documents]
        ways = self.union.ways([step.selection])
        columns = [
            *(self.rows.tables.column(name, column) for column in names),
            *(column for way in ways for column in way.columns),
        ]
        labelled = (column.label(f"c{index}") for index, column in enumerate(columns))
        read = self.connection.execute(sa.select(*labelled).where(self.condition(step))).all()
        listed = Listed(name, key, tuple(self.rows.tables.known(name, one.column).name for one in each))
        for row in read:
            old = dict(zip(names, row, strict=False))
            who = self.union.whose(name, ways, row[len(names) :])
            values = tuple(self._drawn(one, old.get(one.column), who) for one in each)
            listed.add(tuple(row[: len(key)]), values)
        return update_each(self.rows.tables, self.connection, listed, whole)

    def _drawn(self, assignment: Assignment, old: object, who: Members) -> object:
        if isinstance(assignment.value, Pseudonym):
            draw = self.draws.setdefault(who[0], Draw(self.entropy))
            return draw.pseudonym(assignment.value.template)
        return worked_out(assignment, old, self.draw)

    # --- dates ------------------------------------------------------------------------------------------

    def _note_due(self, step: Retain, period: Period, after: str) -> None:
        name = step.selection.table
        key = self.rows.tables.key(name, self.declared_key(name))
        if not key:
            return
        ways = self.union.ways([step.selection])
        columns = [
            *(self.rows.tables.column(name, each) for each in key),
            self._dated(step, after),
            *(column for way in ways for column in way.columns),
        ]
        labelled = (column.label(f"c{index}") for index, column in enumerate(columns))
        days: dict[tuple[int, str], list[Key]] = {}
        for row in self.connection.execute(sa.select(*labelled).where(self.condition(step))):
            day = as_date(row[len(key)], self.rows.now.tzinfo or UTC)
            if day is None:
                continue
            on = added(day, period).isoformat()
            for member in self.union.whose(name, ways, row[len(key) + 1 :]):
                days.setdefault((member, on), []).append(tuple(row[: len(key)]))
        for (member, on), keys in sorted(days.items()):
            self.dues.setdefault(member, []).append(Due(step.number, name, on, key, tuple(keys)))

    # --- lists ------------------------------------------------------------------------------------------

    def _off_list(self, step: Detach, source: Source) -> int:
        """Everybody off the list at once: an array is put together anew without them."""
        name, column = step.selection.table, source.link.columns[0]
        table, target = self.rows.tables[name], self.rows.tables.column(name, column)
        known = self.rows.tables.known(name, column)
        values = (
            self.rows.subject.values(source.link.identity or "")
            if source.keys is None
            else tuple(key[0] for key in self.rows.sets[source.keys].keys)
        )
        if known.array:
            item = getattr(known.type, "item_type", sa.types.Text())
            each = sa.func.unnest(target).table_valued("item", with_ordinality="place").render_derived()
            gone = sa.cast(list(values), sa.ARRAY(item))
            kept = sa.select(sa.func.array_agg(sa.text("item ORDER BY place"))).select_from(each)
            kept = kept.where(sa.or_(each.c.item.is_(None), each.c.item != sa.all_(gone)))
            shorter = sa.func.coalesce(kept.scalar_subquery(), sa.cast([], sa.ARRAY(item)), type_=target.type)
            return self.connection.execute(
                sa.update(table).where(self.condition(step)).values({target.name: shorter})
            ).rowcount
        key = self._key(name)
        columns = [self.rows.tables.column(name, each) for each in key]
        read = self.connection.execute(sa.select(*columns, target).where(self.condition(step))).all()
        listed = Listed(name, key, (target.name,))
        for row in read:
            listed.add(tuple(row[:-1]), (without(row[-1], values),))
        return update_each(self.rows.tables, self.connection, listed, {})

    # --- afterwards -------------------------------------------------------------------------------------

    def recount(self, step: Recount) -> Count:
        """A row whose counter several people's rows were counted in is each one's."""
        key = exact(self.rows.tables, step.table, step.key).label("this")
        owners = self.union.owners[step.keys]
        these = is_in(self.rows.tables, step.table, (step.key,), tuple(owners))
        known = self.rows.tables.known(step.table, step.key)
        fitted = {fit(each[0], known): who for each, who in owners.items()}
        tally = self.tallies[step.number] = Tally()
        for (there,) in self.connection.execute(sa.select(key).where(these)):
            tally.add(fitted.get(there, ()), 1)
        return super().recount(step)


def _same(one: Touch, other: Touch) -> bool:
    return one.selection.table == other.selection.table
