"""Two who press at the same moment: what comes of it is what comes of one after the other."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.servers.database import Database
from tests.servers.plugin import NewDatabase
from tests.web.journeys.plugin import ORGANISATION, furnish
from tests.web.test_matrix import LETTERS


@pytest.mark.fuzz
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_what_two_do_at_once_is_what_they_do_one_after_the_other(
    kind: str, tmp_path: Path, sqlite: Database, new_database: NewDatabase
) -> None:
    told = furnish(sqlite, tmp_path)
    privacy = tmp_path / "privacy"
    (privacy / "upheld.yaml").write_text(ORGANISATION.replace("[gdpr]", "[gdpr, ccpa]") + "staff: team\n")
    (privacy / "systems" / "letters.yaml").write_text(LETTERS)
    data = tmp_path / "data"
    data.mkdir()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("UPHELD_", "DJANGO_"))}
    ours = {"DJANGO_SETTINGS_MODULE": "upheld.project.site", "UPHELD_DATA": str(data)}
    if kind == "postgresql":
        ours["UPHELD_DATABASE_URL"] = new_database("postgresql").url

    ran = subprocess.run(
        [*(sys.executable, "-m", "tests.web.hostile.at_once"), str(tmp_path / "found.json")],
        cwd=Path(__file__).parents[3],
        env=kept | told | ours,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    found: dict[str, Any] = json.loads((tmp_path / "found.json").read_text())

    assert found["findings"] == {}
    assert len(found["pressed"]) > 45, found["pressed"]
