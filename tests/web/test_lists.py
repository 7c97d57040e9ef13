"""Lists ask the database as often for many rows as for one."""

from pathlib import Path

from tests.web.child import told
from tests.web.journeys.plugin import ORGANISATION, PURPOSES
from tests.web.test_matrix import LETTERS


def test_every_page_that_lists_takes_as_many_queries_for_three_rows_as_for_one(tmp_path: Path) -> None:
    privacy = tmp_path / "privacy"
    (privacy / "systems").mkdir(parents=True)
    (privacy / "upheld.yaml").write_text(ORGANISATION)
    (privacy / "purposes.yaml").write_text(PURPOSES)
    (privacy / "systems" / "letters.yaml").write_text(LETTERS)

    seen = told("lists", tmp_path)

    assert seen["three"] == seen["one"]
    assert len(seen["one"]) == 12
