"""Records of earlier releases are brought up to this one, with the cases that run in them (tools/earlier.py)."""

import json
import os
import sqlite3
import tarfile
from pathlib import Path

import pytest

from tests.cli.moved import move
from tests.cli.program import Done, run
from tests.servers.database import Database
from tests.servers.plugin import NewDatabase
from tests.servers.postgresql import DEBIAN

pytestmark = pytest.mark.store("sqlite")  # records of earlier releases are files

DATA = Path(__file__).parent / "data"
EARLIER = sorted(each.name.removesuffix(".tar.xz") for each in DATA.glob("*.tar.xz"))
RECORDS = Path("upheld-data", "upheld.sqlite3")


class Earlier:
    """A folder as an earlier release left it."""

    def __init__(self, name: str, folder: Path) -> None:
        self.folder = folder
        with tarfile.open(DATA / f"{name}.tar.xz") as archive:
            archive.extractall(folder, filter="data")
        self.given = {"SHOP_DATABASE_URL": f"sqlite:///{self.folder / 'shop.sqlite'}"}

    def move(self, to: Database) -> None:
        """Its records stand there from now on."""
        move(self.folder / "upheld-data", to)
        self.given |= {"UPHELD_DATABASE_URL": to.url, "PATH": f"{DEBIAN}:{os.environ['PATH']}"}

    def upheld(self, *arguments: str) -> Done:
        return run(self.folder, *arguments, **self.given)

    def dump(self) -> list[str]:
        connection = sqlite3.connect(self.folder / RECORDS)
        try:
            return list(connection.iterdump())
        finally:
            connection.close()

    def entries(self, file: str) -> list[str]:
        lines = (self.folder / file).read_text().splitlines()
        return [line for line in lines if line.startswith('{"entry"')]


@pytest.fixture(params=EARLIER)
def earlier(request: pytest.FixtureRequest, tmp_path: Path) -> Earlier:
    return Earlier(request.param, tmp_path)


