"""The address under which people reach the server, said in the console: it counts at once, and nobody locks herself out."""

from pathlib import Path

from tests.web.child import told
from upheld.cli.beginning import begin

HERE = "http://127.0.0.1:8000"
THERE = "https://privacy.larkspur.example"


def test_what_the_console_is_told_counts_at_once(tmp_path: Path) -> None:
    begin(tmp_path / "privacy", "Larkspur", "privacy@larkspur.example")

    seen = told("reached", tmp_path, UPHELD_LISTENS=HERE)

    assert seen["before"] == [400, f"{HERE}/console/"]
    assert seen["refused"] == [422] * 7
    assert seen["taken"] == [302, THERE, f"{THERE}/console/"]
    assert seen["asked"] == {
        "privacy.larkspur.example": {
            "status": 200,
            "cookies": [["__Host-upheld-form", True]],
            "https from now on": True,
        },
        "127.0.0.1": {"status": 200, "cookies": [["upheld-form", False]], "https from now on": False},
        "evil.example": {"status": 400, "cookies": [], "https from now on": False},
    }
    assert seen["sent"] == [200, 403, 403]
    assert seen["logged in"] == [200, 302]
    assert seen["forgotten"] == [400, f"{HERE}/console/"]


def test_the_environment_s_address_wins(tmp_path: Path) -> None:
    begin(tmp_path / "privacy", "Larkspur", "privacy@larkspur.example")
    other = "https://other.larkspur.example"

    seen = told("reached", tmp_path, UPHELD_ADDRESS=other)

    assert seen["before"] == [400, f"{other}/console/"]
    assert seen["taken"][1:] == [other, f"{other}/console/"]
    assert (seen["asked"]["privacy.larkspur.example"]["status"], seen["sent"]) == (400, [400] * 3)
