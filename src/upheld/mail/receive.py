"""Read what came in: a mail as its source (RFC 5322), or pasted as text. Everything in it is personal, and
hostile until shown otherwise: nothing is run or fetched, every dimension is bounded, and whatever cannot be
read as a mail is read as text."""

import codecs
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import EmailMessage, Message
from email.parser import BytesParser
from email.policy import Compat32
from email.utils import parsedate_to_datetime

from upheld.mail import pasted
from upheld.mail.moment import day_in
from upheld.mail.plain import text_of
from upheld.mail.typed import kind

LARGEST = 5 * 1024 * 1024
MOST_TEXT = 200_000
"""Characters of text that are looked at; the original is kept whole."""
_MOST_LINES = 150_000
_MOST_CONTAINERS = 40
_MOST_PARTS = 200
_MOST_ATTACHMENTS = 30
_DEEPEST = 10
_LONGEST_HEADER = 1000
_MOST_OF_A_HEADER = 4000
_MOST_NAMED = 20

_CONTAINER = re.compile(
    rb"^[ \t]*content-type[ \t]*:[ \t\r\n]*(?:multipart|message)/", re.IGNORECASE | re.MULTILINE
)
_HEADER = re.compile(rb"[!-9;-~]{1,80}:[ \t]?.*")
_OF_A_SOURCE = re.compile(
    rb"^(message-id|mime-version|received|content-type|return-path|dkim-signature|x-[a-z-]{1,60}):",
    re.IGNORECASE | re.MULTILINE,
)
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"'@]{1,64}@[^\s<>()\[\],;:\"'@]{1,190}\.[^\W\d_]{2,24}")
_CHARSETS = re.compile(
    r"utf-(8|16|32)(-sig|-be|-le)?|ascii|iso8859-\d{1,2}|cp(125\d|437|850|932|936|949|950)|koi8-[ru]|mac-roman"
    r"|gb2312|gbk|gb18030|big5|shift_jis|euc_(jp|kr)|iso2022_(jp|kr)"
)
_AUTOMATIC = ("auto-submitted", "list-unsubscribe", "list-id", "x-autoreply")


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody as a mail names her."""

    name: str = ""
    address: str = ""

    def __repr__(self) -> str:
        return "Party(…)"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with it. `name` is its sender's; `kind` is by its content."""

    name: str
    kind: str
    content: bytes

    def __repr__(self) -> str:
        return f"Attachment({self.kind}, {len(self.content)} bytes)"


@dataclass(frozen=True, slots=True)
class Received:
    """A mail as it was read. `when`: the moment or the day on which it came, where it says so. `named`: other
    addresses in it. `automatic`: a machine or a mailing list says that it wrote this. `forwarded`: it was
    inside another mail."""

    sender: Party = Party()
    subject: str = ""
    text: str = ""
    when: date | None = None
    attachments: tuple[Attachment, ...] = ()
    named: tuple[str, ...] = ()
    automatic: bool = False
    forwarded: bool = False

    def __repr__(self) -> str:
        return "Received(…)"


def read(raw: bytes, *, ours: str = "") -> Received:
    """What came in. `ours`: our own domain; who writes from it forwards what somebody else wrote. Never
    fails, whatever the bytes are."""
    found = _source(raw, ours) if _is_source(raw) else _text(_decoded(raw, ""), ours)
    return replace(found, named=_named(found, ours))


def wrapped(text: str, name: str, content: bytes) -> bytes:
    """Words and a file as one source: a letter with its scan. The name is its sender's and only a name."""
    made = EmailMessage()
    made.set_content(text)
    plain = "".join(each for each in name if each.isprintable())[:100]
    made.add_attachment(content, maintype="application", subtype="octet-stream", filename=plain or "file")
    return made.as_bytes()


