"""The office that answers for a world: receives, approves, fulfils and keeps records, as the commands do.

Its own records are on SQLite (fixture `sqlite_records`); the world's database is whichever the test has.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from itertools import count
from pathlib import Path

from tests.actions.world import ticking
from tests.scenarios.world import NOW, World
from upheld.actions import cases, erasure
from upheld.actions.asking import Asked
from upheld.actions.erasure import Standing
from upheld.actions.means import Means
from upheld.actions.preview import preview
from upheld.actions.purge import Purged, purge
from upheld.actions.reach import connectors
from upheld.actions.resume import resume
from upheld.datamap.model import DataMap
from upheld.law.right import Right
from upheld.ledger.keys import Ed25519Signer
from upheld.rights.subject import Identity, Person
from upheld.store.keys import KeyStore
from upheld.store.models import Request


@dataclass
class Office:
    """The verbs of `upheld.actions` over one world. `datamap` may be exchanged, as when a file was edited."""

    world: World
    folder: Path
    datamap: DataMap
    programs: "count[int]"

    @property
    def keys(self) -> KeyStore:
        """The key store, apart from the records."""
        return KeyStore(self.folder / "keys")

    def means(self, now: datetime = NOW) -> Means:
        """Fresh means, as a new call of a command has: another program, other connections."""
        return Means(
            datamap=self.datamap,
            connectors=connectors(datamap=self.datamap, secrets=self.world.secrets),
            keys=self.keys,
            signer=Ed25519Signer("example.org/ledger", bytes(range(32))),
            now=now,
            clock=ticking(now),
            entropy=lambda: f"r{next(self.world.random):023d}",
            owner=f"host/{next(self.programs)}/1",
            by="officer",
            orders=True,
            kept=self.folder / "kept",
        )

    def asked(self, *identities: str, people: Sequence[str] = ()) -> Asked:
        """What somebody gave: `email=…`; decisions such as `users=7`."""
        decided = []
        for each in people:
            table, _, key = each.partition("=")
            decided.append(Person("club", table, self.world.connector.key(table, key)))
        given = (each.partition("=") for each in identities)
        return Asked(tuple(Identity(kind, value) for kind, _, value in given), tuple(decided))

    def begin(
        self, *identities: str, people: Sequence[str] = (), now: datetime = NOW, allow: Sequence[str] = ()
    ) -> Request:
        """Received and approved; nothing is written in the world yet."""
        means, asked = self.means(now), self.asked(*identities, people=people)
        seen = preview(means=means, right=Right.ERASURE, asked=asked)
        request = cases.receive(means=means, right=Right.ERASURE, asked=asked)
        reason = "looked at" if allow else ""
        erasure.approve(means=means, request=request, preview=seen, allow=frozenset(allow), reason=reason)
        request.refresh_from_db()
        return request

    def fulfil(self, request: Request, *, now: datetime = NOW) -> Standing:
        """Go through the systems."""
        return erasure.fulfil(means=self.means(now), request=request)

    def erase(
        self, *identities: str, people: Sequence[str] = (), now: datetime = NOW, allow: Sequence[str] = ()
    ) -> Standing:
        """From the request to where it stands."""
        request = self.begin(*identities, people=people, now=now, allow=allow)
        return self.fulfil(request, now=now)

    def resume(self, *, now: datetime) -> tuple[Standing, ...]:
        """What a later call goes on with."""
        return resume(means=self.means(now))

    def purge(self, day: str, told: list[tuple[str, str]] | None = None) -> Purged:
        """What is due on that day, at noon; `told`, by system, what was done."""
        means = self.means(datetime.combine(datetime.fromisoformat(day), time(12), UTC))
        return purge(means=means, progress=lambda *each: None if told is None else told.append(each))

    def without_holds(self) -> None:
        """The holds are taken out of the privacy folder."""
        organisation = replace(self.datamap.organisation, holds=())
        self.datamap = replace(self.datamap, organisation=organisation)


def open_office(world: World, folder: Path) -> Office:
    """An office without any record yet. Wants the fixture `sqlite_records`."""
    return Office(world, folder, world.datamap, count(1))
