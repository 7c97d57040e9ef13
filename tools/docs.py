"""Docs that cannot lie: between cog markers stands the code's own output, and links lead somewhere."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from cogapp import Cog  # type: ignore[import-untyped]

from tools.findings import Finding, relative, tell, tracked_files

MARK = "[[[" + "cog"
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)")


def generated(paths: list[Path]) -> list[Path]:
    """Choose the Markdown files that have generated parts."""
    return [path for path in paths if path.suffix == ".md" and MARK in path.read_text()]


def dead_links(path: Path) -> Iterator[Finding]:
    """Find links of a Markdown file to files that are not there; addresses on the web are not asked."""
    for number, line in enumerate(path.read_text().splitlines(), 1):
        for match in LINK.finditer(line):
            on_the_web = "://" in match[1] or match[1].startswith("mailto:")
            if not on_the_web and not (path.parent / match[1]).exists():
                yield Finding(relative(path), number, f"{match[1]} is not there")


def main(arguments: list[str]) -> int:
    """Check links; write the generated parts anew, or with --check say which differ."""
    pages = [path for path in tracked_files() if path.suffix == ".md"]
    dead = tell(
        [finding for path in pages for finding in dead_links(path)], f"links of {len(pages)} pages: all there"
    )
    paths = generated(pages)
    if not paths:
        print("no generated parts")
        return dead
    options = ["--check", "--diff"] if "--check" in arguments else ["-r"]
    status = int(Cog().main(["cog", *options, "-P", *(str(path) for path in paths)]))
    if status:
        print("run `make docs`, read what changed, commit it")
    else:
        print(f"{len(paths)} files with generated parts: {', '.join(relative(path) for path in paths)}")
    return status or dead


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
