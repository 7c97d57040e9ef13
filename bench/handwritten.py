"""The measure of all ratios: what somebody who knows this schema would write by hand, as well as she can.

Every statement finds its rows by an index (docs/benchmarks-baseline.md shows the plans). One by one: on
PostgreSQL prepared, and a person's statements sent in one go (pipeline); on MariaDB sent in one go as well;
on SQLite there is no way to go. In sets: a thousand people a transaction, each statement once. Row by row:
what an application's own layer between objects and rows does, a statement and a commit for each row.

It finds the person by her address and erases. It keeps no record, locks nothing beforehand, asks nobody,
verifies nothing and proves nothing; Upheld does all that inside the figures that are compared with these.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bench.place import Connection

SET = 1_000
OVER = "2019-11-25"
"""Donations paid before are over on the day of the measurement; those of the day itself run until its end."""


@dataclass(frozen=True, slots=True)
class Statement:
    """`one`: for one person, with :id, :email, :over. `many`: for all of :ids, :emails. `mariadb`: how both
    begin there, where its optimiser scans a table whose rows a subquery names."""

    name: str
    one: str
    many: str = ""
    mariadb: str = ""

    def text(self, kind: str, *, many: bool = False) -> str:
        """In the kind's words."""
        sql = self.many if many else self.one
        if kind == "mariadb" and self.mariadb:
            sql = f"{self.mariadb} {'IN :ids' if many else '= :id'}"
        return worded(sql, kind)


MESSAGES_ONE = "(sender_id = :id OR recipient_id = :id)"
MESSAGES_MANY = "(sender_id IN :ids OR recipient_id IN :ids)"

# coalesce, not IS NULL: PostgreSQL would look for all rows without a sender, which each erasure makes more.
ERASURE = (
    Statement(
        "messages in which nobody is left",
        f"DELETE FROM messages WHERE {MESSAGES_ONE} AND coalesce(sender_id, :id) = :id "
        "AND coalesce(recipient_id, :id) = :id",
        f"DELETE FROM messages WHERE {MESSAGES_MANY} AND coalesce(sender_id IN :ids, TRUE) "
        "AND coalesce(recipient_id IN :ids, TRUE)",
    ),
    Statement(
        "messages sent",
        "UPDATE messages SET sender_id = NULL, body = '[removed]' WHERE sender_id = :id",
        "UPDATE messages SET sender_id = NULL, body = '[removed]' WHERE sender_id IN :ids",
    ),
    Statement(
        "messages received",
        "UPDATE messages SET recipient_id = NULL WHERE recipient_id = :id",
        "UPDATE messages SET recipient_id = NULL WHERE recipient_id IN :ids",
    ),
    Statement(
        "comments",
        "UPDATE comments SET user_id = NULL, body = '[removed]' WHERE user_id = :id",
        "UPDATE comments SET user_id = NULL, body = '[removed]' WHERE user_id IN :ids",
    ),
    Statement(
        "posts",
        "UPDATE posts SET user_id = NULL, title = '[removed]', body = '[removed]' WHERE user_id = :id",
        "UPDATE posts SET user_id = NULL, title = '[removed]', body = '[removed]' WHERE user_id IN :ids",
    ),
    Statement("likes", "DELETE FROM likes WHERE user_id = :id", "DELETE FROM likes WHERE user_id IN :ids"),
    Statement(
        "order items",
        "UPDATE order_items SET note = NULL WHERE order_id IN (SELECT id FROM orders WHERE user_id = :id)",
        "UPDATE order_items SET note = NULL WHERE order_id IN (SELECT id FROM orders WHERE user_id IN :ids)",
        "UPDATE order_items JOIN orders o ON o.id = order_id SET note = NULL WHERE o.user_id",
    ),
    Statement(
        "orders",
        "UPDATE orders SET user_id = NULL, address = NULL WHERE user_id = :id",
        "UPDATE orders SET user_id = NULL, address = NULL WHERE user_id IN :ids",
    ),
    Statement(
        "donations that are over",
        "DELETE FROM donations WHERE user_id = :id AND paid_on < :over",
        "DELETE FROM donations WHERE user_id IN :ids AND paid_on < :over",
    ),
    Statement(
        "donations that stay",
        "UPDATE donations SET user_id = NULL, note = NULL WHERE user_id = :id",
        "UPDATE donations SET user_id = NULL, note = NULL WHERE user_id IN :ids",
    ),
    Statement(
        "sessions", "DELETE FROM sessions WHERE user_id = :id", "DELETE FROM sessions WHERE user_id IN :ids"
    ),
    Statement("tokens", "DELETE FROM tokens WHERE user_id = :id", "DELETE FROM tokens WHERE user_id IN :ids"),
    Statement(
        "newsletter",
        "DELETE FROM newsletter WHERE email = :email",
        "DELETE FROM newsletter WHERE email IN :emails",
    ),
    Statement(
        "audit log",
        "UPDATE audit_log SET actor_id = NULL, ip = NULL WHERE actor_id = :id",
        "UPDATE audit_log SET actor_id = NULL, ip = NULL WHERE actor_id IN :ids",
    ),
    Statement(
        "profiles", "DELETE FROM profiles WHERE user_id = :id", "DELETE FROM profiles WHERE user_id IN :ids"
    ),
    Statement("users", "DELETE FROM users WHERE id = :id", "DELETE FROM users WHERE id IN :ids"),
)

