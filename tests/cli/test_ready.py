"""Maps that come with the program: listed, printed, and a system file as they are."""

import json
from pathlib import Path

import pytest

from tests.cli.program import run
from upheld.datamap import ready

FILES = {file.stem: file.read_text() for file in Path(ready.__file__).parent.glob("*.yaml")}


def test_the_maps_that_are_ready_are_listed_with_what_they_are_of(tmp_path: Path) -> None:
    said = run(tmp_path, "map", "ready").stdout.splitlines()

    assert [line.split()[0] for line in said] == sorted(FILES)
    assert "indico  Indico 3.2 (conferences, meetings, room booking): every table of its own schema" in said
    assert "upheld  Upheld's own records" in said
    assert list(json.loads(run(tmp_path, "map", "ready", "--json").stdout)["ready"]) == sorted(FILES)


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_ready_map_is_printed_as_it_is_and_stands_in_a_new_folder(name: str, tmp_path: Path) -> None:
    run(tmp_path, "init", check=True)

    said = run(tmp_path, "map", "ready", name)

    assert (said.returncode, said.stdout) == (0, FILES[name])
    (tmp_path / "privacy" / "systems" / f"{name}.yaml").write_text(said.stdout)
    checked = run(tmp_path, "map", "check", "--offline")
    assert "2 systems" in checked.stdout, checked.stdout + checked.stderr
