"""Drafts of whole applications, used unedited: they get no worse than docs/discovery.md says, and nobody else is touched."""

from pathlib import Path

import pytest

from tests.apps import product
from tests.apps.drafts import page
from tests.apps.drafts.applications import indico, mediawiki, oscar, roundup
from tests.apps.drafts.measure import Application, measure
from tests.servers.server import ServerMissing

# The share of places that are found, a little below what was measured last.
FLOORS = {"indico": 0.9, "oscar": 0.94, "roundup": 0.89, "mediawiki": 0.46}


@pytest.mark.parametrize(
    "application", [indico(), oscar(), roundup(), mediawiki()], ids=lambda each: each.name
)
def test_a_draft_finds_as_much_as_recorded_and_touches_nobody_else(
    application: Application, tmp_path: Path
) -> None:
    recorded = page.figures(application.name, "present")
    assert recorded is not None

    try:
        figures = measure(application, tmp_path)
    except ServerMissing as missing:
        product.missing(missing.why, missing.remedy)
        raise

    assert figures.recall() >= max(FLOORS[application.name], recorded.recall() - 0.01)
    assert {each.kind: each.harm for each in figures.people if each.harm} == {}
    assert [each.refused for each in figures.people if each.refused] == []