def is_ours(address: str, ours: str) -> bool:
    """Whether the address is of our own domain."""
    domain = address.rpartition("@")[2].casefold()
    return bool(ours) and (domain == ours or domain.endswith(f".{ours}"))


# --- as a source -----------------------------------------------------------------------------------------


def _is_source(raw: bytes) -> bool:
    """Whether it begins with headers that only a mail's source has, and can be taken apart within bounds."""
    head = raw.lstrip()[:64_000].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    first = head.partition(b"\n")[0]
    if not (_HEADER.fullmatch(first.rstrip(b"\r")) and _OF_A_SOURCE.search(head)):
        return False
    return raw.count(b"\n") <= _MOST_LINES and len(_CONTAINER.findall(raw)) <= _MOST_CONTAINERS


class _Short(Compat32):
    """Headers are cut: the library takes hours for one with a hundred thousand parameters."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[:_MOST_OF_A_HEADER]


def _source(raw: bytes, ours: str) -> Received:
    try:
        message = BytesParser(policy=_Short()).parsebytes(raw.lstrip())
    except (RecursionError, ValueError, LookupError, TypeError):
        return _text(_decoded(raw, ""), ours)
    return _of_message(message, ours, _DEEPEST)


def _of_message(message: Message, ours: str, deep: int) -> Received:
    outer = _taken_apart(message)
    if deep == 0 or (outer.sender.address and not is_ours(outer.sender.address, ours)):
        return outer
    for inner in _inner(message):
        found = _of_message(inner, ours, deep - 1)
        if found.sender.address and not is_ours(found.sender.address, ours):
            return replace(found, forwarded=True)
    quoted = _quoted(outer.text, ours)
    if quoted is None:
        return outer
    forwarded = quoted.forwarded or bool(outer.sender.address)
    return replace(quoted, attachments=outer.attachments, forwarded=forwarded)


def _taken_apart(message: Message) -> Received:
    words, attachments = list[str](), list[Attachment]()
    for part in _parts(message, _DEEPEST):
        content = _content(part)
        name = _name(part)
        written = part.get_content_type()
        if name or written not in ("text/plain", "text/html"):
            if len(attachments) < _MOST_ATTACHMENTS and content:
                attachments.append(Attachment(name or "(no name)", kind(content), content))
        elif sum(map(len, words)) < MOST_TEXT:
            said = _decoded(content[: 4 * MOST_TEXT], part.get_content_charset("") or "")[:MOST_TEXT]
            words.append(text_of(said) if written == "text/html" else said)
    return Received(
        sender=party(_header(message, "from")),
        subject=_header(message, "subject"),
        text="\n\n".join(each.strip() for each in words if each.strip())[:MOST_TEXT],
        when=_when(message),
        attachments=tuple(attachments),
        automatic=any(_header(message, name).casefold() not in ("", "no") for name in _AUTOMATIC),
    )


def _parts(message: Message, deep: int) -> Iterator[Message]:
    """The parts to be read, of alternatives the plain one; mails inside are apart."""
    if deep == 0:
        return
    if message.get_content_type() == "message/rfc822":
        return
    if not message.is_multipart():
        yield message
        return
    parts = _of_many(message)
    if message.get_content_type() == "multipart/alternative":
        plain = [each for each in parts if each.get_content_type() == "text/plain" and _content(each).strip()]
        parts = plain[:1] or parts[-1:]
    for part in parts:
        yield from _parts(part, deep - 1)


def _inner(message: Message) -> Iterator[Message]:
    """Whole mails that are attached to it, one level down."""
    for part in _of_many(message):
        if part.get_content_type() == "message/rfc822":
            yield from _of_many(part)
        else:
            yield from _inner(part)


def _of_many(message: Message) -> list[Message]:
    """What stands in it, where it is of many parts. Only then is it asked for: of a single part the library
    decodes the words by a character set that anybody may have written there."""
    parts = message.get_payload() if message.is_multipart() else []
    return (
        [each for each in parts[:_MOST_PARTS] if isinstance(each, Message)] if isinstance(parts, list) else []
    )


def _content(part: Message) -> bytes:
    with suppress(ValueError, LookupError, TypeError, AttributeError):
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            return content
    return b""


def _name(part: Message) -> str:
    with suppress(ValueError, LookupError, TypeError, AttributeError, IndexError):
        name = part.get_filename()
        if name:
            return _readable(str(name))[:100]
    return ""


def _header(message: Message, name: str) -> str:
    with suppress(ValueError, LookupError, TypeError, AttributeError, IndexError):
        return _readable(str(message.get(name, "")))
    return ""


def _readable(value: str) -> str:
    """A header's words, decoded; on one line, and never longer than a person reads."""
    pieces = list[str]()
    try:
        decoded = decode_header(value[:_LONGEST_HEADER])
    except (HeaderParseError, ValueError, LookupError):
        decoded = [(value[:_LONGEST_HEADER], None)]
    for piece, charset in decoded:
        pieces.append(_decoded(piece, charset or "") if isinstance(piece, bytes) else piece)
    return _clean(" ".join("".join(pieces).split()))


