"""Records of a server with cases in every state, as tools/earlier.py packed them, are brought up and go on."""

import json
import os
import sqlite3
import subprocess
import sys
import tarfile
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.moved import move
from tests.cli.program import Done, run
from tests.servers.database import Database
from tests.servers.plugin import NewDatabase
from tests.servers.postgresql import DEBIAN

STATES = Path(__file__).parent / "data" / "states"
READ = """
import json
import django
django.setup()
from upheld.actions import arrivals, copies, intake, thread
from upheld.store.models import Arrival, Case, Communication, Note, Package, Request
from upheld.web.means import means
able = means(by="a test")
states = Request.objects.values_list("right", "state")
noted = Case.objects.filter(pk__in=Note.objects.values("case"))
mails = Communication.objects.filter(channel="EMAIL")
written = Package.objects.filter(removed_at=None)
print(json.dumps({
    "states": sorted(f"{right} {state}" for right, state in states),
    "addresses": sorted(arrivals.opened(means=able, arrival=each).address for each in Arrival.objects.all()),
    "notes": [each.words for case in noted for each in thread.written(means=able, case=case)],
    "received": [intake.opened(means=able, communication=each).text.splitlines()[-1] for each in mails],
    "copies": [copies.read(means=able, package=each).read(2).decode() for each in written],
}))
"""
STOOD = [
    *["ACCESS FULFILLED", "ACCESS OPEN", "ACCESS OPEN", "ACCESS OPEN", "ERASURE DENIED"],
    *["ERASURE IN_PROGRESS"] * 4,
    *["ERASURE OPEN", "ERASURE REVOKED", "RESTRICTION IN_PROGRESS"],
]


class Server:
    """A folder as a server of then left it."""

    def __init__(self, name: str, folder: Path, records: Database | None) -> None:
        self.folder = folder
        with tarfile.open(STATES / f"{name}.tar.xz") as archive:
            archive.extractall(folder, filter="data")
        with closing(sqlite3.connect(folder / "upheld-data" / "upheld.sqlite3")) as kept, kept:
            kept.execute(
                "UPDATE store_package SET expires_at = '2999-01-01 00:00:00'"
            )  # of the day it was packed
        self.given = {"SHOP_DATABASE_URL": f"sqlite:///{folder / 'shop.sqlite'}"}
        if records is not None:
            move(folder / "upheld-data", records)
            self.given |= {"UPHELD_DATABASE_URL": records.url, "PATH": f"{DEBIAN}:{os.environ['PATH']}"}

    def upheld(self, *arguments: str) -> Done:
        return run(self.folder, *arguments, **self.given)

    def read(self) -> dict[str, list[str]]:
        """What the program of now reads in it."""
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("UPHELD_", "DJANGO_"))
        }
        own = {
            "DJANGO_SETTINGS_MODULE": "upheld.project.site",
            "UPHELD_DATA": str(self.folder / "upheld-data"),
            "UPHELD_DIR": str(self.folder / "privacy"),
        }
        done = subprocess.run(
            [sys.executable, "-c", READ],
            env=kept | own | self.given,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        found: dict[str, list[str]] = json.loads(done.stdout)
        return found

    def entries(self, file: str) -> list[str]:
        assert self.upheld("ledger", "export", "--out", file).returncode == 0
        assert self.upheld("ledger", "verify", file).returncode == 0
        return [line for line in (self.folder / file).read_text().splitlines() if line.startswith('{"entry"')]


def test_what_is_kept_of_each_release_is_small() -> None:
    assert {each.name for each in STATES.iterdir()} >= {"today.tar.xz", "at-0037.tar.xz"}
    assert sum(each.stat().st_size for each in STATES.iterdir()) < 200_000


@pytest.mark.parametrize("kind", [pytest.param("sqlite", marks=pytest.mark.store("sqlite")), "postgresql"])
@pytest.mark.parametrize(
    "name", sorted(each.name.removesuffix(".tar.xz") for each in STATES.glob("*.tar.xz"))
)
def test_cases_in_every_state_are_read_and_go_on_after_an_upgrade(
    name: str, kind: str, new_database: NewDatabase, tmp_path: Path
) -> None:
    server = Server(name, tmp_path, None if kind == "sqlite" else new_database(kind))
    before = [
        line for line in (tmp_path / "ledger.jsonl").read_text().splitlines() if line.startswith('{"entry"')
    ]

    done = server.upheld("migrate", "--to", "b/records", "--keys-to", "b/keys", "--yes")
    assert done.returncode == 0, done.stdout + done.stderr

    found = server.read()
    assert found["states"] == STOOD
    assert found["addresses"] == [f"person{number}@example.org" for number in range(11, 21)]
    assert (found["notes"], found["received"]) == (["She rang twice."], ["Please delete all you hold."])
    assert found["copies"] == ["PK"], "though the folder stands elsewhere now"
    server.upheld("resume")
    for each in json.loads(server.upheld("status", "--json").stdout)["tasks"]:
        answered = server.upheld(
            *("answer", each["system"], "--case", each["case"], "--words", "shredded", "--removed", "1")
        )
        assert "Traceback" not in answered.stderr
    server.upheld("resume")
    after = server.read()["states"]
    assert (after.count("ERASURE OPEN"), after.count("ERASURE DENIED"), after.count("ERASURE REVOKED")) == (
        1,
        1,
        1,
    )
    assert after.count("RESTRICTION FULFILLED") == 1
    assert server.entries("after.jsonl")[: len(before)] == before
