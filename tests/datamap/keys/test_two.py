"""`staff` and `two`: who decides together, as a person reads it in upheld.yaml."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.actions.office import asked, at
from tests.actions.office import read as read_mail
from tests.datamap.keys.office import means
from tests.scenarios.conftest import Make
from tests.scenarios.people import PEOPLE, USERS
from upheld.actions import refusal, revising, stop, two
from upheld.datamap.fault import Invalid
from upheld.datamap.read import read
from upheld.datamap.read import read as read_folder
from upheld.datamap.two import Second, Two
from upheld.law.right import Right
from upheld.rights.outcome import Permanent
from upheld.store.models import Agreement, MailKind, Matter, Request

HEAD = "organisation: {name: Harbour Chess Club, contact: privacy@chess.example.org}\n"
LETTERS = (
    "system: letters\nkind: manual\ntitle: Letters\nowner: The office\naddress: office@chess.example.org\n"
    "look_for: letters\nhow: shred them\n"
)


def _two(folder: Path, text: str) -> Two:
    (folder / "upheld.yaml").write_text(HEAD + text)
    (folder / "systems").mkdir()
    (folder / "systems" / "letters.yaml").write_text(LETTERS)
    return read(folder).organisation.two


@pytest.mark.parametrize(("preset", "second"), [("solo", Second.COOLING), ("team", Second.COLLEAGUE)])
def test_a_preset_is_for_all_matters(tmp_path: Path, preset: str, second: Second) -> None:
    rules = _two(tmp_path, f"staff: {preset}\n").rules

    assert rules == (
        ("limits", second),
        ("undo", second),
        ("refusal", second),
        ("stop", second),
        ("map", second),
    )


def test_without_a_preset_nobody_has_to_agree(tmp_path: Path) -> None:
    assert _two(tmp_path, "") == Two()


def test_each_matter_can_be_said_otherwise(tmp_path: Path) -> None:
    found = _two(
        tmp_path,
        "staff: team\n"
        "two: {limits: outside, undo: cooling, refusal: none, cooling: 48, outside: board@chess.example.org}\n",
    )

    assert found == Two(
        (
            ("limits", Second.OUTSIDE),
            ("undo", Second.COOLING),
            ("stop", Second.COLLEAGUE),
            ("map", Second.COLLEAGUE),
        ),
        48,
        "board@chess.example.org",
    )
    assert found.rule("refusal") is None


def test_somebody_outside_needs_an_address(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"(?s)upheld.yaml:3.*no address of theirs is given"):
        _two(tmp_path, "staff: solo\ntwo: {stop: outside}\n")


@pytest.mark.key(
    "staff", "two", "two.limits", "two.undo", "two.refusal", "two.stop", "two.cooling", "two.outside"
)
def test_each_matter_waits_for_its_second_yes(make: Make, sqlite_records: Path) -> None:
    """All matters by their rules; tests/actions/test_two.py carries each to its end, on both stores."""
    world = make(PEOPLE, USERS)
    file = world.folder / "upheld.yaml"
    file.write_text(
        file.read_text() + "\nstaff: team\n"
        "two: {limits: outside, undo: cooling, refusal: none, cooling: 48, outside: board@chess.example.org}\n"
    )
    world.datamap = read_folder(world.folder)
    able = at(means(world), datetime(2026, 11, 26, 9, tzinfo=UTC))
    case = asked(able, Right.ACCESS, Right.ERASURE, address="ada@chess.example.org")
    first, second = (Request.objects.get(case=case, right=each) for each in (Right.ACCESS, Right.ERASURE))

    refusal.refuse(means=able, request=first, ground="unfounded", words="He jokes.")
    stop.stop(means=able, reason="look first")
    lifted = stop.lift(means=able, reason="all is well")
    for matter in (Matter.LIMITS, Matter.UNDO):
        two.ask(means=able, wish=two.Wish(matter, "go on", matter.value, request=second), reason="many rows")

    first.refresh_from_db()
    assert first.state == "DENIED", "for a refusal nobody else is asked"
    assert isinstance(lifted, Agreement)
    assert {each.matter: each.rule for each in Agreement.objects.all()} == {
        "STOP": "COLLEAGUE",
        "LIMITS": "OUTSIDE",
        "UNDO": "COOLING",
    }
    assert [to for to, _, _ in read_mail(able, MailKind.AGREE)] == ["board@chess.example.org"]
    cooling = Agreement.objects.get(matter=Matter.UNDO)
    assert "28 November 2026" in two.when(means=able, agreement=cooling)


@pytest.mark.key("two.map")
def test_a_limit_is_raised_from_the_console_with_the_second_yes_alone(
    make: Make, sqlite_records: Path
) -> None:
    world = make(PEOPLE, USERS)
    file = world.folder / "upheld.yaml"
    file.write_text(file.read_text() + "\nstaff: team\ntwo: {map: cooling}\nlimits: {people_per_day: 5}\n")
    world.datamap = read_folder(world.folder)
    able = at(means(world), datetime(2026, 11, 26, 9, tzinfo=UTC))
    wanted = file.read_text().replace("people_per_day: 5", "people_per_day: 50")
    row = revising.propose(means=able, home=world.folder, file="upheld.yaml", text=wanted)

    with pytest.raises(Permanent, match="for two to decide"):
        revising.write(means=able, home=world.folder, revision=row)
    asked_for = revising.ask_second(means=able, home=world.folder, revision=row, reason="The spring clean.")
    later = at(able, datetime(2026, 11, 27, 10, tzinfo=UTC))
    assert (asked_for.rule, file.read_text() == wanted) == ("COOLING", False)
    revising.ask_second(means=later, home=world.folder, revision=row, reason="The spring clean.")
    revising.write(means=later, home=world.folder, revision=row)

    assert file.read_text() == wanted
