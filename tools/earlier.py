"""A folder of an earlier release, with running cases in it, for the test that brings one up to this release.

    python -m tools.earlier COMMIT FILE.tar.xz            cases that commands open
    python -m tools.earlier COMMIT FILE.tar.xz --server   the server's too, in every state (earlier_cases.py)

The code of the commit runs on the packages of this checkout. Packed are privacy folder, records, key
store, and the system that it was about, all of invented people.
"""

import io
import os
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from tools.findings import ROOT

SHOP = """\
system: shop
title: Shop
connect: ${SHOP_DATABASE_URL}
undo: 20d
tables:
  users:
    person: id
    identities: {email: email}
    on_erase: delete
  orders:
    belongs_to: {user_id: users.id}
    on_erase: delete
"""
ROWS = """
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL);
CREATE UNIQUE INDEX users_email ON users(email);
CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users(id), what TEXT);
CREATE INDEX orders_user ON orders(user_id);
INSERT INTO users VALUES (7, 'ada@example.org'), (8, 'bob@example.com'), (9, 'cleo@example.net');
INSERT INTO orders VALUES (1, 7, 'ink'), (2, 8, 'paper'), (3, 9, 'wax');
"""
COMMANDS = (
    # Ada's erasure waits for the letters, and can be undone; Bob's copy is written; nobody finds Dora.
    ("erase", "--identity", "email=ada@example.org", "--yes"),
    ("access", "--identity", "email=bob@example.com"),
    ("erase", "--identity", "email=dora@example.org", "--yes"),
    ("ledger", "export", "--out", "ledger.jsonl"),
)


def main(arguments: list[str]) -> int:
    """Make the file."""
    if len(arguments) not in (2, 3) or arguments[2:] not in ([], ["--server"]):
        print(__doc__)
        return 2
    commit, target, *server = arguments
    with tempfile.TemporaryDirectory() as folder:
        code, place = Path(folder, "code"), Path(folder, "place")
        place.mkdir()
        packed = subprocess.run(
            ["git", "archive", commit, "src"], cwd=ROOT, capture_output=True, check=True
        ).stdout
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            archive.extractall(code, filter="data")
        _fill(code / "src", place, server=bool(server))
        with tarfile.open(target, "w:xz", preset=9) as out:
            out.add(place, arcname=".", filter=_plain)
    print(f"{target}: {Path(target).stat().st_size:,} bytes")
    return 0


def _fill(source: Path, place: Path, *, server: bool) -> None:
    shop = place / "shop.sqlite"
    with sqlite3.connect(shop) as connection:
        connection.executescript(ROWS)
        if server:
            connection.executemany(
                "INSERT INTO users VALUES (?, ?)", [(n, f"person{n}@example.org") for n in range(10, 21)]
            )
    connection.close()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("UPHELD_", "DJANGO_"))}
    environment = {**kept, "PYTHONPATH": str(source), "SHOP_DATABASE_URL": f"sqlite:///{shop}"}

    def upheld(*command: str) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "upheld.cli.main", *command],
            cwd=place,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        print("$ upheld", *command)
        print(done.stdout, done.stderr)

    upheld("init")
    (place / "privacy" / "systems" / "shop.yaml").write_text(SHOP)
    for command in COMMANDS:
        upheld(*command)
    if server:
        own = {"DJANGO_SETTINGS_MODULE": "upheld.project.site", "UPHELD_DATA": str(place / "upheld-data")}
        own |= {"UPHELD_DIR": str(place / "privacy")}
        child = [sys.executable, str(ROOT / "tools" / "earlier_cases.py")]
        subprocess.run(child, cwd=place, env=environment | own, check=True)
    for name in ("upheld.log", "errors"):
        (place / "upheld-data" / name).unlink(missing_ok=True)


def _plain(info: tarfile.TarInfo) -> tarfile.TarInfo:
    info.uid = info.gid = 0
    info.uname = info.gname = ""
    return info


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
