"""What every connector that waits for a person has to do, as a pytest class to inherit from."""

import pytest

from upheld.connectors.conformance.suite import EMAIL, entropy
from upheld.connectors.conformance.world import NOW, SECRETS, steps_of
from upheld.datamap.model import System
from upheld.law.right import Right
from upheld.rights.connector import Connector, Severity
from upheld.rights.outcome import Asked, Established, Permanent, Settled
from upheld.rights.subject import Identity, Person, Subject

HER = Subject((EMAIL, Identity("name", "Ada Byron")), (Person("elsewhere", "people", (7,)),))


class WaitingConformance:
    """Inherit, name the class Test…, and supply `make`."""

    def make(self) -> tuple[System, Connector]:
        """A system whose map is in order, and a connector to it."""
        raise NotImplementedError

    def test_it_says_that_it_waits_for_a_person(self) -> None:
        _, connector = self.make()
        capabilities = connector.capabilities
        assert (capabilities.automatic, capabilities.transactions) == (False, False)
        assert (capabilities.undo, capabilities.establishes) == (False, Established.ASSERTED)

    def test_its_map_is_in_order(self) -> None:
        _, connector = self.make()
        assert [each for each in connector.check() if each.severity is Severity.STOP] == []

    @pytest.mark.parametrize("right", [Right.ACCESS, Right.ERASURE, Right.RESTRICTION, Right.PORTABILITY])
    def test_every_task_is_asked_once_and_nothing_is_claimed_to_be_done(self, right: Right) -> None:
        system, connector = self.make()
        steps = steps_of(system, right)
        outcomes = list(connector.execute(steps, HER, now=NOW, entropy=entropy(), allow=frozenset()))
        assert [each.step for each in outcomes if isinstance(each, Asked)] == [step.number for step in steps]
        assert len(outcomes) == len(steps)
        assert all(isinstance(each, Asked) and each.due > NOW.date() for each in outcomes)

    def test_it_finds_counts_and_copies_nothing_by_itself(self) -> None:
        system, connector = self.make()
        found = connector.find(HER.identities, ())
        assert (found.people, found.identities) == ((), ())
        assert list(connector.count(steps_of(system, Right.ERASURE), HER, now=NOW)) == []
        assert list(connector.collect(steps_of(system, Right.ACCESS), HER, now=NOW)) == []

    def test_it_has_no_keys(self) -> None:
        _, connector = self.make()
        with pytest.raises(Permanent):
            connector.key("people", "7")

    def test_it_can_neither_look_again_nor_tell_what_became_of_a_token(self) -> None:
        system, connector = self.make()
        verified = connector.verify(steps_of(system, Right.ERASURE), HER, (), now=NOW)
        assert (verified.remnants, verified.searched) == ((), ())
        assert connector.settle("any") is Settled.UNKNOWN

    def test_scenario_48_what_is_asked_names_nobody(self) -> None:
        system, connector = self.make()
        steps = steps_of(system, Right.ERASURE)
        said = repr(list(connector.execute(steps, HER, now=NOW, entropy=entropy(), allow=frozenset())))
        assert [secret for secret in SECRETS if secret in said] == []
