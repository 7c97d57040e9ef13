"""Whatever is sent to any page, by anybody: an answer that was thought of, and nobody's data beside it.

Some thousand requests by default; `--hypothesis-profile=soak` sends some hundred thousand.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tests.servers.database import Database
from tests.store.plugin import stored
from tests.web.hostile.corpus import PLANTED
from tests.web.journeys.plugin import ORGANISATION, furnish
from tests.web.test_matrix import LETTERS

EXAMPLES = 40 if settings.get_current_profile_name() == "soak" else 2
"""Of each form, for each visitor who has it."""
WRITTEN_DOWN = ["Look.why", "Staff.email", "Staff.name", "Token.name"]
"""Columns in which what was typed stands as it was: who has an account, why she says that she looks, and what
staff call a program."""


@pytest.mark.fuzz
def test_whatever_anybody_sends_to_any_route_gets_a_page_and_shows_nobodys_data(
    tmp_path: Path, sqlite: Database
) -> None:
    told = furnish(sqlite, tmp_path)
    privacy = tmp_path / "privacy"
    (privacy / "upheld.yaml").write_text(ORGANISATION.replace("[gdpr]", "[gdpr, ccpa]") + "staff: team\n")
    (privacy / "systems" / "letters.yaml").write_text(LETTERS)
    data = tmp_path / "data"
    data.mkdir()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("UPHELD_", "DJANGO_"))}

    ran = subprocess.run(
        [
            *(sys.executable, "-W", "error::ResourceWarning", "-m", "tests.web.hostile.program"),
            *(str(tmp_path / "found.json"), str(EXAMPLES)),
        ],
        cwd=Path(__file__).parents[3],
        env=kept
        | told
        | stored(data)
        | {"DJANGO_SETTINGS_MODULE": "upheld.project.site", "UPHELD_DATA": str(data)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    found: dict[str, Any] = json.loads((tmp_path / "found.json").read_text())

    assert found["findings"] == {}
    assert (ran.stdout, ran.stderr) == ("", ""), "nothing that was sent is worth a line of a log"
    assert found["unsealed"] == WRITTEN_DOWN
    assert [name for name in found["routes"] if not found["statuses"][name]] == []
    assert [name for name in found["posted"] if name not in found["fuzzed"]] == [], (
        "takes a form, was sent none"
    )
    plain = [
        str(each.relative_to(data))
        for each in data.rglob("*")
        if each.is_file()
        and each.suffix != ".sqlite3"
        and not each.name.endswith(("-wal", "-shm"))
        and any(planted.encode() in each.read_bytes() for planted in PLANTED)
    ]
    assert plain == []
