"""Entries and their types: what may be written, and what is refused."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upheld.ledger import canonical
from upheld.ledger.commitment import commit, opens
from upheld.ledger.entry import EntryType, Field, Kind, RefusedEntry, RefusedType, Registry, looks_personal
from upheld.ledger.reference import render_reference
from upheld.ledger.types import CASE_CLOSED, REGISTRY

from . import sample
from .vectors import load

AT = datetime(2026, 11, 24, 2, 31, tzinfo=UTC)
VECTORS = load("ledger/entry.json")

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-canonical.MAX_INTEGER, canonical.MAX_INTEGER)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
    max_leaves=20,
)


@given(values)
def test_canonical_json_reads_back_as_the_same_value(value: object) -> None:
    """P-04."""
    assert canonical.decode(canonical.encode(value)) == value


def test_keys_are_sorted_by_utf_16_units_and_strings_escaped_in_the_short_form() -> None:
    """P-04: RFC 8785 sorts an emoji before U+FB33, code points would not."""
    value = {"\ufb33": 1, "\U0001f600": 2, "a": 'tab\t"\x0f\u20ac/'}

    assert canonical.encode(value) == '{"a":"tab\\t\\"\\u000f€/","\U0001f600":2,"\ufb33":1}'.encode()


@pytest.mark.parametrize(
    "value", [1.0, float("nan"), 2**53, -(2**53), b"x", {1: "a"}, "\ud800", {"\udfff": 1}, {"a": {1, 2}}]
)
def test_values_without_one_spelling_are_refused(value: object) -> None:
    with pytest.raises(canonical.NotCanonical):
        canonical.encode(value)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"\xff",
        b"1.0",
        b"1e3",
        b"NaN",
        b"-0",
        b" 1",
        b"1\n",
        b'{"b":1,"a":2}',
        b'{"a":1,"a":1}',
        b'{"a": 1}',
        b'"\\u0041"',
        b'"\\ud800"',
        b"9" * 5000,
        b"[" * 100_000,
        b"[" * 40 + b"]" * 40,
    ],
)
def test_other_spellings_are_refused_when_reading(data: bytes) -> None:
    with pytest.raises(canonical.NotCanonical):
        canonical.decode(data)


@pytest.mark.parametrize("vector", VECTORS["entries"], ids=lambda vector: vector["name"])
def test_entry_vectors_end_as_they_say(vector: dict) -> None:
    """P-04, P-05."""
    data = vector["entry"].encode()

    if vector["expect"] == "ok":
        assert REGISTRY.decode(data).encode() == data
    else:
        with pytest.raises(RefusedEntry):
            REGISTRY.decode(data)


def test_every_entry_of_the_sample_reads_back_as_written() -> None:
    for data in sample.entries():
        assert REGISTRY.decode(data).encode() == data


def test_what_was_read_before_is_the_same_entry_and_what_was_refused_before_is_refused_again() -> None:
    """P-05: whoever reads an entry cannot change it for the next."""
    registry = Registry()
    counts = Field("by", Kind.COUNTS, "How many", personal=False, values=("a",))
    type_ = EntryType("thing.counted/v1", "Things were counted.", (counts,))
    data = b'{"at":"2026-11-24T02:31:00Z","by":{"a":1},"type":"thing.counted/v1"}'
    with pytest.raises(RefusedEntry):
        registry.decode(data)

    registry.register(type_)
    first = registry.decode(data)

    assert registry.decode(data) == first == registry.create(type_.name, at=AT, by={"a": 1})
    for fields in (first.fields, first.fields["by"]):
        with pytest.raises(TypeError):
            fields["a"] = 2  # type: ignore[index]
    for _ in range(2):
        with pytest.raises(RefusedEntry):
            registry.decode(data + b" ")


PERSONAL = ["anna@example.org", "+49 30 1234567", "0301234567", "030-123-45-67", "anna", "Anna Muster"]


def test_scenario_48_no_known_value_of_a_person_is_let_into_an_entry_or_its_error() -> None:
    """P-05. A bare first name cannot be told from an id, so `anna` is only refused where codes are listed."""
    for value in PERSONAL:
        for field in ("case", "regime", "right", "note"):
            whole = {"case": "c-1", "right": "ERASURE", "regime": "gdpr", field: value}
            if value == "anna" and field != "note":
                continue
            with pytest.raises(RefusedEntry) as refusal:
                REGISTRY.create("case.opened/v1", at=AT, **whole)
            assert value not in str(refusal.value)


@pytest.mark.parametrize(
    "text",
    ["2026-0118", "c-7f3k9q", "7d9f1c2e-0b1a-4c3d-8e9f-001122334455", "00000000-0000-4000-8000-000000000000"],
)
def test_case_numbers_and_random_ids_do_not_look_personal(text: str) -> None:
    assert not looks_personal(text)


def test_a_table_named_by_its_day_may_stand_in_a_step() -> None:
    fields = {"case": "c-1", "system": "shop", "failure": "transient", "reason": "lock.timeout"}

    assert REGISTRY.create("step.failed/v1", at=AT, step="erase:logs_2024_01_01", **fields)
    with pytest.raises(RefusedEntry, match="telephone"):
        REGISTRY.create("step.failed/v1", at=AT, step="erase:0301234567", **fields)


def test_the_error_names_the_field_and_what_would_be_right() -> None:
    with pytest.raises(RefusedEntry) as refusal:
        REGISTRY.create("package.opened/v1", at=AT, case="c-1", times=1, opened_by="x")

    assert str(refusal.value) == (
        "package.opened/v1 does not declare the field opened_by. It has: case, times."
    )


def test_times_without_a_zone_are_refused() -> None:
    with pytest.raises(RefusedEntry, match="aware and in UTC"):
        REGISTRY.create("package.opened/v1", at=AT.replace(tzinfo=None), case="c-1", times=1)


def field(**changes: object) -> Field:
    declared = {"name": "case", "kind": Kind.ID, "meaning": "the case", "personal": False}
    return Field(**{**declared, **changes})


@pytest.mark.parametrize(
    ("name", "fields", "says"),
    [
        ("erasure/v1", (field(),), "topic.past_participle"),
        ("erasure.done", (field(),), "topic.past_participle"),
        ("a.b/v1", (), "declares no fields"),
        ("a.b/v1", (field(), field()), "declares a field twice"),
        ("a.b/v1", (field(personal=None),), "does not say whether it is personal"),
        ("a.b/v1", (field(personal=True),), "must therefore be a digest"),
        ("a.b/v1", (field(kind="text"),), "free text cannot be declared"),
        ("a.b/v1", (field(name="at"),), "no usable name"),
        ("a.b/v1", (field(meaning=" "),), "does not say what it means"),
        ("a.b/v1", (field(kind=Kind.COUNTS),), "must name its counts"),
        ("a.b/v1", (field(values=("x",)),), "only codes and counts"),
    ],
)
def test_a_type_with_an_incomplete_declaration_cannot_register(
    name: str, fields: tuple[Field, ...], says: str
) -> None:
    """P-05."""
    registry = Registry()

    with pytest.raises(RefusedType, match=says):
        registry.register(EntryType(name, "Something happened.", fields))
    assert dict(registry.types) == {}


def test_a_registered_type_is_never_replaced() -> None:
    with pytest.raises(RefusedType, match="new version number"):
        REGISTRY.register(EntryType("case.opened/v1", "Another meaning.", (field(),)))


def test_the_types_that_the_engine_needs_are_registered() -> None:
    assert set(REGISTRY.types) == {
        "erasure.undone/v1",
        "suppression.lifted/v1",
        "case.opened/v1",
        "communication.closed/v1",
        "communication.reopened/v1",
        "identity.judged/v1",
        "plan.approved/v1",
        "step.fulfilled/v1",
        "step.set/v1",
        "step.failed/v1",
        "step.retained/v1",
        "package.issued/v1",
        "package.opened/v1",
        "certificate.issued/v1",
        "case.closed/v1",
        "key.destroyed/v1",
        "retention.purged/v1",
        "suppression.added/v1",
        "erasure.replayed/v1",
        "restriction.set/v1",
        "restriction.told/v1",
        "restriction.lifted/v1",
        "statement.added/v1",
        "statement.removed/v1",
        "values.replayed/v1",
        "verification.added/v1",
        "doubt.recorded/v1",
        "request.extended/v1",
        "request.refused/v1",
        "objection.upheld/v1",
        "request.withdrawn/v1",
        "request.paused/v1",
        "request.resumed/v1",
        "account.changed/v1",
        "agreement.given/v1",
        "records.restored/v1",
        "keys.rotated/v1",
        "setting.changed/v1",
        "token.made/v1",
        "token.revoked/v1",
        "request.ruled/v1",
    }


def test_the_reference_page_equals_the_registry() -> None:
    page = Path(__file__).parents[2] / "docs" / "ledger-entries.md"

    assert page.read_text(encoding="utf-8") == render_reference()


def test_a_commitment_opens_with_its_key_and_content_only() -> None:
    """P-05."""
    key, other = bytes(32), bytes(31) + b"\x01"
    made = commit(key, b"anna@example.org")

    assert opens(key, b"anna@example.org", made)
    assert not opens(other, b"anna@example.org", made)
    assert not opens(key, b"anna@example.com", made)
    assert not opens(key, b"anna@example.org", "é")
    with pytest.raises(ValueError, match="32 random bytes"):
        commit(b"short", b"content")


COUNT = st.integers(0, canonical.MAX_INTEGER)
HOLDING = {
    Kind.ID: st.uuids().map(str) | st.from_regex(r"[a-f]{1,20}[._:-][0-9]{1,5}", fullmatch=True),
    Kind.CODE: st.sampled_from(["forum", "part:1", "erase/users.v2"]),
    Kind.COUNT: COUNT,
    Kind.DIGEST: st.binary(min_size=32, max_size=32).map(bytes.hex),
    Kind.TIME: st.sampled_from(["2026-11-24T02:31:00Z", "1999-01-01T00:00:00.000001Z"]),
    Kind.DATE: st.dates().map(lambda day: day.isoformat()),
}


def held(field: Field) -> st.SearchStrategy[canonical.Value]:
    """What the field may hold."""
    if field.kind is Kind.COUNTS:
        return st.fixed_dictionaries(dict.fromkeys(field.values, COUNT))
    return st.sampled_from(field.values) if field.values else HOLDING[field.kind]


@given(st.data(), st.datetimes(timezones=st.just(UTC)))
def test_an_entry_that_is_only_written_has_the_bytes_of_one_that_is_kept(
    data: st.DataObject, at: datetime
) -> None:
    """P-04: for every type, with and without its optional fields."""
    made = data.draw(st.sampled_from(list(REGISTRY.types.values())))
    optional = {field.name: held(field) for field in made.fields if field.optional}
    needed = {field.name: held(field) for field in made.fields if not field.optional}
    fields = data.draw(st.fixed_dictionaries(needed, optional=optional))

    written = REGISTRY.spell(made.name, at=at, **fields)

    assert written == REGISTRY.create(made.name, at=at, **fields).encode()
    assert REGISTRY.decode(written) == REGISTRY.create(made.name, at=at, **fields)


BAD: tuple[dict[str, canonical.Value], ...] = (
    {"case": "ann@example.org", "outcome": "fulfilled"},
    {"case": "+4930123456", "outcome": "fulfilled"},
    {"case": "c-1", "outcome": "Ann Bell"},
    {"case": "c-1", "outcome": 1},
    {"case": "c-1"},
    {"case": "c-1", "outcome": "fulfilled", "forename": "Ann"},
)


@pytest.mark.parametrize("fields", BAD, ids=",".join)
def test_what_is_refused_when_kept_is_refused_when_only_written(fields: dict[str, canonical.Value]) -> None:
    """P-05: in the same words, which never repeat the value."""
    with pytest.raises(RefusedEntry) as kept:
        REGISTRY.create(CASE_CLOSED, at=AT, **fields)
    with pytest.raises(RefusedEntry) as written:
        REGISTRY.spell(CASE_CLOSED, at=AT, **fields)

    assert str(written.value) == str(kept.value)
    assert "Ann" not in str(kept.value)
