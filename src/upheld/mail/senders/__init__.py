"""Senders whose mails are known: deletion services, agents, and lists of many people.

One TOML file a sender, beside this. It says where a mail names the person: behind which labels, in which
column of a table, or in which lines. There are no patterns in it to be computed, so that no mail can make one
slow. Each file brings examples, which a test plays: see `unknown-list.toml` for one that is explained.
"""

import csv
import io
import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import ConfigDict, TypeAdapter

from upheld.law.right import Right
from upheld.mail.receive import Attachment, Received, addresses
from upheld.mail.typed import TEXT

FOLDER = Path(__file__).parent
MOST_PEOPLE = 100
"""Of one message. A longer list is cut in two by hand: somebody should have looked at it."""
_MOST_LINES = 5000
_MOST_ROWS = 2000
_LARGEST_TABLE = 1024 * 1024
_STRICT = ConfigDict(extra="forbid", strict=True)
Part = Literal["address", "name", "number"]
Labels = Mapping[Part, tuple[str, ...]]
ANYBODY = "*"


@dataclass(frozen=True, slots=True)
class Listing:
    """Many people in one mail. `of`: a table that is attached, or lines of the text. `columns`: headings of
    a table, in any writing. `after`: the line after which lines begin; they end with an empty one. `between`:
    what parts a line; `order`: what its parts are."""

    __pydantic_config__ = _STRICT
    of: Literal["table", "lines"]
    columns: Labels = field(default_factory=dict)
    after: str = ""
    between: str = ";"
    order: tuple[Part | Literal["-"], ...] = ()


@dataclass(frozen=True, slots=True)
class Example:
    """A mail as such a sender writes it, invented, and what must be read from it."""

    __pydantic_config__ = _STRICT
    mail: str
    people: tuple[Mapping[Part, str], ...] = ()
    rights: tuple[Right, ...] = ()


@dataclass(frozen=True, slots=True)
class Sender:
    """One of them. `domains`: from which it writes, theirs below included; `*` is anybody. `subject`: words
    of which one stands in it; none means any. `rights`: what these mails always ask for; without, their words
    say. `person`: labels behind which the person is named. `person_writes`: the mail comes from the person's
    own mailbox, with the service's words. `tell`: whether the sender is told too that it came. `advice`: what
    whoever reads it should know."""

    __pydantic_config__ = _STRICT
    title: str
    kind: Literal["deletion-service", "agent", "forwarder", "list"]
    domains: tuple[str, ...]
    examples: tuple[Example, ...]
    subject: tuple[str, ...] = ()
    rights: tuple[Right, ...] = ()
    person: Labels = field(default_factory=dict)
    listing: Listing | None = None
    tell: bool = False
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody whom a mail is about, as it names her."""

    address: str = ""
    name: str = ""
    number: str = ""

    def __repr__(self) -> str:
        return "Found(…)"


@dataclass(frozen=True, slots=True)
class Known:
    """A mail of a known sender. `more`: how many people the list has beyond those that are taken."""

    sender: Sender
    people: tuple[Found, ...]
    more: int = 0


_ADAPTER: TypeAdapter[Sender] = TypeAdapter(Sender)


@cache
def senders(folder: Path = FOLDER) -> tuple[Sender, ...]:
    """All of them, those of anybody last. Raises ValueError, naming the file, for one that cannot be read."""
    found = [read(path) for path in sorted(folder.glob("*.toml"))]
    return tuple(sorted(found, key=lambda each: ANYBODY in each.domains))


def read(path: Path) -> Sender:
    """One file. Raises ValueError that names it."""
    try:
        return _ADAPTER.validate_json(json.dumps(tomllib.loads(path.read_text("utf-8"))))
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def recognise(mail: Received, *, among: tuple[Sender, ...] = ()) -> Known | None:
    """The known sender of this mail and the people it names; None where it is nobody's that we know. A sender
    of anybody's counts only where its list has two people or more: one is an ordinary mail."""
    for sender in among or senders():
        if not _from(sender, mail):
            continue
        people = tuple(_listed(sender, mail)) or tuple(_labelled(sender, mail))
        if ANYBODY in sender.domains and len(people) < 2:
            continue
        return Known(sender, people[:MOST_PEOPLE], max(0, len(people) - MOST_PEOPLE))
    return None


def _from(sender: Sender, mail: Received) -> bool:
    domain = mail.sender.address.rpartition("@")[2].casefold()
    known = any(each in (ANYBODY, domain) or domain.endswith(f".{each}") for each in sender.domains)
    subject = mail.subject.casefold()
    return known and (not sender.subject or any(each.casefold() in subject for each in sender.subject))


# --- where people stand ----------------------------------------------------------------------------------


def _labelled(sender: Sender, mail: Received) -> Iterator[Found]:
    labels = {label.casefold(): part for part, names in sender.person.items() for label in names}
    said = dict[str, str]()
    for line in mail.text.splitlines()[:_MOST_LINES]:
        label, colon, value = line.strip(" \t*-•|>").partition(":")
        part = labels.get(" ".join(label.casefold().split()))
        if colon and part and value.strip():
            said.setdefault(part, value.strip(" \t*"))
    if said:
        yield _found(said)


def _listed(sender: Sender, mail: Received) -> Iterator[Found]:
    listing = sender.listing
    if listing is None:
        return
    rows = _in_tables(listing, mail.attachments) if listing.of == "table" else _in_lines(listing, mail.text)
    seen = set[Found]()
    for row in rows:
        if (row.address or row.name) and row not in seen:
            seen.add(row)
            yield row


def _in_tables(listing: Listing, attachments: tuple[Attachment, ...]) -> Iterator[Found]:
    headings = {name.casefold(): part for part, names in listing.columns.items() for name in names}
    for file in attachments:
        if file.kind != TEXT or len(file.content) > _LARGEST_TABLE:
            continue
        rows = _rows(file.content)
        places = {at: headings[name] for at, name in enumerate(rows[0] if rows else ()) if name in headings}
        if "address" not in places.values():
            continue
        for row in rows[1:]:
            yield _found({part: row[at].strip() for at, part in places.items() if at < len(row)})


def _rows(content: bytes) -> list[list[str]]:
    """A table with headings in small letters; nothing where it is none."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    head = text.partition("\n")[0]
    parted = max(",;\t", key=head.count)
    found = list[list[str]]()
    try:
        for row in csv.reader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=parted):
            found.append(row)
            if len(found) > _MOST_ROWS:
                break
    except csv.Error:
        return []
    return [[name.strip().casefold() for name in row] if at == 0 else row for at, row in enumerate(found)]


def _in_lines(listing: Listing, text: str) -> Iterator[Found]:
    begun = False
    for line in text.splitlines()[:_MOST_LINES]:
        if not begun:
            begun = line.strip().casefold() == listing.after.casefold()
            continue
        if not line.strip():
            return
        parts = [each.strip() for each in line.split(listing.between)]
        yield _found(dict(zip(listing.order, parts, strict=False)))


def _found(said: Mapping[str, str]) -> Found:
    """Cut to what a field holds; an address only where it is one."""
    address = next(iter(addresses(said.get("address", "")[:300])), "")
    return Found(address, said.get("name", "")[:200], said.get("number", "")[:100])
