"""What a person gave about herself when she asked."""

from dataclasses import dataclass

from upheld.rights.subject import Identity, Person


@dataclass(frozen=True, slots=True)
class Asked:
    """Identities, and rows that the one who received the request decided are her."""

    identities: tuple[Identity, ...]
    decisions: tuple[Person, ...] = ()
