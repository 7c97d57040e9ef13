"""Scenarios 55, 56 and 70 in a folder: everything back to the byte, or a conflict and nothing overwritten."""

import os
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.connectors.files.folder import HER, REMOVED, by_email, open_folder, steps
from upheld.connectors.conformance.suite import entropy, held
from upheld.connectors.conformance.world import NOW
from upheld.datamap.model import Anonymise, Assignment, Constant, FileReference
from upheld.law.right import Right
from upheld.rights.codec import Unreadable
from upheld.rights.connector import Attachment, Row, Severity
from upheld.rights.outcome import FileImage, Misconfigured, Prepared, Transient
from upheld.rights.subject import Identity, Subject
from upheld.rights.undo import Back, Conflict, Restored, Undone, Why

MOMENT = 1_700_000_000_123_456_789


def fill(root, files, *, mode=0o640):
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(mode)
        os.utime(path, ns=(MOMENT, MOMENT))


def stands(root):
    """Everything below the root but our own: kind, bytes, mode and moment of change."""
    found = {}
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(".upheld")]
        for name in (*folders, *names):
            path = Path(folder) / name
            status, below = path.lstat(), path.relative_to(root).as_posix()
            if name.startswith(".upheld"):
                continue
            if path.is_symlink():
                found[below] = ("link", str(path.readlink()), status.st_mtime_ns)
            elif path.is_dir():
                found[below] = ("folder", status.st_mode)
            else:
                found[below] = (path.read_bytes(), status.st_mode, status.st_mtime_ns)
    return found


def erased(files, subject=HER):
    """Erased with the window open; what its caller keeps."""
    kept = []
    run = files.execute(steps(files), subject, now=NOW, entropy=entropy(), allow=frozenset(), before=True)
    for event in run:
        if isinstance(event, Prepared):
            kept += [held(each) for each in event.files]
    return kept


def undone(files, kept, *, token="u" * 24) -> Restored:
    *_, done = files.undo((), entropy=lambda: token, files=kept)
    assert isinstance(done, Undone)
    return done.restored


def own(root):
    return sorted(
        path.name for path in root.rglob(".upheld*") if not path.name.endswith((".lock", ".committed"))
    )


LISTS = {
    "people.csv": b'id,email,name\r\n1,ada@example.org,Ada\r\n2,o@example.org,O\r\n3,ADA@example.org,"A\r\nda"\r\n',
    "log.jsonl": b'{"email": "ada@example.org", "n": 1}\n{"email": "o@example.org"}\n{"email":"ada@example.org"}',
    "letters/ada@example.org.txt": b"Dear Ada",
    "letters/o@example.org.txt": b"Dear O",
    "homes/ada@example.org/a/b.txt": b"deep",
    "homes/ada@example.org/c.bin": bytes(range(256)) * 999,
    "homes/o@example.org/c.txt": b"his",
}


def lists(root):
    return open_folder(
        root,
        by_email("people", "people.csv"),
        by_email("log", "log.jsonl", REMOVED),
        by_email("letters", "letters/{email}.txt"),
        by_email("homes", "homes/{email}", format="folder"),
        undo=7,
    )


@pytest.fixture
def root(tmp_path):
    fill(tmp_path, LISTS)
    home = tmp_path / "homes/ada@example.org"
    (home / "empty").mkdir()
    (home / "link").symlink_to("c.bin")
    home.chmod(0o750)
    os.utime(home, ns=(MOMENT, MOMENT))
    return tmp_path


def test_scenario_55_lists_texts_and_folders_come_back_with_bytes_mode_and_moment(root):
    """S-70."""
    files, before = lists(root), stands(root)
    assert [each.code for each in files.check() if each.severity is Severity.STOP] == []

    kept = erased(files)
    gone = stands(root)
    assert set(gone) < set(before)
    preview = files.returning((), files=kept)
    assert stands(root) == gone
    restored = undone(files, kept)

    assert restored == preview
    assert restored == Restored((Back("homes", 1), Back("letters", 1), Back("log", 2), Back("people", 2)))
    assert (stands(root), own(root)) == (before, [])
    assert (root / "homes/ada@example.org").stat().st_mtime_ns == MOMENT
    again = undone(files, kept, token="v" * 24)
    assert again == Restored(
        (Back("homes", 0, 1), Back("letters", 0, 1), Back("log", 0, 2), Back("people", 0, 2))
    )
    assert stands(root) == before


