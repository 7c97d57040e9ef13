"""Her rows within the undo window, for her copy: removed, and still hers to see until they are gone (G-15.3).

Only rows that are not back, and that the erasure had selected as hers or as such that she may see. A column
that may be about somebody else is shown only where its own value leads to her: less than a live copy can
tell, never more (G-15.5).
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from upheld.connectors.sql.undo.image import Column, Image, TableImages
from upheld.connectors.sql.undo.restore import Restore
from upheld.connectors.sql.undo.text import pinned, shown
from upheld.datamap.model import System
from upheld.rights.connector import REDACTED, Row
from upheld.rights.plan import NEVER, SELF, Collect
from upheld.rights.subject import Subject

_WHOLE = re.compile(r"-?[0-9]+\Z")
_INTEGERS = ("int", "bigint", "smallint", "tinyint", "mediumint", "serial")


def sealed(
    restore: Restore, system: System, steps: Sequence[Collect], subject: Subject, until: date
) -> Iterator[Row]:
    """The rows of each step's table, marked with the day until which they can come back."""
    with pinned(restore.connection):
        away = {name: list(restore.away(images)) for name, images in restore.images.items()}
    for step in steps:
        name = restore.tables.known_table(step.selection.table).name
        images = restore.images.get(name)
        for key in away.get(name, ()):
            if images is not None and images.rows[key].whose:
                yield _row(system, step, subject, images, images.rows[key], until)


def _row(
    system: System, step: Collect, subject: Subject, images: TableImages, image: Image, until: date
) -> Row:
    pairs = zip(images.columns, image.before, strict=True)
    values = {column.name: _value(column, text) for column, text in pairs}
    table = system.table(step.selection.table)
    own = bool(table.person) and _is_hers(
        system, subject, table.name, [values.get(name) for name in table.person]
    )
    hidden = []
    for column, link in step.redact:
        if values.get(column) is None or (link == SELF and own):
            continue
        to = next((each.to for each in table.links if each.name == link), None)
        leads = to is not None and _is_hers(system, subject, to, [values.get(column)])
        if link == NEVER or not (leads or (own and link != column)):
            values[column] = REDACTED
            hidden.append(column)
    mine = image.whose == 1 and (own or not table.person)
    return Row(step.number, step.selection.table, values, tuple(hidden), mine, until)


def _is_hers(system: System, subject: Subject, table: str, key: Sequence[object]) -> bool:
    """Whether these values, as texts, are one of her keys in a table of people."""
    known = {tuple(map(str, each)) for each in subject.keys(system.name, table)}
    return tuple(map(str, key)) in known


def _value(column: Column, text: str | None) -> object:
    """As a copy shows it: numbers and truth as such, everything else in the server's own words."""
    value = shown(column.form, text)
    words = column.type.lower()
    if isinstance(value, str) and words.startswith(_INTEGERS) and _WHOLE.match(value):
        return int(value)
    if words == "boolean" and value in ("true", "false"):
        return value == "true"
    return value
