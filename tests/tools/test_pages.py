"""Pages that name tests name tests that there are."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = (
    "docs/explanation/threat-model.md",
    "docs/explanation/network.md",
    "docs/first-week.md",
    "docs/asvs.md",
    "docs/security-review.md",
    "docs/roles.md",
)
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


@pytest.mark.parametrize("page", PAGES)
def test_each_test_that_a_page_names_is_there(page: str) -> None:
    named = NAMED.findall((ROOT / page).read_text())

    assert named
    missing = [
        f"{file}::{name}"
        for file, name in named
        if not (ROOT / file).exists() or (name and f"def {name}(" not in (ROOT / file).read_text())
    ]
    assert missing == []


def test_every_row_of_the_threat_model_names_its_test() -> None:
    rows = [
        line
        for line in (ROOT / PAGES[0]).read_text().splitlines()
        if line.startswith("| ") and not line.startswith(("| who ", "|---"))
    ]

    assert len(rows) > 20
    assert [row for row in rows if not NAMED.search(row)] == []
