"""Keys of upheld.yaml, purposes.yaml, processors.yaml, and of fields: what a person reads of them."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pyrage
import pytest

from tests.datamap.keys.office import erased, means, opened_copy, words
from tests.scenarios.conftest import Make
from tests.scenarios.people import ADA, PEOPLE, USERS
from tests.scenarios.world import World
from upheld.actions import access, cases
from upheld.actions.asking import Asked
from upheld.actions.certificates import certify
from upheld.actions.preview import preview
from upheld.datamap.fault import Invalid
from upheld.datamap.read import read
from upheld.law.right import Right
from upheld.ledger.letter import as_text
from upheld.rights import registers
from upheld.rights.outcome import Misconfigured
from upheld.rights.package.opening import open_package
from upheld.rights.plan import Erase
from upheld.rights.planner import plan
from upheld.rights.regime import chosen, due, law_on
from upheld.rights.subject import Identity

CONTROLLER = """
name: Harbour Chess Club
contact: privacy@chess.example.org
address: 1 Quay Street, Port Example
country: DE
authority: the Data Protection Commissioner of Example
languages: [de, en]
backups: {days: 20}
"""
PURPOSES = """
purposes:
  service: {title: Running the club, basis: contract, retention: as long as the account exists}
  letters: {title: Sending a newsletter, basis: consent, retention: until it is cancelled, recipients: [Post Example Ltd]}
"""
PROCESSORS = """
processors:
  host:
    title: Hosting Example
    service: keeps the servers
    country: DE
    agreement: the contract of 2024
    expires: 2026-01-31
    categories: [email-address, free-text, password]
    contact: privacy@hosting.example.com
"""
NOTES = (
    PEOPLE
    + """
CREATE TABLE notes (id INTEGER PRIMARY KEY, user_id INTEGER, reader_id INTEGER, body VARCHAR(40), pin VARCHAR(40), mail VARCHAR(80));
INSERT INTO notes VALUES (1, 0, 5, 'mine', '4711', 'ada@chess.example.org'), (2, 5, 0, 'his', '0815', 'ben@chess.example.org');
"""
)
NOTED = """
users:
  person: id
  identities: {email: email}
  fields: {email: {category: email-address, purposes: [service], provided: true}}
  on_erase: delete
notes:
  purposes: [letters]
  belongs_to: {user_id: users.id}
  visible_to: {reader_id: users.id}
  fields:
    body: {category: free-text}
    pin: {category: password}
    mail: {category: email-address, of: user_id, copy_of: users.email}
  on_erase: {by: {user_id: {anonymise: {user_id: null, body: null, pin: null, mail: null}}, reader_id: detach}}
