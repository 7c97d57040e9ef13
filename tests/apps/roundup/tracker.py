"""Who is erased from the tracker, and which columns hold keys: Roundup declares no foreign key at all."""

import lzma
from collections.abc import Iterator, Mapping
from pathlib import Path

from sqlalchemy import Engine, text

from tests.apps import scan
from tests.apps.roundup.remake import DUMP

USERS = ("_user", "id")
KINDS = (
    ("the busiest", "hsandgren"),
    ("taken for her", "hsandgreen"),
    ("taken for her", "asandgren"),
    ("taken for her", "hsandgren-moe"),
    *(
        ("one of many", f"{name}.bergum")
        for name in ("agnes", "elna", "ingrid", "kerstin", "olea", "ragna", "torun")
    ),
    ("left before", "gudrun.isaksen"),
)
# As the classic template's schema.py says; each class has a creator and a last actor besides, and a journal in which
# `tag` is who did it.
_LINKS = {
    "query": {"_private_for": "user"},
    "msg": {"_author": "user"},
    "issue": {"_assignedto": "user", "_priority": "priority", "_status": "status"},
}
_MULTILINKS = {
    "user_queries": ("user", "query"),
    "msg_recipients": ("msg", "user"),
    "msg_files": ("msg", "file"),
    "issue_keyword": ("issue", "keyword"),
    "issue_messages": ("issue", "msg"),
    "issue_files": ("issue", "file"),
    "issue_nosy": ("issue", "user"),
    "issue_superseder": ("issue", "issue"),
}
_CLASSES = ("priority", "status", "keyword", "query", "user", "msg", "file", "issue")


def refers() -> Mapping[str, Mapping[str, tuple[str, str]]]:
    return dict(_refers())


def _refers() -> Iterator[tuple[str, Mapping[str, tuple[str, str]]]]:
    for each in _CLASSES:
        own = {"_creator": "user", "_actor": "user", **_LINKS.get(each, {})}
        yield f"_{each}", {column: (f"_{to}", "id") for column, to in own.items()}
        yield f"{each}__journal", {"nodeid": (f"_{each}", "id"), "tag": USERS}
    for name, (holder, held) in _MULTILINKS.items():
        yield name, {"nodeid": (f"_{holder}", "id"), "linkid": (f"_{held}", "id")}


def restore(to: Path) -> str:
    to.write_bytes(lzma.decompress(DUMP.read_bytes()))
    return f"sqlite:///{to}"


def needles(engine: Engine, login: str) -> tuple[str, scan.Needles]:
    """The address by which somebody asks, and what he is recognised by."""
    with engine.connect() as connection:
        key, name, address, more, phone = connection.execute(
            text(
                "SELECT id, _realname, _address, _alternate_addresses, _phone FROM _user WHERE _username = :login"
            ),
            {"login": login},
        ).one()
    texts = tuple(each for each in (address, more, login, name, phone) if each)
    first, _, last = name.partition(" ")
    return address, scan.Needles(texts, ((first, last),), {USERS: frozenset({str(key)})})
