"""Files that rows name: they go with the last row that names them (scenario 38)."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import sqlalchemy as sa

from upheld.connectors.sql.engine import filled
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
        shared: set[str] = set()
        if named:
            others = sa.select(column).where(negated(hers), column.in_(named)).distinct()
            shared = set(connection.execute(others).scalars())
        paths = [
            _below(root, str(path), f"{name}.{step.file.column}")
            for path in named
            if path and path not in shared
        ]
        going[step.number] = tuple(paths)
    return going


def _below(root: Path, named: str, where: str) -> Path:
    path = (root / named).resolve()
    if not path.is_relative_to(root) or path == root:
        raise Permanent(
            f"A file named in {where} lies outside its folder.", "Correct that row, then try again."
        )
    return path


def remove(step: EraseFiles, paths: Sequence[Path]) -> Count:
    """Remove them; a file that is gone already counts as removed."""
    for path in paths:
        path.unlink(missing_ok=True)
    return Count(step.number, step.selection.table, len(paths))
