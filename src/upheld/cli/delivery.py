"""Options of the commands that write a copy."""

from pathlib import Path
from typing import Annotated

import typer

Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="FILE",
        help="Where the copy goes, an age file; for a list, a folder. Default: in the data folder.",
    ),
]
Recipient = Annotated[
    list[str] | None,
    typer.Option(
        "--recipient",
        metavar="AGE1…",
        help="An age public key that opens the copy: the person's, or that of whom she sends it to. Without "
        "one, a key is made and written beside the copy.",
    ),
]
Language = Annotated[
    str,
    typer.Option(
        "--language",
        metavar="CODE",
        help="Language of the copy's pages: en, de, fr, as far as upheld.yaml names it. "
        "Default: the first there.",
    ),
]
