"""The frame of every page: no script, nothing from elsewhere, readable straight from the unpacked folder."""

import base64
import hashlib
import html
import re
from importlib.resources import files

from upheld.rights.package.catalogue import Catalogue

style = (files("upheld.rights.package") / "package.css").read_text(encoding="utf-8").strip()
_digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
policy = f"default-src 'none'; style-src 'sha256-{_digest}'; base-uri 'none'; form-action 'none'"
_unseen = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f\ud800-\udfff\ufffe\uffff]")


def text(value: str) -> str:
    """Text for a page: escaped; characters that no page may hold are shown as a replacement."""
    return html.escape(_unseen.sub("\ufffd", value))


def words(name: str) -> str:
    """A machine's name as words: `created_at` becomes `Created at`."""
    plain = name.replace("_", " ").strip() or name
    return plain[:1].upper() + plain[1:]


def frame(title: str, body: str, *, language: Catalogue, organisation: str, up: str = "") -> bytes:
    """A whole page. `up` leads to the start page and is empty on it."""
    crumb = f'<a href="{up}index.html">{text(organisation)}</a>' if up else text(organisation)
    return (
        f'<!doctype html>\n<html lang="{language.code}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n<meta name="color-scheme" content="light dark">\n'
        f"<title>{text(title)}</title>\n<style>{style}</style>\n</head>\n<body>\n"
        f"<header><p>{crumb}</p></header>\n<main>\n{body}</main>\n</body>\n</html>\n"
    ).encode()
