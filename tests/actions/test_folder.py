"""The privacy folder is written whole, and never over what somebody changed meanwhile."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from upheld.actions import folder
from upheld.actions.folder import Changed, Difference, NoMap
from upheld.cli.beginning import begin
from upheld.rights.outcome import Misconfigured

MAP = "upheld.yaml"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    begin(tmp_path / "privacy", "Larkspur", "desk@larkspur.example", serving=True)
    return tmp_path / "privacy"


def everything(home: Path) -> dict[str, bytes]:
    return {str(each.relative_to(home)): each.read_bytes() for each in home.rglob("*") if each.is_file()}


def test_a_file_that_was_changed_since_is_not_written_over_and_both_are_given(home: Path) -> None:
    seen = folder.state(home, [MAP])
    theirs = (home / MAP).read_text() + "# a colleague's note\n"
    (home / MAP).write_text(theirs)
    before = everything(home)

    with pytest.raises(Changed) as refused:
        folder.write(home, {MAP: b"ours\n"}, seen=seen)

    assert refused.value.differences == (Difference(MAP, theirs, "ours\n"),)
    assert everything(home) == before


def test_a_file_that_appeared_meanwhile_counts_as_changed(home: Path) -> None:
    with pytest.raises(Changed):
        folder.write(home, {"systems/letters.yaml": b"x"}, seen=folder.nothing(["systems/letters.yaml"]))


def test_what_would_be_no_map_is_not_written_not_even_the_good_file_beside_it(home: Path) -> None:
    before = everything(home)
    files = {
        MAP: (home / MAP).read_bytes() + b"# good\n",
        "systems/new.yaml": b"system: new\nkind: manual\n",
    }

    with pytest.raises(NoMap) as refused:
        folder.write(home, files, seen=folder.state(home, files))

    assert "systems/new.yaml:2:1: A system of kind `manual` needs `owner`." in refused.value.remedy
    assert everything(home) == before


def test_a_disk_that_refuses_leaves_every_file_as_it_was_and_no_crumbs(home: Path) -> None:
    (home / "policy").write_text("a file where a folder should be")
    before = everything(home)
    files = {MAP: (home / MAP).read_bytes() + b"# good\n", "policy/privacy.md": b"# Privacy\n"}

    with pytest.raises(Misconfigured, match=r"policy/privacy\.md cannot be read|cannot be written"):
        folder.write(home, files, seen=folder.nothing([]), names=[])

    assert everything(home) == before


def test_what_is_written_keeps_the_rights_of_the_file_before_it(home: Path) -> None:
    (home / MAP).chmod(0o640)
    wanted = (home / MAP).read_bytes() + b"# good\n"

    folder.write(home, {MAP: wanted}, seen=folder.state(home, [MAP]))

    assert ((home / MAP).read_bytes(), (home / MAP).stat().st_mode & 0o777) == (wanted, 0o640)


def test_nothing_outside_the_folder_is_shown(home: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text("system: secret\n")
    (tmp_path / "secret.md").write_text("secret\n")
    (home / "policy").mkdir()
    (home / "policy" / "privacy.md").write_text("# Privacy\n")
    (home / "policy" / "led-out.md").symlink_to(tmp_path / "secret.md")
    (home / "systems" / "led-out.yaml").symlink_to(tmp_path / "secret.yaml")
    (home / ".git").mkdir()
    (home / ".git" / "config").write_text("token\n")

    shown = [name for name, _ in folder.every(home)]

    assert shown == [
        "upheld.yaml",
        "purposes.yaml",
        "systems/letters.yaml",
        "systems/upheld.yaml",
        "policy/privacy.md",
    ]


CHILD = """\
import os, sys
from pathlib import Path
from upheld.actions import folder
from upheld.datamap.read import read
from upheld.rights.outcome import Misconfigured
home = Path(sys.argv[1])
read(home)  # so that nothing is imported by somebody who may not read our packages
os.setuid(65534)
print(folder.writable(home))
try:
    folder.write(home, {"purposes.yaml": b"purposes: {}"}, seen=folder.state(home, ["purposes.yaml"]))
except (Misconfigured, folder.NoMap) as error:
    print(error.what)
try:
    wanted = (home / "upheld.yaml").read_bytes() + b"# good"
    folder.write(home, {"upheld.yaml": wanted}, seen=folder.state(home, ["upheld.yaml"]))
except Misconfigured as error:
    print(error.what.replace(str(home), "HOME"))
"""


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
def test_a_folder_that_is_read_only_is_known_as_that_and_refused_in_words() -> None:
    with tempfile.TemporaryDirectory() as place:
        home = Path(place) / "privacy"
        begin(home, "Larkspur", "desk@larkspur.example", serving=True)
        Path(place).chmod(0o755)
        before = everything(home)
        said = subprocess.run(
            [sys.executable, "-c", CHILD, str(home)], capture_output=True, text=True, check=False
        )

        assert (said.stdout.splitlines(), said.stderr) == (
            [
                "False",
                "The folder would not be a valid data map with this, so nothing was written.",
                "The privacy folder HOME cannot be written: Permission denied.",
            ],
            "",
        )
        assert everything(home) == before