"""


def _world(make: Make, **more: str) -> World:
    return make(
        NOTES,
        NOTED,
        system="processor: host",
        **{"controller": CONTROLLER, "purposes": PURPOSES, "processors": PROCESSORS, **more},
    )


@pytest.mark.key(
    "organisation",
    "organisation.name",
    "organisation.contact",
    "organisation.address",
    "organisation.country",
    "organisation.authority",
    "purposes",
    "purposes.*.title",
    "purposes.*.basis",
    "purposes.*.retention",
    "purposes.*.recipients",
    "processors",
    "processors.*.title",
    "processors.*.service",
    "processors.*.agreement",
    "processor",
    "tables.*.purposes",
    "tables.*.fields",
    "tables.*.fields.*.category",
    "tables.*.fields.*.purposes",
    "tables.*.fields.*.provided",
    "tables.*.fields.*.of",
    "tables.*.visible_to",
)
def test_the_copy_says_who_why_on_what_basis_for_whom_and_how_long(make: Make) -> None:
    """G-15.2, G-15.5"""
    world = _world(make)

    copy = opened_copy(world, ADA)
    start = words(copy / "index.html")

    for sentence in (
        "What Harbour Chess Club holds about you",
        "Write to Harbour Chess Club: privacy@chess.example.org, 1 Quay Street, Port Example, Germany",
        "You can complain to the Data Protection Commissioner of Example",
        "Running the club Allowed because we need it for a contract with you (Art. 6(1)(b) GDPR)",
        "Sending a newsletter Allowed because you agreed to it (Art. 6(1)(a) GDPR)",
        "Hosting Example, Germany: keeps the servers, under the contract of 2024",
        "Post Example Ltd",
        "as long as the account exists",
        "until it is cancelled",
        "You gave us: e-mail address.",
        "Password: we hold it (2), but never send it",
    ):
        assert sentence in start, sentence
    rows = [json.loads(line) for line in next((copy / "data").glob("*/notes.jsonl")).read_text().splitlines()]
    assert [row["mail"] for row in sorted(rows, key=lambda row: row["id"])] == [
        "ada@chess.example.org",
        {"$withheld": "another-person"},
    ]
    assert "4711" not in next((copy / "data").glob("*/notes.jsonl")).read_text()


@pytest.mark.key(
    "processors.*.contact", "processors.*.expires", "processors.*.categories", "tables.*.fields.*.copy_of"
)
def test_a_processor_is_told_is_held_to_its_agreement_and_gets_no_other_data(make: Make) -> None:
    """G-19.1"""
    world = _world(make)

    said = world.explained(ADA)
    erasure = world.erase(ADA)

    assert (
        "recipients: Hosting Example (privacy@hosting.example.com) has to be told, by you. Art. 19 GDPR"
        in said
    )
    assert erasure.verified.remnants == ()
    assert "notes.mail" in erasure.verified.searched
    assert world.rows("notes") == [
        (1, None, 5, None, None, None),
        (2, 5, None, "his", "0815", "ben@chess.example.org"),
    ]
    assert registers.check(world.datamap, date(2026, 1, 31)) == ()
    [ended] = registers.check(world.datamap, date(2026, 2, 1))
    assert (ended.code, ended.table) == ("agreement.ended", "host")

    (world.folder / "processors.yaml").write_text(
        PROCESSORS.replace(", password", "").replace("\nprocessors", "processors")
    )
    with pytest.raises(Invalid) as raised:
        read(world.folder)
    assert [each.code for each in raised.value.errors] == ["category-not-agreed"]


@pytest.mark.key("tables.*.fields.*.json")
def test_a_path_inside_a_document_is_a_field_of_its_own(make: Make) -> None:
    """C-14"""
    world = make(
        PEOPLE
        + """
        CREATE TABLE prefs (id INTEGER PRIMARY KEY, user_id INTEGER, doc TEXT);
        INSERT INTO prefs VALUES (1, 0, '{"theme": "dark", "login": {"pin": "4711", "hint": "board"}}');
        """,
        USERS
        + """
prefs:
  belongs_to: {user_id: users.id}
  fields: {doc: {json: {$.login.pin: {category: password, purposes: [service]}}}}
  on_erase: delete
  accept: [{finding: json.column, reason: our own software writes JSON there}]
