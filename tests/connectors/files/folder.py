"""A small folder system for the tests: people in one file, posts in several."""

import os
from pathlib import Path

from upheld.connectors.conformance.suite import entropy
from upheld.connectors.conformance.world import NOW
from upheld.connectors.files import FilesConnector, connector
from upheld.datamap.model import (
    Anonymise,
    Assignment,
    Constant,
    DataMap,
    Delete,
    Field,
    IdentityColumn,
    Link,
    Organisation,
    Rule,
    System,
    Table,
    Treatment,
)
from upheld.law.right import Right
from upheld.rights.outcome import Prepared
from upheld.rights.planner import plan
from upheld.rights.subject import Identity, Subject

HER = Subject((Identity("email", "ada@example.org"),))
REMOVED = Anonymise((Assignment("author", Constant("[removed]")), Assignment("email", Constant())))


def by_email(name: str, path: str, action=None, **more) -> Table:
    """A table whose rows are hers by an address in them."""
    return Table(
        name,
        links=(Link(("email",), identity="email", normalise="email"),),
        fields=(Field("email", "email-address"),),
        treatment=Treatment((Rule(action or Delete()),)),
        path=path,
        **more,
    )


def members(path: str = "members.csv") -> Table:
    return Table(
        "members",
        person=("id",),
        identities=(IdentityColumn("email", "email", "email"),),
        treatment=Treatment((Rule(Delete()),)),
        path=path,
    )


def open_folder(root: Path, *tables: Table, **system) -> FilesConnector:
    return connector(System("archive", kind="files", connect=str(root), tables=tables, **system), secrets={})


def steps(files: FilesConnector, right: Right = Right.ERASURE):
    datamap = DataMap(Organisation("Example", "privacy@example.org"), systems=(files.system,))
    return plan(datamap, right, today=NOW.date()).steps


def execution(files: FilesConnector, subject: Subject = HER):
    return files.execute(steps(files), subject, now=NOW, entropy=entropy(), allow=frozenset())


def erase(files: FilesConnector, subject: Subject = HER) -> Prepared:
    outcomes = list(execution(files, subject))
    verified = files.verify(steps(files), subject, [outcomes[0].traces], now=NOW)
    assert verified.remnants == ()
    return outcomes[0]


def contents(root: Path) -> dict[str, bytes]:
    """Every file below the root, but the lock and the receipts."""
    found = {}
    for folder, _, names in os.walk(root):
        for name in names:
            if not (name == ".upheld.lock" or name.endswith(".committed")):
                path = Path(folder) / name
                found[path.relative_to(root).as_posix()] = path.read_bytes()
    return found
