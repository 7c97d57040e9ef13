"""What a connector that takes sets of people has to do besides (rights.many): inherit from this instead."""

import inspect
from collections.abc import Sequence

import pytest

from upheld.connectors.conformance.suite import EMAIL, ConnectorConformance, entropy, in_order
from upheld.connectors.conformance.world import NOW, standard_rows, steps_of, with_limits
from upheld.datamap.model import Limits, System
from upheld.law.right import Right
from upheld.rights.connector import Connector
from upheld.rights.many import (
    MANY,
    CommittedMany,
    ManyConnector,
    PreparedMany,
    Questioned,
    Tallied,
    count_many,
    find_many,
    keys_many,
    takes_many,
)
from upheld.rights.outcome import Counts, Failure, Prepared
from upheld.rights.plan import Step
from upheld.rights.subject import Identity, Person, Subject

ADA, LOVELOCK, BEN = 7, 71, 5
"""Ada and Ben wrote to each other; Lovelock shares no row with either."""


class ManyConformance(ConnectorConformance):
    """As ConnectorConformance; asked for many at once the connector does what it does for one after the
    other."""

    def takes(self, connector: Connector) -> ManyConnector:
        """The connector, which takes sets."""
        many = takes_many({"world": connector}, "world")
        assert many is not None
        return many

    def someone(self, system: System, connector: Connector, number: int) -> Subject:
        """A person of the world, by her row."""
        person = Person(system.name, "people", self.key(number))
        return Subject(connector.find([], [person]).identities, (person,))

    def people(self, system: System, connector: Connector, numbers: Sequence[int]) -> list[Subject]:
        """Several of them."""
        return [self.someone(system, connector, number) for number in numbers]

    def run(
        self, system: System, connector: Connector, subjects: Sequence[Subject]
    ) -> tuple[dict[int, list[Prepared]], list[int], dict[int, list[Counts]]]:
        """Execute for all of them to the end: what was prepared by member, whose commits are told, in order,
        and what each did."""
        prepared: dict[int, list[Prepared]] = {}
        done: dict[int, list[Counts]] = {}
        through: list[int] = []
        events = self.takes(connector).execute_many(
            steps_of(system, Right.ERASURE), subjects, now=NOW, entropy=entropy(), allow=frozenset()
        )
        for event in events:
            if isinstance(event, PreparedMany):
                assert len({each.token for each in event.prepared}) == 1
                for member, part in zip(event.members, event.prepared, strict=True):
                    prepared.setdefault(member, []).append(part)
            else:
                assert isinstance(event, CommittedMany)
                through += event.members
                for member, each in zip(event.members, event.committed, strict=True):
                    done.setdefault(member, []).append(each.counts)
        return prepared, through, done

    def test_it_has_every_method_for_sets_with_its_parameters(self, world: tuple[System, Connector]) -> None:
        _, connector = world
        for name in MANY:
            given = inspect.signature(getattr(connector, name)).parameters
            assert list(given) == list(inspect.signature(getattr(ManyConnector, name)).parameters)[1:]

    def test_many_are_found_as_each_alone(self, world: tuple[System, Connector]) -> None:
        system, connector = world
        questions: list[Questioned] = [
            ([EMAIL], []),
            ([Identity("email", "shared@example.org")], []),
            ([], [Person(system.name, "people", self.key(LOVELOCK))]),
            ([Identity("email", "nobody@example.org"), Identity("nonsense", "7")], []),
            ([EMAIL], [Person(system.name, "people", self.key(ADA))]),
            ([Identity("email", "ada@example.org", verified=False)], []),
            ([], []),
        ]
        found = find_many(self.takes(connector), questions)
        alone = [connector.find(*each) for each in questions]
        assert [set(each.people) for each in found] == [set(each.people) for each in alone]
        assert [set(each.identities) for each in found] == [set(each.identities) for each in alone]

    def test_keys_of_many_are_those_of_each_and_what_is_none_spoils_no_other(
        self, world: tuple[System, Connector]
    ) -> None:
        _, connector = world
        texts = ["7", "-", "71", "%", "7"]
        keys = keys_many(self.takes(connector), "people", texts)
        assert [keys[index] for index in (0, 2, 4)] == [self.key(7), self.key(71), self.key(7)]
        assert keys == tuple(keys_many(connector, "people", [text])[0] for text in texts)

    def test_many_are_counted_as_each_alone_and_a_shared_row_once_together(
        self, world: tuple[System, Connector]
    ) -> None:
        """Where two go together what they share may end otherwise than for one: how many rows, not how."""
        system, connector = world
        steps = steps_of(system, Right.ERASURE)
        apart = [*self.people(system, connector, (ADA, LOVELOCK)), Subject(())]
        tallied: Tallied = count_many(self.takes(connector), steps, apart, now=NOW)
        alone = [connector.count(steps, each, now=NOW) for each in apart]
        assert [_rows(steps, each) for each in tallied.each] == [_rows(steps, each) for each in alone]
        sharing = self.people(system, connector, (ADA, BEN))
        tallied = count_many(self.takes(connector), steps, sharing, now=NOW)
        alone = [connector.count(steps, each, now=NOW) for each in sharing]
        assert [_tables(each) for each in tallied.each] == [_tables(each) for each in alone]
        assert _tables(tallied.together)["messages"] == 4
        self.same(standard_rows())

    @pytest.mark.parametrize("numbers", [(ADA, LOVELOCK), (ADA, BEN), (BEN, LOVELOCK, ADA)])
    def test_scenario_52_a_set_leaves_what_one_after_the_other_leaves(self, numbers: tuple[int, ...]) -> None:
        system, connector = self.make(self.given(standard_rows()))
        for each in self.people(system, connector, numbers):
            self.erase(system, connector, each)
        expected = in_order(self.stored())
        system, connector = self.make(self.given(standard_rows()))
        subjects = self.people(system, connector, numbers)
        steps = steps_of(system, Right.ERASURE)
        before = self.takes(connector).verify_many(steps, subjects, [() for _ in subjects], now=NOW)
        prepared, through, _ = self.run(system, connector, subjects)
        assert in_order(self.stored()) == expected
        assert set(through) == set(prepared) == set(range(len(numbers)))
        traces = [[each.traces for each in prepared[member]] for member in range(len(numbers))]
        after = self.takes(connector).verify_many(steps, subjects, traces, now=NOW)
        assert [bool(each.remnants) for each in before] == [True for _ in numbers]
        assert [each.remnants for each in after] == [() for _ in numbers]

    def test_what_is_done_is_told_of_the_one_whose_it_was(self) -> None:
        numbers = (LOVELOCK, ADA)
        steps: tuple[Step, ...] = ()
        alone = []
        for number in numbers:
            system, connector = self.make(self.given(standard_rows()))
            steps = steps_of(system, Right.ERASURE)
            _, committed = self.erase(system, connector, self.someone(system, connector, number))
            alone.append((_rows(steps, *(each.counts for each in committed)), _dues(committed)))
        system, connector = self.make(self.given(standard_rows()))
        prepared, _, done = self.run(system, connector, self.people(system, connector, numbers))
        assert [(_rows(steps, *done[member]), _dues(prepared[member])) for member in (0, 1)] == alone

    def test_who_exceeds_a_limit_keeps_all_her_rows_and_whoever_is_through_is_through(self) -> None:
        system, _ = self.make(self.given(standard_rows()))
        system = with_limits(system, Limits(rows_per_person=8))
        connector = self.connect(system)
        numbers = (LOVELOCK, ADA, BEN)
        subjects = self.people(system, connector, numbers)
        events = self.takes(connector).execute_many(
            steps_of(system, Right.ERASURE), subjects, now=NOW, entropy=entropy(), allow=frozenset()
        )
        through: list[int] = []

        def to_the_end() -> None:
            for event in events:
                through.extend(event.members if isinstance(event, CommittedMany) else ())

        with pytest.raises(Failure, match="rows_per_person") as refused:
            to_the_end()
        assert "ada" not in str(refused.value).casefold()
        assert 1 not in through
        left = in_order(self.stored())
        system, connector = self.make(self.given(standard_rows()))
        for member in through:
            self.erase(system, connector, self.someone(system, connector, numbers[member]))
        assert left == in_order(self.stored())

    def test_closing_a_set_before_its_commit_writes_nothing_and_leaves_nothing_locked(
        self, world: tuple[System, Connector]
    ) -> None:
        system, connector = world
        subjects = self.people(system, connector, (ADA, BEN))
        events = self.takes(connector).execute_many(
            steps_of(system, Right.ERASURE), subjects, now=NOW, entropy=entropy(), allow=frozenset()
        )
        assert isinstance(next(events), PreparedMany)
        events.close()
        self.same(standard_rows())
        _, through, _ = self.run(system, connector, subjects)
        assert set(through) == {0, 1}


def _rows(steps: Sequence[Step], *counted: Counts) -> dict[int, int]:
    return {step.number: sum(each.rows(step.number) for each in counted) for step in steps}


def _tables(counts: Counts) -> dict[str, int]:
    return {each.table: each.matched for each in counts.tables if each.matched}


def _dues(parts: Sequence[object]) -> list[tuple[str, str, int]]:
    return sorted(
        (each.table, each.on, len(each.rows)) for part in parts for each in getattr(part, "due", ())
    )
