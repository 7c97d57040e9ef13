"""A draft, unedited, on copies of applications of several schools: she is found, and nobody else is touched."""

from pathlib import Path

import pytest

from tests.connectors.sql.discover.applications import APPLICATIONS
from tests.connectors.sql.discover.trial import carried_out
from tests.servers.database import Database


@pytest.mark.parametrize("name", list(APPLICATIONS))
def test_an_unedited_draft_finds_her_and_touches_nobody_else(
    name: str, each_database: Database, tmp_path: Path
) -> None:
    application = APPLICATIONS[name]

    outcome = carried_out(application, each_database, tmp_path / "privacy")

    assert outcome.touched == {}
    assert outcome.remnants == ()
    assert outcome.recall(application) >= 0.9, sorted(outcome.left)
