"""Keys of a draft: what is only proposed is undecided, a copy may accept it, and drift is told."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.scenarios.conftest import Make
from tests.scenarios.people import ADA, PEOPLE
from tests.scenarios.world import World
from tests.servers.database import Database
from upheld.datamap.fault import Invalid
from upheld.datamap.model import Proposal
from upheld.datamap.read import read
from upheld.rights.outcome import Misconfigured
from upheld.rights.proposals import CODE, accepted

NOTES = (
    PEOPLE
    + """
CREATE TABLE notes (id INTEGER PRIMARY KEY, user_id INTEGER, reader_id INTEGER, kind VARCHAR(9), body VARCHAR(40));
INSERT INTO notes VALUES (1, 0, 5, 'own', 'mine'), (2, 5, 0, 'own', 'his'), (3, 0, NULL, 'old', 'mine too');
CREATE TABLE moves (id INTEGER PRIMARY KEY, title VARCHAR(40));
INSERT INTO moves VALUES (1, 'e4');
"""
)
DRAFT = """
users:
  person: {proposed: id, confidence: 0.9, because: it has an address}
  identities: {email: email}
  on_erase: {proposed: delete, confidence: 0.8, because: nothing refers to these rows}
notes:
  belongs_to: {user_id: {proposed: users.id, confidence: 0.85, because: all values are keys of users}}
  visible_to: [{proposed: {columns: reader_id, to: users, key: id}, confidence: 1, because: it says reader}]
  rows:
    - {when: {kind: own}, on_erase: {proposed: delete, confidence: 0.62, because: they are hers}}
    - {otherwise: {proposed: {anonymise: {body: "-"}}, confidence: 0.4, because: others rely on them}}
"""
MOVES = "{proposed: {tables: [moves], reason: what there is}, confidence: 0.7, because: no word of people}"


def _proposed(world: World) -> list[Proposal]:
    return sorted(
        (
            replace(each, place=world.datamap.system("club").origin)
            for each in world.datamap.system("club").proposals
        ),
        key=lambda each: each.confidence,
    )


@pytest.mark.key(
    "scratch",
    "no_personal_data.proposed",
    "no_personal_data.confidence",
    "no_personal_data.because",
    "tables.*.person.proposed",
    "tables.*.belongs_to.proposed",
    "tables.*.belongs_to.*.proposed",
    "tables.*.on_erase.proposed",
    "tables.*.rows.on_erase.proposed",
)
def test_what_is_proposed_is_undecided_and_a_copy_may_accept_it(make: Make) -> None:
    """S-57"""
    world = make(NOTES, DRAFT, system=f"scratch: true\nno_personal_data: [{MOVES}]")
    nowhere = world.datamap.system("club").origin
    before = (world.rows("users"), world.rows("notes"))

    findings = [(each.table, each.column) for each in world.check() if each.code == CODE]
    with pytest.raises(Misconfigured, match=CODE.replace(".", r"\.")):
        world.erase(ADA)

    assert _proposed(world) == [
        Proposal("notes", "rows", 0.4, "others rely on them", nowhere),
        Proposal("notes", "rows", 0.62, "they are hers", nowhere),
        Proposal("moves", "no_personal_data", 0.7, "no word of people", nowhere),
        Proposal("users", "on_erase", 0.8, "nothing refers to these rows", nowhere),
        Proposal("notes", "belongs_to.user_id", 0.85, "all values are keys of users", nowhere),
        Proposal("users", "person", 0.9, "it has an address", nowhere),
        Proposal("notes", "visible_to.reader_id", 1.0, "it says reader", nowhere),
    ]
    assert sorted(findings) == [
        ("moves", ""), ("notes", ""), ("notes", ""), ("notes", "reader_id"), ("notes", "user_id"), ("users", ""), ("users", ""),
    ]  # fmt: skip
    assert (world.rows("users"), world.rows("notes")) == before

    world.datamap = accepted(world.datamap)
    world.erase(ADA)

    assert world.rows("users", "id") == [(10,), (5,)]
    assert world.rows("notes") == [(2, 5, None, "own", "his"), (3, 0, None, "old", "-")]


@pytest.mark.key("scratch")
def test_no_word_on_the_command_line_accepts_proposals_where_it_counts(make: Make) -> None:
    world = make(NOTES, DRAFT, system=f"scratch: false\nno_personal_data: [{MOVES}]")

    with pytest.raises(Misconfigured, match="no system of this folder is marked as a copy"):
        accepted(world.datamap)

    copy = replace(world.datamap.system("club"), name="copy", scratch=True)
    both = accepted(replace(world.datamap, systems=(*world.datamap.systems, copy)))
    assert [(each.name, len(each.proposals)) for each in both.systems] == [("club", 7), ("copy", 0)]


@pytest.mark.key("drafted", "drafted.on", "drafted.tables")
def test_what_is_new_gone_or_changed_since_the_draft_is_named(make: Make, each_database: Database) -> None:
    """S-57"""
    types = {"sqlite": ("INTEGER", "VARCHAR(40)"), "postgresql": ("integer", "character varying(40)")}
    number, text = types.get(each_database.dialect, ("int(11)", "varchar(40)"))
    users = "character varying(120)" if each_database.dialect == "postgresql" else text.replace("40", "120")
    world = make(
        NOTES,
        "users: {person: id, identities: {email: email}, on_erase: delete}",
        system=f"""
        no_personal_data: [{{tables: [notes, moves], reason: of no interest here}}]
        drafted:
          on: 2026-11-01
          tables:
            users: {{id: {number}, email: {users}}}
            moves: {{id: {number}, title: text of old, colour: {text}}}
            games: {{id: {number}}}
        """,
    )

    found = {
        (each.code, each.table, each.column): each.what
        for each in world.check()
        if each.code.startswith("drift")
    }

    assert found == {
        ("drift.new", "notes", ""): "Table notes was not there on 2026-11-01.",
        ("drift.type", "moves", "title"): f"Column moves.title was text of old on 2026-11-01, and is {text}.",
        ("drift.gone", "moves", "colour"): "Column moves.colour was there on 2026-11-01, and is gone.",
        ("drift.gone", "games", ""): "Table games was there on 2026-11-01, and is gone.",
    }


def test_a_proposal_of_a_proposal_is_no_proposal(tmp_path: Path) -> None:
    (tmp_path / "systems").mkdir()
    (tmp_path / "upheld.yaml").write_text("organisation: {name: A, contact: b@example.org}\n")
    (tmp_path / "systems" / "a.yaml").write_text(
        "system: a\nconnect: ${A}\ntables:\n  users:\n    person: id\n    on_erase:\n"
        "      {proposed: {proposed: delete, confidence: 1, because: x}, confidence: 2, because: y}\n"
    )

    with pytest.raises(Invalid) as caught:
        read(tmp_path)

    assert sorted((each.line, each.code) for each in caught.value.errors) == [
        (7, "wrong-type"),
        (7, "wrong-value"),
    ]
