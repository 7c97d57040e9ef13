"""What a person gets of a world: her copy as a page, her erasure with its certificate."""

import re
from datetime import datetime
from html import unescape
from itertools import count
from pathlib import Path

import pyrage

from tests.actions.world import ticking
from tests.scenarios.world import NOW, World
from upheld.actions import cases, erasure
from upheld.actions.asking import Asked
from upheld.actions.means import Means
from upheld.actions.preview import preview
from upheld.law.right import Right
from upheld.ledger.keys import Ed25519Signer
from upheld.rights.package.opening import open_package
from upheld.rights.package.writing import write
from upheld.rights.subject import Identity
from upheld.store.keys import KeyStore
from upheld.store.models import Request

_TAGS = re.compile(r"<[^>]+>")


def words(page: Path) -> str:
    """A page as a person reads it: its text, white space joined."""
    return " ".join(unescape(_TAGS.sub(" ", page.read_text())).split())


def opened_copy(world: World, *identities: str, now: datetime = NOW, language: str = "en") -> Path:
    """The folder of her unpacked copy."""
    key = pyrage.x25519.Identity.generate()
    out, folder = world.folder.parent / "copy.age", world.folder.parent / "copy"
    write(
        world.plan(Right.ACCESS, now=now),
        world.datamap,
        world.subject(*identities),
        {"club": world.connector},
        now=now,
        out=out,
        recipients=[str(key.to_public())],
        language=language,
    )
    return open_package(out, str(key), folder).parent


def means(world: World, *, now: datetime = NOW) -> Means:
    """The verbs' means over a world. Wants the fixture `sqlite_records`."""
    random = count(1)
    return Means(
        datamap=world.datamap,
        connectors={"club": world.connector},
        keys=KeyStore(world.folder.parent / "keys"),
        signer=Ed25519Signer("example.org/ledger", bytes(range(32))),
        now=world.datamap.organisation.local(now),
        clock=ticking(now),
        entropy=lambda: f"r{next(random):023d}",
        owner="host/1/1",
        by="officer",
        orders=True,
    )


def erased(with_: Means, identity: str) -> Request:
    """Received, approved, fulfilled. Raises the failure that stopped it before its first write."""
    kind, _, value = identity.partition("=")
    asked = Asked((Identity(kind, value),))
    seen = preview(means=with_, right=Right.ERASURE, asked=asked)
    request = cases.receive(means=with_, right=Right.ERASURE, asked=asked)
    erasure.approve(means=with_, request=request, preview=seen)
    request.refresh_from_db()
    assert erasure.fulfil(means=with_, request=request).complete
    request.refresh_from_db()
    return request
