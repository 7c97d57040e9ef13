"""What lies in a folder, what leads out of it, what nobody declared, and who else writes there."""

import os
import signal
import tracemalloc

import pytest

from tests.connectors.files.folder import (
    HER,
    REMOVED,
    by_email,
    contents,
    erase,
    execution,
    members,
    open_folder,
    steps,
)
from upheld.connectors.conformance.suite import entropy
from upheld.connectors.conformance.world import NOW
from upheld.connectors.files import commit as commit_module
from upheld.connectors.files import connector
from upheld.connectors.files.commit import Commit
from upheld.datamap.model import Delete, FileReference, Link, NoPersonalData, Rule, System, Table, Treatment
from upheld.law.right import Right
from upheld.rights.connector import Attachment, Severity
from upheld.rights.outcome import Committed, Misconfigured, Permanent, Settled, Transient
from upheld.rights.subject import Identity, Person, Subject

ADA_AND_BEN = b'{"email": "ada@example.org"}\n{"email": "ben@example.org"}\n'
BEN = b'{"email": "ben@example.org"}\n'
ADA_7 = Subject((Identity("email", "ada@example.org"),), (Person("archive", "members", ("7",)),))


def codes(files):
    return [(each.severity, each.code) for each in files.check()]


def test_one_table_may_stand_in_many_files_and_a_file_without_her_is_not_even_touched(tmp_path):
    (tmp_path / "2024").mkdir()
    (tmp_path / "2024" / "a.jsonl").write_bytes(ADA_AND_BEN)
    (tmp_path / "2024" / "b.jsonl").write_bytes(BEN)
    before = (tmp_path / "2024" / "b.jsonl").stat()

    erase(open_folder(tmp_path, by_email("mails", "*/*.jsonl")))

    assert contents(tmp_path) == {"2024/a.jsonl": BEN, "2024/b.jsonl": BEN}
    assert (tmp_path / "2024" / "b.jsonl").stat() == before


def test_rights_of_a_file_stay_as_they_were(tmp_path):
    file = tmp_path / "mails.jsonl"
    file.write_bytes(ADA_AND_BEN)
    file.chmod(0o640)

    erase(open_folder(tmp_path, by_email("mails", "mails.jsonl")))

    assert file.stat().st_mode & 0o7777 == 0o640


def folders():
    return (
        members(),
        Table(
            "letters",
            links=(Link(("id",), to="members", key=("id",)),),
            treatment=Treatment((Rule(Delete()),)),
            path="letters/{id}",
            format="folder",
        ),
        Table(
            "notes",
            links=(Link(("id",), to="members", key=("id",)),),
            treatment=Treatment((Rule(Delete()),)),
            path="notes/{id}-*.txt",
        ),
    )


def test_folders_and_texts_of_a_person_go_with_her_and_are_in_her_copy(tmp_path):
    (tmp_path / "members.csv").write_bytes(b"id,email\n7,ada@example.org\n71,ada.x@example.org\n")
    for key in ("7", "71"):
        (tmp_path / "letters" / key / "scans").mkdir(parents=True)
        (tmp_path / "letters" / key / "scans" / "one.pdf").write_bytes(b"scan of " + key.encode())
        (tmp_path / "notes").mkdir(exist_ok=True)
        (tmp_path / "notes" / f"{key}-a.txt").write_text(f"note on {key}")
    files = open_folder(tmp_path, *folders())

    copied = list(files.collect(steps(files, Right.ACCESS), ADA_7, now=NOW))
    attached = {each.name: b"".join(each.content) for each in copied if isinstance(each, Attachment)}
    erase(files, ADA_7)

    assert attached == {"letters/7/scans/one.pdf": b"scan of 7"}
    assert contents(tmp_path) == {
        "members.csv": b"id,email\n71,ada.x@example.org\n",
        "letters/71/scans/one.pdf": b"scan of 71",
        "notes/71-a.txt": b"note on 71",
    }


@pytest.mark.parametrize(
    "name", ["../outside.txt", "/etc/hostname", "a/../../outside.txt", "link/outside.txt", "link"]
)
def test_scenario_38_nothing_outside_the_folder_is_touched(tmp_path, name):
    root, outside = tmp_path / "root", tmp_path / "outside"
    (root / "uploads").mkdir(parents=True)
    outside.mkdir()
    (outside / "outside.txt").write_bytes(b"not ours")
    (root / "uploads" / "link").symlink_to(outside)
    content = f"email,path\nada@example.org,{name}\n".encode()
    (root / "uploads.csv").write_bytes(content)
    table = by_email("uploads", "uploads.csv", files=(FileReference("path", "uploads"),))

    with pytest.raises(Permanent):
        list(execution(open_folder(root, table)))

    assert (outside / "outside.txt").read_bytes() == b"not ours"
    assert (root / "uploads.csv").read_bytes() == content


