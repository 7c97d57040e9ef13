"""Her lines and files within the undo window, for her copy: removed, and still hers to see (G-15.3).

They are judged by the map beside what stands there, as if they were back: what of them is about somebody else
is hidden by the same rules as in any copy (G-15.5).
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from upheld.connectors.files import csvtext, jsonl
from upheld.connectors.files.leaving import cut_out
from upheld.connectors.files.place import Entry
from upheld.connectors.files.returning import Returning, Unit
from upheld.connectors.files.store import Store
from upheld.datamap.model import Table
from upheld.rights.connector import Attachment, Collected
from upheld.rights.outcome import FileImage
from upheld.rights.plan import Collect, Step
from upheld.rights.rows.change import Changes
from upheld.rights.rows.select import Selector
from upheld.rights.rows.values import Row
from upheld.rights.subject import Subject


class Away(dict[str, object]):
    """A row that is not there, with the change that took it away."""

    unit: Unit


def sealed(
    store: Store, steps: Sequence[Step], subject: Subject, files: Sequence[FileImage], until: date
) -> Iterator[Collected]:
    """The rows of each step that are away, each followed by its files."""
    returning = Returning(store.root, files)
    returning.decide()

    def scan(table: Table) -> Iterator[Row]:
        yield from store.scan(table)
        for unit in returning.away:
            if unit.stood.table == table.name and not unit.stood.column:
                yield from _rows(store, table, unit)

    now = datetime(until.year, until.month, until.day, tzinfo=UTC)
    selector = Selector(store.system, scan, subject, now, textual=store.textual)
    changes = Changes(selector, steps, lambda: "0" * 24)
    changes.prepare()
    named = {unit.name: unit for unit in returning.away if unit.stood.column}
    for step, row, copied in changes.collect():
        if isinstance(row, Away):
            yield replace(copied, until=until)
            yield from _attachments(store, step, row, named)


def _rows(store: Store, table: Table, unit: Unit) -> Iterator[Row]:
    parts = store.root.parts(table.path or "", unit.name)
    if parts is None:
        return
    form = store.form(table)
    if form == "folder":
        yield _away(unit, parts)
    elif form == "text":
        yield _away(unit, {**parts, "text": b"".join(unit.file.content()).decode(store.encoding)})
    else:
        dialect = store.dialect(table, Entry(unit.name)) if form == "csv" else None
        for _, _, pieces in cut_out(unit.file.content()):
            record = b"".join(pieces)
            found = jsonl.row(record) if dialect is None else csvtext.row(record, dialect)
            if found is not None:
                yield _away(unit, {**parts, **found})


def _away(unit: Unit, row: Row) -> Away:
    made = Away(row)
    made.unit = unit
    return made


def _attachments(store: Store, step: Collect, row: Away, named: dict[str, Unit]) -> Iterator[Attachment]:
    table = step.selection.table
    if store.form(store.system.table(table)) == "folder":
        for stood, file in row.unit.inner:
            if stood.kind == "file":
                yield Attachment(step.number, table, "/".join(stood.names), file.content())
    for each in step.files:
        unit = named.get(f"{each.root}/{row.get(each.column)}")
        if unit is not None:
            yield Attachment(step.number, table, unit.name, unit.file.content())
