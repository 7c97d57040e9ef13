"""What was removed is hers to see until its window ends, and nobody else's is (G-15.3, G-15.5; scenario 55)."""

import json
from pathlib import Path

import pyrage

from tests.datamap.keys.office import words
from tests.scenarios.conftest import Make
from tests.scenarios.office import Office, open_office
from tests.scenarios.people import ADA, PEOPLE, USERS
from tests.scenarios.test_undo_window import put_back
from tests.scenarios.undoing import WINDOW
from tests.scenarios.world import NOW
from tests.servers.database import Database
from upheld.actions import access, cases
from upheld.actions.preview import preview
from upheld.law.right import Right
from upheld.rights.package.opening import open_package

SHARED = (
    PEOPLE
    + """
CREATE TABLE messages (id INTEGER PRIMARY KEY, sender_id INTEGER, recipient_id INTEGER, body VARCHAR(40));
INSERT INTO messages VALUES (1, 0, 5, 'to ben'), (2, 5, 0, 'to ada'), (3, 5, 10, 'theirs'), (4, 0, 0, 'a note');
CREATE TABLE accounts (id INTEGER PRIMARY KEY, user_id INTEGER, balance INTEGER);
CREATE TABLE payments (id INTEGER PRIMARY KEY, account_id INTEGER, cents INTEGER);
INSERT INTO accounts VALUES (1, 0, 12), (2, 5, 7);
INSERT INTO payments VALUES (1, 1, 500), (2, 2, 900);
"""
)
SHARING = (
    USERS
    + """
messages:
  belongs_to: {sender_id: users.id, recipient_id: users.id}
  on_erase: {by: {sender_id: {anonymise: {sender_id: null, body: "[removed]"}}, recipient_id: detach}, orphan: delete}
accounts: {belongs_to: {user_id: users.id}, on_erase: delete}
payments: {belongs_to: {account_id: accounts.id}, on_erase: delete}
"""
)


def copied(office: Office, folder: Path) -> dict[str, list[dict[str, object]]]:
    """Her copy, as its files for programs have it."""
    means, asked = office.means(), office.asked(ADA)
    request = cases.receive(means=means, right=Right.ACCESS, asked=asked)
    known = cases.subject_of(means=means, case=request.case)
    seen = preview(means=means, right=Right.ACCESS, asked=asked, subject=known)
    key = pyrage.x25519.Identity.generate()
    access.deliver(
        means=means,
        request=request,
        preview=seen,
        out=folder.with_suffix(".age"),
        recipients=(str(key.to_public()),),
        days=7,
    )
    open_package(folder.with_suffix(".age"), str(key), folder)
    found: dict[str, list[dict[str, object]]] = {}
    for file in sorted(folder.rglob("*.jsonl")):
        rows = [json.loads(line) for line in file.read_text().splitlines()]
        found[file.stem] = sorted(rows, key=lambda row: str(row["id"]))
    return found


def test_scenario_55_a_copy_within_the_window_holds_what_was_removed_and_says_until_when(
    make: Make, each_database: Database, sqlite_records: Path, tmp_path: Path
) -> None:
    office = open_office(make(SHARED, SHARING, system=WINDOW), tmp_path)
    office.erase(ADA)
    until, withheld = {"$recoverable": "2026-11-29"}, {"$withheld": "another-person"}

    copy = copied(office, tmp_path / "copy")

    assert copy == {
        "users": [{"id": 0, "email": "ada@chess.example.org", **until}],
        "messages": [
            {"id": 1, "sender_id": 0, "recipient_id": withheld, "body": "to ben", **until},
            {"id": 2, "sender_id": withheld, "recipient_id": 0, "body": "to ada", **until},
            {"id": 4, "sender_id": 0, "recipient_id": 0, "body": "a note", **until},
        ],
        "accounts": [{"id": 1, "user_id": 0, "balance": 12, **until}],
        "payments": [{"id": 1, "account_id": 1, "cents": 500, **until}],
    }
    pages = " ".join(words(page) for page in (tmp_path / "copy").rglob("*.html"))
    assert "removed, recoverable until 2026-11-29" in pages
    assert "theirs" not in pages


def test_scenario_55_what_is_back_is_in_the_copy_once_and_what_is_not_is_still_there(
    make: Make, each_database: Database, sqlite_records: Path, tmp_path: Path
) -> None:
    office = open_office(make(SHARED, SHARING, system=WINDOW), tmp_path)
    request = office.erase(ADA).request
    office.world.run("UPDATE messages SET body = 'edited' WHERE id = 1")
    put_back(office, request)

    copy = copied(office, tmp_path / "copy")

    shown = {name: [(row["id"], row.get("$recoverable")) for row in rows] for name, rows in copy.items()}
    assert shown == {
        "users": [(0, None)],
        "messages": [(1, "2026-11-29"), (2, None), (4, None)],
        "accounts": [(1, None)],
        "payments": [(1, None)],
    }
    assert NOW.date().isoformat() < "2026-11-29"
