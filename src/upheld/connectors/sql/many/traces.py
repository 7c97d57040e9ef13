"""What verification needs to remember of each of many people, read for all at once."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import sqlalchemy as sa

from upheld.connectors.sql.filing import placed, to_remove
from upheld.connectors.sql.inside import KeySet
from upheld.connectors.sql.many.locate import members_of, prepare_many
from upheld.connectors.sql.many.union import Members, Owners, Union
from upheld.connectors.sql.order import files
from upheld.connectors.sql.traces import Traces
from upheld.datamap.model import Scalar
from upheld.datamap.normalise import normalise
from upheld.rights.plan import Erase, EraseFiles, Keep, Retain, Scope, Step

Paths = dict[Path, Members]


def remember_many(
    union: Union, connection: sa.Connection, whole: Sequence[Step], secrets: Mapping[str, str]
) -> tuple[Traces, ...]:
    """Each person's traces, as `traces.remember` makes them for one. `whole` are all erasure steps of the
    map for this system."""
    prepare_many(union, connection, whole)
    traces = tuple(Traces() for _ in union.members)
    for name, owners in union.owners.items():
        keys = union.rows.sets[name]
        nothing = KeySet(keys.table, keys.columns, ())
        for each in traces:
            each.sets[name] = nothing
        for member, hers in members_of(owners).items():
            traces[member].sets[name] = KeySet(keys.table, keys.columns, tuple(hers))
    for paths in named_files(union, connection, files(whole), secrets).values():
        for path, who in paths.items():
            for member in who:
                traces[member].paths.append(str(path))
    for step in whole:
        if isinstance(step, Erase) and step.selection.scope is not Scope.ALL:
            _keep(union, connection, step, [each.gone for each in traces])
        elif isinstance(step, Retain | Keep):
            _keep(union, connection, step, [each.kept for each in traces])
    _spellings(union, traces)
    return traces


def _keep(
    union: Union, connection: sa.Connection, step: Erase | Retain | Keep, lists: Sequence[list[KeySet]]
) -> None:
    table = step.selection.table
    mapped = union.rows.system.table(table)
    key = union.tables.key(table, mapped.key or mapped.person)
    if not key:
        return
    where = union.rows.where(step.selection)
    owners: Owners = union.keyed(connection, table, key, step.selection, where)
    for member, keys in members_of(owners).items():
        lists[member].append(KeySet(table, key, tuple(keys)))


def _spellings(union: Union, traces: Sequence[Traces]) -> None:
    """Which of the spellings found are whose."""
    rules = {
        (table.name, link.columns[0], link.identity): link.normalise
        for table in union.rows.system.tables
        for link in table.links
        if link.identity
    }
    for place, values in union.rows.raw.items():
        rule = rules.get(place)
        named = union.by_name(place[2], rule)
        found: dict[int, list[Scalar]] = {}
        for value in values:
            for member in named.get(normalise(rule, str(value)), ()):
                found.setdefault(member, []).append(value)
        for each in traces:
            each.raw[place] = ()
        for member, hers in found.items():
            traces[member].raw[place] = tuple(hers)


def named_files(
    union: Union, connection: sa.Connection, steps: Iterable[EraseFiles], secrets: Mapping[str, str]
) -> dict[int, Paths]:
    """The files that each step removes, and whose rows name them."""
    going: dict[int, Paths] = {}
    for step in steps:
        paths = set(to_remove(union.rows, connection, [step], secrets)[step.number])
        going[step.number] = {}
        if not paths:
            continue
        table = step.selection.table
        where = union.rows.where(step.selection)
        owners = union.keyed(connection, table, (step.file.column,), step.selection, where)
        by_path: dict[Path, set[int]] = {}
        for (named,), who in owners.items():
            by_path.setdefault(placed(step, str(named), secrets, union.rows.system.name), set()).update(who)
        going[step.number] = {path: tuple(sorted(who)) for path, who in by_path.items() if path in paths}
    return going
