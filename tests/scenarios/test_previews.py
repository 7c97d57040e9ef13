"""What was done is held against what was previewed."""

from pathlib import Path

import pytest

from tests.scenarios.conftest import Make
from tests.scenarios.office import open_office
from tests.scenarios.people import ADA, PEOPLE, USERS
from upheld.actions.difference import Difference, differences

ADDRESSES = (
    PEOPLE
    + """
CREATE TABLE addr (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users(id));
INSERT INTO addr VALUES (0, 0), (1, 5);
"""
)
ADDRESSED = USERS + "addr: {belongs_to: {user_id: users.id}, on_erase: delete}\n"


@pytest.mark.usefixtures("sqlite_records")
def test_unchanged_data_gives_the_numbers_of_the_preview(make: Make, tmp_path: Path) -> None:
    office = open_office(make(ADDRESSES, ADDRESSED), tmp_path)

    standing = office.fulfil(office.begin(ADA))

    assert standing.complete
    assert differences(standing.request) == ()


@pytest.mark.usefixtures("sqlite_records")
def test_rows_that_came_after_the_preview_are_told_with_their_reason(make: Make, tmp_path: Path) -> None:
    world = make(ADDRESSES, ADDRESSED)
    office = open_office(world, tmp_path)
    request = office.begin(ADA)
    world.run("INSERT INTO addr VALUES (2, 0)", "INSERT INTO addr VALUES (3, 0)")

    standing = office.fulfil(request)

    assert differences(standing.request) == (
        Difference("club", "addr", 1, 3, "the data changed after the preview"),
    )
