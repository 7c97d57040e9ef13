"""Files in the undo window, killed at any boundary: one that is gone has a copy, and comes back."""

import shutil
import signal

import pytest

from tests.kill.company import ADA, Company
from tests.kill.test_kill_command import ERASE, Companies, a_company, chosen
from tests.kill.test_kill_undo import END, UNDO, kept, with_window

pytestmark = pytest.mark.kill
__all__ = ["a_company"]

LETTERS = """\
system: letters
kind: files
connect: ${LETTERS}
tables:
  list:
    path: list.csv
    belongs_to: {email: {identity: email, normalise: email}}
    fields: {email: {category: email-address, purposes: [service], provided: true}}
    on_erase: delete
  homes:
    path: "homes/{email}"
    format: folder
    belongs_to: {email: {identity: email, normalise: email}}
    fields: {email: {category: email-address, purposes: [service]}}
    on_erase: delete
"""
FILES = {
    "pictures/192.0.2.7": b"her face",
    "pictures/192.0.2.8": b"his face",
    "pictures/192.0.2.9": bytes(range(256)) * 1000,
    "letters/list.csv": f"email,n\nbob@example.com,1\n{ADA},2\nx@example.org,3\n".encode(),
    f"letters/homes/{ADA}/a/letter.txt": b"Dear Ada",
    "letters/homes/bob@example.com/letter.txt": b"Dear Bob",
}


def begin(a_company: Companies, forum: str) -> Company:
    """The company with a folder of letters; sessions of its forum name files."""
    at_work = with_window(a_company, forum)
    systems = at_work.folder / "privacy" / "systems"
    (systems / "letters.yaml").write_text(
        LETTERS.replace("${LETTERS}", str(at_work.folder / "files" / "letters"))
    )
    yaml = (systems / "forum.yaml").read_text()
    if "pictures" not in yaml:
        named = f"  sessions:\n    files: {{address: {{root: {at_work.folder / 'files' / 'pictures'}}}}}\n"
        (systems / "forum.yaml").write_text(yaml.replace("  sessions:\n", named))
    return at_work


def fill(at_work: Company) -> None:
    """The files as they were."""
    shutil.rmtree(at_work.folder / "files", ignore_errors=True)
    for name, content in FILES.items():
        path = at_work.folder / "files" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def files(at_work: Company, *, own: bool = False) -> dict[str, bytes]:
    """What stands there now; with `own`, what of ours was left behind."""
    below = at_work.folder / "files"
    return {
        path.relative_to(below).as_posix(): path.read_bytes()
        for path in sorted(below.rglob("*"))
        if path.is_file()
        and (".upheld" in path.as_posix()) is own
        and not path.name.endswith((".lock", ".committed"))
    }


@pytest.mark.parametrize("forum", ["sqlite", "postgresql", "mariadb"])
def test_scenario_55_no_file_is_lost_whenever_an_erasure_or_its_undo_is_killed(
    forum: str, a_company: Companies, request: pytest.FixtureRequest
) -> None:
    """Scenarios 38, 49 and 69."""
    at_work, every = begin(a_company, forum), request.config.getoption("--all-boundaries")
    at_work.reset()
    fill(at_work)
    rows = at_work.rows()
    assert at_work.run(ERASE) == 0, at_work.said
    names = at_work.names
    assert sorted(files(at_work)) == [
        "letters/homes/bob@example.com/letter.txt",
        "letters/list.csv",
        "pictures/192.0.2.8",
    ]
    at_work.keep("gone")
    shutil.rmtree(at_work.folder / "files.gone", ignore_errors=True)
    shutil.copytree(at_work.folder / "files", at_work.folder / "files.gone")
    sealed = b"".join(path.read_bytes() for path in (at_work.data / "kept").rglob("*") if path.is_file())
    assert b"her face" not in sealed

    for at in near(names, every=every):
        at_work.reset()
        fill(at_work)
        assert at_work.run(ERASE, at=at) == -signal.SIGKILL, names[at]
        at_work.run(UNDO)
        at_work.run(["resume"])
        if files(at_work) != FILES:  # it was approved, and nothing was undone yet
            assert at_work.run(UNDO) == 0, (names[at], at_work.said)
        assert (at, names[at], files(at_work), at_work.rows()) == (at, names[at], FILES, rows)

    at_work.reset("gone")
    assert at_work.run(UNDO) == 0, at_work.said
    assert (files(at_work), at_work.rows(), kept(at_work)) == (FILES, rows, [])
    names = at_work.names
    for at in near(names, every=every):
        at_work.reset("gone")
        shutil.rmtree(at_work.folder / "files")
        shutil.copytree(at_work.folder / "files.gone", at_work.folder / "files")
        assert at_work.run(UNDO, at=at) == -signal.SIGKILL, names[at]
        states = [state for (state,) in at_work.records("SELECT state FROM store_request")]
        assert states == ["REVOKED"] or at_work.run(UNDO) == 0, (names[at], at_work.said)

        assert (at, names[at], files(at_work), files(at_work, own=True)) == (at, names[at], FILES, {})
        assert at_work.rows() == rows
        assert at_work.run(["purge"], now=END) == 0, at_work.said
        assert [path for path in (at_work.data / "kept").rglob("*") if path.is_file()] == []


def near(names: list[str], *, every: bool) -> list[int]:
    """Around each commit of a system, and wherever a file is about to go or to come."""
    touched = [at for at, name in enumerate(names) if name.startswith("file: before os")]
    return sorted({*chosen(names, 2, every=every), *touched[:12]})
