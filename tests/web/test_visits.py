"""Visits of the desk: whose forms are believed behind a proxy that ends the encryption, and how long one lasts."""

from pathlib import Path

from tests.web.child import told
from upheld.cli.beginning import begin


def test_behind_a_proxy_own_forms_are_believed_and_a_desk_that_was_left_is_closed(tmp_path: Path) -> None:
    begin(tmp_path / "privacy", "Larkspur", "privacy@larkspur.example")
    seen = told("visits", tmp_path, UPHELD_ADDRESS="https://privacy.larkspur.example")

    cookie = [True, True, "Strict", "/", ""]
    assert seen == {
        "from our own address": 422,
        "from a neighbour": 403,
        "cookies": {"__Host-upheld": cookie, "__Host-upheld-form": cookie},
        "after a while": "200 ",
        "after another": "200 ",
        "after more than an hour": "302 /console/login/?next=%2Fconsole%2F",
        "and then": 302,
    }
