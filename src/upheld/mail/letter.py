"""A mail as plain text, composed so that no value of it can become a header."""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from upheld.rights.outcome import Permanent


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
    message.set_content(letter.text)
    return message
