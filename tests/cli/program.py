"""The program as people start it: a process each time, a privacy folder, a shop on SQLite."""

import atexit
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from tests.store.plugin import stored

ADA = "ada.quillfeather@example.org"
SHOP = """\
system: shop
title: Shop
connect: ${SHOP_DATABASE_URL}
tables:
  users:
    person: id
    identities: {email: {column: email, normalise: email}}
    fields:
      email: {category: email-address, purposes: [service], provided: true}
    on_erase: delete
  orders:
    belongs_to: {user_id: users.id}
    on_erase: delete
"""
ROOT = Path(__file__).parents[2]
Done = subprocess.CompletedProcess[str]


class Shop:
    """A folder with a privacy folder and one real system."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = folder / "shop.sqlite"
        run(folder, "init", check=True)
        (folder / "privacy" / "systems" / "letters.yaml").unlink()
        (folder / "privacy" / "systems" / "shop.yaml").write_text(SHOP)
        self.execute(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT)",
            "CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users(id), what TEXT)",
            "CREATE INDEX orders_user ON orders(user_id)",
            f"INSERT INTO users VALUES (7, '{ADA}'), (8, 'bob@example.com')",
            "INSERT INTO orders VALUES (1, 7, 'ink'), (2, 7, 'quills'), (3, 8, 'paper')",
        )

    @property
    def url(self) -> str:
        return f"sqlite:///{self.database}"

    def upheld(self, *arguments: str, **more: str) -> Done:
        return run(self.folder, *arguments, SHOP_DATABASE_URL=self.url, **more)

    def fresh(self, *arguments: str) -> Done:
        """The same in a process in which nothing is imported yet."""
        return fresh(self.folder, *arguments, SHOP_DATABASE_URL=self.url)

    def execute(self, *statements: str) -> None:
        connection = sqlite3.connect(self.database)
        for statement in statements:
            connection.execute(statement)
        connection.commit()
        connection.close()

    def users(self) -> list[str]:
        connection = sqlite3.connect(self.database)
        try:
            return [row[0] for row in connection.execute("SELECT email FROM users ORDER BY id")]
        finally:
            connection.close()

    def dump(self) -> list[str]:
        connection = sqlite3.connect(self.database)
        try:
            return list(connection.iterdump())
        finally:
            connection.close()


def environment(folder: Path | None = None, arguments: tuple[str, ...] = (), **more: str) -> dict[str, str]:
    """Ours without what says where things are, and where `--store` wants the records of a command in `folder`: for each
    data folder that a command names another place."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("UPHELD_", "DJANGO_"))}
    if folder is None:
        return kept | more
    data = arguments[arguments.index("--data") + 1] if "--data" in arguments else "upheld-data"
    return kept | stored(folder / data, bare=arguments[:1] == ("restore",)) | more


def fresh(folder: Path, *arguments: str, **more: str) -> Done:
    """`upheld …`, begun from nothing."""
    return subprocess.run(
        [sys.executable, "-m", "upheld.cli.main", *arguments],
        cwd=folder,
        env=environment(folder, arguments, **more),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def run(folder: Path, *arguments: str, check: bool = False, **more: str) -> Done:
    """`upheld …` in a process of its own, forked from a warm one."""
    with tempfile.NamedTemporaryFile("r") as out, tempfile.NamedTemporaryFile("r") as err:
        order = {
            "folder": str(folder),
            "environment": environment(folder, arguments, **more),
            "arguments": arguments,
            "out": out.name,
            "err": err.name,
        }
        warm = _warm()
        assert warm.stdin
        assert warm.stdout
        warm.stdin.write(json.dumps(order) + "\n")
        warm.stdin.flush()
        done = subprocess.CompletedProcess(
            ["upheld", *arguments], int(warm.stdout.readline()), out.read(), err.read()
        )
    if check:
        done.check_returncode()
    return done


@cache
def _warm() -> subprocess.Popen[str]:
    """One a test process: it takes seconds to begin."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.cli.warm"],
        cwd=ROOT,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    atexit.register(_end, process)
    return process


def _end(process: subprocess.Popen[str]) -> None:
    assert process.stdin
    assert process.stdout
    process.stdin.close()
    process.stdout.close()
    process.wait(60)
