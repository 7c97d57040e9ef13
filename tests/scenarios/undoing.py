"""Erase with an undo window, put back, and dump a database by no word of the engine's."""

from typing import Any

from tests.scenarios.world import NOW, World
from tests.servers.database import Database
from upheld.rights.fulfil import Failed, execute
from upheld.rights.outcome import Prepared, Verified
from upheld.rights.subject import Subject
from upheld.rights.undo import Restored, Restoring, Undone

WINDOW = "undo: 7d\n"


def dump(database: Database, tables: list[str]) -> dict[str, list[tuple[Any, ...]]]:
    """Every row in the server's own text, by no word of the engine's."""
    every: dict[str, list[tuple[Any, ...]]] = {}
    for table in tables:
        columns = [row[0] for row in database.rows(NAMES[database.dialect].format(table))]
        listed = ", ".join(AS_TEXT[database.dialect].format(column) for column in columns)
        every[table] = sorted(database.rows(f"SELECT {listed} FROM {table}"), key=repr)
    return every


NAMES = {
    "sqlite": "SELECT name FROM pragma_table_xinfo('{}')",
    "postgresql": "SELECT attname FROM pg_attribute WHERE attrelid = '{}'::regclass AND attnum > 0",
    "mariadb": "SELECT column_name FROM information_schema.columns WHERE table_name = '{}' AND table_schema = DATABASE()",
}
AS_TEXT = {
    "sqlite": "typeof({0}) || CASE typeof({0}) WHEN 'text' THEN hex({0}) ELSE quote({0}) END",
    "postgresql": "CAST({} AS text)",
    "mariadb": "HEX({0}), CAST({0} AS CHAR)",
}


def erased(world: World, subject: Subject) -> list[bytes]:
    """Erased with the window open; gives the images of its parts."""
    events = list(
        execute(
            world.plan(),
            {"club": world.connector},
            subject,
            now=NOW,
            entropy=lambda: f"r{next(world.random):011d}",
            before=frozenset({"club"}),
        )
    )
    for event in events:
        if isinstance(event, Failed):
            raise event.failure
    assert isinstance(events[-1], Verified)
    images = [each.before for each in events if isinstance(each, Prepared)]
    assert None not in images
    return [each for each in images if each is not None]


def undone(world: World, images: list[bytes]) -> Restored:
    """Put back, as the caller of the port does it."""
    restoring, done = world.connector.undo(images, entropy=lambda: f"r{next(world.random):011d}")
    assert isinstance(restoring, Restoring)
    assert isinstance(done, Undone)
    assert done.restored == restoring.restored
    return done.restored
