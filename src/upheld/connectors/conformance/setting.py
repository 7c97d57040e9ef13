"""The part of the kit about values that are set: restriction, its end, and correction (spec/cells.md)."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from upheld.connectors.conformance.world import (
    NO_LETTERS,
    NOW,
    Rows,
    correction_of,
    standard_rows,
    steps_of,
    with_limits,
    with_mark,
    with_stop,
)
from upheld.datamap.model import Limits, System
from upheld.datamap.model import Test as Comparison
from upheld.law.objection import Against
from upheld.law.right import Right
from upheld.rights.cells import first_to_last, loaded, reversed_
from upheld.rights.connector import Connector, Entropy, Row
from upheld.rights.correcting import Wish, to_cells
from upheld.rights.outcome import Committed, Counts, Failure, Permanent, Prepared, Settled
from upheld.rights.plan import Reason, Reset, Step
from upheld.rights.subject import Identity, Key, Subject


def _entropy() -> Entropy:
    numbers = iter(range(1, 1_000_000))
    return lambda: f"{next(numbers):024d}"


class SettingConformance:
    """Mixed into `ConnectorConformance`, which gives what these tests ask for."""

    def make(self, rows: Rows) -> tuple[System, Connector]:
        raise NotImplementedError

    def connect(self, system: System) -> Connector:
        raise NotImplementedError

    def given(self, rows: Rows) -> Rows:
        raise NotImplementedError

    def same(self, expected: Rows) -> None:
        raise NotImplementedError

    def her(self, connector: Connector) -> Subject:
        raise NotImplementedError

    def key(self, number: int) -> Key:
        raise NotImplementedError

    def stored(self) -> Rows:
        raise NotImplementedError

    def set_values(
        self, connector: Connector, steps: Sequence[Step], subject: Subject
    ) -> tuple[list[Prepared], Counts]:
        """Execute to the end; what was prepared, and what the last part counted."""
        prepared, counts = [], Counts(())
        for outcome in connector.execute(steps, subject, now=NOW, entropy=_entropy(), allow=frozenset()):
            if isinstance(outcome, Prepared):
                prepared.append(outcome)
            if isinstance(outcome, Committed):
                counts = outcome.counts
        return prepared, counts

    def marked_world(self) -> tuple[Connector, tuple[Step, ...], Subject]:
        """The world with a mark, and the plan of a restriction."""
        system, _ = self.make(self.given(standard_rows()))
        system = with_mark(system)
        connector = self.connect(system)
        return connector, steps_of(system, Right.RESTRICTION), self.her(connector)

    def back(self, prepared: Sequence[Prepared], subject: Subject) -> tuple[tuple[Step, ...], Subject]:
        """What puts the marks back."""
        cells = first_to_last(loaded(each.before or b"" for each in prepared))
        reset = Reset(1, "world", "donations", "note", Reason("Art. 18(3) GDPR"))
        return (reset,), replace(subject, cells=reversed_(cells, 1))

    def test_a_restriction_marks_her_rows_and_its_end_leaves_every_row_as_it_was(self) -> None:
        connector, steps, subject = self.marked_world()
        if not connector.capabilities.restrict:
            return
        before = connector.count(steps, subject, now=NOW)

        prepared, _ = self.set_values(connector, steps, subject)

        changed = [row for row in self.stored()["donations"] if str(row["id"]) == "3"]
        assert [str(row["note"] or "") != "" for row in changed] == [True]
        rows = standard_rows()
        rows["donations"][2]["note"] = changed[0]["note"]
        self.same(rows)
        assert {each.table: each.matched for each in before.tables} == {"donations": 1}
        traces = [each.traces for each in prepared]
        assert connector.verify(steps, subject, traces, now=NOW).remnants == ()
        assert connector.verify((), Subject(()), traces, now=NOW).remnants == ()
        cells = loaded(each.before or b"" for each in prepared)
        assert sorted(str(each.key[0]) for each in cells) == ["1", "2", "3"]

        self.set_values(connector, *self.back(prepared, subject))

        self.same(standard_rows())
        assert connector.verify((), Subject(()), traces, now=NOW).remnants != ()

    def test_a_use_is_stopped_by_the_value_that_the_map_names_in_her_rows_alone(self) -> None:
        system, _ = self.make(self.given(standard_rows()))
        system = with_stop(system)
        connector = self.connect(system)
        steps = steps_of(system, Right.OBJECTION, against=Against.MARKETING)
        subject = self.her(connector)
        if not connector.capabilities.restrict:
            return

        prepared, _ = self.set_values(connector, steps, subject)

        rows = standard_rows()
        mine = ("1", "2", "3")
        for each in rows["donations"]:
            each["note"] = NO_LETTERS if str(each["id"]) in mine else each["note"]
        self.same(rows)
        traces = [each.traces for each in prepared]
        assert connector.verify(steps, subject, traces, now=NOW).remnants == ()
        assert {each.after for each in loaded(each.before or b"" for each in prepared)} == {NO_LETTERS}
        again, _ = self.set_values(connector, steps, subject)
        assert loaded(each.traces for each in again) == ()
        self.same(rows)

    def test_of_her_rows_those_say_that_a_use_has_stopped_that_the_map_means(self) -> None:
        system, _ = self.make(self.given(standard_rows()))
        system = with_stop(system, (Comparison("note", like="new*"),))
        connector = self.connect(system)
        steps = steps_of(system, Right.OBJECTION, against=Against.MARKETING)
        if not connector.capabilities.restrict:
            return

        self.set_values(connector, steps, self.her(connector))

        rows = standard_rows()
        for each in rows["donations"]:
            each["note"] = NO_LETTERS if str(each["id"]) == "2" else each["note"]
        self.same(rows)

    def test_a_second_restriction_changes_nothing_and_a_changed_mark_is_left_alone(self) -> None:
        connector, steps, subject = self.marked_world()
        if not connector.capabilities.restrict:
            return
        prepared, _ = self.set_values(connector, steps, subject)
        once = self.stored()
        again, _ = self.set_values(connector, steps, subject)
        assert self.stored() == once
        assert loaded(each.traces for each in again) == ()

        cells = [
            replace(each, before=each.after, after="by somebody") for each in loaded([prepared[0].traces])
        ]
        reset = Reset(1, "world", "donations", "note", Reason("x"))
        by_somebody = replace(subject, cells=tuple(replace(each, step=1) for each in cells))
        self.set_values(connector, (reset,), by_somebody)
        _, counts = self.set_values(connector, *self.back(prepared, subject))

        note = next(row["note"] for row in self.stored()["donations"] if str(row["id"]) == "3")
        assert note == "by somebody"
        assert [(each.table, each.matched) for each in counts.left] == [("donations", 1)]

    def test_beyond_a_limit_nothing_is_marked(self) -> None:
        system, _ = self.make(self.given(standard_rows()))
        system = with_limits(with_mark(system), Limits(rows_per_person=0))
        connector = self.connect(system)
        if not connector.capabilities.restrict:
            return

        with pytest.raises(Permanent) as refused:
            self.set_values(connector, steps_of(system, Right.RESTRICTION), self.her(connector))

        assert "rows_per_person" in str(refused.value)
        self.same(standard_rows())

    def test_closing_before_the_commit_marks_nothing(self) -> None:
        connector, steps, subject = self.marked_world()
        if not connector.capabilities.restrict:
            return
        execution = connector.execute(steps, subject, now=NOW, entropy=_entropy(), allow=frozenset())
        prepared = next(execution)
        assert isinstance(prepared, Prepared)
        execution.close()
        self.same(standard_rows())
        assert connector.settle(prepared.token) in (Settled.ABORTED, Settled.UNKNOWN)
        assert connector.verify((), Subject(()), [prepared.traces], now=NOW).remnants != ()

    def corrected(
        self, connector: Connector, system: System, wish: Wish, subject: Subject
    ) -> tuple[tuple[Step, ...], Subject]:
        """The steps of a correction, and the subject with its cells."""
        plan, targets = correction_of(system, wish)
        steps = plan.of(system.name)
        rows = [each for each in connector.collect(steps, subject, now=NOW) if isinstance(each, Row)]
        return steps, replace(subject, cells=to_cells(plan, targets, {system.name: rows}))

    def test_a_correction_changes_what_it_names_and_nothing_else(self) -> None:
        system, connector = self.make(self.given(standard_rows()))
        if not connector.capabilities.restrict:
            return
        wish = Wish("world.people.name", "Ada Quillfeather")
        steps, subject = self.corrected(connector, system, wish, self.her(connector))

        prepared, _ = self.set_values(connector, steps, subject)

        rows = standard_rows()
        rows["people"][3]["name"] = "Ada Quillfeather"
        self.same(rows)
        assert [(each.before, each.after) for each in loaded(each.before or b"" for each in prepared)] == [
            ("Ada Byron", "Ada Quillfeather")
        ]
        assert connector.verify(steps, subject, [each.traces for each in prepared], now=NOW).remnants == ()
        self.set_values(connector, steps, subject)
        self.same(rows)

    def test_an_address_takes_what_is_linked_by_it_along(self) -> None:
        system, connector = self.make(self.given(standard_rows()))
        if not connector.capabilities.restrict:
            return
        wish = Wish("world.people.email", "ada@example.net")
        steps, subject = self.corrected(connector, system, wish, self.her(connector))

        self.set_values(connector, steps, subject)

        rows = standard_rows()
        rows["people"][3]["email"] = rows["newsletter"][0]["email"] = "ada@example.net"
        self.same(rows)
        found = connector.find([Identity("email", "ada@example.net")], ())
        assert [each.key for each in found.people] == [self.key(7)]

    def test_a_value_that_changed_since_it_was_seen_stops_the_correction(self) -> None:
        system, connector = self.make(self.given(standard_rows()))
        if not connector.capabilities.restrict:
            return
        wish = Wish("world.people.name", "Ada Quillfeather")
        steps, subject = self.corrected(connector, system, wish, self.her(connector))
        rows = standard_rows()
        rows["people"][3]["name"] = "Ada King"
        system, connector = self.make(self.given(rows))

        with pytest.raises(Failure) as refused:
            self.set_values(connector, steps, subject)

        assert [secret for secret in ("King", "Byron", "Quillfeather") if secret in str(refused.value)] == []
        self.same(rows)
