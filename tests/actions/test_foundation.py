"""The first run writes what a person would have written, and every folder it leaves is a data map."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.actions.world import means
from upheld.actions import folder, foundation, milestones
from upheld.actions.foundation import Listed, chosen_laws
from upheld.actions.means import Means
from upheld.cli.beginning import begin
from upheld.datamap.known.listed import systems
from upheld.datamap.read import read
from upheld.rights.outcome import Misnamed, Permanent
from upheld.rights.regime import chosen
from upheld.store.models import Milestone, MilestoneState


@pytest.fixture
def home(tmp_path: Path) -> Path:
    begin(tmp_path / "privacy", "Your organisation", milestones.FIRST_CONTACT, serving=True)
    return tmp_path / "privacy"


def able(home: Path) -> Means:
    return replace(means(home.parent), datamap=read(home))


def introduce(home: Path, **more: object) -> None:
    said = {
        "name": "Larkspur Foundation",
        "contact": "privacy@larkspur.example",
        "address": "",
        "languages": ["en", "de"],
    } | more
    now = able(home)
    seen = folder.state(home, foundation.named(means=now, home=home))
    foundation.introduce(means=now, home=home, seen=seen, **said)  # type: ignore[arg-type]


def settle(home: Path, country: str, *wished: str, **more: object) -> None:
    said = {"region": "", "time_zone": "", "places": []} | more
    seen = folder.state(home, ["upheld.yaml"])
    foundation.settle(
        means=able(home),
        home=home,
        seen=seen,
        country=country,
        wished=wished,
        **said,  # type: ignore[arg-type]
    )


def test_the_organisation_is_introduced_and_owners_reached_at_its_former_contact_move_along(
    sqlite_records: Path, home: Path
) -> None:
    introduce(home)

    assert (home / "upheld.yaml").read_text() == (
        "# Who you are. Every file of this folder is reviewable like code; secrets are never in it.\n"
        "organisation:\n"
        "  name: Larkspur Foundation\n"
        "  contact: privacy@larkspur.example\n"
        "  regimes: [gdpr]\n"
        "  languages: [en, de]\n"
        "# Who has to agree to a refusal, to going beyond a limit, to lifting a stop: team (a second member of staff),\n"
        "# or solo (the same person, a day later). Without it one person decides.\n"
        "# staff: team\n"
    )
    assert [each.address for each in read(home).systems] == ["privacy@larkspur.example", ""]
    assert list(Milestone.objects.values_list("name", "state", "by")) == [("organisation", "DONE", "officer")]


@pytest.mark.parametrize(
    ("country", "wished", "regimes", "california", "norway", "chile"),
    [
        ("DE", [], ["gdpr"], "gdpr", "gdpr", "gdpr"),
        ("DE", ["ccpa"], ["gdpr", "ccpa"], "ccpa", "gdpr", "gdpr"),
        ("DE", ["voluntary"], ["gdpr"], "gdpr", "gdpr", "gdpr"),
        ("US", ["ccpa"], ["ccpa"], "ccpa", "ccpa", "ccpa"),
        ("US", ["ccpa", "gdpr", "voluntary"], ["gdpr", "ccpa", "voluntary"], "ccpa", "gdpr", "voluntary"),
        ("CH", ["gdpr", "voluntary"], ["gdpr", "voluntary"], "voluntary", "gdpr", "voluntary"),
    ],
)
def test_countries_decide_the_law_of_whoever_asks(
    sqlite_records: Path,
    home: Path,
    country: str,
    wished: list[str],
    regimes: list[str],
    california: str,
    norway: str,
    chile: str,
) -> None:
    settle(home, country, *wished)

    told = read(home).organisation
    assert (list(told.regimes), told.country) == (regimes, country)
    assert [chosen(told, place=each) for each in ("US-CA", "NO", "CL")] == [california, norway, chile]


def test_a_usual_time_zone_is_written_and_a_region_that_is_none_is_refused(
    sqlite_records: Path, home: Path
) -> None:
    settle(home, "DE", region="HE", places=["DE", "NL"])

    told = read(home).organisation
    assert (told.time_zone, told.region, told.places) == ("Europe/Berlin", "HE", ("DE", "NL"))
    with pytest.raises(folder.NoMap, match="No holidays are known of a region XX of DE"):
        settle(home, "DE", region="XX")


def test_laws_that_nobody_changed_stay_as_somebody_wrote_them(sqlite_records: Path, home: Path) -> None:
    settle(home, "US", "ccpa", "gdpr")
    by_hand = (home / "upheld.yaml").read_text().replace("US-CA: ccpa", "US-CA: ccpa, US: ccpa, FR: gdpr")
    (home / "upheld.yaml").write_text(by_hand)

    settle(home, "CA", "gdpr", "ccpa", time_zone="America/Chicago")

    wanted = by_hand.replace("America/New_York", "America/Chicago").replace("country: US", "country: CA")
    assert (home / "upheld.yaml").read_text() == wanted


def test_without_a_law_nothing_is_written(sqlite_records: Path, home: Path) -> None:
    with pytest.raises(Permanent, match="No law was chosen"):
        settle(home, "CH")
    assert not Milestone.objects.exists()


def publish(home: Path, text: bytes | None, kind: str = "md", address: str = "") -> None:
    seen = folder.state(home, foundation.POLICIES)
    foundation.publish(means=able(home), home=home, seen=seen, text=text, kind=kind, address=address)


def test_the_policy_is_kept_byte_for_byte_and_of_an_address_only_the_address(
    sqlite_records: Path, home: Path
) -> None:
    text = b"<h1>Datenschutz</h1>\r\n<script>alert(1)</script>  \n"

    publish(home, text, "html", "https://larkspur.example/privacy")

    assert (home / "policy" / "privacy.html").read_bytes() == text
    assert (home / "policy" / "address.txt").read_text() == "https://larkspur.example/privacy\n"


@pytest.mark.parametrize(
    ("text", "kind", "address", "said"),
    [
        (b"\xff\xfe", "md", "", "not text in UTF-8"),
        (b"  \n", "md", "", "There is no text in it"),
        (b"x" * (2**20 + 1), "md", "", "larger than a megabyte"),
        (b"x", "../../x", "", "This kind of file is not kept"),
        (None, "md", "javascript:alert(1)", "not the address of a page"),
        (None, "md", "https://a.example/\nx: y", "not the address of a page"),
    ],
)
def test_what_is_no_policy_is_refused(
    sqlite_records: Path, home: Path, text: bytes | None, kind: str, address: str, said: str
) -> None:
    with pytest.raises(Permanent, match=said):
        publish(home, text, kind, address)
    assert not (home / "policy").exists()


def test_all_forty_systems_are_listed_and_the_map_is_checked_without_a_doubt(
    sqlite_records: Path, home: Path
) -> None:
    there = {each.name for each in read(home).systems}
    owner = 'Otto "O" #1: of the office'
    chosen = [Listed(name, owner, "office@larkspur.example") for name in systems() if name not in there]

    foundation.enlist(means=able(home), home=home, chosen=chosen)

    told = read(home)
    assert {each.name for each in told.systems} == {*systems(), "upheld"}
    assert {each.owner for each in told.systems} == {"The office", owner, ""}
    program = [sys.executable, "-m", "upheld.cli.main", "map", "check", "--strict", "--dir", str(home)]
    tables = len(told.system("upheld").tables)
    checked = subprocess.run(program, capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stdout) == (0, f"41 systems, {tables} tables, 0 findings.\n")


def test_a_system_that_has_a_file_is_never_written_over(sqlite_records: Path, home: Path) -> None:
    before = (home / "systems" / "letters.yaml").read_bytes()

    with pytest.raises(folder.Changed):
        foundation.enlist(
            means=able(home), home=home, chosen=[Listed("letters", "Me", "me@larkspur.example")]
        )

    assert (home / "systems" / "letters.yaml").read_bytes() == before


def test_milestones_are_seen_where_they_can_be_and_said_where_they_cannot(
    sqlite_records: Path, home: Path
) -> None:
    assert milestones.fresh(means=able(home))
    milestones.put(means=able(home), name="link", state=MilestoneState.DONE)
    milestones.put(means=able(home), name="colleague", state=MilestoneState.SKIPPED)
    introduce(home)

    found = milestones.standing(means=able(home), names=milestones.WEEK)

    assert [(each.name, each.state, each.seen) for each in found] == [
        ("organisation", "done", True),
        ("systems", "open", False),
        ("mail", "open", False),
        ("link", "done", False),
        ("try", "open", False),
        ("colleague", "skipped", False),
    ]
    assert not milestones.fresh(means=able(home))
    with pytest.raises(Misnamed, match="There is no step 'money'"):
        milestones.put(means=able(home), name="money", state=MilestoneState.DONE)


def test_laws_of_nobody_are_none() -> None:
    assert chosen_laws(country="CL", wished=[]) == ((), {})
