"""Docs are checked: generated parts are known, links lead somewhere, commands exist."""

import re
from pathlib import Path

from tools import docs
from tools.findings import ROOT


def test_a_page_without_a_marker_is_left_alone(tmp_path: Path) -> None:
    plain, marked = tmp_path / "plain.md", tmp_path / "marked.md"
    plain.write_text("# Words\n")
    marked.write_text("<!-- [[[" + "cog\n]]] -->\n<!-- [[[end]]] -->\n")
    assert docs.generated([plain, marked]) == [marked]


def test_a_link_to_a_file_that_is_not_there_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("[here](page.md#top) [web](https://example.org/x)\n[gone](lost.md)\n")
    assert [(finding.line, finding.what) for finding in docs.dead_links(page)] == [
        (2, "lost.md is not there")
    ]


def test_each_make_command_of_the_front_pages_is_a_target() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for page in ("README.md", "CONTRIBUTING.md"):
        named = set(re.findall(r"^    make ([a-z-]+)", (ROOT / page).read_text(), re.MULTILINE))
        assert named
        assert named - targets == set()