LOOK_UP = Statement(
    "who it is", "SELECT id FROM users WHERE email = :email", "SELECT id FROM users WHERE email IN :emails"
)

ACCESS = (
    Statement("users", "SELECT * FROM users WHERE id = :id"),
    Statement("profiles", "SELECT * FROM profiles WHERE user_id = :id"),
    Statement("posts", "SELECT * FROM posts WHERE user_id = :id"),
    Statement("comments", "SELECT * FROM comments WHERE user_id = :id"),
    Statement("messages", f"SELECT * FROM messages WHERE {MESSAGES_ONE}"),
    Statement("likes", "SELECT * FROM likes WHERE user_id = :id"),
    Statement("orders", "SELECT * FROM orders WHERE user_id = :id"),
    Statement(
        "order_items",
        "SELECT i.* FROM order_items i JOIN orders o ON o.id = i.order_id WHERE o.user_id = :id",
    ),
    Statement("donations", "SELECT * FROM donations WHERE user_id = :id"),
    Statement("sessions", "SELECT * FROM sessions WHERE user_id = :id"),
    Statement("tokens", "SELECT * FROM tokens WHERE user_id = :id"),
    Statement("newsletter", "SELECT * FROM newsletter WHERE email = :email"),
    Statement("audit_log", "SELECT * FROM audit_log WHERE actor_id = :id"),
)
"""With the look-up, fourteen."""

ROWS = (
    ("messages", "id", "sender_id", "sender_id = NULL, body = '[removed]'"),
    ("messages", "id", "recipient_id", "recipient_id = NULL"),
    ("comments", "id", "user_id", "user_id = NULL, body = '[removed]'"),
    ("posts", "id", "user_id", "user_id = NULL, title = '[removed]', body = '[removed]'"),
    ("likes", "post_id", "user_id", None),
    ("orders", "id", "user_id", "user_id = NULL, address = NULL"),
    ("donations", "id", "user_id", "user_id = NULL, note = NULL"),
    ("sessions", "id", "user_id", None),
    ("tokens", "id", "user_id", None),
    ("newsletter", "id", "email", None),
    ("audit_log", "id", "actor_id", "actor_id = NULL, ip = NULL"),
    ("profiles", "user_id", "user_id", None),
    ("users", "id", "id", None),
)
"""Row by row: table, key, the column by which a row is hers, what it becomes (None: it goes)."""


