"""Two systems, their map, Upheld's own records, and a warm process that runs commands on them; all of it can be put
back to the beginning, quickly."""

import io
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from tests.servers.database import Database
from tests.servers.plugin import new_server_database
from tests.store.plugin import asked_for
from upheld.ledger.__main__ import main as verify
from upheld.ledger.types import REGISTRY

ROOT = Path(__file__).parents[2]
ADA = "ada.quillfeather@example.org"
NOW = "2026-11-22T12:00:00+00:00"
ORGANISATION = """\
organisation:
  name: Example Foundation
  contact: privacy@example.org
  regimes: [gdpr]
"""
PURPOSES = (
    "purposes:\n  service: {title: Running it, basis: contract, retention: as long as the account exists}\n"
)
FORUM = """\
system: forum
title: Forum
connect: ${FORUM_URL}
tables:
  users:
    person: id
    identities: {email: {column: email, normalise: email}, username: username}
    fields:
      email: {category: email-address, purposes: [service], provided: true}
      username: {category: username, purposes: [service], provided: true}
      name: {category: name, purposes: [service], provided: true}
    on_erase:
      anonymise: {email: {unique: "removed-{random}@example.invalid"}, username: {unique: "gone-{random}"}, name: gone}
  posts:
    belongs_to: {author_id: users.id}
    fields: {body: {category: contributions, purposes: [service], provided: true}}
    accept: [{finding: link.optional, reason: freed by an erasure}]
    on_erase: {anonymise: {author_id: null, body: "[removed]"}}
  messages:
    belongs_to: {sender_id: users.id, recipient_id: users.id}
    fields: {body: {category: contributions, purposes: [service], provided: true}}
    accept: [{finding: link.optional, reason: freed by an erasure}]
    on_erase: {by: {sender_id: {anonymise: {sender_id: null, body: "[removed]"}}, recipient_id: detach}, orphan: delete}
  gifts:
    belongs_to: {user_id: users.id}
    fields: {note: {category: free-text, purposes: [service], provided: true}}
    accept: [{finding: link.optional, reason: anonymous gifts}]
    on_erase:
      retain:
        {ground: legal-obligation, law: "tax records", for: 7y, after: paid_on, then: {anonymise: {user_id: null, note: "-"}}}
  pledges:
    belongs_to: {user_id: users.id}
    fields: {note: {category: free-text, purposes: [service], provided: true}}
    accept: [{finding: link.optional, reason: freed by an erasure}]
    on_erase: {retain: {ground: legal-obligation, law: "tax records", for: 7y, after: paid_on, then: detach, strip: [note]}}
  sessions:
    belongs_to: {user_id: users.id}
    fields: {address: {category: ip-address, purposes: [service]}}
    on_erase: delete
"""
SHOP = """\
system: shop
title: Shop
connect: ${SHOP_URL}
tables:
  customers:
    person: id
    identities: {email: {column: email, normalise: email}}
    fields: {email: {category: email-address, purposes: [service], provided: true}}
    on_erase: delete
  orders:
    belongs_to: {customer_id: customers.id}
    fields: {what: {category: purchases, purposes: [service], provided: true}}
    on_erase: delete
  donations:
    belongs_to: {customer_id: customers.id}
    fields: {note: {category: free-text, purposes: [service], provided: true}}
    accept: [{finding: link.optional, reason: a donation may be anonymous}]
    on_erase:
      retain: {ground: legal-obligation, law: "tax records", for: 7y, after: paid_at, then: delete, strip: [note]}
"""
FORUM_SCHEMA = (
    (
        "CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(100) NOT NULL UNIQUE,"
        " username VARCHAR(100) NOT NULL UNIQUE, name VARCHAR(100))"
    ),
    "CREATE TABLE posts (id INTEGER PRIMARY KEY, author_id INTEGER REFERENCES users(id), body VARCHAR(200))",
    "CREATE INDEX posts_author ON posts(author_id)",
    (
        "CREATE TABLE messages (id INTEGER PRIMARY KEY, sender_id INTEGER REFERENCES users(id),"
        " recipient_id INTEGER REFERENCES users(id), body VARCHAR(200))"
    ),
    "CREATE INDEX messages_sender ON messages(sender_id)",
    "CREATE INDEX messages_recipient ON messages(recipient_id)",
    "CREATE TABLE gifts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users(id), paid_on DATE, note VARCHAR(50))",
    "CREATE INDEX gifts_user ON gifts(user_id)",
    "CREATE TABLE pledges (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users(id), paid_on DATE, note VARCHAR(50))",
    "CREATE INDEX pledges_user ON pledges(user_id)",
    "CREATE TABLE sessions (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users(id), address VARCHAR(50))",
    "CREATE INDEX sessions_user ON sessions(user_id)",
)
FORUM_ROWS = (
    (
        f"INSERT INTO users VALUES (7, '{ADA}', 'quill', 'Ada Quillfeather'), (8, 'bob@example.com', 'bob', 'Bob'),"
        " (9, 'ada.quillfeather@example.org.invalid', 'quills', 'Ada Quillfeathers')"
    ),
    "INSERT INTO posts VALUES (1, 7, 'mine'), (2, 8, 'his'), (3, 7, 'mine too'), (4, NULL, 'nobody''s')",
    "INSERT INTO messages VALUES (1, 7, 8, 'to bob'), (2, 8, 7, 'to ada'), (3, 7, 7, 'a note'), (4, 8, 9, 'theirs')",
    "INSERT INTO gifts VALUES (1, 7, '2025-03-01', 'hers'), (2, 7, '2010-03-01', 'old'), (3, 8, '2025-03-01', 'his')",
    "INSERT INTO pledges VALUES (1, 7, '2025-03-01', 'hers'), (2, 7, '2010-03-01', 'old'), (3, 8, '2025-03-01', 'his')",
    "INSERT INTO sessions VALUES (1, 7, '192.0.2.7'), (2, 8, '192.0.2.8'), (3, 7, '192.0.2.9')",
)
FORUM_TABLES = ("gifts", "pledges", "sessions", "messages", "posts", "users")
SHOP_SQL = f"""\
CREATE TABLE customers (id INTEGER PRIMARY KEY, email TEXT UNIQUE);
CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers(id), what TEXT);
CREATE INDEX orders_customer ON orders(customer_id);
CREATE TABLE donations (id INTEGER PRIMARY KEY, customer_id INTEGER, paid_at TEXT, note TEXT);
CREATE INDEX donations_customer ON donations(customer_id);
INSERT INTO customers VALUES (70, '{ADA}'), (80, 'bob@example.com');
INSERT INTO orders VALUES (1, 70, 'ink'), (2, 70, 'quills'), (3, 80, 'paper');
INSERT INTO donations VALUES (1, 70, '2025-03-01 00:00:00', 'from Ada'), (2, 70, '2010-03-01 00:00:00', 'old'),
  (3, 80, '2025-03-01 00:00:00', 'from Bob');
"""
SHOP_TABLES = ("customers", "orders", "donations")
SAID = (
    "system",
    "outcome",
    "evidence_class",
    "counts",
    "ground",
    "records",
    "completeness",
    "right",
    "regime",
    "until",
    "restored",
    "conflicts",
)


