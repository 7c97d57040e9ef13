"""Ledger entries and their types: registered, versioned, declared field by field, free of personal data.

An entry is canonical JSON: {"type": "step.fulfilled/v1", "at": "2026-11-24T02:31:00Z", …declared fields}.
A type that does not say of each field whether it is personal cannot register, and a personal field can only
be a commitment (P-04, P-05). There is no kind for free text.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from upheld.ledger.canonical import MAX_INTEGER, NotCanonical, Value, decode, encode, string

MAX_BYTES = 4096
_TYPE = re.compile(r"[a-z]+\.[a-z]+/v[1-9][0-9]*\Z", re.ASCII)
_FIELD = re.compile(r"[a-z]+(_[a-z]+)*\Z", re.ASCII)
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}\Z", re.ASCII)
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_]*([.:/-][A-Za-z0-9_]+)*\Z", re.ASCII)
_DIGEST = re.compile(r"[0-9a-f]{64}\Z", re.ASCII)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z\Z", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d\Z", re.ASCII)
_CASE_NUMBER = re.compile(r"(19|20)\d\d-\d{1,6}\Z", re.ASCII)
# Nine digits in a row of codes: a table may be called logs_2024_01_01, which has eight.
_NUMBER_WITHIN = re.compile(r"\d([._:/-]?\d){8,}", re.ASCII)
_NUMBER_ALONE = re.compile(r"[._:-]*(\d[._:-]*){7,}\Z", re.ASCII)
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z", re.ASCII)


class RefusedEntry(ValueError):
    """The entry does not fit its declared type. The message names the field and never repeats its value."""


class RefusedType(ValueError):
    """The entry type cannot be registered; the message says what its declaration lacks."""


class Kind(Enum):
    """What a field may hold."""

    ID = "id"
    CODE = "code"
    COUNT = "count"
    COUNTS = "counts"
    DIGEST = "digest"
    TIME = "time"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Field:
    """One declared field. `values` lists the codes, or the names of the counts, that are allowed.

    A personal field must be a DIGEST that the caller made with `commitment.commit`, so that destroying one
    key takes its meaning away; every other kind of personal field is refused at registration.
    """

    name: str
    kind: Kind
    meaning: str
    personal: bool
    values: tuple[str, ...] = ()
    optional: bool = False


@dataclass(frozen=True, slots=True)
class EntryType:
    """A kind of entry: `name` is topic.past_participle/vN, `meaning` a sentence for the reader."""

    name: str
    meaning: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A validated entry. `fields` is a read-only mapping without "type" and "at"."""

    type: str
    at: datetime
    fields: Mapping[str, Value]

    def encode(self) -> bytes:
        """The bytes that are hashed and stored, for ever."""
        return encode({"type": self.type, "at": format_time(self.at), **self.fields})


def format_time(at: datetime) -> str:
    """RFC 3339 in UTC, with microseconds only where there are any; refuses a time without a zone."""
    if at.tzinfo is None or at.utcoffset() != timedelta(0):
        raise RefusedEntry("A time in the ledger must be aware and in UTC.")
    return at.replace(tzinfo=None).isoformat() + "Z"


def parse_time(text: str) -> datetime:
    """The reverse of `format_time`; raises ValueError for other spellings and impossible times."""
    if not _TIME.match(text):
        raise ValueError("not a time such as 2026-11-24T02:31:00Z")
    at = datetime.fromisoformat(text.removesuffix("Z")).replace(tzinfo=UTC)
    if format_time(at) != text:
        raise ValueError("not the shortest spelling of this time")
    return at


def parse_date(text: str) -> date:
    """A date as YYYY-MM-DD; raises ValueError for other spellings and impossible dates."""
    if not _DATE.match(text):
        raise ValueError("not a date such as 2026-11-24")
    return date.fromisoformat(text)


def looks_personal(text: str) -> bool:
    """Whether a short text could be an e-mail address or a telephone number.

    A case number such as 2026-0118 and a UUID are not; another run of seven or more digits is.
    """
    if "@" in text:
        return True
    if _CASE_NUMBER.match(text) or _UUID.match(text):
        return False
    return bool(_NUMBER_ALONE.match(text))


def _check_id(value: str) -> str | None:
    if _UUID.match(value):
        return None
    if looks_personal(value):
        return "looks like an e-mail address or a telephone number; use the random id instead"
    if not _ID.match(value):
        return "must be an id: up to 64 letters, digits, '.', '_', ':', '-'"
    return None