def _when(message: Message) -> datetime | None:
    """When our own server took it in, by the stamp that it put on top; else when its sender says it was."""
    stamps = message.get_all("received") or []
    for written in (*(str(each).rpartition(";")[2] for each in stamps[:1]), str(message.get("date", ""))):
        with suppress(ValueError, TypeError, IndexError, OverflowError):
            moment = parsedate_to_datetime(written[:100].strip())
            return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return None


# --- as text ---------------------------------------------------------------------------------------------


def _text(text: str, ours: str) -> Received:
    return _quoted(text, ours) or Received(text=text[:MOST_TEXT].strip())


def _quoted(text: str, ours: str) -> Received | None:
    """The first mail in the text that somebody else than we wrote."""
    found = pasted.blocks(text[:MOST_TEXT])
    for number, block in enumerate(found):
        sender = party(block.sender)
        if not is_ours(sender.address, ours):
            return Received(
                sender, block.subject[:_LONGEST_HEADER], block.body, day_in(block.sent), forwarded=number > 0
            )
    return None


# --- words -----------------------------------------------------------------------------------------------


def party(written: str) -> Party:
    """Who stands in such a line: `Ada Quillfeather <ada@example.org>`, or one of the two alone."""
    line = written[:_LONGEST_HEADER]
    address = next(iter(addresses(line)), "")
    name = line.replace(address, "") if address else line
    name = re.sub(r"(?i)\[?mailto:|[<>\"\[\]]", " ", name)
    return Party(" ".join(name.split()).strip(" ,;'")[:200], address)


def addresses(text: str) -> tuple[str, ...]:
    """E-mail addresses in it, each once, in their order."""
    return tuple(dict.fromkeys(each.strip(".") for each in _ADDRESS.findall(text)))


def _named(found: Received, ours: str) -> tuple[str, ...]:
    others = (
        each for each in addresses(found.text) if each != found.sender.address and not is_ours(each, ours)
    )
    return tuple(others)[:_MOST_NAMED]


def _decoded(content: bytes, charset: str) -> str:
    """As text, by the character set that it names where that is one of writing; else as UTF-8, or Latin-1."""
    try:
        known = codecs.lookup(charset).name if charset else ""
    except (LookupError, ValueError):
        known = ""
    for name in (known if _CHARSETS.fullmatch(known) else "", "utf-8"):
        with suppress(UnicodeError):
            if name:
                return _clean(content.decode(name))
    return _clean(content.decode("cp1252", "replace"))


def _clean(text: str) -> str:
    """Without what no database and no page can hold: lone halves of characters, and controls."""
    plain = text.encode("utf-8", "replace").decode()
    return "".join(each for each in plain if each >= " " or each in "\n\t").replace("\x7f", "")