def worded(sql: str, kind: str) -> str:
    """A statement in the kind's way to name parameters and sets."""
    sets = {
        "postgresql": "= ANY(:{name})",
        "sqlite": "IN (SELECT value FROM json_each(:{name}))",
        "mariadb": "IN :{name}",
    }[kind]
    for name in ("ids", "emails"):
        sql = sql.replace(f"IN :{name}", sets.format(name=name))
    if kind == "sqlite":
        return sql
    for name in ("emails", "email", "over", "ids", "id"):
        sql = sql.replace(f":{name}", f"%({name})s")
    return sql


def values_of(kind: str, ids: Sequence[int], emails: Sequence[str]) -> dict[str, Any]:
    """Parameters of a set."""
    if kind == "sqlite":
        return {"ids": json.dumps(list(ids)), "emails": json.dumps(list(emails)), "over": OVER}
    return {"ids": list(ids), "emails": list(emails), "over": OVER}


@dataclass
class Handwritten:
    """Works on one connection of the plain driver."""

    kind: str
    connection: Connection

    def erase_one_by_one(self, emails: Sequence[str]) -> None:
        """Each person in a transaction of her own."""
        one = {
            "postgresql": self._pipelined,
            "mariadb": self._together,
            "sqlite": self._in_turn,
        }[self.kind]
        statements = [each.text(self.kind) for each in ERASURE]
        for email in emails:
            one(statements, {"email": email, "over": OVER})

    def erase_set(self, emails: Sequence[str]) -> None:
        """A thousand people a transaction."""
        for start in range(0, len(emails), SET):
            some = emails[start : start + SET]
            cursor = self.connection.cursor()
            self._begin(cursor)
            known = values_of(self.kind, (), some)
            cursor.execute(LOOK_UP.text(self.kind, many=True), known)
            ids = [row[0] for row in cursor.fetchall()]
            values = values_of(self.kind, ids, some)
            for each in ERASURE:
                cursor.execute(each.text(self.kind, many=True), values)
            cursor.execute("COMMIT")

    def erase_row_by_row(self, emails: Sequence[str]) -> None:
        """Read which rows are hers, then change each by its key, and commit."""
        cursor = self.connection.cursor()
        mark = "?" if self.kind == "sqlite" else "%s"

        def ask(sql: str, *values: object) -> list[Any]:
            self._begin(cursor)
            cursor.execute(sql.replace("?", mark), values)
            found = list(cursor.fetchall()) if sql.startswith("SELECT") else []
            cursor.execute("COMMIT")
            return found

        for email in emails:
            [(her,)] = ask("SELECT id FROM users WHERE email = ?", email)
            both = (
                "SELECT id FROM messages WHERE sender_id = ? AND (recipient_id IS NULL OR recipient_id = ?)"
            )
            alone = "SELECT id FROM messages WHERE recipient_id = ? AND sender_id IS NULL"
            for row in [*ask(both, her, her), *ask(alone, her)]:
                ask("DELETE FROM messages WHERE id = ?", row[0])
            for order in ask("SELECT id FROM orders WHERE user_id = ?", her):
                for item in ask("SELECT id FROM order_items WHERE order_id = ?", order[0]):
                    ask("UPDATE order_items SET note = NULL WHERE id = ?", item[0])
            for row in ask("SELECT id FROM donations WHERE user_id = ? AND paid_on < ?", her, OVER):
                ask("DELETE FROM donations WHERE id = ?", row[0])
            for table, key, column, becomes in ROWS:
                value = email if column == "email" else her
                for row in ask(f"SELECT {key} FROM {table} WHERE {column} = ?", value):
                    where = f"{key} = ?" + (" AND user_id = ?" if table == "likes" else "")
                    change = f"UPDATE {table} SET {becomes}" if becomes else f"DELETE FROM {table}"
                    ask(f"{change} WHERE {where}", row[0], *([her] if table == "likes" else []))

    def read_one_by_one(self, emails: Sequence[str]) -> dict[str, list[Any]]:
        """The fourteen SELECTs for each; gives rows by table, with every column in the table's order."""
        found: dict[str, list[Any]] = {each.name: [] for each in ACCESS}
        statements = [each.text(self.kind) for each in ACCESS]
        for email in emails:
            values: dict[str, Any] = {"email": email}
            if self.kind == "postgresql":
                rows = self._read_pipelined(statements, values)
            else:
                cursor = self.connection.cursor()
                cursor.execute(LOOK_UP.text(self.kind), values)
                values["id"] = cursor.fetchone()[0]
                rows = list(self._read_in_turn(cursor, statements, values))
            for each, read in zip(ACCESS, rows, strict=True):
                found[each.name] += read
        if self.kind != "sqlite":
            self.connection.rollback()
        return found

    # --- one person, by driver ---

    def _pipelined(self, statements: Sequence[str], values: dict[str, Any]) -> None:
        cursor = self.connection.cursor()
        cursor.execute(LOOK_UP.text(self.kind), values, prepare=True)
        values["id"] = cursor.fetchone()[0]
        with self.connection.pipeline():
            for each in statements:
                self.connection.execute(each, values, prepare=True)
            self.connection.commit()

    def _together(self, statements: Sequence[str], values: dict[str, Any]) -> None:
        cursor = self.connection.cursor()
        cursor.execute(LOOK_UP.text(self.kind), values)
        values["id"] = cursor.fetchone()[0]
        cursor.execute(cursor.mogrify(f"{'; '.join(statements)}; COMMIT", values))
        while cursor.nextset():
            pass

    def _in_turn(self, statements: Sequence[str], values: dict[str, Any]) -> None:
        execute = self.connection.execute
        execute("BEGIN IMMEDIATE")
        values["id"] = execute(LOOK_UP.text(self.kind), values).fetchone()[0]
        for each in statements:
            execute(each, values)
        execute("COMMIT")

    def _read_pipelined(self, statements: Sequence[str], values: dict[str, Any]) -> list[list[Any]]:
        cursor = self.connection.cursor()
        cursor.execute(LOOK_UP.text(self.kind), values, prepare=True)
        values["id"] = cursor.fetchone()[0]
        with self.connection.pipeline():
            cursors = [self.connection.execute(each, values, prepare=True) for each in statements]
        return [each.fetchall() for each in cursors]

    def _read_in_turn(
        self, cursor: Any, statements: Sequence[str], values: Mapping[str, Any]
    ) -> Iterator[list[Any]]:
        for each in statements:
            cursor.execute(each, values)
            yield cursor.fetchall()

    def _begin(self, cursor: Any) -> None:
        if self.kind == "sqlite":
            cursor.execute("BEGIN IMMEDIATE")

    # --- plans ---

    def plans(self, email: str) -> Iterator[tuple[str, str, str]]:
        """Each statement for one person with the plan that the server makes for it."""
        cursor = self.connection.cursor()
        values: dict[str, Any] = {"email": email, "over": OVER}
        cursor.execute(LOOK_UP.text(self.kind), values)
        values["id"] = cursor.fetchone()[0]
        explain = {
            "postgresql": "EXPLAIN (COSTS OFF) ",
            "sqlite": "EXPLAIN QUERY PLAN ",
            "mariadb": "EXPLAIN ",
        }
        reads = [Statement(f"{each.name}, read", each.one, "") for each in ACCESS]
        for each in (LOOK_UP, *ERASURE, *reads):
            sql = each.text(self.kind)
            cursor.execute(explain[self.kind] + sql, values)
            yield each.name, sql, "\n".join(_planned(self.kind, row) for row in cursor.fetchall())


def _planned(kind: str, row: Sequence[Any]) -> str:
    if kind == "postgresql":
        return str(row[0])
    if kind == "sqlite":
        return str(row[3])
    _, _, table, access, _, key, *_, rows, extra = row
    return f"{table}: {access} by {key}, about {rows} rows. {extra}".strip()