@lru_cache(maxsize=1024)
def _check_code(value: str, allowed: tuple[str, ...]) -> str | None:
    if allowed:
        return None if value in allowed else f"must be one of {', '.join(allowed)}"
    if "@" in value or _NUMBER_WITHIN.search(value):
        return "looks like an e-mail address or a telephone number; use a code of the data map or the law"
    if len(value) > 64 or not _CODE.match(value):
        return "must be a code: words of letters and digits joined by '.', '_', ':', '/' or '-'"
    return None


def _is_count(value: object) -> bool:
    return isinstance(value, int) and value is not True and value is not False and 0 <= value <= MAX_INTEGER


def _check_counts(value: object, names: tuple[str, ...]) -> str | None:
    if not isinstance(value, Mapping) or value.keys() != set(names):
        return f"must hold exactly these counts: {', '.join(names)}"
    if not all(map(_is_count, value.values())):
        return "must hold whole numbers from 0 on"
    return None


def _check_moment(value: str, kind: Kind) -> str | None:
    try:
        if kind is Kind.TIME:
            parse_time(value)
        else:
            parse_date(value)
    except ValueError:
        wanted = "a time such as 2026-11-24T02:31:00Z" if kind is Kind.TIME else "a date such as 2026-11-24"
        return f"must be {wanted}"
    return None


def _complaint(field: Field, value: object) -> str | None:
    """What is wrong with the value, without repeating it: it may be what must not be written anywhere."""
    if field.kind is Kind.COUNT:
        return None if _is_count(value) else "must be a whole number from 0 on"
    if field.kind is Kind.COUNTS:
        return _check_counts(value, field.values)
    if not isinstance(value, str):
        return "must be a string"
    if field.kind is Kind.ID:
        return _check_id(value)
    if field.kind is Kind.CODE:
        return _check_code(value, field.values)
    if field.kind is Kind.DIGEST:
        return None if _DIGEST.match(value) else "must be a digest of 64 lower-case hexadecimal digits"
    return _check_moment(value, field.kind)


class _Form:
    """How entries of one type are checked and spelled, worked out once: the names of its fields in their
    order, and of each what it may hold. What it gives is what `Entry.encode` gives, in less time."""

    __slots__ = ("_parts", "declared", "needed", "type")

    def __init__(self, entry_type: EntryType) -> None:
        self.type = entry_type
        self.declared = frozenset(field.name for field in entry_type.fields)
        self.needed = frozenset(field.name for field in entry_type.fields if not field.optional)
        fields = {field.name: field for field in entry_type.fields}
        self._parts = tuple(
            (name, f'"{name}":', fields.get(name), _speller(fields.get(name)))
            for name in sorted({"type", "at", *fields})
        )

    def spelled(self, at: str, fields: Mapping[str, Value]) -> bytes:
        """The bytes of an entry. Raises RefusedEntry."""
        self.refuse_names(fields)
        own = {"type": self.type.name, "at": at}
        members = []
        for name, start, field, spell in self._parts:
            if field is None:
                members.append(start + string(own[name]))
            elif name in fields:
                value = fields[name]
                self.refuse(field, value)
                members.append(start + spell(value))
        return ("{" + ",".join(members) + "}").encode("utf-8")

    def refuse_names(self, fields: Mapping[str, Value]) -> None:
        """Raises RefusedEntry for a field that is not declared, and for one that is missing."""
        if not self.needed <= fields.keys() <= self.declared:
            if undeclared := fields.keys() - self.declared:
                raise RefusedEntry(_undeclared(self.type, sorted(undeclared)))
            missing = next(
                field.name for field in self.type.fields if field.name in self.needed - set(fields)
            )
            raise RefusedEntry(f"{self.type.name} needs the field {missing}.")

    def refuse(self, field: Field, value: object) -> None:
        """Raises RefusedEntry for what the field may not hold."""
        complaint = _complaint(field, value)
        if complaint:
            raise RefusedEntry(f"{self.type.name}: the field {field.name} {complaint}.")


def _speller(field: Field | None) -> Callable[[Any], str]:
    """How a value that the field may hold is spelled as canonical JSON."""
    if field is not None and field.kind is Kind.COUNT:
        return str
    if field is not None and field.kind is Kind.COUNTS:
        names = [(name, f"{string(name)}:") for name in sorted(field.values)]
        return lambda counts: "{" + ",".join([f"{start}{counts[name]}" for name, start in names]) + "}"
    return string


_RECENT = 256
"""Entries that were read and need not be read again: a log is looked at from its end, and again and again.
The same bytes are the same entry for ever."""


