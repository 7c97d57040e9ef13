"""Files that rows name: they go with the last row that names them (scenario 38)."""

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

import sqlalchemy as sa

from upheld.connectors.sql.engine import filled
from upheld.connectors.sql.inside import values_in
from upheld.connectors.sql.where import Rows, negated
from upheld.rights.outcome import Count, Misconfigured, Permanent
from upheld.rights.plan import EraseFiles


def to_remove(
    rows: Rows, connection: sa.Connection, steps: Sequence[EraseFiles], secrets: Mapping[str, str]
) -> dict[int, tuple[Path, ...]]:
    """The files that each step removes: named by her rows and by no other. Refuses a path that leaves its
    root with Permanent, before anything is written."""
    going: dict[int, tuple[Path, ...]] = {}
    for step in steps:
        name, column = step.selection.table, rows.tables.column(step.selection.table, step.file.column)
        root = Path(filled(step.file.root, secrets, rows.system.name)).resolve()
        if not root.is_dir():
            raise Misconfigured(
                f"{rows.system.name}: the folder of {name}.{step.file.column} is not there.", "Check `root:`."
            )
        hers = rows.where(step.selection)
        named = (
            connection.execute(sa.select(column).where(hers, column.is_not(None)).distinct()).scalars().all()
        )
        files = {path: below(root, str(path), f"{name}.{step.file.column}") for path in named if path}
        shared: set[Path] = set()
        if files:
            plain = {path.relative_to(root).as_posix() for path in files.values()}
            same = values_in(rows.tables, name, step.file.column, [*files, *sorted(plain)])
            others = connection.execute(sa.select(column).where(negated(hers), same).distinct())
            shared = {_plain(root, str(path)) for path in others.scalars()}
        paths = [path for path in dict.fromkeys(files.values()) if path not in shared]
        going[step.number] = tuple(paths)
    return going


def below(root: Path, named: str, where: str) -> Path:
    """The file that a row names. Permanent where it is none below the root, or a link leads to it."""
    path = _plain(root, named)
    if not path.is_relative_to(root) or path == root:
        raise Permanent(
            f"A file named in {where} lies outside its folder.", "Correct that row, then try again."
        )
    if path.resolve() != path:
        # What a link leads to may be another row's file, and would be removed in place of the link.
        raise Permanent(
            f"A file named in {where} is reached through a symbolic link.",
            "Put the file itself there, then try again.",
        )
    if path.is_dir():
        raise Permanent(
            f"What is named in {where} is a folder, not a file.", "Correct that row, then try again."
        )
    return path


def _plain(root: Path, named: str) -> Path:
    """The place that is named, in one spelling: `a/../b` is `b`."""
    return Path(os.path.normpath(root / named))


def placed(step: EraseFiles, named: str, secrets: Mapping[str, str], system: str) -> Path:
    """Where a file that a row names stands, as `to_remove` says it."""
    return _plain(Path(filled(step.file.root, secrets, system)).resolve(), named)


def named_in(
    rows: Rows,
    connection: sa.Connection,
    step: EraseFiles,
    going: Collection[Path],
    secrets: Mapping[str, str],
) -> dict[Path, tuple[str, ...]]:
    """Of the files that go, those that are there, as her rows name them."""
    column = rows.tables.column(step.selection.table, step.file.column)
    hers = rows.where(step.selection)
    found = connection.execute(sa.select(column).where(hers, column.is_not(None)).distinct())
    names: dict[Path, list[str]] = {}
    for named in sorted(map(str, found.scalars())):
        path = placed(step, named, secrets, rows.system.name)
        if path in going and path.exists():
            names.setdefault(path, []).append(named)
    return {path: tuple(each) for path, each in names.items()}


def counted(step: EraseFiles, paths: Collection[Path]) -> Count:
    """A file that is gone already counts as removed."""
    return Count(step.number, step.selection.table, len(paths))


def remove(paths: Iterable[Path]) -> None:
    """Remove them, after what is known of them is stored and before the commit: rows that are gone would not
    name them any more."""
    for path in paths:
        path.unlink(missing_ok=True)
