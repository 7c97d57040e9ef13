"""A map that was carried over from Fides, on real databases: it finds what is hers, and erases nothing."""

from pathlib import Path

import sqlalchemy as sa

from tests.scenarios.world import ORGANISATION, PURPOSES, World
from tests.servers.database import Database
from upheld.datamap.importing.fides.convert import convert
from upheld.datamap.read import read
from upheld.rights.connector import Severity

DATASET = Path(__file__).parent / "datasets" / "library.yml"
ADA = "email=ada.quill@example.org"
ROWS = """\
CREATE TABLE dwelling (id INTEGER PRIMARY KEY, street VARCHAR(80));
CREATE TABLE reader (id INTEGER PRIMARY KEY, mail VARCHAR(120), mobile VARCHAR(40), chat VARCHAR(120),
    called VARCHAR(80), home_id INTEGER REFERENCES dwelling(id), born DATE);
CREATE TABLE loan (id INTEGER PRIMARY KEY, reader_id INTEGER NOT NULL REFERENCES reader(id),
    title VARCHAR(80), desk_note VARCHAR(80));
CREATE TABLE review (id INTEGER PRIMARY KEY, author INTEGER REFERENCES reader(id), answers INTEGER,
    words VARCHAR(80));
CREATE TABLE guardian (id INTEGER PRIMARY KEY, mail VARCHAR(120), other_mail VARCHAR(120));
CREATE TABLE consent (guardian_id INTEGER REFERENCES guardian(id), given_on DATE);
CREATE TABLE newsletter (id INTEGER PRIMARY KEY, address VARCHAR(120));
CREATE TABLE shelf (id INTEGER PRIMARY KEY, room INTEGER);
INSERT INTO dwelling VALUES (1, 'Quill Lane 3'), (2, 'Ash Road 9');
INSERT INTO reader VALUES (7, 'ada.quill@example.org', '+4930123456', NULL, 'Ada Quill', 1, '1990-05-01'),
    (8, 'bob@example.com', NULL, NULL, 'Bob Ash', 2, '1980-01-02');
INSERT INTO loan VALUES (1, 7, 'On ink', 'late'), (2, 8, 'On paper', NULL), (3, 7, 'On quills', NULL);
INSERT INTO review VALUES (1, 7, NULL, 'Fine'), (2, 8, 1, 'Says Bob to Ada');
INSERT INTO guardian VALUES (1, 'old@example.net', 'ada.quill@example.org'), (2, 'bob@example.com', NULL),
    (3, 'ada.quill@example.org', NULL);
INSERT INTO consent VALUES (1, '2024-02-01'), (2, '2024-02-02'), (3, '2024-02-03');
INSERT INTO newsletter VALUES (1, 'ada.quill@example.org'), (2, 'bob@example.com');
INSERT INTO shelf VALUES (1, 1)
"""


def carried_over(database: Database, folder: Path) -> World:
    database.run(*ROWS.split(";\n"))
    (folder / "systems").mkdir()
    (folder / "upheld.yaml").write_text(ORGANISATION)
    (folder / "purposes.yaml").write_text(PURPOSES)
    (imported,) = convert("library.yml", DATASET.read_bytes(), name="club").systems
    (folder / "systems" / "club.yaml").write_text(imported.text)
    url = sa.make_url(database.url).render_as_string(hide_password=False)
    return World(database, folder, read(folder), {"CLUB_DATABASE_URL": url})


def test_a_copy_by_a_map_from_fides_holds_her_rows_in_every_table_and_no_others(
    each_database: Database, tmp_path: Path
) -> None:
    world = carried_over(each_database, tmp_path)

    copied = {table: [row[0] for row in rows] for table, rows in world.copy(ADA).items()}

    assert copied == {
        "reader": [7],
        "dwelling": [1],
        "loan": [1, 3],
        "review": [1],
        "guardian": [1, 3],
        "consent": [1, 3],
        "newsletter": [1],
    }


def test_a_map_from_fides_stops_its_system_until_somebody_decided(
    each_database: Database, tmp_path: Path
) -> None:
    world = carried_over(each_database, tmp_path)

    stops = {(each.table, each.code) for each in world.check() if each.severity is Severity.STOP}

    assert stops == {
        ("shelf", "table.undeclared"),
        *((table, "rows.undecided") for table in world.copy(ADA)),
    }
