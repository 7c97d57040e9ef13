"""What a file is, by its first bytes: what its sender calls it is only a name."""

OLDER = "document of an older office program"
"""Outlook's own files (.msg) are such."""
_STARTS = (
    (b"%PDF-", "PDF"),
    (b"\x89PNG\r\n\x1a\n", "picture (PNG)"),
    (b"\xff\xd8\xff", "picture (JPEG)"),
    (b"GIF8", "picture (GIF)"),
    (b"PK\x03\x04", "ZIP, or a document of an office program"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLDER),
)
UNKNOWN = "unknown"
TEXT = "text"
_LOOKED_AT = 4096
_CONTROL = frozenset(range(32)) - {9, 10, 12, 13}


def kind(content: bytes) -> str:
    """In a few words; `unknown` for whatever is none of those we name."""
    for start, name in _STARTS:
        if content.startswith(start):
            return name
    head = content[:_LOOKED_AT]
    return UNKNOWN if not head or _CONTROL & set(head) else TEXT
