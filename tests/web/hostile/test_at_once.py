"""Two who press at the same moment: what comes of it is what comes of one after the other."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.servers.database import Database
from tests.servers.plugin import NewDatabase
from tests.web.child import ran
from tests.web.hostile.house import house


@pytest.mark.fuzz
@pytest.mark.parametrize("kind", [pytest.param("sqlite", marks=pytest.mark.store("sqlite")), "postgresql"])
def test_what_two_do_at_once_is_what_they_do_one_after_the_other(
    kind: str, tmp_path: Path, sqlite: Database, new_database: NewDatabase
) -> None:
    told = house(sqlite, tmp_path)
    if kind == "postgresql":
        told["UPHELD_DATABASE_URL"] = new_database("postgresql").url

    ran("hostile.at_once", tmp_path, str(tmp_path / "found.json"), records=False, **told)
    found: dict[str, Any] = json.loads((tmp_path / "found.json").read_text())

    assert found["findings"] == {}
    assert len(found["pressed"]) > 45, found["pressed"]
