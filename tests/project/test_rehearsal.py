"""What the server does before its programs are copies of one leaves nothing that a copy must not have."""

from pathlib import Path

from tests.web.child import ran, told
from upheld.cli.beginning import begin

NOTHING = {"connected": False, "threads": ["MainThread"], "loaded": [], "counted": [], "written": {}}


def test_a_rehearsal_leaves_no_connection_no_thread_no_row_and_no_count(tmp_path: Path) -> None:
    begin(tmp_path / "privacy", "Larkspur House", "privacy@larkspur.example", serving=True)

    assert told("rehearsed", tmp_path) == NOTHING


def test_whatever_is_wrong_is_left_to_the_program_that_meets_it(tmp_path: Path) -> None:
    begin(tmp_path / "privacy", "Larkspur House", "privacy@larkspur.example", serving=True)
    (tmp_path / "privacy" / "upheld.yaml").write_text("organisation: [")

    done = ran("rehearsed", tmp_path)

    assert (done.returncode, done.stderr) == (0, "")
