"""Mails as text: the lines "From, Sent, Subject" that mail programs put above a quoted or forwarded mail."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_LABELS = {
    "from": "from|von|de|absender|expéditeur|expediteur",
    "sent": "sent|date|gesendet|gesendet am|datum|envoyé|envoyé le|received",
    "subject": "subject|betreff|objet|sujet",
    "other": "to|cc|bcc|an|kopie|à|pour|copie|reply-to|antwort an|répondre à|organization|importance"
    "|priority|wichtigkeit",
}
_KINDS = {word: kind for kind, words in _LABELS.items() for word in words.split("|")}
_LINE = re.compile(r"[>\s*_]{0,20}([^\W\d][\w\s-]{0,18}?)[\s*_]{0,4}:[\s*_]{0,4}(.*)")
_DIVIDER = re.compile(
    r"[>\s]{0,20}(?:[-_]{3,}.{0,80}|(?:begin forwarded message|anfang der weitergeleiteten nachricht"
    r"|début du message transféré)\s?:?\s*)",
    re.IGNORECASE,
)
MOST_LINES = 20_000


@dataclass(frozen=True, slots=True)
class Block:
    """One mail within a text: what stood above it, and its own words."""

    sender: str
    sent: str
    subject: str
    body: str

    def __repr__(self) -> str:
        return "Block(…)"


def blocks(text: str) -> tuple[Block, ...]:
    """Every mail that has its lines above it, in the order in which they stand; none in a plain text."""
    lines = text.splitlines()[:MOST_LINES]
    heads = list(_heads(lines))
    ends = [*(start for start, _, _ in heads[1:]), len(lines)][: len(heads)]
    return tuple(
        Block(said["from"], said.get("sent", ""), said.get("subject", ""), _body(lines[after:end]))
        for (_, after, said), end in zip(heads, ends, strict=True)
    )


def _heads(lines: list[str]) -> Iterator[tuple[int, int, dict[str, str]]]:
    at = 0
    while at < len(lines):
        after, said = _head(lines, at)
        if "from" in said and ("sent" in said or "subject" in said):
            yield at, after, said
            at = after
        else:
            at += 1


def _head(lines: list[str], start: int) -> tuple[int, dict[str, str]]:
    """The labelled lines that begin at `start`, at most one empty line between two, and where they end."""
    said, at, after = dict[str, str](), start, start
    while at < min(len(lines), start + 24):
        if not lines[at].strip(" >\t"):
            if at + 1 >= len(lines) or at == start or _labelled(lines[at + 1]) is None:
                break
            at += 1
            continue
        found = _labelled(lines[at])
        if found is None:
            break
        said.setdefault(*found)
        at += 1
        after = at
    return after, said


def _labelled(line: str) -> tuple[str, str] | None:
    found = _LINE.fullmatch(line[:1000])
    kind = _KINDS.get(" ".join(found[1].casefold().split())) if found else None
    return (kind, found[2].strip(" *_\t")) if found and kind else None


def _body(lines: list[str]) -> str:
    kept = [line for line in lines if not _DIVIDER.fullmatch(line[:200])]
    bare = (line.lstrip(">").strip() if line.startswith(">") else line.rstrip() for line in kept)
    return "\n".join(bare).strip()
