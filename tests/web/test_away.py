"""Pages while the database of our own records is away: what a visitor, staff and a program get, and the log."""

import json
from pathlib import Path

import pytest

from tests.web.child import ran
from tests.web.journeys.plugin import ORGANISATION, PURPOSES, SHOP

HALF = "30"
AWAY = {
    "/en/foll": [503, HALF, "Just a moment, please"],
    "/de/foll": [503, HALF, "Einen Moment, bitte"],
    "/console": [503, HALF, "Just a moment, please"],
    "/api/v1/": [503, HALF, "urn:upheld:problem:away"],
    "/readyz": [503, None, ""],
    "form": [503, HALF, "Just a moment, please"],
}


@pytest.mark.parametrize("kind", ["postgresql", "sqlite"])
def test_a_page_says_that_the_records_are_away_and_the_log_once_until_they_are_back(
    kind: str, tmp_path: Path
) -> None:
    (tmp_path / "privacy" / "systems").mkdir(parents=True)
    (tmp_path / "privacy" / "systems" / "shop.yaml").write_text(SHOP)
    (tmp_path / "privacy" / "upheld.yaml").write_text(ORGANISATION)
    (tmp_path / "privacy" / "purposes.yaml").write_text(PURPOSES)

    seen = json.loads(ran("away", tmp_path, kind, records=False, SHOP_DATABASE_URL="sqlite:///none").stdout)

    assert seen["away"] == AWAY
    assert seen["lines"] == ["records.away"]
    assert seen["after"] == seen["before"]
    assert not [name for name, said in seen["after"].items() if said[0] >= 500 and name != "/readyz"]
    if kind == "sqlite":
        assert seen["locked"] == AWAY["form"]
