"""One application, drafted and carried out as it is: what was left of her, and what of others was touched."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import sqlalchemy as sa

from tests.connectors.sql.discover.application import EMAIL, Application, Raw, others, places, raw
from tests.scenarios.world import NOW, ORGANISATION, World
from tests.servers.database import Database
from upheld.connectors.sql import connector
from upheld.connectors.sql.connector import SqlConnector
from upheld.connectors.sql.discover import Draft
from upheld.connectors.sql.discover.reach import Wish
from upheld.datamap.model import DataMap, System
from upheld.datamap.read import read
from upheld.rights.proposals import accepted

DAY = date(2026, 11, 25)


def asked_of(database: Database) -> SqlConnector:
    """A connector that knows nothing of the database but where it is."""
    url = sa.make_url(database.url).render_as_string(hide_password=False)
    system = System("club", connect="${CLUB_DATABASE_URL}")
    return connector(system, secrets={"CLUB_DATABASE_URL": url})


def drafted(database: Database) -> Draft:
    return asked_of(database).discover(Wish(DAY, scratch=True))


def folder_of(draft: Draft, folder: Path) -> DataMap:
    """The draft in a privacy folder, read as any other."""
    (folder / "systems").mkdir(parents=True, exist_ok=True)
    (folder / "upheld.yaml").write_text(ORGANISATION.replace("  places: [DE]\n", ""))
    (folder / "systems" / "club.yaml").write_text(draft.text)
    return read(folder)


def world_of(draft: Draft, database: Database, folder: Path) -> World:
    """As the copy on which proposals are accepted."""
    url = sa.make_url(database.url).render_as_string(hide_password=False)
    return World(database, folder, accepted(folder_of(draft, folder)), {"CLUB_DATABASE_URL": url})


@dataclass(frozen=True)
class Outcome:
    """`before`, `left`: columns in which she stands. `touched`: rows of others that changed, by table."""

    draft: Draft
    before: set[tuple[str, str]]
    left: set[tuple[str, str]]
    touched: dict[str, int]
    remnants: tuple[object, ...]

    def recall(self, application: Application) -> float:
        """Of the columns in which she stood, those that no longer say so, or are kept for a time with a reason."""
        lost = {place for place in self.left if place[0] not in application.kept}
        return 1 - len(lost) / len(self.before)


def carried_out(application: Application, database: Database, folder: Path) -> Outcome:
    application.build(database)
    before = raw(application, database)
    draft = drafted(database)
    world = world_of(draft, database, folder)
    erasure = world.erase(f"email={EMAIL}", now=NOW)
    after = raw(application, database)
    return Outcome(
        draft,
        places(before),
        places(after),
        touched(others(application, before), after),
        erasure.verified.remnants,
    )


def touched(before: Raw, after: Raw) -> dict[str, int]:
    """Rows of others that do not stand there as they did."""
    found = {}
    for name, rows in before.items():
        there = list(map(repr, after[name]))
        lost = [row for row in rows if repr(row) not in there]
        if lost:
            found[name] = len(lost)
    return found
