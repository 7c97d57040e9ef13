"""Whatever is answered to the first run's questions: a page, and a folder that is a data map."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from upheld.cli.beginning import begin


@pytest.mark.fuzz
def test_no_answer_breaks_a_page_or_the_folder_or_is_logged(tmp_path: Path) -> None:
    begin(tmp_path / "privacy", "Your organisation", "privacy@example.org")
    (tmp_path / "data").mkdir()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("UPHELD_", "DJANGO_"))}
    ran = subprocess.run(
        [sys.executable, "-m", "tests.web.first"],
        cwd=Path(__file__).parents[2],
        env=kept
        | {
            "DJANGO_SETTINGS_MODULE": "upheld.project.site",
            "UPHELD_DATA": str(tmp_path / "data"),
            "UPHELD_DIR": str(tmp_path / "privacy"),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    found = json.loads(ran.stdout)

    assert set(found.pop("statuses")) <= {200, 302, 400, 409, 422}
    assert found.pop("written") > 10, "some answers are good ones"
    files = set(found.pop("files"))
    assert found == {"mending": [], "no_map": [], "logged": "", "crumbs": [], "beside": ["data", "privacy"]}
    assert "upheld.yaml" in files
