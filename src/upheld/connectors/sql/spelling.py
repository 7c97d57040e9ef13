"""Her identities under every spelling that counts as the same (ID-01), whatever a server knows of letters.

SQLite folds the case of ASCII alone, as PostgreSQL does in the C locale; MariaDB calls letters equal that
are not.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql

from upheld.connectors.sql.awaited import texts_in
from upheld.connectors.sql.compiled import Slot, later
from upheld.connectors.sql.inside import Predicate
from upheld.datamap.normalise import normalise

FOLD = "upheld_fold"
"""On SQLite a function of our own: exactly the rule by which values are compared."""

_LENIENT = ("_general_ci", "_unicode_ci", "_unicode_520_ci", "_uca1400_ai_ci")
_BLANKS = "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f "
"""What `str.strip` takes away, of ASCII."""
_LONGEST = 1_000
_PATTERNS = 20
_LIST = 200
_LOOSE = ("ss", "ff", "fi", "fl", "st")
"""Letters that a single sign may stand for: a German sharp s, a ligature."""


def fold(value: object) -> object:
    """What `upheld_fold` gives: texts normalised, anything else as it is."""
    return normalise("email", value) if isinstance(value, str) else value


@dataclass(frozen=True, slots=True)
class Spellings:
    """Values that a text is compared with, under whichever spelling, and what the form of a statement for
    them depends on: whether each is an address, the patterns of those with letters of several forms, and
    whether these are too many to name. `values` and each pattern may be slots."""

    values: Sequence[str]
    addresses: bool
    patterns: tuple[Sequence[str], ...] = ()
    too_many: bool = False

    @property
    def shape(self) -> tuple[object, ...]:
        """What tells a statement for these from one for others."""
        return self.addresses, len(self.patterns), self.too_many

    def given(self, name: str) -> dict[str, Sequence[str]]:
        """The values by names of their own."""
        patterns = {f"{name}:{index}": each for index, each in enumerate(self.patterns)}
        return {name: self.values, **patterns}

    def awaited(self, here: Mapping[str, Sequence[str]], name: str) -> "Spellings":
        """The same with what stands under these names."""
        patterns = tuple(here[f"{name}:{index}"] for index in range(len(self.patterns)))
        return replace(self, values=here[name], patterns=patterns)


def spellings(values: Iterable[str]) -> Spellings:
    """Of values that are known."""
    wanted = sorted(set(values))
    loose = sorted({pattern for value in wanted if (pattern := _loose(normalise("email", value)))})
    many = len(loose) > _PATTERNS  # for many values one test, not one each
    addresses = all("@" in value for value in wanted)
    return Spellings(wanted, addresses, () if many else tuple((each,) for each in loose), many)


def exactly(values: Iterable[str]) -> Spellings:
    """Of values that are known, for `is_spelled`, which needs no patterns."""
    wanted = sorted(set(values))
    return Spellings(wanted, all("@" in value for value in wanted))


def is_spelled(dialect: str, target: sa.ColumnElement[Any], wanted: Spellings) -> Predicate:
    """Rows whose column holds one of the values but for case, composition and blanks around it; none else.
    Where each value is an address, most texts of a table need no folding: they are searched three times as
    fast."""
    if dialect == "sqlite":
        exact = _on_sqlite(target, wanted.values)
        return sa.and_(target.like("%@%"), exact) if wanted.addresses else exact
    folded: sa.ColumnElement[Any] = sa.func.lower(sa.func.trim(target))
    if dialect in ("mariadb", "mysql"):
        folded = sa.collate(sa.cast(folded, mysql.CHAR(charset="utf8mb4")), "utf8mb4_nopad_bin")
    exact = among(dialect, folded, wanted.values, _lowered)
    if _lenient(target) and dialect in ("mariadb", "mysql"):
        return sa.and_(_loosely(dialect, target, wanted.values), exact)
    if not wanted.addresses:
        return exact
    signed = sa.func.strpos(target, "@") > 0 if dialect == "postgresql" else target.like("%@%")
    return sa.and_(signed, exact)


def _on_sqlite(target: sa.ColumnElement[Any], values: Sequence[str]) -> Predicate:
    """SQLite compares ASCII by itself; to call back to Python for each row takes ten times as long. Only a
    text of ASCII without blanks around it has as many letters, when these are cut off, as bytes."""
    bytes_ = sa.func.length(sa.cast(target, sa.LargeBinary()))
    beyond = bytes_ != sa.func.length(sa.func.trim(target, _BLANKS))
    own: sa.ColumnElement[Any] = getattr(sa.func, FOLD)(target)
    plainly = among("sqlite", sa.collate(target, "NOCASE"), values, _folded)
    return sa.or_(plainly, sa.and_(beyond, among("sqlite", own, values, _folded)))


def _folded(values: Iterable[str]) -> list[str]:
    return sorted({normalise("email", value) for value in values})


def _lenient(target: sa.ColumnElement[Any]) -> bool:
    """Whether equality in the column's own collation finds every case, and blanks behind: then an index over
    the column narrows the rows that are compared exactly."""
    collation = str(getattr(target.type, "collation", None) or "")
    return collation.endswith(_LENIENT) and "nopad" not in collation


def _loosely(dialect: str, target: sa.ColumnElement[Any], values: Sequence[str]) -> Predicate:
    """What an index over a column of lenient collation finds; blanks before a value are a range of it."""
    return sa.or_(among(dialect, target, values), target.like(" %"))


def may_be_spelled(
    dialect: str, target: sa.ColumnElement[Any], wanted: Spellings, *, unicode: bool = True
) -> Predicate:
    """A condition that no row meant escapes; what it finds too much is sorted out by `normalise`. `unicode`:
    the server stores text in UTF-8, in which only letters beyond ASCII take several bytes."""
    if dialect == "sqlite":
        return is_spelled(dialect, target, wanted)
    if _lenient(target) and dialect in ("mariadb", "mysql"):
        ways: list[Predicate] = [_loosely(dialect, target, wanted.values)]
    else:
        folded = sa.func.lower(sa.func.trim(target))
        ways = [
            among(dialect, folded, wanted.values, _lowered),
            among(dialect, target, wanted.values),
        ]
    beyond = _beyond_ascii(dialect, target) if unicode else sa.true()
    if wanted.too_many:
        return sa.or_(*ways, beyond)
    ways.extend(
        sa.and_(beyond, sa.func.lower(target).like(_pattern(each), escape="\\")) for each in wanted.patterns
    )
    return sa.or_(*ways)


def _pattern(pattern: Sequence[str]) -> Any:
    if isinstance(pattern, Slot):
        return later(pattern, lambda values: values[0], sa.Text())
    return pattern[0]


def among(
    dialect: str,
    target: sa.ColumnElement[Any],
    values: Sequence[str],
    form: Callable[[Iterable[str]], list[str]] | None = None,
) -> Predicate:
    """One of the texts that `form` makes of the values, as they stand unless it is given: on PostgreSQL many
    as one bound list."""
    single, form = form is not None, form or _forms
    if isinstance(values, Slot):
        return texts_in(dialect, target, values, form, single=single)
    forms = form(values)
    if dialect == "postgresql" and len(forms) > _LIST:
        return target == sa.any_(sa.bindparam(None, forms, type_=postgresql.ARRAY(sa.Text())))
    return target.in_(forms)


def _beyond_ascii(dialect: str, target: sa.ColumnElement[Any]) -> Predicate:
    """Only such a value has letters of more than one form. On PostgreSQL the words of the index that `map
    check` proposes."""
    if dialect == "postgresql":  # `<>` it would take for nearly all rows, and read the whole table
        more = sa.func.octet_length(target) - sa.func.char_length(target)
        return sa.func.sign(more) == sa.literal_column("1")
    bytes_ = sa.func.length(sa.func.convert(target.op("USING")(sa.literal_column("utf8mb4"))))
    return bytes_ != sa.func.char_length(target)


def _forms(values: Iterable[str]) -> list[str]:
    plain = {form for value in values for form in (value.strip(), normalise("email", value))}
    cased = {form for value in plain for form in (value, value.lower(), value.upper())}
    composed = {unicodedata.normalize(form, value) for value in cased for form in ("NFC", "NFD")}
    return sorted(value for value in composed if value)


def _lowered(values: Iterable[str]) -> list[str]:
    """Those that a server's own `lower` can give: wherever it is, no capital of ASCII is left by it."""
    return [form for form in _forms(values) if not _CAPITAL.search(form)]


_CAPITAL = re.compile("[A-Z]")


def _loose(value: str) -> str | None:
    """A pattern with anything where a letter has more than one form; None where none has, or nearly all
    do."""
    parts = [character if character.isascii() else "\x00" for character in value]
    text = "".join(parts)
    for pair in _LOOSE:
        text = text.replace(pair, "\x00") if len(value) > 4 else text
    if "\x00" not in text or len(value) > _LONGEST:
        return None
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    pattern = escaped.replace("\x00", "%")
    return f"%{pattern}%"
