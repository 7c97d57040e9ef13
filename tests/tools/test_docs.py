"""Only files with generated parts are handed to the generator."""

from pathlib import Path

from tools import docs


def test_a_page_without_a_marker_is_left_alone(tmp_path: Path) -> None:
    plain, marked = tmp_path / "plain.md", tmp_path / "marked.md"
    plain.write_text("# Words\n")
    marked.write_text("<!-- [[[" + "cog\n]]] -->\n<!-- [[[end]]] -->\n")
    assert docs.generated([plain, marked]) == [marked]
