"""Makes schemas of 2 to 7 tables and rows in them, one shape at a time.

Only worlds whose map and schema agree are made: a row that refers to a row that goes is itself cut, taken or
turned to the ghost. What the checks refuse is not their subject.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, TypeVar

from tests.connectors.sql.oracle import GHOST
from tests.connectors.sql.shape import (
    Act,
    Anonymise,
    Column,
    Delete,
    Detach,
    JsonSet,
    Keep,
    OfGhost,
    Pseudonymously,
    Record,
    Retain,
    Sheet,
    Sheets,
    Uniquely,
    Way,
)

T = TypeVar("T")
NAMES = ("ada", "ben", "cy", "dee", "eve")
# Around seven years before 22 November 2026, and a day that most years lack.
DAYS = ("2019-11-21", "2019-11-22", "2019-11-23", "2020-02-29", "2012-02-29", "2010-01-01", "2026-11-22")
ACCEPTED = [
    {"finding": "delete.refused", "reason": "the rows that refer go in the same erasure, or were cut"}
]


@dataclass
class Maker:
    """Makes one world; every choice is `choose(least, most)`."""

    choose: Callable[[int, int], int]
    sheets: Sheets = field(default_factory=dict)
    number: int = 0

    def pick(self, *choices: T) -> T:
        return choices[self.choose(0, len(choices) - 1)]

    def yes(self) -> bool:
        return bool(self.choose(0, 1))

    def many(self, most: int, least: int = 0) -> int:
        return self.choose(least, most)

    def add(self, sheet: Sheet) -> Sheet:
        sheet.columns = {"n": Column(null=False), **sheet.columns}
        self.sheets[sheet.name] = sheet
        return sheet

    def row(self, sheet: Sheet, **cells: Any) -> Record:
        self.number += 1
        row = dict.fromkeys(sheet.columns) | cells | {"n": self.number}
        sheet.rows.append(row)
        return row

    # --- people ---

    def users(self) -> None:
        goes = self.yes()
        anonymous: tuple[tuple[str, Any], ...] = (
            ("email", Uniquely("removed-")),
            ("name", self.pick(None, OfGhost("name"), "Former member")),
        )
        columns = {
            "id": Column(null=False),
            "org_id": Column(null=False),
            "email": Column("text", null=False),
            "name": Column("text"),
            "referrer_id": Column(to=("users", "id")),
            "last_id": Column(),
            "confirmed": Column(),
            "deleted_at": Column("date"),
        }
        identity: Any = {"column": "email", "verified_by": "confirmed"} if self.yes() else "email"
        sheet = self.add(
            Sheet(
                "users",
                columns,
                unique=("org_id", "id"),
                person=True,
                ways=(Way(("referrer_id",), "users"),),
                by=(("referrer_id", Detach()),),
                rules=(
                    (
                        (),
                        Delete()
                        if goes
                        else Anonymise((*anonymous, ("last_id", None), ("referrer_id", None))),
                    ),
                ),
                more={
                    "person": "id",
                    "identities": {"email": identity},
                    "ghost": {"email": "ghost@example.org"},
                    "soft_delete": "deleted_at",
                    "accept": ACCEPTED,
                    "fields": {
                        "email": {"category": "email-address", "purposes": ["service"]},
                        "name": {"category": "name", "purposes": ["service"]},
                    },
                },
            )
        )
        people = [*range(1, self.many(5, 2) + 1)]
        self.row(sheet, id=GHOST, org_id=9, email="ghost@example.org", name="Nobody", confirmed=1)
        for each in people:
            address = f"{NAMES[each - 1]}@chess.example.org"
            self.row(
                sheet,
                id=each,
                org_id=self.pick(1, 2),
                email=self.pick(address, address.upper(), address.title()),
                name=NAMES[each - 1],
                referrer_id=self.pick(None, *(other for other in people if other < each)),
                confirmed=self.pick(1, 1, 1, 0, None),
                deleted_at=self.pick(None, None, "2025-03-01"),
            )

    @property
    def people(self) -> list[int]:
        return [row["id"] for row in self.sheets["users"].rows if row["id"] != GHOST]

    @property
    def users_stay(self) -> bool:
        return not isinstance(self.sheets["users"].rules[0][1], Delete)

    # --- what can happen to a row that refers ---

    def action(
        self, column: str, *, null: bool, stays: bool, ghost: bool, key: bool = True, nested: bool = False
    ) -> Act:
        """An action after which no row refers to one that is gone."""
        body = self.pick(
            None,
            "[removed]",
            *([Pseudonymously("gone-")] if ghost else []),
            *([Uniquely("one-")] if key else []),
        )
        choices: list[Act] = [Delete()]
        if null:
            choices += [Detach(), Anonymise(((column, None), ("body", body)))]
        if ghost:
            choices += [Detach(ghost=True), Anonymise(((column, OfGhost("id")), ("body", body)))]
        if stays:
            choices += [Keep(), Anonymise((("body", body),))]
        if nested:
            return self.pick(*(each for each in choices if not isinstance(each, Keep)))
        if null or stays:
            then = self.action(column, null=null, stays=stays, ghost=ghost, key=key, nested=True)
            strip = (("body",) if self.yes() else ()) + (
                () if stays and (not null or self.yes()) else (column,)
            )
            choices.append(Retain("day", then, strip))
        return self.pick(*choices)

    def rules(self, column: str, **how: Any) -> tuple[tuple[tuple[tuple[str, Any], ...], Act], ...]:
        """One action, or some by the kind of the row."""
        if self.yes():
            return (((), self.action(column, **how)),)
        first = self.pick("a", ("a", "b"))
        some = [((("kind", first),), self.action(column, **how))]
        if self.yes():
            some.append(((("kind", ("b", "c")), ("flag", 1)), self.action(column, **how)))
        return (*some, ((), self.action(column, **how)))

    def plain(self, name: str, to: str, *, last: bool) -> Sheet:
        """Rows that point at a person or at a row that is somebody's."""
        above = self.sheets[to]
        bound = self.yes()
        stays = not bound or (to == "users" and self.users_stay)
        null = self.yes()
        key = self.pick(("id",), ("id",), ()) if last else ("id",)
        ghost = to == "users"
        sheet = self.add(
            Sheet(
                name,
                {
                    "id": Column(null=False),
                    "owner_id": Column(null=null, to=(to, "id") if bound else None),
                    "kind": Column("text", null=False),
                    "flag": Column(),
                    "day": Column("date"),
                    "body": Column("text"),
                },
                key=key,
                ways=(Way(("owner_id",), to),),
                rules=self.rules("owner_id", null=null, stays=stays, ghost=ghost, key=bool(key)),
                more={"fields": {"body": {"category": "text", "purposes": ["service"]}}},
            )
        )
        choices = [row["id"] for row in above.rows] + ([None] if null else [])
        for index in range(self.many(5) if choices else 0):
            self.row(
                sheet,
                id=index + 1,
                owner_id=self.pick(*choices),
                kind=self.pick("a", "b", "c"),
                flag=self.pick(None, 0, 1),
                day=self.pick(*DAYS),
                body=self.pick(None, "hello", "it's 5 %"),
            )
        return sheet

    # --- shapes ---

    def chain(self) -> None:
        names = ("users", "accounts", "payments", "receipts")[: self.pick(2, 3, 4)]
        for to, name in pairwise(names):
            self.plain(name, to, last=name == names[-1])

    def messages(self) -> None:
        """Two parties, and what hangs on the rows that go."""
        bound = self.yes()
        stays = self.users_stay or not bound
        null = self.yes()
        orphan = null and self.yes()

        def side(column: str) -> Act:
            choices: list[Act] = [Delete(), Detach(ghost=True)]
            if null:
                choices += [Detach(), Anonymise(((column, None), ("body", "[removed]")))]
            if stays:
                choices += [Keep()]
            return self.pick(*choices)

        users = ("users", "id") if bound else None
        sheet = self.add(
            Sheet(
                "messages",
                {
                    "id": Column(null=False),
                    "sender_id": Column(null=null, to=users),
                    "recipient_id": Column(null=null, to=users),
                    "body": Column("text"),
                },
                ways=(Way(("sender_id",), "users"), Way(("recipient_id",), "users")),
                by=(("sender_id", side("sender_id")), ("recipient_id", side("recipient_id"))),
                orphan=orphan,
            )
        )
        people = [*self.people, *([None] if null else []), GHOST]
        for index in range(self.many(6)):
            self.row(
                sheet,
                id=index + 1,
                sender_id=self.pick(*people),
                recipient_id=self.pick(*people),
                body="dear friend",
            )
        led_on = orphan or not all(isinstance(act, Detach) for _, act in sheet.by)
        if led_on and self.yes():
            self.attached("enclosures", "messages")

    def attached(self, name: str, to: str) -> None:
        """Rows that go with a shared row, or are left with it."""
        sheet = self.add(
            Sheet(
                name,
                {
                    "id": Column(null=False),
                    "of_id": Column(null=False, to=(to, "id")),
                    "body": Column("text"),
                },
                ways=(Way(("of_id",), to),),
                rules=(((), Delete()),),
            )
        )
        ids = [row["id"] for row in self.sheets[to].rows]
        for index in range(self.many(4) if ids else 0):
            self.row(sheet, id=index + 1, of_id=self.pick(*ids), body="a file")

    def groups(self) -> None:
        """Groups are held by their members; the admin is only a pointer."""
        groups = self.add(
            Sheet(
                "groups_",
                {"id": Column(null=False), "admin_id": Column(to=("users", "id")), "body": Column("text")},
                held=("members", "group_id"),
                ways=(Way(("admin_id",), "users", sees=True),),
                orphan=True,
            )
        )
        members = self.add(
            Sheet(
                "members",
                {
                    "group_id": Column(null=False, to=("groups_", "id")),
                    "user_id": Column(null=False, to=("users", "id")),
                },
                key=(),
                ways=(Way(("user_id",), "users"),),
                rules=(((), Delete()),),
                more={"accept": ACCEPTED},
            )
        )
        for index in range(self.many(3, 1)):
            self.row(groups, id=index + 1, admin_id=self.pick(None, *self.people), body="chess")
        for _ in range(self.many(6)):
            self.row(
                members,
                group_id=self.pick(*(row["id"] for row in groups.rows)),
                user_id=self.pick(*self.people),
            )
        if self.yes():
            self.attached("shares", "groups_")

    def comments(self) -> None:
        rule = self.pick("keep", "leaves", "subtree")
        sheet = self.add(
            Sheet(
                "comments",
                {
                    "id": Column(null=False),
                    "author_id": Column(to=("users", "id")),
                    "parent_id": Column(to=("comments", "id")),
                    "body": Column("text"),
                },
                ways=(Way(("author_id",), "users"),),
                rules=(((), Anonymise((("author_id", None), ("body", "[removed]")))),),
                replies=("parent_id", rule),
            )
        )
        for index in range(self.many(7)):
            self.row(
                sheet,
                id=index + 1,
                author_id=self.pick(None, *self.people),
                parent_id=self.pick(None, *range(1, index + 1)),
                body="I think",
            )

    def meta(self) -> None:
        """Key and value, without a primary key now and then."""
        sheet = self.add(
            Sheet(
                "usermeta",
                {
                    "user_id": Column(to=("users", "id")),
                    "meta_key": Column("text", null=False),
                    "meta_value": Column("text"),
                },
                key=(),
                ways=(Way(("user_id",), "users"),),
                rules=(
                    ((("meta_key", ("billing_email", "nickname")),), Delete()),
                    (
                        (("meta_key", "theme"),),
                        self.pick(Detach(), Anonymise((("user_id", None), ("meta_value", None)))),
                    ),
                    ((), self.pick(Delete(), Detach(), Detach(ghost=True))),
                ),
            )
        )
        for _ in range(self.many(6)):
            self.row(
                sheet,
                user_id=self.pick(None, *self.people),
                meta_key=self.pick("billing_email", "nickname", "theme", "Theme", "capabilities"),
                meta_value=self.pick(None, "x"),
            )

    def history(self) -> None:
        """Posts, what they were, and likes that are counted."""
        stays = self.users_stay
        posts = self.add(
            Sheet(
                "posts",
                {
                    "id": Column(null=False),
                    "user_id": Column(to=("users", "id")),
                    "body": Column("text"),
                    "likes": Column(null=False),
                },
                ways=(Way(("user_id",), "users"),),
                rules=(((), Anonymise((("user_id", None), ("body", "[removed]")))),),
                recount=("likes", "likes", "post_id"),
            )
        )
        versions = self.add(
            Sheet(
                "posts_history",
                {"id": Column(null=False), "post_id": Column(null=False), "body": Column("text")},
                history=("posts", "post_id"),
                rules=(((), self.pick(Delete(), Anonymise((("body", "[removed]"),)))),),
            )
        )
        likes = self.add(
            Sheet(
                "likes",
                {
                    "user_id": Column(null=False, to=("users", "id")),
                    "post_id": Column(null=False, to=("posts", "id")),
                },
                key=("user_id", "post_id"),
                ways=(Way(("user_id",), "users"),),
                rules=(((), Delete() if not stays else self.pick(Delete(), Keep())),),
            )
        )
        for index in range(self.many(4, 1)):
            self.row(
                posts, id=index + 1, user_id=self.pick(None, *self.people), body="my post", likes=self.many(3)
            )
        ids = [row["id"] for row in posts.rows]
        for index in range(self.many(5)):
            self.row(versions, id=index + 1, post_id=self.pick(*ids, 77), body="what it said")
        for user, post in sorted({(self.pick(*self.people), self.pick(*ids)) for _ in range(self.many(5))}):
            self.row(likes, user_id=user, post_id=post)

    def newsletter(self) -> None:
        """People by their address, as somebody typed it."""
        sheet = self.add(
            Sheet(
                "newsletter",
                {"email": Column("text"), "body": Column("text")},
                key=(),
                ways=(Way(("email",)),),
                rules=(((), self.pick(Delete(), Detach(), Anonymise((("email", None), ("body", "-"))))),),
                more={"fields": {"email": {"category": "email-address", "purposes": ["service"]}}},
            )
        )
        for _ in range(self.many(6)):
            name = self.pick(*NAMES)
            address = self.pick(
                f"{name}@chess.example.org",
                f"{name.title()}@Chess.Example.ORG",
                f" {name}@chess.example.org",
                f"{name}+x@chess.example.org",
                f"{name}@chess.example.com",
                f"x{name}@chess.example.org",
                name,
                None,
            )
            self.row(sheet, email=address, body="weekly")

    def composite(self) -> None:
        """(org, user) together name the person."""
        null = self.yes()
        stays = self.users_stay
        body = ("body", "[removed]")
        choices: list[Act] = [Delete()]
        if null:
            choices += [Detach(), Anonymise((("user_id", None), body))]
        if stays:
            choices += [Keep(), Anonymise((body,))]
        sheet = self.add(
            Sheet(
                "seats",
                {
                    "id": Column(null=False),
                    "org_id": Column(null=False),
                    "user_id": Column(null=null),
                    "body": Column("text"),
                },
                key=self.pick(("id",), ("org_id", "id")),
                together=((("org_id", "user_id"), "users", ("org_id", "id")),),
                ways=(Way(("org_id", "user_id"), "users", ("org_id", "id")),),
                rules=(((), self.pick(*choices)),),
            )
        )
        pairs = [(row["org_id"], row["id"]) for row in self.sheets["users"].rows] + (
            [(1, None)] if null else []
        )
        for index in range(self.many(5)):
            org, user = self.pick(*pairs)
            self.row(sheet, id=index + 1, org_id=org, user_id=user, body="a seat")

    def diamond(self) -> None:
        """Items by order and by address."""
        for name in ("orders", "addresses"):
            sheet = self.add(
                Sheet(
                    name,
                    {"id": Column(null=False), "user_id": Column(to=("users", "id"))},
                    ways=(Way(("user_id",), "users"),),
                    rules=(((), Delete()),),
                )
            )
            for index in range(self.many(3)):
                self.row(sheet, id=index + 1, user_id=self.pick(None, *self.people))
        items = self.add(
            Sheet(
                "items",
                {
                    "id": Column(null=False),
                    "order_id": Column(to=("orders", "id")),
                    "address_id": Column(to=("addresses", "id")),
                    "body": Column("text"),
                },
                ways=(Way(("order_id",), "orders"), Way(("address_id",), "addresses")),
                rules=(
                    (
                        (),
                        self.pick(Delete(), Detach(), Anonymise((("order_id", None), ("address_id", None)))),
                    ),
                ),
            )
        )
        for index in range(self.many(5)):
            self.row(
                items,
                id=index + 1,
                order_id=self.pick(None, *(row["id"] for row in self.sheets["orders"].rows)),
                address_id=self.pick(None, *(row["id"] for row in self.sheets["addresses"].rows)),
                body="a board",
            )
        if isinstance(items.rules[0][1], Anonymise):
            # Both sides are cut together: an item of two people would lose its other owner.
            for row in items.rows:
                row["address_id"] = None if row["order_id"] else row["address_id"]

    def circle(self) -> None:
        """users → mails → users, or one table more; the way back may be NULL and is no link of the map."""
        three = self.yes()
        mails = self.add(
            Sheet(
                "mails",
                {
                    "id": Column(null=False),
                    "user_id": Column(null=False, to=("users", "id")),
                    "body": Column("text"),
                },
                ways=(Way(("user_id",), "users"),),
                rules=(((), Delete()),),
            )
        )
        for index in range(self.many(4)):
            self.row(mails, id=index + 1, user_id=self.pick(*self.people), body="mail")
        last = mails
        if three:
            last = self.add(
                Sheet(
                    "folders",
                    {"id": Column(null=False), "mail_id": Column(null=False, to=("mails", "id"))},
                    ways=(Way(("mail_id",), "mails"),),
                    rules=(((), Delete()),),
                )
            )
            for index in range(self.many(4) if mails.rows else 0):
                self.row(last, id=index + 1, mail_id=self.pick(*(row["id"] for row in mails.rows)))
        users = self.sheets["users"]
        if not self.users_stay:
            users.columns["last_id"] = Column(to=(last.name, "id"))
        owner = {row["id"]: row["user_id"] for row in mails.rows}
        for row in users.rows:
            own = [
                each["id"]
                for each in last.rows
                if (owner[each["mail_id"]] if three else each["user_id"]) == row["id"]
            ]
            row["last_id"] = self.pick(None, *own)

    def lists(self) -> None:
        sheet = self.add(
            Sheet(
                "threads",
                {"id": Column(null=False), "watchers": Column("list")},
                ways=(Way(("watchers",), "users", array=True),),
                rules=(((), Detach()),),
            )
        )
        for index in range(self.many(4)):
            here = [self.pick(*self.people, 10, 11) for _ in range(self.many(3))]
            self.row(sheet, id=index + 1, watchers=self.pick(None, here, here, here))

    def documents(self) -> None:
        edits = JsonSet((("$.user.email", self.pick(None, "[removed]")), ("$.user.id", None)))
        sheet = self.add(
            Sheet(
                "events",
                {"id": Column(null=False), "payload": Column("json")},
                ways=(Way(("payload",), "users", json="$.user.id"),),
                rules=(((), self.pick(Delete(), Anonymise((("payload", edits),)))),),
            )
        )
        for index in range(self.many(4)):
            self.row(
                sheet,
                id=index + 1,
                payload=self.pick(
                    None,
                    {
                        "user": {"id": self.pick(*self.people, 10), "email": "x@example.org", "z": 1},
                        "a": [1, 2.5],
                    },
                    {"user": {"id": self.pick(*self.people)}, "b": None},
                    {"user": None},
                ),
            )