""",
    )

    copy = opened_copy(world, ADA)
    [row] = [
        json.loads(line) for line in next((copy / "data").glob("*/prefs.jsonl")).read_text().splitlines()
    ]
    world.erase(ADA)

    assert row["doc"] == {"theme": "dark", "login": {"pin": {"$withheld": "password"}, "hint": "board"}}
    assert world.rows("prefs") == []


@pytest.mark.key("organisation.languages")
def test_the_copy_is_in_a_language_of_the_organisation(make: Make, sqlite_records: Path) -> None:
    world = _world(make)
    with_, asked = means(world), Asked((Identity("email", "ada@chess.example.org"),))
    seen = preview(means=with_, right=Right.ACCESS, asked=asked)
    request = cases.receive(means=with_, right=Right.ACCESS, asked=asked)
    key = pyrage.x25519.Identity.generate()
    out = world.folder.parent / "copy.age"

    def deliver(language: str) -> None:
        access.deliver(
            means=with_,
            request=request,
            preview=seen,
            out=out,
            recipients=(str(key.to_public()),),
            days=30,
            language=language,
        )

    with pytest.raises(Misconfigured, match="does not answer in 'fr'"):
        deliver("fr")
    deliver("")

    start = words(open_package(out, str(key), world.folder.parent / "copy"))
    assert "Was Harbour Chess Club über Sie gespeichert hat" in start


@pytest.mark.key("organisation.backups", "organisation.backups.days")
def test_the_certificate_says_whom_to_ask_and_when_backups_forget(make: Make, sqlite_records: Path) -> None:
    world = _world(make)
    with_ = means(world)

    request = erased(with_, ADA)
    letter = " ".join(as_text(certify(means=with_, request=request)).split())

    assert "gone no later than 12 December 2026" in letter
    assert "Write to privacy@chess.example.org." in letter
    assert "You may also complain to the Data Protection Commissioner of Example." in letter


@pytest.mark.key("organisation.regimes")
def test_a_plan_is_made_under_a_law_that_the_organisation_answers_to(make: Make) -> None:
    world = make(PEOPLE, USERS, controller="regimes: [ccpa]")

    [step] = [each for each in world.plan().steps if isinstance(each, Erase)]
    world.erase(ADA)

    assert step.reason.article == "Cal. Civ. Code 1798.105"
    assert world.rows("users", "id") == [(10,), (5,)]
    with pytest.raises(Misconfigured, match="does not answer under `gdpr`"):
        plan(world.datamap, Right.ERASURE, regime="gdpr", today=date(2026, 11, 22))


@pytest.mark.key("organisation.time_zone")
@pytest.mark.parametrize(
    ("zone", "left"), [("Pacific/Auckland", []), ("America/Los_Angeles", [(1, 0, "2019-11-22")])]
)
def test_a_period_ends_with_the_organisations_own_day(make: Make, zone: str, left: list) -> None:
    """T-02"""
    world = make(
        PEOPLE
        + """
        CREATE TABLE gifts (id INTEGER PRIMARY KEY, user_id INTEGER, paid_on VARCHAR(10) NOT NULL);
        INSERT INTO gifts VALUES (1, 0, '2019-11-22');
        """,
        USERS
        + """
gifts:
  belongs_to: {user_id: users.id}
  on_erase: {retain: {ground: legal-obligation, law: the tax code, for: 7y, after: paid_on}}
""",
        controller=f"time_zone: {zone}",
    )
    noon = datetime(2026, 11, 22, 12, tzinfo=UTC)  # the 23rd in Auckland, the 22nd in Los Angeles

    world.erase(ADA, now=world.datamap.organisation.local(noon))

    assert world.rows("gifts") == left


@pytest.mark.key("organisation.regime_by_place")
def test_who_asks_from_a_place_is_answered_under_its_law(make: Make) -> None:
    """X-03"""
    world = make(PEOPLE, USERS, controller="regimes: [gdpr, ccpa]\nregime_by_place: {US-CA: ccpa}")
    laws = {place: chosen(world.datamap.organisation, place=place) for place in ("US-CA", "US", "DE")}

    steps = plan(world.datamap, Right.ERASURE, regime=laws["US-CA"], today=date(2026, 11, 22)).steps

    assert laws == {"US-CA": "ccpa", "US": "gdpr", "DE": "gdpr"}
    assert {step.reason.article for step in steps} == {"Cal. Civ. Code 1798.105"}
    with pytest.raises(Invalid, match=r"upheld\.yaml:\d+:\d+: People in US-CA are under `ccpa`, under which"):
        make("", USERS, controller="regime_by_place: {US-CA: ccpa}")


@pytest.mark.key("organisation.region")
def test_holidays_of_the_region_are_counted(make: Make) -> None:
    """T-05: Corpus Christi in Hesse."""
    found = {}
    for tables, region in ((PEOPLE, "HE"), ("", "BE")):
        organisation = make(tables, USERS, controller=f"country: DE\nregion: {region}").datamap.organisation
        law = law_on("gdpr", date(2026, 5, 4))
        found[region] = due(organisation, law, Right.ERASURE, date(2026, 5, 4)).legal

    assert found == {"HE": date(2026, 6, 5), "BE": date(2026, 6, 4)}
    with pytest.raises(Invalid, match=r"No holidays are known of a region ZZ of DE\. Known: BB, BE, "):
        make("", USERS, controller="country: DE\nregion: ZZ")
