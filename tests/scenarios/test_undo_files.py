"""Scenarios 38, 55, 56 and 70: files that go with rows come back with them, or it is said that they do not."""

import os
from pathlib import Path

import pytest

from tests.scenarios.conftest import Make
from tests.scenarios.office import Office, open_office
from tests.scenarios.people import ADA, PEOPLE, USERS
from tests.scenarios.test_undo_window import END, put_back
from tests.scenarios.undoing import WINDOW, dump
from tests.servers.database import Database
from upheld.actions import undo
from upheld.rights.connector import Severity
from upheld.rights.undo import Back, Conflict, Restored, Why
from upheld.store.models import FileCopy, Request, Window

TABLES = ["users", "notes"]
BIG = bytes(range(256)) * 1024 + b"the end"
NOTES = """
CREATE TABLE notes (id INTEGER PRIMARY KEY, user_id INTEGER, path VARCHAR(40), code VARCHAR(10) UNIQUE);
INSERT INTO notes VALUES (1, 0, 'a.png', 'x'), (2, 0, 'deep/../deep/b.bin', 'y'), (3, 5, 'ben.png', 'z'),
  (4, 0, 'shared.png', 'u'), (5, 5, 'shared.png', 'v'), (6, 0, 'lost.png', 'w'), (7, 0, 'empty', NULL);
"""


def files_in(folder: Path) -> dict[str, tuple[bytes, int, int]]:
    """Bytes, mode and moment of change of every file."""
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mode, path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What the rows name."""
    folder = tmp_path / "uploads"
    (folder / "deep").mkdir(parents=True)
    for name, content in (
        ("a.png", b"her face"),
        ("deep/b.bin", BIG),
        ("ben.png", b"his face"),
        ("shared.png", b"both"),
        ("empty", b""),
    ):
        (folder / name).write_bytes(content)
        (folder / name).chmod(0o640)
        os.utime(folder / name, ns=(1, 1_700_000_000_123_456_789))
    return folder


def noted(folder: Path) -> str:
    return USERS + (
        f"notes: {{belongs_to: {{user_id: users.id}}, files: {{path: {{root: {folder}}}}}, on_erase: delete}}\n"
    )


@pytest.fixture
def office(make: Make, sqlite_records: Path, tmp_path: Path, folder: Path) -> Office:
    """The club, whose notes name files, with a window of seven days."""
    return open_office(make(PEOPLE + NOTES, noted(folder), system=WINDOW), tmp_path)


def copies(office: Office) -> list[Path]:
    """The sealed copies."""
    return [path for path in sorted((office.folder / "kept").rglob("*")) if path.is_file()]


def look(office: Office, request: Request) -> Restored:
    """The preview of an undo."""
    [club] = undo.look(means=office.means(), request=request).systems
    assert club.why == ""
    return club.restored


def test_scenario_38_files_of_hers_come_back_with_bytes_name_mode_and_moment(
    office: Office, each_database: Database, folder: Path
) -> None:
    """S-55, S-70."""
    stops = [each for each in office.world.check() if each.severity is Severity.STOP]
    rows, files = dump(each_database, TABLES), files_in(folder)

    request = office.erase(ADA).request
    assert set(files_in(folder)) == {"ben.png", "shared.png"}
    sealed = b"".join(path.read_bytes() for path in copies(office))
    assert len(sealed) > len(BIG)
    assert b"her face" not in sealed
    assert BIG[:256] not in sealed
    assert b"a.png" not in b"".join(bytes(each.sealed_image) for each in FileCopy.objects.all())
    preview = look(office, request)
    assert set(files_in(folder)) == {"ben.png", "shared.png"}
    putting = put_back(office, request)

    assert stops == []
    assert preview == putting.systems[0].restored
    assert preview == Restored((Back("notes", 5), Back("notes.path", 3), Back("users", 1)))
    assert (dump(each_database, TABLES), files_in(folder)) == (rows, files)
    assert (copies(office), FileCopy.objects.count()) == ([], 0)
    request.refresh_from_db()
    assert request.state == "REVOKED"


def test_scenario_55_a_file_is_never_overwritten_and_never_back_without_its_row(
    office: Office, each_database: Database, folder: Path
) -> None:
    request = office.erase(ADA).request
    (folder / "a.png").write_bytes(b"somebody else's")
    office.world.run("INSERT INTO notes VALUES (9, 5, 'other', 'y')")
    preview = look(office, request)

    putting = put_back(office, request)

    [club] = putting.systems
    assert club.restored == preview
    assert club.restored.conflicts == (
        Conflict("notes", Why.TAKEN, 1),
        Conflict("notes.path", Why.PARENT, 1),
        Conflict("notes.path", Why.TAKEN, 1),
    )
    assert {name: content for name, (content, _, _) in files_in(folder).items()} == {
        "a.png": b"somebody else's",
        "ben.png": b"his face",
        "shared.png": b"both",
        "empty": b"",
    }

    (folder / "a.png").unlink()
    office.world.run("DELETE FROM notes WHERE id = 9")
    assert put_back(office, request).complete
    assert {name: content for name, (content, _, _) in files_in(folder).items()} == {
        "a.png": b"her face",
        "ben.png": b"his face",
        "deep/b.bin": BIG,
        "shared.png": b"both",
        "empty": b"",
    }


def test_scenario_56_with_the_window_the_copies_go_and_nobody_can_read_them(
    office: Office, each_database: Database, folder: Path
) -> None:
    office.erase(ADA)
    [window] = Window.objects.all()
    assert [path.parent.name for path in copies(office)] == [window.key] * 3

    assert office.purge(END).windows == 1

    assert (copies(office), FileCopy.objects.count(), office.keys.exists(window.key)) == ([], 0, False)
    assert set(files_in(folder)) == {"ben.png", "shared.png"}
