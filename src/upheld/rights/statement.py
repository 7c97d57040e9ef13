"""A person's own words beside data of hers that she holds to be incomplete (G-16.2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from upheld.rights.subject import Key


@dataclass(frozen=True, slots=True)
class Statement:
    """Verbatim. About the person as a whole, a system, one of its tables, or the row with that key (as
    text)."""

    words: str
    given_at: datetime
    system: str = ""
    table: str = ""
    key: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Statement({'.'.join(filter(None, (self.system, self.table)))})"

    def beside(self, system: str, table: str) -> bool:
        """Whether it is read wherever rows of this table are."""
        return (self.system, self.table) in ((system, table), (system, ""))

    def about(self, system: str, table: str, columns: tuple[str, ...], values: Mapping[str, object]) -> bool:
        """Whether it is about this very row."""
        own = tuple(str(values.get(name)) for name in columns)
        return bool(self.key) and (self.system, self.table, self.key) == (system, table, own)


def as_text(key: Key) -> tuple[str, ...]:
    """A key as statements hold it."""
    return tuple(map(str, key))
