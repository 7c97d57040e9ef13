"""What tests above the port rely on: the double fails, dies and recovers as it is told."""

import pytest

from upheld.connectors.conformance import standard_rows, standard_system
from upheld.connectors.conformance.suite import EMAIL
from upheld.connectors.conformance.world import NOW, rows_afterwards, steps_of
from upheld.law.right import Right
from upheld.rights.outcome import Committed, Permanent, Prepared, Settled, Transient
from upheld.rights.subject import Person, Subject
from upheld.rights.testing import Died, InMemoryConnector, InMemoryJournal, drive, serial_entropy

SYSTEM = standard_system()
HER = Subject((EMAIL,), (Person("world", "people", (7,)),))


def execution(connector):
    steps = steps_of(SYSTEM, Right.ERASURE)
    return connector.execute(steps, HER, now=NOW, entropy=serial_entropy(), allow=frozenset())


def test_a_journal_holds_prepared_and_committed_in_their_order():
    journal = drive(execution(InMemoryConnector(SYSTEM, standard_rows())), InMemoryJournal())

    assert [type(each) for each in journal.entries] == [Prepared, Committed]
    assert journal.open == ()


@pytest.mark.parametrize(
    ("point", "settled", "afterwards"),
    [
        ("before prepared", {}, standard_rows()),
        ("after prepared", {f"{1:024d}": Settled.ABORTED}, standard_rows()),
        ("after commit", {f"{1:024d}": Settled.COMMITTED}, rows_afterwards()),
    ],
)
def test_scenario_69_after_a_death_the_outcome_is_established(point, settled, afterwards):
    connector, journal = InMemoryConnector(SYSTEM, standard_rows(), die=[point]), InMemoryJournal()

    with pytest.raises(Died):
        drive(execution(connector), journal)

    assert journal.settle(connector.settle) == settled
    assert connector.tables == afterwards

    drive(execution(connector), journal)

    assert connector.tables == rows_afterwards()


@pytest.mark.parametrize("failure", [Transient("The line is down."), Permanent("It says no.")])
def test_a_failure_is_raised_once_where_it_was_asked_for(failure):
    connector = InMemoryConnector(SYSTEM, standard_rows(), fail={"after prepared": failure})

    with pytest.raises(type(failure)):
        drive(execution(connector), InMemoryJournal())

    assert connector.tables == standard_rows()
    drive(execution(connector), InMemoryJournal())
    assert connector.tables == rows_afterwards()


def test_a_point_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="No such point: half-way"):
        InMemoryConnector(SYSTEM, {}, die=["half-way"])


def test_a_table_that_the_map_does_not_know_stops_the_system():
    connector = InMemoryConnector(SYSTEM, {**standard_rows(), "invoices": []})

    assert [each.code for each in connector.check()] == ["undeclared-table"]
