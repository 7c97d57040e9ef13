"""What leads from a row to a person or to another row."""

from collections.abc import Mapping
from dataclasses import dataclass

from upheld.datamap.discover.role import Role


@dataclass(frozen=True, slots=True)
class Tie:
    """Columns that lead to a row of `to`, or that hold an identity. `decided`: the schema itself says so, so
    that nothing is left to propose. `when`: a test under which alone it leads there. `login`: it leads there
    by a name that says who, not by a key. `array`: the column holds a list of them. `weak`: values alone say
    so, and no name says what the person has to do with the row."""

    columns: tuple[str, ...]
    to: str | None
    key: tuple[str, ...] = ()
    identity: str | None = None
    role: Role = Role.UNSAID
    confidence: float = 1.0
    because: str = "a foreign key"
    decided: bool = True
    login: bool = False
    cast: str | None = None
    array: bool = False
    when: Mapping[str, object] | None = None
    weak: bool = False

    @property
    def name(self) -> str:
        """The word by which a treatment refers to it."""
        return ",".join(self.columns)