@pytest.mark.parametrize("path", ["../*.csv", "/etc/passwd", "x/../../a.csv"])
def test_a_path_of_the_map_that_leads_out_is_a_finding(tmp_path, path):
    assert codes(open_folder(tmp_path, by_email("posts", path, format="csv"))) == [
        (Severity.STOP, "unreadable")
    ]


def test_a_link_to_a_file_outside_is_a_finding_and_one_inside_is_followed_once(tmp_path):
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "other.jsonl").write_bytes(ADA_AND_BEN)
    (root / "real.jsonl").write_bytes(ADA_AND_BEN)
    (root / "same.jsonl").symlink_to("real.jsonl")
    files = open_folder(root, by_email("mails", "*.jsonl"))

    erase(files)
    assert (root / "real.jsonl").read_bytes() == BEN
    assert (root / "same.jsonl").is_symlink()

    (root / "far.jsonl").symlink_to(tmp_path / "other.jsonl")
    assert (Severity.STOP, "unreadable") in codes(files)
    with pytest.raises(Misconfigured):
        list(execution(files))
    assert (tmp_path / "other.jsonl").read_bytes() == ADA_AND_BEN


def test_a_second_name_of_a_file_is_a_finding_because_it_would_keep_her(tmp_path):
    (tmp_path / "mails.jsonl").write_bytes(ADA_AND_BEN)
    os.link(tmp_path / "mails.jsonl", tmp_path / "copy.jsonl")
    files = open_folder(tmp_path, by_email("mails", "*.jsonl"))

    assert codes(files) == [(Severity.STOP, "hard-link"), (Severity.STOP, "hard-link")]


def test_scenario_38_a_file_that_is_missing_already_is_a_success(tmp_path):
    (tmp_path / "uploads.csv").write_bytes(b"email,path\nada@example.org,gone.png\n")

    erase(
        open_folder(tmp_path, by_email("uploads", "uploads.csv", files=(FileReference("path", "uploads"),)))
    )

    assert contents(tmp_path) == {"uploads.csv": b"email,path\n"}


def test_files_that_nobody_declared_stop_the_system_and_are_told_without_their_names(tmp_path):
    (tmp_path / "mails.jsonl").write_bytes(ADA_AND_BEN)
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "ada-byron.doc").write_bytes(b"?")
    (tmp_path / "README.md").write_bytes(b"?")
    files = open_folder(
        tmp_path, by_email("mails", "mails.jsonl"), no_personal_data=(NoPersonalData(("README*",), "about"),)
    )

    (found,) = files.check()
    assert (found.severity, found.code) == (Severity.STOP, "undeclared-file")
    assert "old/*.doc" in found.cure
    assert "ada" not in repr(found)
    with pytest.raises(Misconfigured, match="says nothing about"):
        list(execution(files))


@pytest.mark.parametrize(
    ("content", "severity", "code"),
    [
        (b"id,mail\n1,a\n", Severity.STOP, "no-column"),
        (b"email,home address\na,b\n", Severity.DOUBT, "unmapped-column"),
        (b"email,x\n\xff,b\n", Severity.STOP, "unreadable"),
        (b'email,x\n"a,b\n', Severity.STOP, "unreadable"),
        (b"email,email\na,b\n", Severity.STOP, "unreadable"),
    ],
)
def test_scenario_57_a_csv_file_that_does_not_fit_the_map_is_a_finding_with_its_cure(
    tmp_path, content, severity, code
):
    (tmp_path / "posts.csv").write_bytes(content)

    found = open_folder(tmp_path, by_email("posts", "posts.csv")).check()

    assert (severity, code) in [(each.severity, each.code) for each in found]
    assert all(each.cure for each in found)


def test_a_folder_can_only_stay_or_go(tmp_path):
    table = by_email("letters", "{email}", REMOVED, format="folder")

    assert (Severity.STOP, "cannot-change") in codes(open_folder(tmp_path, table))


def test_what_somebody_appends_meanwhile_is_never_lost(tmp_path):
    file = tmp_path / "mails.jsonl"
    file.write_bytes(ADA_AND_BEN)
    files = open_folder(tmp_path, by_email("mails", "*.jsonl"))

    running = execution(files)
    next(running)
    with file.open("ab") as late:
        late.write(b'{"email": "new@example.org"}\n')
    with pytest.raises(Transient, match="somebody wrote"):
        next(running)

    assert contents(tmp_path) == {"mails.jsonl": ADA_AND_BEN + b'{"email": "new@example.org"}\n'}
    erase(files)
    assert contents(tmp_path) == {"mails.jsonl": BEN + b'{"email": "new@example.org"}\n'}


def test_two_requests_do_not_write_at_once(tmp_path):
    (tmp_path / "mails.jsonl").write_bytes(ADA_AND_BEN)
    files = open_folder(tmp_path, by_email("mails", "mails.jsonl"))

    running = execution(files)
    next(running)
    with pytest.raises(Transient, match="another request"):
        next(execution(files))
    list(running)

    assert contents(tmp_path) == {"mails.jsonl": BEN}


