"""Who has been erased must not come back by an import (P-24, scenario 44)."""

from collections.abc import Iterable, Iterator

from upheld.actions.cases import canonical
from upheld.rights.subject import Identity
from upheld.store.keys import KeyStore
from upheld.store.models import Suppression

BATCH = 500


def suppressed(*, keys: KeyStore, identities: Iterable[Identity]) -> Iterator[Identity]:
    """Those of the identities that belong to erased people; asked in batches, in bounded memory."""
    batch: list[tuple[bytes, Identity]] = []
    for identity in identities:
        named = canonical(identity)
        batch.append((keys.suppress(named.kind, named.value), identity))
        if len(batch) == BATCH:
            yield from _known(batch)
            batch = []
    yield from _known(batch)


def _known(batch: list[tuple[bytes, Identity]]) -> Iterator[Identity]:
    digests = [digest for digest, _ in batch]
    known = {
        bytes(row) for row in Suppression.objects.filter(digest__in=digests).values_list("digest", flat=True)
    }
    return (identity for digest, identity in batch if digest in known)
