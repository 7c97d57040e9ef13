"""Who a plan is about. Values of this module are personal data: they are sealed at rest and never logged."""

from dataclasses import dataclass

from upheld.datamap.model import Scalar

Key = tuple[Scalar, ...]
"""A row's key: one value for each key column, each of its own type."""


@dataclass(frozen=True, slots=True)
class Identity:
    """One identifier of the person. `verified`: she proved it, or a row that is hers vouches for it; only
    such lead from one system to another. `source`: `given`, or `system.table` where it was read."""

    kind: str
    value: str
    verified: bool = True
    source: str = "given"

    def __repr__(self) -> str:
        return f"Identity({self.kind}, verified={self.verified}, source={self.source})"


@dataclass(frozen=True, slots=True)
class Person:
    """A row of a person table that is her. `via`: the identity that led there, None where the row itself was
    named or follows from another row."""

    system: str
    table: str
    key: Key
    via: Identity | None = None

    @property
    def surely(self) -> bool:
        """Whether what led there is verified on this row too. An account to which somebody gave her
        address, and never confirmed it, is found by it but vouches for nothing and leads no further."""
        return self.via is None or self.via.verified

    def __repr__(self) -> str:
        return f"Person({self.system}.{self.table}, via={self.via})"


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of one row of hers: what stood there when it was looked at, and what is to stand there.

    `key` are the values of `columns`, by which the row is told apart. `json`: the path inside a document.
    `step` is a number of the plan that writes it."""

    step: int
    table: str
    columns: tuple[str, ...]
    key: Key
    column: str
    before: Scalar
    after: Scalar
    json: str | None = None

    def __repr__(self) -> str:
        return f"Cell({self.table}.{self.column})"


@dataclass(frozen=True, slots=True)
class Subject:
    """The identified person (GDPR 4(1)): all identities known for her and all rows that are her. `cells`:
    what a correction or a reset of a mark writes, for the steps of one plan."""

    identities: tuple[Identity, ...]
    people: tuple[Person, ...] = ()
    cells: tuple[Cell, ...] = ()

    def values(self, kind: str) -> tuple[str, ...]:
        """Her verified identities of one kind, in a stable order."""
        return tuple(
            sorted(
                {
                    identity.value
                    for identity in self.identities
                    if identity.kind == kind and identity.verified
                }
            )
        )

    def keys(self, system: str, table: str) -> tuple[Key, ...]:
        """The keys of her rows in one person table."""
        return tuple(
            dict.fromkeys(
                person.key for person in self.people if (person.system, person.table) == (system, table)
            )
        )
