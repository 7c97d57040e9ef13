"""Whatever is sent to any page, by anybody: an answer that was thought of, and nobody's data beside it.

Some thousand requests by default; `--hypothesis-profile=soak` sends some hundred thousand.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tests.servers.database import Database
from tests.web.child import ran
from tests.web.hostile.corpus import PLANTED
from tests.web.hostile.house import house

EXAMPLES = 40 if settings.get_current_profile_name() == "soak" else 2
"""Of each form, for each visitor who has it."""
WRITTEN_DOWN = ["Look.why", "Staff.email", "Staff.name", "Token.name"]
"""Columns in which what was typed stands as it was: who has an account, why she says that she looks, and what
staff call a program."""


@pytest.mark.fuzz
def test_whatever_anybody_sends_to_any_route_gets_a_page_and_shows_nobodys_data(
    tmp_path: Path, sqlite: Database
) -> None:
    told = house(sqlite, tmp_path)
    data = tmp_path / "data"

    done = ran("hostile.program", tmp_path, str(tmp_path / "found.json"), str(EXAMPLES), **told)
    found: dict[str, Any] = json.loads((tmp_path / "found.json").read_text())

    assert found["findings"] == {}
    assert (done.stdout, done.stderr) == ("", ""), "nothing that was sent is worth a line of a log"
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
