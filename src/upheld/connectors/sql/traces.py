"""What verification needs to remember from before the writes: keys, spellings, and which rows had to go.

Made from the map, not from the steps that are executed: a step that is missing leaves its traces all the
same.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from upheld.connectors.sql.filing import to_remove
from upheld.connectors.sql.inside import KeySet
from upheld.connectors.sql.locate import keys_of, prepare
from upheld.connectors.sql.order import files
from upheld.connectors.sql.where import Rows
from upheld.datamap.model import Scalar
from upheld.rights import codec
from upheld.rights.plan import Erase, Keep, Retain, Scope, Step
from upheld.rights.subject import Key

FORMAT = "upheld.sql.traces/v1"


@dataclass
class Traces:
    """`sets`: her keys by name. `gone`: rows that nobody else holds and that have to be gone. `kept`: rows
    that stay for a ground. `raw`: spellings of her identities, by table, column and kind. `paths`: files
    that go."""

    sets: dict[str, KeySet] = field(default_factory=dict)
    gone: list[KeySet] = field(default_factory=list)
    kept: list[KeySet] = field(default_factory=list)
    raw: dict[tuple[str, str, str], tuple[Scalar, ...]] = field(default_factory=dict)
    paths: list[str] = field(default_factory=list)

    def dumped(self) -> bytes:
        """As bytes for the caller to seal."""
        written = {
            "format": FORMAT,
            "sets": {name: _written(keys) for name, keys in self.sets.items()},
            "gone": [_written(keys) for keys in self.gone],
            "kept": [_written(keys) for keys in self.kept],
            "raw": [[*place, codec.encode(values)] for place, values in self.raw.items()],
            "paths": self.paths,
        }
        return json.dumps(written, separators=(",", ":")).encode()


def loaded(parts: Sequence[bytes]) -> Traces:
    """The traces of all transactions of a system as one: what any of them had to remove has to be gone."""
    whole = Traces()
    for part in parts:
        written = json.loads(part)
        if written.get("format") != FORMAT:
            raise codec.Unreadable("format", f"Traces that are not in the format {FORMAT}.")
        for name, keys in written["sets"].items():
            read = _read(keys)
            before = whole.sets.get(name)
            every = (*before.keys, *read.keys) if before else read.keys
            whole.sets[name] = KeySet(read.table, read.columns, tuple(dict.fromkeys(every)))
        whole.gone.extend(_read(keys) for keys in written["gone"])
        whole.kept.extend(_read(keys) for keys in written["kept"])
        for table, column, kind, values in written["raw"]:
            place = (table, column, kind)
            read_values: Any = codec.decode(values, ())
            whole.raw[place] = tuple(dict.fromkeys((*whole.raw.get(place, ()), *read_values)))
        whole.paths.extend(written["paths"])
    return whole


def merged(traces: Traces) -> Traces:
    """The same with one set of keys a table, where everybody has one of her own."""
    return replace(traces, gone=_merged(traces.gone), kept=_merged(traces.kept))


def _merged(several: Sequence[KeySet]) -> list[KeySet]:
    found: dict[tuple[str, tuple[str, ...]], dict[Key, None]] = {}
    for each in several:
        found.setdefault((each.table, each.columns), {}).update(dict.fromkeys(each.keys))
    return [KeySet(table, columns, tuple(keys)) for (table, columns), keys in found.items()]


def _written(keys: KeySet) -> list[object]:
    return [keys.table, list(keys.columns), codec.encode(keys.keys)]


def _read(written: list[Any]) -> KeySet:
    keys: Any = codec.decode(written[2], ())
    return KeySet(written[0], tuple(written[1]), keys)


def remember(
    rows: Rows, connection: sa.Connection, whole: Sequence[Step], secrets: Mapping[str, str]
) -> Traces:
    """Traces of the subject's rows as they are now. `whole` are all erasure steps of the map for this
    system."""
    prepare(rows, connection, whole)
    going: dict[int, tuple[Path, ...]] = to_remove(rows, connection, files(whole), secrets)
    traces = Traces(
        dict(rows.sets), raw=dict(rows.raw), paths=[str(path) for each in going.values() for path in each]
    )
    for step in whole:
        if isinstance(step, Erase) and step.selection.scope is not Scope.ALL:
            traces.gone.extend(_keys(rows, connection, step))
        elif isinstance(step, Retain | Keep):
            traces.kept.extend(_keys(rows, connection, step))
    return traces


def _keys(rows: Rows, connection: sa.Connection, step: Erase | Retain | Keep) -> list[KeySet]:
    table = step.selection.table
    mapped = rows.system.table(table)
    key = rows.tables.key(table, mapped.key or mapped.person)
    if not key:
        return []
    return [KeySet(table, key, _hers(rows, connection, table, key, step))]


def _hers(
    rows: Rows, connection: sa.Connection, table: str, key: tuple[str, ...], step: Erase | Retain | Keep
) -> tuple[Key, ...]:
    site = ("traced", step.number)
    return keys_of(rows, connection, table, key, lambda rows: rows.where(step.selection), site)
