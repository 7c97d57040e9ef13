"""Renders docs/ledger-entries.md from the registry, so that the page cannot fall behind the code."""

from collections.abc import Iterable

from upheld.ledger.entry import EntryType, Field, Kind
from upheld.ledger.types import REGISTRY

_INTRODUCTION = """# Ledger entries

Generated from the registry in `upheld.ledger.types`; a test compares the two.

Every entry also has `type` and `at` (RFC 3339, UTC). There is no field for free text, and no field holds
personal data: a field marked *personal* holds a commitment, HMAC-SHA-256 under a key that can be destroyed.

Kinds: `id` a random id · `code` a word of the data map or the law · `count` a whole number · `counts` named
whole numbers · `digest` 64 hexadecimal digits · `time` RFC 3339 in UTC · `date` a calendar date.
"""


def _holds(field: Field) -> str:
    listed = ", ".join(f"`{value}`" for value in field.values)
    if field.kind is Kind.COUNTS:
        return f"{field.meaning}: {listed}"
    return f"{field.meaning} (one of {listed})" if listed else field.meaning


def _row(field: Field) -> str:
    personal = "personal, as a commitment" if field.personal else "not personal"
    name = f"`{field.name}`" + (" (optional)" if field.optional else "")
    return f"| {name} | {field.kind.value} | {personal} | {_holds(field)} |"


def _section(entry_type: EntryType) -> str:
    rows = "\n".join(_row(field) for field in entry_type.fields)
    return (
        f"## {entry_type.name}\n\n{entry_type.meaning}\n\n"
        f"| field | kind | personal? | what it holds |\n|---|---|---|---|\n{rows}\n"
    )


def render_reference(types: Iterable[EntryType] | None = None) -> str:
    """The whole page, in the order of registration."""
    chosen = REGISTRY.types.values() if types is None else types
    return "\n".join([_INTRODUCTION, *(_section(entry_type) for entry_type in chosen)])
