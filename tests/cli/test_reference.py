"""docs/cli.md says what the commands say."""

from pathlib import Path

from upheld.cli.reference import reference

ROOT = Path(__file__).parents[2]


def test_every_command_is_documented_as_it_is() -> None:
    assert reference() in (ROOT / "docs" / "cli.md").read_text()