class Registry:
    """The entry types that may be written. Types are added at start-up and never replaced."""

    def __init__(self) -> None:
        self._types: dict[str, EntryType] = {}
        self._forms: dict[str, _Form] = {}
        self._recent = lru_cache(maxsize=_RECENT)(self._read)

    @property
    def types(self) -> Mapping[str, EntryType]:
        """The registered types by name, in the order of registration; read-only."""
        return MappingProxyType(self._types)

    def register(self, entry_type: EntryType) -> EntryType:
        """Raises RefusedType for an incomplete declaration or a taken name: a change is a new version."""
        complaint = _declaration_complaint(entry_type)
        if complaint is None and entry_type.name in self._types:
            complaint = "is registered already; a changed type needs a new version number"
        if complaint:
            raise RefusedType(f"The entry type {entry_type.name!r} {complaint}.")
        self._types[entry_type.name] = entry_type
        self._forms[entry_type.name] = _Form(entry_type)
        return entry_type

    def create(self, name: str, *, at: datetime, **fields: Value) -> Entry:
        """A validated entry, ready to be encoded. Raises RefusedEntry."""
        return self._validated(name, at, fields)

    def spell(self, name: str, *, at: datetime, **fields: Value) -> bytes:
        """The bytes of the entry that `create` would give, for whoever only writes them. Raises
        RefusedEntry."""
        return self._known(name).spelled(format_time(at), fields)

    def _validated(self, name: str, at: datetime, fields: Mapping[str, Value]) -> Entry:
        form = self._known(name)
        form.refuse_names(fields)
        for field in form.type.fields:
            if field.name in fields:
                form.refuse(field, fields[field.name])
        format_time(at)
        return Entry(name, at, MappingProxyType({key: _frozen(value) for key, value in fields.items()}))

    def decode(self, data: bytes) -> Entry:
        """Reads the bytes of an entry back, and refuses what `create` would have refused."""
        if len(data) > MAX_BYTES:
            raise RefusedEntry(f"An entry is at most {MAX_BYTES} bytes long.")
        return self._recent(data)

    def _read(self, data: bytes) -> Entry:
        try:
            value = decode(data)
        except NotCanonical as error:
            raise RefusedEntry(str(error)) from error
        if not isinstance(value, dict):
            raise RefusedEntry("An entry is a JSON object.")
        name, at = value.pop("type", None), value.pop("at", None)
        if not isinstance(name, str) or not isinstance(at, str):
            raise RefusedEntry("An entry has a type and a time, both strings.")
        try:
            moment = parse_time(at)
        except ValueError as error:
            raise RefusedEntry(f"The entry's time is {error}.") from error
        return self._validated(name, moment, value)

    def _known(self, name: str) -> _Form:
        try:
            return self._forms[name]
        except KeyError:
            shown = name if _TYPE.match(name) and len(name) <= 60 else "(unprintable)"
            raise RefusedEntry(
                f"The entry type {shown} is not known here. A newer version of Upheld may know it."
            ) from None


def _undeclared(entry_type: EntryType, names: list[str]) -> str:
    # A name may come from outside too, so only what could be a field's name is repeated.
    shown = ", ".join(key if _FIELD.match(key) and len(key) <= 40 else "(unprintable)" for key in names)
    declared = ", ".join(field.name for field in entry_type.fields)
    return f"{entry_type.name} does not declare the field {shown}. It has: {declared}."


def _frozen(value: Value) -> Value:
    return MappingProxyType(dict(value)) if isinstance(value, Mapping) else value


def _declaration_complaint(entry_type: EntryType) -> str | None:
    if not _TYPE.match(entry_type.name):
        return "must be named topic.past_participle/v1"
    if not entry_type.meaning.strip():
        return "must say what it means"
    if not entry_type.fields:
        return "declares no fields"
    names = [field.name for field in entry_type.fields]
    if len(set(names)) != len(names):
        return "declares a field twice"
    for field in entry_type.fields:
        complaint = _field_complaint(field)
        if complaint:
            return f"declares a field {field.name!r} that {complaint}"
    return None


def _field_complaint(field: Field) -> str | None:
    if not _FIELD.match(field.name) or field.name in ("type", "at"):
        return "has no usable name"
    # A declaration is judged as it arrives at run time, whatever its annotations promise.
    kind: object = field.kind
    personal: object = field.personal
    if not isinstance(kind, Kind):
        return "has no known kind; free text cannot be declared"
    if not isinstance(personal, bool):
        return "does not say whether it is personal"
    if field.personal and field.kind is not Kind.DIGEST:
        return "is personal and must therefore be a digest made under a key that can be destroyed"
    if not field.meaning.strip():
        return "does not say what it means"
    if field.kind is Kind.COUNTS and not field.values:
        return "must name its counts"
    if field.values and field.kind not in (Kind.CODE, Kind.COUNTS):
        return "lists values, which only codes and counts have"
    return None
