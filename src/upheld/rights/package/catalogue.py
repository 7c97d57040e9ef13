"""What a package says, in one language: a module a language fills this in whole (G-12.1).

Texts with names in braces are filled by `str.format`; values put in are escaped before.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from upheld.law.basis import LegalBasis


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every sentence and word of the pages. `one`/`many` pairs are (singular, plural)."""

    code: str
    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    day: str
    thousands: str
    at: str
    countries: Mapping[str, str]
    categories: Mapping[str, str]
    bases: Mapping[LegalBasis, str]

    heading: str
    what: str
    nothing: str
    expected: str
    unfinished: str
    unfinished_all: str
    by_system: str
    state_failed: str
    state_waiting: str
    state_not_asked: str
    why_failed: str
    why_failed_part: str
    why_waiting: str
    why_not_asked: str
    looked_in: str
    why: str
    purpose_unknown: str
    basis: str
    receives: str
    nobody: str
    processor: str
    agreement: str
    kept: str
    place: str
    place_unknown: str
    source: str
    source_you: str
    source_rest: str
    source_unknown: str
    categories_held: str
    withheld: str
    never_sent: str
    others: str
    data: str
    files: str
    cut_short: str
    seen: str
    rights: str
    rights_text: tuple[str, ...]
    rights_text_us: tuple[str, ...]
    complain: str
    complain_named: str
    complain_open: str
    contact: str
    due: str
    due_promised: str
    machines: str
    machines_text: str
    records: tuple[str, str]
    pages: tuple[str, str]
    bytes_text: str
    back: str
    page: str
    rows: str
    first: str
    previous: str
    next: str
    last: str
    record: str
    empty: str
    yes: str
    no: str
    mark_never: str
    mark_others: str
    mark_others_row: str
    mark_deleted: str
    mark_recoverable: str
    mark_restricted: str
    binary: str
    save: str
    endless: str
    no_date: str
    statements: str
    statement: str
    mark_statement: str
    port_heading: str
    port_what: str
    port_left_out: str
    port_reasons: Mapping[str, str]

    def date(self, value: date, *, weekday: bool = True) -> str:
        """The day in full words."""
        text = self.day.format(day=value.day, month=self.months[value.month - 1], year=value.year)
        return (
            f"{self.weekdays[value.weekday()]}{' ' if self.code != 'de' else ', '}{text}" if weekday else text
        )

    def number(self, value: int) -> str:
        """Digits in groups of three."""
        return f"{value:,}".replace(",", self.thousands)

    def count(self, value: int, forms: tuple[str, str]) -> str:
        """A number and its noun."""
        return f"{self.number(value)} {forms[0] if value == 1 else forms[1]}"

    def country(self, code: str) -> str:
        """The country's name; a code not listed stays as it is."""
        return self.countries.get(code.upper(), code)

    def category(self, name: str) -> str:
        """A category in words; one that the organisation made up is read as words."""
        return self.categories.get(name, name.replace("-", " ").replace("_", " "))
