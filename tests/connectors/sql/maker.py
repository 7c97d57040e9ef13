"""What every generated world has: choices, people, their rows, and what happens to them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tests.connectors.sql.oracle import GHOST
from tests.connectors.sql.shape import (
    Act,
    Anonymise,
    Column,
    Delete,
    Detach,
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
