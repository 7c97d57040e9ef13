"""A small organisation in memory: a forum and a shop, a person, a look-alike, and rows that stay."""

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from upheld.actions.asking import Asked
from upheld.actions.means import Means
from upheld.datamap.model import (
    Anonymise,
    Assignment,
    Constant,
    DataMap,
    Delete,
    Hold,
    IdentityColumn,
    Limits,
    Link,
    Organisation,
    Period,
    Retain,
    Rule,
    System,
    Table,
    Treatment,
)
from upheld.law.ground import Ground
from upheld.ledger.keys import Ed25519Signer
from upheld.rights.connector import Connector
from upheld.rights.subject import Identity
from upheld.rights.testing import InMemoryConnector, serial_entropy
from upheld.store.keys import KeyStore

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ADA = "ada.quillfeather@example.org"
BOB = "bob.ashgrove@example.com"
PLANTED = (ADA, "Quillfeather", "17 Larkspur Lane")
HER = Asked((Identity("email", ADA),))
HIM = Asked((Identity("email", BOB),))


def users(**more: object) -> Table:
    """People and their addresses."""
    return Table(
        "users",
        person=("id",),
        identities=(IdentityColumn("email", "email", normalise="email"),),
        treatment=Treatment((Rule(Delete()),)),
        **more,  # type: ignore[arg-type]
    )


def owned(name: str, action: object) -> Table:
    """Rows that belong to a user."""
    return Table(
        name,
        key=("id",),
        links=(Link(("user_id",), to="users", key=("id",)),),
        treatment=Treatment((Rule(action),)),  # type: ignore[arg-type]
    )


FORUM = System(
    "forum",
    title="Community forum",
    limits=Limits(people_per_day=5),
    tables=(
        users(),
        owned(
            "posts",
            Anonymise((Assignment("user_id", Constant(None)), Assignment("body", Constant("[removed]")))),
        ),
    ),
)
SHOP = System(
    "shop",
    title="Shop",
    tables=(
        users(),
        owned(
            "donations",
            Retain(
                Ground.LEGAL_OBLIGATION,
                "tax records",
                Period(years=7),
                "paid_at",
                Delete(),
                (Assignment("note", Constant(None)),),
            ),
        ),
    ),
)
DESK = System(
    "desk",
    kind="manual",
    title="Letters",
    owner="Front desk",
    address="desk@example.org",
    options={"look_for": "letters", "how": "shred", "days": 14},
)


def forum_rows() -> dict[str, list[dict[str, object]]]:
    return {
        "users": [
            {"id": 7, "email": ADA, "name": "Ada Quillfeather"},
            {"id": 8, "email": BOB, "name": "Bob"},
        ],
        "posts": [
            {"id": 1, "user_id": 7, "body": "I live at 17 Larkspur Lane"},
            {"id": 2, "user_id": 8, "body": "hello"},
        ],
    }


def shop_rows() -> dict[str, list[dict[str, object]]]:
    return {
        "users": [{"id": 70, "email": ADA}, {"id": 80, "email": BOB}],
        "donations": [
            {"id": 1, "user_id": 70, "paid_at": datetime(2025, 3, 1, tzinfo=UTC), "note": "17 Larkspur Lane"},
            {"id": 2, "user_id": 70, "paid_at": datetime(2010, 3, 1, tzinfo=UTC), "note": "old"},
            {"id": 3, "user_id": 80, "paid_at": datetime(2025, 3, 1, tzinfo=UTC), "note": "b"},
        ],
    }


def forum(**options: object) -> InMemoryConnector:
    return InMemoryConnector(FORUM, forum_rows(), **options)  # type: ignore[arg-type]


def shop(**options: object) -> InMemoryConnector:
    return InMemoryConnector(SHOP, shop_rows(), **options)  # type: ignore[arg-type]


def ticking(start: datetime) -> Callable[[], datetime]:
    """A clock that is a second later each time it is read."""
    seconds = itertools.count()
    return lambda: start + timedelta(seconds=next(seconds))


def means(
    folder: Path,
    *connectors: InMemoryConnector,
    systems: tuple[System, ...] = (FORUM,),
    now: datetime = NOW,
    owner: str = "host/1/1",
    holds: tuple[Hold, ...] = (),
    backup_days: int | None = 14,
) -> Means:
    """The verbs' means for these systems; keys in `folder`."""
    keys = KeyStore(folder / "keys")
    named: dict[str, Connector] = {each.system.name: each for each in connectors}
    organisation = Organisation(
        "Example Foundation", "privacy@example.org", holds=holds, backup_days=backup_days
    )
    return Means(
        datamap=DataMap(organisation, systems=systems),
        connectors=named,
        keys=keys,
        signer=Ed25519Signer("example.org/ledger", bytes(range(32))),
        now=now,
        clock=ticking(now),
        entropy=serial_entropy(),
        owner=owner,
        by="officer",
        orders=True,
    )
