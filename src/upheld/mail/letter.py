"""A mail, as text and as HTML, composed so that no value of it can become a header."""

import re
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from html import escape

from upheld.rights.outcome import Permanent

BLANK = re.compile(r"\n[ \t]*\n")
ADDRESS = re.compile(r"https?://[^\s<>\"']*[^\s<>\"'.,;:!?)\]]")
HEAD = '<!doctype html>\n<html><head><meta charset="utf-8"></head>'
STYLE = "max-width:38em;font:1em/1.5 sans-serif"


@dataclass(frozen=True, slots=True)
class Letter:
    """To whom, about what, and the text. Personal: sealed at rest, never logged."""

    to: str
    subject: str
    text: str

    def __repr__(self) -> str:
        return "Letter(…)"


def composed(letter: Letter, *, sender: str, name: str, reply_to: str, at: datetime) -> EmailMessage:
    """The message. Permanent for an address that cannot stand in a header: it is never sent anywhere."""
    message = EmailMessage()
    try:
        message["From"] = Address(display_name=name, addr_spec=sender)
        message["To"] = Address(addr_spec=letter.to)
        message["Reply-To"] = Address(addr_spec=reply_to)
        message["Subject"] = " ".join(letter.subject.split())
    except (ValueError, IndexError) as error:
        raise Permanent("An address of this mail cannot be written to.", "Check who it is for.") from error
    message["Date"] = format_datetime(at)
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    # Seven bits, short lines: no server on its way has to agree to more.
    message.set_content(letter.text, cte="quoted-printable")
    message.add_alternative(page(letter.text), subtype="html", cte="quoted-printable")
    return message


def page(text: str) -> str:
    """The same words as HTML: paragraphs, and links that can be clicked. Nothing is fetched when it is
    opened: no picture, no style sheet, no sign that it was read."""
    paragraphs = "".join(
        f"<p>{'<br>'.join(map(_line, each.splitlines()))}</p>\n"
        for each in BLANK.split(text.strip("\n"))
        if each.strip()
    )
    return f'{HEAD}<body style="{STYLE}">\n{paragraphs}</body></html>\n'


def _line(line: str) -> str:
    """Escaped; addresses of pages become links to themselves and to nothing else."""
    pieces, at = [], 0
    for found in ADDRESS.finditer(line):
        shown = escape(found[0])
        pieces += [escape(line[at : found.start()]), f'<a href="{shown}">{shown}</a>']
        at = found.end()
    return "".join((*pieces, escape(line[at:])))