def migrated(earlier: Earlier) -> Done:
    done = earlier.upheld("migrate", "--to", "b/records", "--keys-to", "b/keys", "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def test_there_are_two_earlier_releases_and_both_are_small() -> None:
    assert EARLIER == ["before-the-server", "with-the-server"]
    assert sum(each.stat().st_size for each in DATA.glob("*.tar.xz")) < 200_000


def test_no_command_changes_records_of_an_earlier_release_but_the_one_that_says_so(earlier: Earlier) -> None:
    before = earlier.dump()

    for command in (
        ["status"],
        ["resume"],
        ["purge"],
        ["erase", "--identity", "email=cleo@example.net", "--yes"],
    ):
        refused = earlier.upheld(*command)
        assert (refused.returncode, "run `upheld migrate`" in refused.stderr) == (1, True)
    said = earlier.upheld("migrate", "--dry-run")
    nowhere = earlier.upheld("migrate", "--yes")
    unasked = earlier.upheld("migrate", "--no-backup")

    assert said.stdout.splitlines()[-1] == "Nothing was done."
    assert "  store.0022_dispatch" in said.stdout.splitlines()
    assert (nowhere.returncode, "nobody said where" in nowhere.stderr) == (2, True)
    assert unasked.returncode == 1
    assert earlier.dump() == before


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_cases_that_ran_go_on_and_the_ledger_is_the_same_one(
    kind: str, earlier: Earlier, new_database: NewDatabase
) -> None:
    """What was sealed opens, what waits can be answered, and what was signed stays as it was."""
    if kind == "postgresql":
        earlier.move(new_database(kind))
    migrated(earlier)

    status = json.loads(earlier.upheld("status", "--json").stdout)
    waiting = [each["case"] for each in status["tasks"]]
    assert [each["system"] for each in status["tasks"]] == ["letters", "letters"]
    for case in waiting:
        done = earlier.upheld("answer", "letters", "--case", case, "--words", "shredded", "--removed", "1")
        assert "letters: done" in done.stdout, done.stdout + done.stderr
    assert earlier.upheld("resume").returncode in (0, 1)
    copied = earlier.upheld("access", "--identity", "email=bob@example.com", "--yes", "--out", "bob.zip.age")
    assert "Traceback" not in copied.stderr
    assert earlier.upheld("ledger", "export", "--out", "after.jsonl").returncode == 0
    assert earlier.upheld("ledger", "verify", "after.jsonl").returncode == 0
    before, after = earlier.entries("ledger.jsonl"), earlier.entries("after.jsonl")
    assert before
    assert after[: len(before)] == before
    assert earlier.upheld("migrate").stdout.endswith("Nothing was done.\n")


def test_the_backup_that_was_made_first_can_be_restored(earlier: Earlier) -> None:
    migrated(earlier)
    (file,) = (earlier.folder / "b" / "records").iterdir()
    rest = [str(file), "--keys", "upheld-data/keys", "--data", "new"]

    refused = earlier.upheld("restore", *rest)
    done = earlier.upheld("restore", *rest, "--migrate")

    assert (refused.returncode, "made by an earlier release" in refused.stderr) == (1, True)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(json.loads(earlier.upheld("status", "--data", "new", "--json").stdout)["tasks"]) == 2


def test_records_of_a_newer_release_are_left_alone(earlier: Earlier) -> None:
    migrated(earlier)
    backed = earlier.upheld("backup", "--to", "c", "--json")
    connection = sqlite3.connect(earlier.folder / RECORDS)
    connection.execute(
        "INSERT INTO django_migrations (app, name, applied) VALUES ('store', '9999_future', '2031-01-01')"
    )
    connection.commit()
    connection.close()
    before = earlier.dump()

    for command in (["status"], ["migrate", "--yes", "--no-backup"], ["backup", "--to", "c"]):
        refused = earlier.upheld(*command)
        assert (refused.returncode, "of a newer release" in refused.stderr) == (1, True)

    assert backed.returncode == 0
    assert earlier.dump() == before


def test_a_backup_of_a_newer_release_is_refused(tmp_path: Path) -> None:
    """A release of later, which has one step more, made it."""
    earlier = Earlier(EARLIER[-1], tmp_path)
    connection = sqlite3.connect(tmp_path / RECORDS)
    connection.execute(
        "INSERT INTO django_migrations (app, name, applied) VALUES ('store', '9999_future', '2031-01-01')"
    )
    connection.commit()
    connection.close()
    file = _backed_up_by_a_later_release(tmp_path)

    refused = earlier.upheld("restore", str(file), "--keys", "upheld-data/keys", "--data", "new")

    assert (refused.returncode, "made by a newer release" in refused.stderr) == (1, True)
    assert not (tmp_path / "new").exists()


def _backed_up_by_a_later_release(folder: Path) -> Path:
    """Written by the format's own writer, for no program of this release makes one."""
    from upheld.ledger.keys import Ed25519Signer
    from upheld.store.bundle import RECORDS as KIND
    from upheld.store.bundle import Manifest, writing
    from upheld.store.keys import KeyStore

    connection = sqlite3.connect(folder / RECORDS)
    (signed,) = connection.execute("SELECT signed FROM store_checkpoint ORDER BY size DESC").fetchone()
    steps = tuple(
        f"{app}.{name}" for app, name in connection.execute("SELECT app, name FROM django_migrations")
    )
    connection.close()
    signer = Ed25519Signer(
        signed.partition("\n")[0], KeyStore(folder / "upheld-data" / "keys").signing_seed()
    )
    with writing(folder / "later.tar") as file:
        file.add("upheld.sqlite3", folder / RECORDS)
        file.finish(
            lambda size, members: Manifest(
                KIND,
                "2031-01-01T00:00:00+00:00",
                str(folder),
                "9.0",
                signer.verifier().vkey,
                signed,
                "sqlite",
                steps,
                size,
                members,
            ),
            signer,
        )
    return folder / "later.tar"
