"""Secrets stand in the environment; a map only names them."""

import re
from urllib.parse import parse_qsl

from upheld.datamap.page import Spot

_REFERENCE = re.compile(r"\$\{[A-Z][A-Z0-9_]*\}")
_PASSWORD = re.compile(r"://[^/?#\s]*?:([^/?#]*)@")
_SECRET = re.compile(r"passw|passwd|pwd|secret|token|api_?key|access_?key", re.IGNORECASE)


def check_secret(text: str, spot: Spot) -> None:
    """Complain about secrets in the open and about `${` that is no reference. Repeats nothing of the text."""
    bare = _REFERENCE.sub("", text)
    if "${" in bare:
        spot.complain(
            "bad-reference", "A `${…}` here names no variable.", "Write `${NAME}` in capitals, digits and _."
        )
        return
    password = _PASSWORD.search(bare)
    query = parse_qsl(bare.partition("?")[2], keep_blank_values=False)
    if (password and password[1]) or any(_SECRET.search(name) and value for name, value in query):
        spot.complain(
            "secret",
            "A secret is written in the open.",
            "Put it into the environment, write `${NAME}` here, and change it: it has been in a file.",
        )
