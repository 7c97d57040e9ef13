"""Visits of the desk: whose forms are believed behind a proxy that ends the encryption, and how long one lasts."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.store.plugin import stored
from upheld.cli.beginning import begin


def test_behind_a_proxy_own_forms_are_believed_and_a_desk_that_was_left_is_closed(tmp_path: Path) -> None:
    begin(tmp_path / "privacy", "Larkspur", "privacy@larkspur.example")
    (tmp_path / "data").mkdir()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("UPHELD_", "DJANGO_"))}
    ran = subprocess.run(
        [sys.executable, "-m", "tests.web.visits"],
        cwd=Path(__file__).parents[2],
        env=kept
        | {
            "DJANGO_SETTINGS_MODULE": "upheld.project.site",
            "UPHELD_ADDRESS": "https://privacy.larkspur.example",
            "UPHELD_DATA": str(tmp_path / "data"),
            "UPHELD_DIR": str(tmp_path / "privacy"),
        }
        | stored(tmp_path / "data"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-3000:]

    cookie = [True, True, "Strict", "/", ""]
    assert json.loads(ran.stdout) == {
        "from our own address": 422,
        "from a neighbour": 403,
        "cookies": {"__Host-upheld": cookie, "__Host-upheld-form": cookie},
        "after a while": "200 ",
        "after another": "200 ",
        "after more than an hour": "302 /console/login/?next=%2Fconsole%2F",
        "and then": 302,
    }