STAYS = "bob@example.com stays"
REFUSING = {
    "postgresql": (
        (
            "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS"
            f" 'BEGIN IF OLD.id = 8 THEN RAISE EXCEPTION ''{STAYS}''; END IF; RETURN NEW; END'"
        ),
        "CREATE TRIGGER no BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION no()",
    ),
    "mariadb": (
        (
            "CREATE TRIGGER no BEFORE UPDATE ON users FOR EACH ROW"
            f" IF OLD.id = 8 THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '{STAYS}'; END IF"
        ),
    ),
    "sqlite": (
        f"CREATE TRIGGER no BEFORE UPDATE ON users WHEN OLD.id = 8 BEGIN SELECT RAISE(ABORT, '{STAYS}'); END",
    ),
}
"""What makes a forum refuse to change Bob, by a message that names him."""


@dataclass
class Company:
    """`store` is the URL of Upheld's own records, empty for SQLite in the data folder; `database` recreates it."""

    folder: Path
    forum: Database
    store: Database | None = None
    process: "subprocess.Popen[str] | None" = None
    runs: int = 0
    said: list[tuple[int, str]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    backups: dict[str, dict[str, Sequence[tuple[Any, ...]]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        systems = self.folder / "privacy" / "systems"
        systems.mkdir(parents=True)
        (self.folder / "privacy" / "upheld.yaml").write_text(ORGANISATION)
        (self.folder / "privacy" / "purposes.yaml").write_text(PURPOSES)
        (systems / "forum.yaml").write_text(FORUM)
        (systems / "shop.yaml").write_text(SHOP)
        self.forum.run(*FORUM_SCHEMA, *FORUM_ROWS)
        with closing(sqlite3.connect(self.shop)) as connection:
            connection.executescript(SHOP_SQL)
        self._start()
        assert self.run(["status"]) == 0, self.said
        self.keep("begin")

    @contextmanager
    def refusing_bob(self) -> Iterator[None]:
        """The forum's own trigger stops every change of his account, and names him."""
        self.forum.run(*REFUSING[self.forum.dialect])
        try:
            yield
        finally:
            by_table = self.forum.dialect == "postgresql"
            self.forum.run(
                *(("DROP TRIGGER no ON users", "DROP FUNCTION no()") if by_table else ("DROP TRIGGER no",))
            )

    # --- places ---

    @property
    def shop(self) -> Path:
        return self.folder / "shop.sqlite"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def certificates(self) -> list[Path]:
        return sorted((self.data / "certificates").glob("*.json"))

    # --- the warm process ---

    def _start(self) -> None:
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("UPHELD_", "DJANGO_"))
        }
        environment = {
            **kept,
            "UPHELD_DIR": str(self.folder / "privacy"),
            "UPHELD_DATA": str(self.data),
            "FORUM_URL": self.forum.url,
            "SHOP_URL": f"sqlite:///{self.shop}",
            **({"UPHELD_DATABASE_URL": self._store_url} if self.store else {}),
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.kill.command"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def stop(self) -> None:
        """End the warm process."""
        assert self.process
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(60)

    def run(
        self,
        *commands: list[str],
        at: int | None = None,
        prepares: bool = True,
        now: str = NOW,
        **environment: str,
    ) -> int:
        """The worst exit code of the commands; or the signal that ended them, negative."""
        self.runs += 1
        assert self.process
        assert self.process.stdin
        assert self.process.stdout
        told = self.folder / "told.json"
        told.unlink(missing_ok=True)
        order = {
            "commands": commands,
            "at": at,
            "prepares": prepares,
            "now": now,
            "environment": environment,
            "told": str(told),
        }
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        status = int(json.loads(self.process.stdout.readline())["status"])
        if not told.exists():
            self.said, self.names = [], []
            return status
        written = json.loads(told.read_text())
        self.said, self.names = [tuple(each) for each in written["told"]], written["names"]
        return max(code for code, _ in self.said)

    # --- back to the beginning ---

    def reset(self, to: str = "begin") -> None:
        """Everything as it was at that moment."""
        shutil.rmtree(self.data)
        shutil.copytree(self.folder / f"data.{to}", self.data)
        self.restore_forum(to)
        self.restore_shop(to)
        if self.store:
            self._copy_store(f"{self._store_name}_{to}", self._store_name)

    def keep(self, name: str) -> None:
        """Give this moment a name, for `reset` and for restores."""
        shutil.rmtree(self.folder / f"data.{name}", ignore_errors=True)
        shutil.copytree(self.data, self.folder / f"data.{name}")
        shutil.copy(self.shop, self.folder / f"shop.{name}")
        self.backups[name] = {table: self.forum.rows(f"SELECT * FROM {table}") for table in FORUM_TABLES}
        if self.store:
            self._copy_store(self._store_name, f"{self._store_name}_{name}")

    def restore_forum(self, to: str = "begin") -> None:
        """The backup of that moment, in place of the live database of the forum."""
        engine = self.forum.engine()
        with engine.begin() as connection:
            for table in FORUM_TABLES:
                connection.exec_driver_sql(f"DELETE FROM {table}")
            for table in reversed(FORUM_TABLES):
                for row in self.backups[to][table]:
                    marks = ", ".join(f":v{number}" for number in range(len(row)))
                    values = {f"v{number}": value for number, value in enumerate(row)}
                    connection.execute(sa.text(f"INSERT INTO {table} VALUES ({marks})"), values)
        engine.dispose()

    def restore_shop(self, to: str = "begin") -> None:
        """The backup of that moment, in place of the live file of the shop."""
        for rest in self.folder.glob("shop.sqlite*"):
            rest.unlink()
        shutil.copy(self.folder / f"shop.{to}", self.shop)

    @property
    def _store_url(self) -> str:
        assert self.store
        return self.store.url.replace("postgresql+psycopg", "postgresql")

    @property
    def _store_name(self) -> str:
        assert self.store
        return str(sa.make_url(self.store.url).database)

    def _copy_store(self, source: str, copy: str) -> None:
        """A whole database of the server becomes another one."""
        assert self.store
        engine = sa.create_engine(
            sa.make_url(self.store.url).set(database="postgres"), isolation_level="AUTOCOMMIT"
        )
        with engine.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {copy} WITH (FORCE)")
            connection.exec_driver_sql(f"CREATE DATABASE {copy} TEMPLATE {source}")
        engine.dispose()

    # --- what can be seen afterwards ---

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """All rows of both systems; random marks are shown as such."""
        seen = {table: self.forum.rows(f"SELECT * FROM {table} ORDER BY id") for table in FORUM_TABLES}
        with closing(sqlite3.connect(self.shop)) as connection:
            for table in SHOP_TABLES:
                seen[table] = connection.execute(f"SELECT * FROM {table} ORDER BY id").fetchall()
        return {name: [tuple(map(_plain, row)) for row in rows] for name, rows in seen.items()}

    def records(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of Upheld's own records."""
        url = self.store.url if self.store else f"sqlite:///{self.data}/upheld.sqlite3"
        engine = sa.create_engine(url)
        with engine.connect() as connection:
            found = [tuple(row) for row in connection.exec_driver_sql(query)]
        engine.dispose()
        return found

    def entries(self) -> Counter[str]:
        """What the ledger says, without times, ids and commitments."""
        contents = self.records("SELECT content FROM store_entry") + self.records(
            "SELECT content FROM store_pendingentry"
        )
        said: Counter[str] = Counter()
        for (content,) in contents:
            entry = REGISTRY.decode(bytes(content))
            fields = {name: entry.fields[name] for name in SAID if name in entry.fields}
            said[
                json.dumps(
                    [entry.type, str(entry.fields.get("step", "")).partition(":")[0], fields], default=str
                )
            ] += 1
        return said

    def evidence(self) -> Counter[str]:
        """Evidence by system, class and counts."""
        found: Counter[str] = Counter()
        query = "SELECT f.system, e.cls, e.record FROM store_evidence e JOIN store_fulfilment f ON f.id = e.fulfilment_id"
        for system, cls, written in self.records(query):
            said = json.loads(written)
            kinds = ("counts", "remnants", "restored")
            found[json.dumps([system, cls, *(said.get(kind) for kind in kinds)])] += 1
        return found

    def outcome(self) -> dict[str, object]:
        """Everything that one run and a run that was killed must have in common."""
        return {
            "rows": self.rows(),
            "entries": self.entries(),
            "evidence": self.evidence(),
            "cases": self.records("SELECT state FROM store_case"),
            "requests": self.records("SELECT state FROM store_request"),
            "fulfilments": self.records("SELECT system, state FROM store_fulfilment ORDER BY system"),
            "unsettled": self.records("SELECT id FROM store_part WHERE state = 'PREPARED'"),
            "dues": self.records('SELECT "table", rows FROM store_due ORDER BY "table"'),
            "purged": self.records("SELECT count(*) FROM store_due WHERE purged_at IS NOT NULL"),
            "certificates": [verified(file) for file in self.certificates],
        }


def verified(file: Path) -> int:
    """The exit code of the verifier that needs nothing but the file."""
    with redirect_stdout(io.StringIO()):
        return verify([str(file)])


def _plain(value: object) -> object:
    return re.sub(r"(removed|gone)-\w+", r"\1-random", value) if isinstance(value, str) else value


def company(kind: str, store: str, new_database: Callable[[str], Database], folder: Path) -> Company:
    """The forum on `kind`, Upheld's records on `store`, or where `--store` says."""
    store = asked_for(store)
    return Company(folder, new_database(kind), new_database(store) if store != "sqlite" else None)


Companies = Callable[..., Company]
"""Gives the company whose forum is on that kind of database, and whose records on SQLite or another kind, as `company` has it."""


@contextmanager
def companies(folder: Path) -> Iterator[Companies]:
    """Each is made once, since a warm process takes seconds to begin; all are gone at the end."""
    made: dict[tuple[str, str], Company] = {}
    databases: list[tuple[Database, Callable[[], None]]] = []

    def database(kind: str) -> Database:
        databases.append(new_server_database(kind, folder))
        return databases[-1][0]

    def make(forum: str, store: str = "sqlite") -> Company:
        if (forum, store) not in made:
            made[forum, store] = company(forum, store, database, folder / f"{forum}-{store}")
        return made[forum, store]

    yield make
    for each in made.values():
        each.stop()
    for each_database, drop in reversed(databases):
        each_database.close()
        drop()
