"""`staff` and `two`: who decides together, as a person reads it in upheld.yaml."""

from pathlib import Path

import pytest

from upheld.datamap.fault import Invalid
from upheld.datamap.model import Second, Two
from upheld.datamap.read import read

HEAD = "organisation: {name: Harbour Chess Club, contact: privacy@chess.example.org}\n"
LETTERS = (
    "system: letters\nkind: manual\ntitle: Letters\nowner: The office\naddress: office@chess.example.org\n"
    "look_for: letters\nhow: shred them\n"
)


def _two(folder: Path, text: str) -> Two:
    (folder / "upheld.yaml").write_text(HEAD + text)
    (folder / "systems").mkdir()
    (folder / "systems" / "letters.yaml").write_text(LETTERS)
    return read(folder).organisation.two


@pytest.mark.key("staff")
@pytest.mark.parametrize(("preset", "second"), [("solo", Second.COOLING), ("team", Second.COLLEAGUE)])
def test_a_preset_is_for_all_matters(tmp_path: Path, preset: str, second: Second) -> None:
    rules = _two(tmp_path, f"staff: {preset}\n").rules

    assert rules == (("limits", second), ("undo", second), ("refusal", second), ("stop", second))


def test_without_a_preset_nobody_has_to_agree(tmp_path: Path) -> None:
    assert _two(tmp_path, "") == Two()


@pytest.mark.key("two", "two.limits", "two.undo", "two.refusal", "two.stop", "two.cooling", "two.outside")
def test_each_matter_can_be_said_otherwise(tmp_path: Path) -> None:
    """What these rules do is executed in tests/actions/test_two.py, on both stores."""
    found = _two(
        tmp_path,
        "staff: team\n"
        "two: {limits: outside, undo: cooling, refusal: none, cooling: 48, outside: board@chess.example.org}\n",
    )

    assert found == Two(
        (("limits", Second.OUTSIDE), ("undo", Second.COOLING), ("stop", Second.COLLEAGUE)),
        48,
        "board@chess.example.org",
    )
    assert found.rule("refusal") is None


def test_somebody_outside_needs_an_address(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"(?s)upheld.yaml:3.*no address of theirs is given"):
        _two(tmp_path, "staff: solo\ntwo: {stop: outside}\n")
