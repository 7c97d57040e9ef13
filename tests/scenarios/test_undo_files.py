"""Scenarios 38, 55, 56 and 70: files that go with rows come back with them, or it is said that they do not."""

import os
import shutil
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.scenarios.conftest import Make
from tests.scenarios.office import Office, open_office
from tests.scenarios.people import ADA, PEOPLE, USERS
from tests.scenarios.test_undo_copy import copied
from tests.scenarios.test_undo_window import END, put_back
from tests.scenarios.undoing import WINDOW, dump
from tests.scenarios.world import NOW, World, make_world
from tests.servers.database import Database
from upheld.actions import undo
from upheld.connectors.conformance.suite import held
from upheld.rights.connector import Severity
from upheld.rights.fulfil import Failed, execute
from upheld.rights.many import PreparedMany, takes_many
from upheld.rights.outcome import FileImage, Prepared
from upheld.rights.undo import Back, Conflict, Restored, Undone, Why
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


def test_scenario_55_her_copy_in_the_window_has_the_files_that_are_away(
    office: Office, each_database: Database, folder: Path, tmp_path: Path
) -> None:
    """G-15.3: and nobody else's."""
    office.erase(ADA)

    rows = copied(office, tmp_path / "copy")

    every = [path.read_bytes() for path in (tmp_path / "copy").rglob("*") if path.is_file()]
    assert [row["id"] for row in rows["notes"]] == [1, 2, 4, 6, 7]
    assert (every.count(b"her face"), every.count(BIG), every.count(b"his face")) == (1, 1, 0)


def test_scenario_55_a_set_of_people_is_erased_with_everybodys_own_files(
    make: Make, each_database: Database, folder: Path
) -> None:
    """Scenario 38: a file that rows of two of them name is kept for each."""
    world = make(PEOPLE + NOTES, noted(folder), system=WINDOW)
    two = [world.subject(ADA), world.subject("email=ben@chess.example.org")]
    files = files_in(folder)
    many = takes_many({"club": world.connector}, "club")
    assert many is not None
    kept: dict[int, list[FileImage]] = {0: [], 1: []}
    images: dict[int, list[bytes]] = {0: [], 1: []}
    run = many.execute_many(
        world.plan().of("club"),
        two,
        now=NOW,
        entropy=lambda: "r" * 24,
        allow=frozenset(),
        before=True,
    )
    for event in run:
        if isinstance(event, PreparedMany):
            for member, each in zip(event.members, event.prepared, strict=True):
                kept[member] += [held(file) for file in each.files]
                images[member] += [each.before] if each.before else []

    assert files_in(folder) == {}
    list(world.connector.undo(images[1], entropy=lambda: "s" * 24, files=kept[1]))
    assert set(files_in(folder)) == {"ben.png", "shared.png"}
    list(world.connector.undo(images[0], entropy=lambda: "t" * 24, files=kept[0]))
    assert files_in(folder) == files


NAMES = ["a", "b", "./b", "deep/c", "deep/../a", "deep//c"]


@settings(
    max_examples=60,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(
    contents=st.dictionaries(st.sampled_from(["a", "b", "deep/c"]), st.binary(max_size=40)),
    rows=st.lists(st.tuples(st.sampled_from([0, 5]), st.sampled_from(NAMES)), max_size=8),
    odd=st.sampled_from([None, "hard link", "folder", "link"]),
)
def prove(
    sqlite: Database,
    folder: Path,
    contents: dict[str, bytes],
    rows: list[tuple[int, str]],
    odd: str | None,
) -> None:
    """S-55, S-70: whatever names what, and whatever stands there."""
    shutil.rmtree(folder)
    (folder / "deep").mkdir(parents=True)
    for name, content in contents.items():
        (folder / name).write_bytes(content)
        os.utime(folder / name, ns=(1, 1_600_000_000_000_000_001))
    if odd == "folder":
        (folder / "a").unlink(missing_ok=True)
        (folder / "a").mkdir()
    elif odd and (folder / "b").exists():
        (folder / "other").hardlink_to(folder / "b") if odd == "hard link" else (folder / "other").symlink_to(
            "b"
        )
    world = made(sqlite, folder)
    world.run("DELETE FROM notes", "DELETE FROM users")
    world.run("INSERT INTO users VALUES (0, 'ada@chess.example.org'), (5, 'ben@chess.example.org')")
    for number, (user, name) in enumerate(rows):
        world.run(f"INSERT INTO notes VALUES ({number}, {user}, '{name}', NULL)")
    before = dump(sqlite, TABLES), files_in(folder)
    kept: list[FileImage] = []
    images: list[bytes] = []

    for event in execute(
        world.plan(), {"club": world.connector}, world.subject(ADA), now=NOW,
        entropy=lambda: f"r{next(world.random):023d}", before=frozenset({"club"}),
    ):  # fmt: skip
        if isinstance(event, Failed):
            assert (dump(sqlite, TABLES), files_in(folder)) == before
            SEEN["refused"] += 1
            return
        if isinstance(event, Prepared):
            kept += [held(file) for file in event.files]
            images += [event.before] if event.before else []
    gone = {os.path.normpath(name) for user, name in rows if user == 0}
    gone -= {os.path.normpath(name) for user, name in rows if user == 5}
    assert not any((folder / name).exists() for name in gone)
    preview = world.connector.returning(images, files=kept)
    _, done = world.connector.undo(images, entropy=lambda: f"u{next(world.random):023d}", files=kept)

    assert isinstance(done, Undone)
    assert (done.restored, done.restored.conflicts) == (preview, ())
    assert (dump(sqlite, TABLES), files_in(folder)) == before
    SEEN["restored with files"] += bool(kept)


def test_property_rows_and_files_come_back_byte_for_byte_or_nothing_was_written(
    sqlite: Database, folder: Path
) -> None:
    """S-55, S-70; it would say nothing if all were refused, or none."""
    SEEN.clear()
    prove(sqlite=sqlite, folder=folder)

    assert min(SEEN["restored with files"], SEEN["refused"]) > 0, SEEN


SEEN: Counter[str] = Counter()
WORLDS: dict[Path, World] = {}


def made(sqlite: Database, folder: Path) -> World:
    """One world for all examples: only its rows change."""
    if folder not in WORLDS:
        WORLDS[folder] = make_world(
            sqlite, folder.parent / "map", PEOPLE + NOTES, noted(folder), system=WINDOW
        )
    return WORLDS[folder]
