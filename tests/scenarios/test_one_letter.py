"""Several wishes in one letter, on every database: each in its turn, and her own page says how far each is."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from tests.scenarios.conftest import Make
from tests.scenarios.office import Office, open_office
from tests.scenarios.people import ADA, PEOPLE, USERS
from tests.scenarios.test_failures import DOWN, with_shop
from tests.scenarios.world import NOW
from tests.servers.database import Database
from upheld.actions import approving, arrivals, copies, following, outbox, rounds
from upheld.actions.following import Step
from upheld.cli.certifying import certify_answered
from upheld.law.right import Right
from upheld.rights.outcome import Permanent
from upheld.store.models import Arrival, Channel, Mail, Request

SCHEMA = (
    PEOPLE
    + """
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, body VARCHAR(40));
CREATE TABLE mails (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, wanted INTEGER NOT NULL);
INSERT INTO posts VALUES (1, 0, 'to my knight'), (2, 5, 'castles early');
INSERT INTO mails VALUES (1, 0, 1), (2, 5, 1);
"""
)
MAP = (
    USERS
    + """
posts:
  belongs_to: {user_id: users.id}
  fields: {body: {category: contributions, purposes: [service]}}
  on_erase: delete
mails:
  belongs_to: {user_id: users.id}
  stop: [{against: [marketing], column: wanted, value: 0}]
  on_erase: delete
"""
)


@pytest.fixture(autouse=True)
def _served(settings: Any, tmp_path: Path) -> None:
    """As the server has it."""
    settings.UPHELD_DATA, settings.UPHELD_PACKAGE_DAYS = tmp_path / "data", 30


def written(office: Office, *rights: Right) -> Arrival:
    """One letter of hers, confirmed."""
    means = office.means()
    arrival = arrivals.receive(
        means=means, channel=Channel.FORM, rights=rights, address=ADA.removeprefix("email="), language="en"
    )
    asked = outbox.opened(means=means, mail=Mail.objects.get(arrival=arrival)).text
    arrivals.verify(means=means, token=asked.split("/confirm/")[1].partition("/")[0])
    arrival.refresh_from_db()
    return arrival


def approve(office: Office, right: Right, now: datetime = NOW) -> None:
    means, request = office.means(now), Request.objects.get(right=right)
    looked = approving.fingerprint(approving.look(means=means, request=request))
    approving.approve(means=means, request=request, looked=looked)
    rounds.drain(means=means, certify=certify_answered, server=None, sender="")


def page(office: Office, arrival: Arrival, now: datetime = NOW) -> dict[Right, Step]:
    """What her own page is made of."""
    return {each.right: each for each in following.story(means=office.means(now), arrival=arrival)}


def test_scenario_65_mail_stops_at_once_and_the_copy_is_whole_before_anything_goes(
    make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    world = make(SCHEMA, MAP)
    office = open_office(world, tmp_path)
    arrival = written(office, Right.ACCESS, Right.ERASURE, Right.OBJECTION)

    approve(office, Right.OBJECTION)
    assert world.rows("mails") == [(1, 0, 0), (2, 5, 1)]
    with pytest.raises(Permanent, match="The copy comes first"):
        approve(office, Right.ERASURE)
    approve(office, Right.ACCESS)
    with pytest.raises(Permanent, match="has not read her copy yet"):
        approve(office, Right.ERASURE)
    states = {right: step.state for right, step in page(office, arrival).items()}
    assert states == {Right.ACCESS: "done", Right.ERASURE: "looking", Right.OBJECTION: "done"}
    assert world.rows("posts") == [(1, 0, "to my knight"), (2, 5, "castles early")]

    package = copies.latest(Request.objects.get(right=Right.ACCESS))
    assert package is not None
    with copies.read(means=office.means(), package=package) as plain, ZipFile(plain) as archive:
        copy = json.dumps([archive.read(name).decode() for name in archive.namelist()])
    copies.seen(means=office.means(), package=package)
    assert ("to my knight" in copy, "castles early" in copy) == (True, False)

    approve(office, Right.ERASURE, NOW + timedelta(hours=1))

    assert (world.rows("posts"), world.rows("mails")) == ([(2, 5, "castles early")], [(2, 5, 1)])
    assert {step.state for step in page(office, arrival).values()} == {"done"}


def test_scenario_67_her_page_names_the_system_that_failed_and_nothing_looks_finished(
    make: Make, new_database: Any, sqlite_records: Path, tmp_path: Path
) -> None:
    shop: Database = new_database("sqlite")
    shop.run(
        "CREATE TABLE customers (id INTEGER PRIMARY KEY, email TEXT)",
        "INSERT INTO customers VALUES (70, 'ada@chess.example.org')",
    )
    world = with_shop(make(SCHEMA, MAP), shop.url)
    office = open_office(world, tmp_path)
    arrival = written(office, Right.ERASURE)
    means, request = office.means(), Request.objects.get()
    looked = approving.fingerprint(approving.look(means=means, request=request))
    approving.approve(means=means, request=request, looked=looked)

    world.secrets["SHOP_DATABASE_URL"] = DOWN
    rounds.drain(means=office.means(), certify=certify_answered, server=None, sender="")

    step = page(office, arrival)[Right.ERASURE]
    assert (step.state, step.parts, step.finished, step.troubled, step.certified) == (
        "doing",
        2,
        1,
        ("The shop",),
        False,
    )
    assert step.finished_at is None

    world.secrets["SHOP_DATABASE_URL"] = shop.url
    later = NOW + timedelta(hours=1)
    rounds.drain(means=office.means(later), certify=certify_answered, server=None, sender="")

    step = page(office, arrival, later)[Right.ERASURE]
    assert (step.state, step.finished, step.troubled, step.certified) == ("done", 2, (), True)
