"""People of a list who have an open case for another right, or one that is closed to a list."""

from dataclasses import replace
from pathlib import Path

from tests.scenarios.conftest import Make
from tests.scenarios.office import open_office
from tests.scenarios.people import ADA, BEN, USERS
from tests.scenarios.test_case_again import POSTED, POSTS, UNMARKED
from tests.scenarios.test_lists import erase
from tests.scenarios.test_restriction import restrict
from upheld.actions.batch.look import Line, look
from upheld.actions.stop import stoppable
from upheld.actions.undecided import guarded
from upheld.datamap.model import Limits, Proposal
from upheld.rights.many import takes_many
from upheld.store.models import Batch, Request

TWO = """
CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(120) NOT NULL);
INSERT INTO users VALUES (0, 'ada@chess.example.org'), (7, 'ada@chess.example.org'), (5, 'ben@chess.example.org');
"""


def test_one_of_a_list_who_cannot_be_joined_without_a_decision_is_a_doubt_and_stops_nobody_else(
    make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    world = make(TWO + POSTS, UNMARKED + POSTED)
    office = open_office(world, tmp_path)
    assert restrict(office, ADA, people=("users=0",)).complete

    ends = erase(office, ADA, BEN)

    assert [(each.lines, each.standing.complete) for each in ends] == [((3,), True)]
    assert world.rows("users", "id") == [(0,), (7,)]
    assert Batch.objects.get().left_out == [2]


def test_one_of_a_list_who_has_a_restriction_is_counted_before_she_is_approved(
    make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    """What is approved was shown; and a limit that only she exceeds stops nobody else."""
    alone = TWO.replace("(7, 'ada@chess.example.org'), ", "")
    office = open_office(make(alone + POSTS, UNMARKED + POSTED), tmp_path)
    assert restrict(office, ADA).complete
    limited = (replace(each, limits=Limits(rows_per_person=1)) for each in office.datamap.systems)
    office.datamap = replace(office.datamap, systems=tuple(limited))
    means = office.means()

    seen = look(means=means, lines=[Line(2, office.asked(ADA)), Line(3, office.asked(BEN))])

    assert [(each.numbers, each.case is not None) for each in seen.going] == [((3,), False)]
    assert [each.number for each in seen.doubts] == [2]
    allowed = look(means=means, lines=[Line(2, office.asked(ADA))], allow=frozenset({"rows_per_person"}))
    assert [each.case is not None for each in allowed.going] == [True]
    assert allowed.counts["club"].tables != ()
    assert Request.objects.filter(right="ERASURE").count() == 0


def test_the_switch_hides_no_set_of_methods_and_proposals_hide_all(
    make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    """A list goes in sets behind the switch, and person by person, refused, where something is only
    proposed."""
    office = open_office(make(TWO, USERS), tmp_path)
    given = dict(office.means().connectors)
    proposal = Proposal("users", "email", 0.5, "a guess", office.datamap.system("club").origin)
    drafted = replace(
        office.datamap,
        systems=tuple(replace(each, proposals=(proposal,)) for each in office.datamap.systems),
    )

    assert takes_many(stoppable(given), "club") is not None
    assert takes_many(stoppable(guarded(drafted, given)), "club") is None
