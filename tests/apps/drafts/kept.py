"""What a map keeps on purpose, read as plain YAML by code that shares nothing with the product.

A place is kept when the map retains rows of its table, names its column, and leads from her to that very row by a link
of which the retention speaks. A table that is retained for a reason does not excuse rows that the map never reaches.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.apps import scan
from tests.apps.drafts.snapshot import At, Place, Snapshot


@dataclass(frozen=True, slots=True)
class _Link:
    """`to` is a table and `key` its columns; None for an identity."""

    name: str
    columns: tuple[str, ...]
    to: str | None
    key: tuple[str, ...]


class Kept:
    """The retentions of one map."""

    def __init__(self, system: Mapping[str, Any]) -> None:
        self._tables: Mapping[str, Any] = _decided(system.get("tables") or {})

    def places(self, snapshot: Snapshot, needles: scan.Needles, among: set[Place]) -> set[Place]:
        """Those among the places that the map keeps."""
        if not any(_retains(each) for each in self._tables.values()):
            return set()
        reached = self._reached(snapshot, {text.casefold() for text in needles.texts})
        return {
            (table, column, key)
            for table, column, key in among
            if self._names(table, column) and reached.get((table, key), set()) & self._retaining(table)
        }

    def _names(self, table: str, column: str) -> bool:
        mapped = self._tables.get(table) or {}
        linked = {name for link in _links(mapped) for name in link.columns}
        return column == "*" or column in (mapped.get("fields") or {}) or column in linked

    def _retaining(self, table: str) -> set[str]:
        """Names of the links by which rows are retained."""
        mapped = self._tables.get(table) or {}
        action = mapped.get("on_erase")
        by = action.get("by") if isinstance(action, dict) else None
        return {
            link.name for link in _links(mapped) if (_retains(by.get(link.name)) if by else _retains(mapped))
        }

    def _reached(self, snapshot: Snapshot, texts: set[str]) -> dict[At, set[str]]:
        """Rows that the map's links lead to, with the links; conditions of links are taken as met."""
        found: dict[At, set[str]] = {}
        by_table: dict[str, list[At]] = {}
        for at in snapshot.rows:
            by_table.setdefault(at[0], []).append(at)
        for name, table in self._tables.items():
            for column in _identities(table):
                for at in by_table.get(name, ()):
                    if snapshot.rows[at].columns.get(column, "").casefold() in texts:
                        found.setdefault(at, set()).add("person")
        grew = True
        while grew:
            before = sum(map(len, found.values()))
            for name, table in self._tables.items():
                for link in _links(table):
                    wanted = _keys(snapshot, found, link) if link.to else {(text,) for text in texts}
                    for at in by_table.get(name, ()):
                        columns = snapshot.rows[at].columns
                        held = tuple(columns.get(column, "") for column in link.columns)
                        if (held if link.to else (held[0].casefold(),)) in wanted and any(held):
                            found.setdefault(at, set()).add(link.name)
            grew = sum(map(len, found.values())) > before
        return found


def _keys(snapshot: Snapshot, found: Mapping[At, set[str]], link: _Link) -> set[tuple[str, ...]]:
    rows = [snapshot.rows[at].columns for at in found if at[0] == link.to]
    return {tuple(row.get(column, "") for column in link.key) for row in rows}


def _retains(action: object) -> bool:
    """Whether a retention stands anywhere in it."""
    if isinstance(action, dict):
        return "retain" in action or any(_retains(each) for each in action.values())
    return isinstance(action, list) and any(_retains(each) for each in action)


def _decided(written: Any) -> Any:
    """Each proposal as what it proposes."""
    if isinstance(written, dict):
        if "proposed" in written and "because" in written:
            return _decided(written["proposed"])
        return {name: _decided(each) for name, each in written.items()}
    return [_decided(each) for each in written] if isinstance(written, list) else written


def _identities(table: Mapping[str, Any]) -> Iterator[str]:
    for each in (table.get("identities") or {}).values():
        yield each["column"] if isinstance(each, dict) else each


def _links(table: Mapping[str, Any]) -> Iterator[_Link]:
    written = table.get("belongs_to") or {}
    if isinstance(written, dict):
        written = [{"columns": columns, **_as_link(each)} for columns, each in written.items()]
    for each in written:
        columns = _many(each["columns"])
        to, key = each.get("to"), _many(each.get("key", ()))
        if to and not key:
            to, _, last = to.rpartition(".")
            key = (last,)
        yield _Link(",".join(columns), columns, to, key)
    for holder, pairs in (table.get("held_by") or {}).items():
        yield _Link(f"held by {holder}", tuple(pairs.values()), holder, tuple(pairs))


def _as_link(written: Any) -> Mapping[str, Any]:
    return written if isinstance(written, dict) else {"to": written}


def _many(names: Any) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)
