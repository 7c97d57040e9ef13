"""Fixtures of the scenario tests."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.world import World, make_world
from tests.servers.database import Database

Make = Callable[..., World]


@pytest.fixture
def make(each_database: Database, tmp_path: Path) -> Make:
    """Makes the scenario's world on each of the three databases; a schema may depend on the dialect."""

    def made(ddl: str | Callable[[str], str], tables: str, **more: Any) -> World:
        written = ddl if isinstance(ddl, str) else ddl(each_database.dialect)
        return make_world(each_database, tmp_path / "privacy", written, tables, **more)

    return made