@pytest.mark.parametrize("made", [0, 1, 2])
def test_scenario_69_a_commit_that_was_cut_short_is_finished_by_asking(tmp_path, monkeypatch, made):
    for name in ("a", "b"):
        (tmp_path / f"{name}.jsonl").write_bytes(ADA_AND_BEN)
    files = open_folder(tmp_path, by_email("mails", "*.jsonl"))
    running = execution(files)
    prepared = next(running)
    moved, real = [], Commit._make

    def cut(commit, move):
        if len(moved) == made:
            raise OSError(5, "Input/output error")
        moved.append(move)
        real(commit, move)

    monkeypatch.setattr(Commit, "_make", cut)
    if made < 2:
        with pytest.raises(Transient):
            next(running)
    else:
        assert isinstance(next(running), Committed)
    monkeypatch.undo()

    assert files.settle(prepared.token) is Settled.COMMITTED
    assert files.settle(prepared.token) is Settled.COMMITTED
    assert contents(tmp_path) == {"a.jsonl": BEN, "b.jsonl": BEN}


def test_after_a_crash_words_written_since_are_kept_and_the_answer_is_unknown(tmp_path, monkeypatch):
    (tmp_path / "mails.jsonl").write_bytes(ADA_AND_BEN)
    files = open_folder(tmp_path, by_email("mails", "mails.jsonl"))
    running = execution(files)
    prepared = next(running)
    monkeypatch.setattr(Commit, "_finish", lambda _: (_ for _ in ()).throw(OSError(5, "cut")))
    with pytest.raises(Transient):
        next(running)
    monkeypatch.undo()
    with (tmp_path / "mails.jsonl").open("ab") as late:
        late.write(BEN)

    assert files.settle(prepared.token) is Settled.UNKNOWN
    erase(files)
    assert contents(tmp_path) == {"mails.jsonl": BEN + BEN}


@pytest.mark.parametrize("token", ["", "../../etc/passwd", "a" * 15, "A" * 20, "a/b" * 8])
def test_a_token_is_never_a_path(tmp_path, token):
    assert open_folder(tmp_path).settle(token) is Settled.UNKNOWN


def test_what_a_dead_process_left_is_cleared_before_the_next_write(tmp_path):
    (tmp_path / "mails.jsonl").write_bytes(ADA_AND_BEN)
    (tmp_path / ".upheld-abc-0.new").write_bytes(b"half")

    erase(open_folder(tmp_path, by_email("mails", "mails.jsonl")))

    assert contents(tmp_path) == {"mails.jsonl": BEN}


def test_a_large_file_is_rewritten_in_little_memory(tmp_path):
    line = b'{"email": "other%d@example.org", "text": "' + b"x" * 400 + b'"}\n'
    with (tmp_path / "mails.jsonl").open("wb") as file:
        for number in range(20_000):
            file.write(line % number)
        file.write(ADA_AND_BEN)
    files = open_folder(tmp_path, by_email("mails", "mails.jsonl"))

    tracemalloc.start()
    list(files.execute(steps(files), HER, now=NOW, entropy=entropy(), allow=frozenset()))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 2_000_000
    assert (tmp_path / "mails.jsonl").read_bytes().endswith(b'"}\n' + BEN)


@pytest.mark.parametrize(
    "changes",
    [
        {"connect": ""},
        {"connect": "${ARCHIVE_DIR}"},
        {"connect": "x", "options": {"encoding": "utf-16"}},
        {"connect": "x", "options": {"encoding": "klingon"}},
        {"connect": "x", "refresh": ("view",)},
    ],
)
def test_a_system_that_this_kind_cannot_reach_is_misconfigured(changes):
    with pytest.raises(Misconfigured):
        connector(System("archive", kind="files", **changes), secrets={})


@pytest.mark.kill
@pytest.mark.parametrize("boundary", range(12))
def test_scenario_49_killed_at_any_boundary_the_effect_is_that_of_one_run(tmp_path, monkeypatch, boundary):
    for name in ("a", "b"):
        (tmp_path / f"{name}.jsonl").write_bytes(ADA_AND_BEN)
    files = open_folder(tmp_path, by_email("mails", "*.jsonl"))
    passed = []

    def deadly(module, name):
        real = getattr(module, name)

        def called(*given):
            if len(passed) == boundary:
                os.kill(os.getpid(), signal.SIGKILL)
            passed.append(name)
            return real(*given)

        monkeypatch.setattr(module, name, called)

    child = os.fork()
    if child == 0:
        for name in ("_durable", "_sync"):
            deadly(commit_module, name)
        deadly(Commit, "_make")
        list(execution(files))
        os._exit(0)
    os.waitpid(child, 0)
    token = f"{1:024d}"

    settled = files.settle(token)
    whole = contents(tmp_path) == {"a.jsonl": BEN, "b.jsonl": BEN}
    assert whole is (settled is Settled.COMMITTED)
    erase(files)
    assert contents(tmp_path) == {"a.jsonl": BEN, "b.jsonl": BEN}
    assert files.settle("b" * 20) is Settled.UNKNOWN