def test_scenario_55_what_somebody_wrote_or_made_since_is_reported_and_left(root):
    files = lists(root)
    kept = erased(files)
    (root / "people.csv").write_bytes(b"id,email,name\r\n2,o@example.org,Otto\r\n")
    (root / "letters/ada@example.org.txt").write_bytes(b"another Ada's")
    (root / "homes/ada@example.org").mkdir()
    since = stands(root)

    restored = undone(files, kept)

    assert restored.tables == (Back("log", 2),)
    assert restored.conflicts == (
        Conflict("homes", Why.TAKEN, 1),
        Conflict("letters", Why.TAKEN, 1),
        Conflict("people", Why.CHANGED, 2),
    )
    assert {name: each for name, each in stands(root).items() if name != "log.jsonl"} == {
        name: each for name, each in since.items() if name != "log.jsonl"
    }
    (root / "homes/ada@example.org").rmdir()
    (root / "letters/ada@example.org.txt").unlink()
    assert undone(files, kept, token="v" * 24).conflicts == (Conflict("people", Why.CHANGED, 2),)


def test_scenario_55_lines_that_were_added_at_the_end_since_stay_there(tmp_path):
    fill(tmp_path, {"a.jsonl": b'{"email": "ada@example.org"}\n{"email": "o@example.org"}\n'})
    files = open_folder(tmp_path, by_email("a", "a.jsonl"), undo=7)
    kept = erased(files)
    with (tmp_path / "a.jsonl").open("ab") as file:
        file.write(b'{"email": "new@example.org"}\n')
    moment = (tmp_path / "a.jsonl").stat().st_mtime_ns

    assert undone(files, kept) == Restored((Back("a", 1),))

    assert (tmp_path / "a.jsonl").read_bytes() == (
        b'{"email": "ada@example.org"}\n{"email": "o@example.org"}\n{"email": "new@example.org"}\n'
    )
    assert (tmp_path / "a.jsonl").stat().st_mtime_ns == moment
    assert undone(files, kept, token="v" * 24) == Restored((Back("a", 0, 1),))


def test_scenario_55_of_two_erasures_in_one_file_the_last_is_undone_first(tmp_path):
    fill(tmp_path, {"a.csv": b"email,n\nada@example.org,1\no@example.org,2\nx@example.org,3\n"})
    files, before = open_folder(tmp_path, by_email("a", "a.csv"), undo=7), stands(tmp_path)
    hers = erased(files)
    his = erased(files, Subject((Identity("email", "o@example.org"),)))

    assert undone(files, hers) == Restored((), (Conflict("a", Why.CHANGED, 1),))
    assert (tmp_path / "a.csv").read_bytes() == b"email,n\nx@example.org,3\n"
    undone(files, his, token="v" * 24)
    undone(files, hers, token="w" * 24)

    assert stands(tmp_path) == before
    assert b"o@example.org" not in b"".join(b"".join(each.content()) + each.image for each in hers)


def test_scenario_50_a_second_round_of_one_erasure_is_taken_back_before_the_first(tmp_path):
    fill(tmp_path, {"a.csv": b"email,n\nada@example.org,1\no@example.org,2\n"})
    files = open_folder(tmp_path, by_email("a", "a.csv"), undo=7)
    kept = erased(files)
    with (tmp_path / "a.csv").open("ab") as file:
        file.write(b"ada@example.org,late\n")
    kept += erased(files)

    assert undone(files, kept) == Restored((Back("a", 2),))

    assert (tmp_path / "a.csv").read_bytes() == (
        b"email,n\nada@example.org,1\no@example.org,2\nada@example.org,late\n"
    )


def noted(root):
    """A list whose rows name files."""
    return open_folder(
        root, by_email("notes", "notes.csv", files=(FileReference("file", "pictures"),)), undo=7
    )


def test_scenario_38_a_named_file_comes_back_with_its_row_and_not_without_it(tmp_path):
    fill(tmp_path, {"notes.csv": b"email,file\nada@example.org,a.png\n", "pictures/a.png": b"her face"})
    files, before = noted(tmp_path), stands(tmp_path)
    kept = erased(files)
    assert not (tmp_path / "pictures/a.png").exists()
    (tmp_path / "notes.csv").write_bytes(b"email,file,more\n")

    assert undone(files, kept) == Restored(
        (), (Conflict("notes", Why.CHANGED, 1), Conflict("notes.file", Why.PARENT, 1))
    )
    assert not (tmp_path / "pictures/a.png").exists()
    (tmp_path / "notes.csv").write_bytes(b"email,file\n")
    (tmp_path / "notes.csv").chmod(0o640)
    assert undone(files, kept, token="v" * 24) == Restored((Back("notes", 1), Back("notes.file", 1)))

    assert stands(tmp_path) == before


