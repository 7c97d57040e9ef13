"""Whatever is answered to the first run's questions: a page, and a folder that is a data map."""

from pathlib import Path

import pytest

from tests.web.child import told
from upheld.cli.beginning import begin


@pytest.mark.fuzz
def test_no_answer_breaks_a_page_or_the_folder_or_is_logged(tmp_path: Path) -> None:
    begin(tmp_path / "privacy", "Your organisation", "privacy@example.org")
    found = told("first", tmp_path, records=False)

    assert set(found.pop("statuses")) <= {200, 302, 400, 409, 422}
    assert found.pop("written") > 10, "some answers are good ones"
    files = set(found.pop("files"))
    assert found == {"mending": [], "no_map": [], "logged": "", "crumbs": [], "beside": ["data", "privacy"]}
    assert "upheld.yaml" in files
