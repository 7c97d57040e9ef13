"""`upheld map import-fides` as people start it: what is written where, and what it says when it will not."""

import json
from pathlib import Path

from tests.cli.program import run

TWO = """\
dataset:
  - fides_key: crm
    collections:
      - name: contact
        fields: [{name: mail, fides_meta: {identity: email}, data_uses: [service]}]
  - fides_key: shop
    collections:
      - name: buyer
        fields: [{name: mail, fides_meta: {identity: email}}]
"""


def test_each_dataset_becomes_a_file_of_the_privacy_folder_with_the_purposes_it_knows(tmp_path: Path) -> None:
    run(tmp_path, "init", check=True)
    (tmp_path / "two.yml").write_text(TWO)

    done = run(tmp_path, "map", "import-fides", "two.yml", "--json")

    assert (done.returncode, done.stderr) == (0, "")
    said = json.loads(done.stdout)
    assert said["systems"] == [
        {"system": "crm", "file": "privacy/systems/crm.yaml", "tables": 1},
        {"system": "shop", "file": "privacy/systems/shop.yaml", "tables": 1},
    ]
    assert said["notes"][0] == {
        "file": "two.yml",
        "line": 2,
        "column": 5,
        "key": "crm",
        "code": "connection",
        "what": "Where the database is stands elsewhere in Fides.",
        "cure": "Put its address into the environment as CRM_DATABASE_URL, with an account of its own.",
    }
    assert "purpose" not in {each["code"] for each in said["notes"]}
    assert run(tmp_path, "map", "check", "--offline").returncode == 0


def test_nothing_is_written_where_one_of_the_files_exists(tmp_path: Path) -> None:
    (tmp_path / "two.yml").write_text(TWO)
    (tmp_path / "maps").mkdir()
    (tmp_path / "maps" / "shop.yaml").write_text("mine\n")

    done = run(tmp_path, "map", "import-fides", "two.yml", "--out", "maps")

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "maps/shop.yaml would be overwritten; nothing was written.\n"
        "Move it away, or name another place with --out.\n"
    )
    assert {path.name: path.read_text() for path in (tmp_path / "maps").iterdir()} == {"shop.yaml": "mine\n"}


def test_one_file_takes_one_system(tmp_path: Path) -> None:
    (tmp_path / "two.yml").write_text(TWO)

    apart = run(tmp_path, "map", "import-fides", "two.yml", "--out", "one.yaml")
    together = run(tmp_path, "map", "import-fides", "two.yml", "--out", "one.yaml", "--system", "office")

    assert apart.returncode == 2
    assert apart.stderr == (
        "The file holds 2 datasets, and --out names one file.\nGive a folder, or put them into one system: "
        "--system NAME.\n"
    )
    assert together.returncode == 0
    assert (tmp_path / "one.yaml").read_text().splitlines()[1] == "system: office"


def test_a_file_that_is_none_of_fides_is_refused_for_people_and_for_programs(tmp_path: Path) -> None:
    (tmp_path / "bad.yml").write_text('dataset: []\n"\\e[2J": 1\n"\\e[2J": 2\n')

    people = run(tmp_path, "map", "import-fides", "bad.yml", "--out", "maps")
    programs = run(tmp_path, "map", "import-fides", "bad.yml", "--out", "maps", "--json")

    assert (people.returncode, people.stdout, programs.returncode) == (1, "", 1)
    assert people.stderr == (
        "bad.yml:3:1: `\ufffd[2J` stands here twice, first in line 2. Join the two, or rename one.\n"
        "1 error; nothing was written.\n"
    )
    assert [each["code"] for each in json.loads(programs.stdout)["errors"]] == ["duplicate-key"]
    assert not (tmp_path / "maps").exists()


def test_what_cannot_be_read_or_placed_is_said_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "two.yml").write_text(TWO)

    missing = run(tmp_path, "map", "import-fides", "none.yml", "--out", "maps")
    homeless = run(tmp_path, "map", "import-fides", "two.yml")
    nameless = run(tmp_path, "map", "import-fides", "two.yml", "--system", "a\nb", "--out", "maps")

    assert (missing.returncode, missing.stderr) == (
        2,
        "none.yml cannot be read: No such file or directory.\nName a YAML file with `dataset:` documents.\n",
    )
    assert (homeless.returncode, homeless.stderr) == (
        2,
        "There is no privacy folder privacy.\nMake one: `upheld init`, or say --out DIR or --out FILE.\n",
    )
    assert (nameless.returncode, nameless.stderr) == (
        2,
        "--system names no system.\nGive a name of letters and digits, such as shop.\n",
    )


def test_a_system_cannot_be_written_outside_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "one.yml").write_text("dataset: [{fides_key: ../../evil, collections: []}]\n")

    done = run(tmp_path, "map", "import-fides", "one.yml", "--out", "maps")

    assert done.returncode == 0
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.yaml")) == [
        "maps/-..-evil.yaml"
    ]
