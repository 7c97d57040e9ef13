"""Input of these tests: a small organisation, a person, and systems that say what a list says."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyrage

from upheld.datamap.model import (
    DataMap,
    Field,
    Link,
    Organisation,
    Period,
    Processor,
    Purpose,
    Retain,
    Rule,
    System,
    Table,
    Treatment,
)
from upheld.law.basis import LegalBasis
from upheld.law.ground import Ground
from upheld.law.right import Right
from upheld.rights.connector import Attachment, Capabilities, Collected, Row
from upheld.rights.outcome import Established, Failure
from upheld.rights.package.opening import open_package
from upheld.rights.package.writing import Summary, write
from upheld.rights.plan import Collect, Plan, Reason, Selection, Step, Task
from upheld.rights.subject import Identity, Subject

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
PERSON = Subject((Identity("email", "ada@example.org"),))
IDENTITY = pyrage.x25519.Identity.generate()
KEY = str(IDENTITY.to_public())

ORGANISATION = Organisation(
    "Riverside Trust",
    "privacy@example.org",
    country="DE",
    time_zone="Europe/Berlin",
    address="12 Quay Street, 20457 Hamburg",
    authority="the Hamburg data protection commissioner (datenschutz.example.org)",
)
PURPOSES = (
    Purpose(
        "service", "To run the forum for its members", LegalBasis.CONTRACT, "Until you close your account"
    ),
    Purpose(
        "donations",
        "To receive donations",
        LegalBasis.LEGAL_OBLIGATION,
        "7 years",
        ("mail-house", "Tax office"),
    ),
    Purpose("newsletter", "To send the newsletter", LegalBasis.CONSENT, "Until you unsubscribe"),
)
PROCESSORS = (
    Processor("hoster", "Northern Hosting", "keeps the servers", "FI", agreement="contract of 3 May 2024"),
    Processor(
        "mail-house", "Letterbox Inc.", "sends our mail", "US", agreement="standard contractual clauses"
    ),
)
HERS = Link(("user_id",), to="users", key=("id",))
FORUM = System(
    "forum",
    title="Community forum",
    place="FI",
    processor="hoster",
    tables=(
        Table(
            "users",
            person=("id",),
            title="Your account",
            fields=(
                Field("email", "email-address", ("service",), provided=True),
                Field("name", "name", ("service",), provided=True),
                Field("password_hash", "password", ("service",)),
            ),
        ),
        Table("posts", links=(HERS,), fields=(Field("body", "contribution", ("service",), provided=True),)),
        Table("messages", links=(HERS,), title="Messages", purposes=("service",)),
        Table("usermeta", links=(HERS,)),
    ),
)
SHOP = System(
    "shop",
    title="Donations",
    place="DE",
    tables=(
        Table(
            "donations",
            links=(HERS,),
            purposes=("donations",),
            fields=(Field("iban", "financial-account", ("donations",), provided=True),),
            treatment=Treatment(
                (
                    Rule(
                        Retain(
                            Ground.LEGAL_OBLIGATION,
                            "tax records, 7 years after the payment",
                            Period(7),
                            "paid_at",
                        )
                    ),
                )
            ),
        ),
    ),
)
PAPER = System("archive", kind="manual", title="Paper archive", place="DE")
DATAMAP = DataMap(ORGANISATION, PURPOSES, PROCESSORS, (FORUM, SHOP, PAPER))
WHY = Reason("Art. 15(3)")


class Given:
    """A system that gives what it was given; a Failure among the items is raised where it stands."""

    def __init__(self, items: Iterable[Collected | Failure] = (), *, automatic: bool = True) -> None:
        self._items = items
        self.capabilities = Capabilities(
            True, Established.REREAD, restrict=False, undo=False, automatic=automatic
        )

    def collect(self, *_: object, **__: object) -> Iterator[Collected]:
        for item in self._items:
            if isinstance(item, Failure):
                raise item
            yield item

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"A package only collects, it must not call {name}.")


def plan_of(*systems: System, formats: Mapping[str, Any] | None = None) -> Plan:
    """A plan that collects every table and asks at manual systems."""
    steps: list[Step] = []
    for system in systems:
        for table in system.tables:
            selection = Selection(table.name)
            form = (formats or {}).get(table.name, ())
            steps.append(Collect(len(steps), system.name, selection, table.fields, (), WHY, formats=form))
        if system.kind == "manual":
            steps.append(Task(len(steps), system.name, "Kim", "kim@example.org", "letters", "look", 14, WHY))
    return Plan(Right.ACCESS, "gdpr", tuple(steps))


def row(table: str, *, redacted: Sequence[str] = (), mine: bool = True, **values: object) -> Row:
    """A row of the first step."""
    return Row(0, table, values, tuple(redacted), mine)


def file(name: str, *pieces: bytes, table: str = "posts") -> Attachment:
    """A file in pieces."""
    return Attachment(0, table, name, iter(pieces))


def made(
    folder: Path, systems: Mapping[str, Given], datamap: DataMap = DATAMAP, **options: Any
) -> tuple[Summary, Path]:
    """A package, written and opened again."""
    plan = options.pop("plan", None) or plan_of(*datamap.systems)
    out = folder / "copy.age"
    summary = write(plan, datamap, PERSON, systems, now=NOW, out=out, recipients=[KEY], **options)  # type: ignore[arg-type]
    return summary, open_package(out, str(IDENTITY), folder / "opened").parent


def full() -> dict[str, Given]:
    """A bit of everything."""
    forum: list[Collected] = [
        row(
            "users",
            id=7,
            email="ada@example.org",
            name="Ada Sample",
            password_hash="pbkdf2$planted-secret",
            created_at=datetime(2019, 3, 4, 17, 5, tzinfo=UTC),
            born=date(1990, 2, 28),
            trusted=True,
            settings={"theme": "dark", "mail": {"weekly": True, "topics": ["rivers", "boats"]}},
            avatar=b"\x89PNG\r\n\x1a\n" + bytes(40),
            website=None,
        ),
        row(
            "posts", id=1, user_id=7, body="First post\nwith two lines", written_at=date(2020, 1, 2), likes=3
        ),
        row(
            "posts", id=2, user_id=7, body='<script>alert("x")</script>', written_at=date(2020, 1, 3), likes=0
        ),
        row("posts", id=3, user_id=7, body="=1+1", written_at=date(2021, 5, 6), likes=12),
        row("posts", id=4, user_id=7, body="שלום עולם", written_at=None, likes=1),
        file("holiday picture.jpg", b"\xff\xd8\xff", b"data"),
        row("messages", id=5, sender_id=7, recipient_id=99, redacted=["recipient_id"], body="Hello"),
        row("messages", id=6, sender_id=99, recipient_id=7, redacted=["sender_id"], body="Hi", mine=False),
    ]
    donations = [
        row("donations", id=n, amount=Decimal("12.50") * n, iban="DE00 planted", paid_at=date(2024, n, 1))
        for n in range(1, 5)
    ]
    return {"forum": Given(forum), "shop": Given(donations)}
