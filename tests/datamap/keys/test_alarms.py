"""The key `alarms` of upheld.yaml: who is told what needs somebody, and when."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.actions.office import asked, at, read
from tests.datamap.keys.office import means
from tests.scenarios.conftest import Make
from tests.scenarios.people import PEOPLE, USERS
from upheld.actions import alarms, digest
from upheld.datamap.fault import Invalid
from upheld.datamap.read import read as read_folder
from upheld.law.right import Right
from upheld.store.models import MailKind, Role, Staff

ALARMS = "\nalarms: {to: officer@chess.example.org, deputy: deputy@chess.example.org, digest: thursday}\n"
BOTH = ["officer@chess.example.org", "deputy@chess.example.org"]


@pytest.mark.key("alarms", "alarms.to", "alarms.deputy", "alarms.digest")
def test_who_is_named_is_told_at_once_and_on_the_day_of_the_digest(make: Make, sqlite_records: Path) -> None:
    world = make(PEOPLE, USERS)
    file = world.folder / "upheld.yaml"
    file.write_text(file.read_text() + ALARMS)
    world.datamap = read_folder(world.folder)
    able = at(means(world), datetime(2026, 11, 26, 9, tzinfo=UTC))
    Staff.objects.create(
        email="o@chess.example.org", name="O", role=Role.OFFICER, created_at=datetime(2026, 9, 1, tzinfo=UTC)
    )

    asked(able, Right.ERASURE, address="ada@chess.example.org")
    alarms.notice(means=able, mailing=True)
    digest.write(means=at(able, datetime(2026, 11, 25, 9, tzinfo=UTC)))
    digest.write(means=able)

    assert [to for to, _, _ in read(able, MailKind.ALARM)] == BOTH
    assert [to for to, _, _ in read(able, MailKind.DIGEST)] == BOTH * 2, "last Thursday's, then today's"


def test_what_is_no_address_or_no_day_is_refused(make: Make) -> None:
    world = make(PEOPLE, USERS)
    file = world.folder / "upheld.yaml"
    file.write_text(file.read_text() + "\nalarms: {to: nobody, digest: someday}\n")

    with pytest.raises(Invalid) as caught:
        read_folder(world.folder)

    assert len(caught.value.errors) == 2
    assert "an e-mail address such as privacy@example.org" in str(caught.value)
