"""Generated parts of the docs: everything between cog markers is the output of the code beside it."""

import sys
from pathlib import Path

from cogapp import Cog  # type: ignore[import-untyped]

from tools.findings import relative, tracked_files

MARK = "[[[" + "cog"


def generated(paths: list[Path]) -> list[Path]:
    """Choose the Markdown files that have generated parts."""
    return [path for path in paths if path.suffix == ".md" and MARK in path.read_text()]


def main(arguments: list[str]) -> int:
    """Write the generated parts anew, or with --check say which differ."""
    paths = generated(tracked_files())
    if not paths:
        print("no generated parts")
        return 0
    options = ["--check", "--diff"] if "--check" in arguments else ["-r"]
    status = Cog().main(["cog", *options, "-P", *(str(path) for path in paths)])
    if status:
        print("run `make docs`, read what changed, commit it")
    else:
        print(f"{len(paths)} files with generated parts: {', '.join(relative(path) for path in paths)}")
    return int(status)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