def test_scenario_55_her_copy_in_the_window_has_the_lines_and_the_files_that_are_away(root):
    """G-15.3: and nobody else's."""
    files, until = lists(root), date(2026, 11, 29)
    collected = steps(files, Right.ACCESS)
    before = read(files.collect(collected, HER, now=NOW))
    kept = erased(files)

    away = read(files.sealed(collected, HER, (), until=until, files=kept))

    assert sorted(away, key=repr) == sorted(
        (
            replace(each, until=until) if isinstance(each, Row) else each
            for each in before
            if isinstance(each, Row) or not each[0].endswith("/link")
        ),
        key=repr,
    )
    assert b"his" not in [each[1] for each in away if isinstance(each, tuple)]
    undone(files, kept)
    assert read(files.sealed(collected, HER, (), until=until, files=kept)) == []


def read(collected):
    return [
        (each.name, b"".join(each.content)) if isinstance(each, Attachment) else each for each in collected
    ]


def test_scenario_55_a_file_that_changes_before_the_commit_is_not_lost(tmp_path):
    fill(tmp_path, {"notes.csv": b"email,file\nada@example.org,a.png\n", "pictures/a.png": b"her face"})
    files = noted(tmp_path)
    run = files.execute(steps(files), HER, now=NOW, entropy=entropy(), allow=frozenset(), before=True)
    next(run)
    (tmp_path / "pictures/a.png").write_bytes(b"another face")

    with pytest.raises(Transient):
        next(run)

    assert (tmp_path / "pictures/a.png").read_bytes() == b"another face"
    assert (tmp_path / "notes.csv").read_bytes() == b"email,file\nada@example.org,a.png\n"


def test_scenario_55_a_place_that_is_taken_at_the_last_moment_is_not_overwritten(root):
    files = lists(root)
    kept = erased(files)
    run = files.undo((), entropy=lambda: "u" * 24, files=kept)
    next(run)
    (root / "letters/ada@example.org.txt").write_bytes(b"just now")
    since = stands(root)

    with pytest.raises(Transient):
        next(run)

    assert (stands(root), own(root)) == (since, [])


def test_scenario_70_what_could_not_come_back_as_it_is_is_refused_before_the_first_write(root):
    os.link(root / "homes/ada@example.org/c.bin", root / "homes/o@example.org/again.bin")
    files, before = lists(root), stands(root)

    with pytest.raises(Misconfigured, match="hard link"):
        erased(files)

    assert stands(root) == before


def test_scenario_56_an_image_of_another_format_is_refused(tmp_path):
    files = open_folder(tmp_path, by_email("a", "a.csv"), undo=7)

    with pytest.raises(Unreadable):
        files.returning((), files=[FileImage(b'{"format": "upheld.file-image/v2"}', 0, lambda: iter(()))])


EVERY_BOUNDARY = range(40)


@pytest.mark.parametrize("boundary", EVERY_BOUNDARY)
def test_scenario_49_an_undo_that_dies_at_any_boundary_is_finished_or_repeated(root, monkeypatch, boundary):
    files, before = lists(root), stands(root)
    kept = erased(files)
    calls = iter(range(1000))

    def dying(name, real):
        def call(*given, **more):
            if next(calls) == boundary:
                raise KeyboardInterrupt(name)
            return real(*given, **more)

        return call

    for name in ("replace", "rename", "link", "unlink", "fsync", "open", "utime", "mkdir"):
        monkeypatch.setattr(os, name, dying(name, getattr(os, name)))
    try:
        undone(files, kept)
    except KeyboardInterrupt:
        monkeypatch.undo()
        files.settle("u" * 24)
    monkeypatch.undo()

    assert undone(files, kept, token="v" * 24).conflicts == ()
    assert (stands(root), own(root)) == (before, [])


CELL = st.text(st.sampled_from("aé,;\t\"\n\r |'%7 "), max_size=8)
LINES = st.lists(st.tuples(st.sampled_from(["ada@example.org", "o@example.org"]), CELL, CELL), max_size=8)


@settings(max_examples=100, deadline=None)
@given(LINES, st.booleans(), st.booleans(), st.booleans())
def test_property_an_undo_of_a_list_restores_every_byte(tmp_path_factory, lines, anonymise, last, crlf):
    """S-55, S-70: whatever stands in it, anonymised or cut."""
    end = "\r\n" if crlf else "\n"

    def cell(text):
        return '"' + text.replace('"', '""') + '"'

    content = end.join(["email,author,note", *(",".join(map(cell, line)) for line in lines)])
    root = tmp_path_factory.mktemp("undo")
    fill(root, {"a.csv": (content + (end if last else "")).encode()})
    gone = Anonymise((Assignment("author", Constant("x")), Assignment("email", Constant())))
    files = open_folder(root, by_email("a", "a.csv", gone if anonymise else None), undo=7)
    before = stands(root)

    kept = erased(files)
    restored = undone(files, kept)

    assert (stands(root), restored.conflicts) == (before, ())
    shutil.rmtree(root)
