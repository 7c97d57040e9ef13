"""What a person may take with her (Art. 20): what she provided, on consent or contract, and nobody else's
(G-20.1)."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from enum import StrEnum

from upheld.datamap.model import DataMap, Field, System, Table
from upheld.law.basis import LegalBasis
from upheld.rights.connector import Row
from upheld.rights.package.guard import never_sent
from upheld.rights.rows.values import reach
from upheld.rights.sharing import anybodys

BASES = (LegalBasis.CONSENT, LegalBasis.CONTRACT)
"""Art. 20(1)(a)."""


class Why(StrEnum):
    """Why a field is no part of it."""

    NOT_PROVIDED = "not-provided"
    LEGAL_BASIS = "legal-basis"
    ANOTHER_PERSON = "another-person"
    WITHHELD = "withheld"
    UNNAMED = "unnamed"


def purposes(datamap: DataMap) -> frozenset[str]:
    """Those that rest on consent or contract."""
    return frozenset(each.name for each in datamap.purposes if each.basis in BASES)


def why_not(system: System, table: Table, each: Field, portable: frozenset[str]) -> Why | None:
    """The first reason why the field is left out; None where it goes with her.

    In rows that may be several people's, and in what hangs on them, only a field of which the map says about
    whom it is can be hers alone."""
    if each.of == "others" or anybodys(system, table, each):
        return Why.ANOTHER_PERSON
    if each.category in never_sent:
        return Why.WITHHELD
    if not each.provided:
        return Why.NOT_PROVIDED
    return None if portable & set(each.purposes) else Why.LEGAL_BASIS


def going(system: System, table: Table, portable: frozenset[str]) -> tuple[Field, ...]:
    """The fields that go with her."""
    return tuple(each for each in table.every_field if why_not(system, table, each, portable) is None)


def left_out(system: System, table: Table, portable: frozenset[str]) -> Iterator[tuple[str, Why]]:
    """Every field of the table that stays, by column (and path), with the reason; the table itself, under the
    empty name, where the map names no field in it."""
    if not table.every_field:
        yield "", Why.UNNAMED
    for each in table.every_field:
        why = why_not(system, table, each, portable)
        if why is not None:
            yield f"{each.column}:{each.json}" if each.json else each.column, why


def projected(row: Row, fields: Sequence[Field]) -> Row | None:
    """The row with these fields alone; None where nothing of it goes with her: it is somebody else's, all
    that is in it is about others, or empty. Of a document the named places go, each under its path."""
    values: dict[str, object] = {}
    if not row.mine:
        return None
    for each in fields:
        if each.column not in row.values or each.column in row.redacted:
            continue
        value = row.values[each.column]
        if each.json is None:
            values[each.column] = value
            continue
        found = list(reach(value, each.json))
        inner = values.setdefault(each.column, {})
        if found and isinstance(inner, dict):
            inner[each.json] = found if "*" in each.json else found[0]
    if all(value in (None, "", {}) for value in values.values()):
        return None
    return replace(row, values=values, redacted=())
