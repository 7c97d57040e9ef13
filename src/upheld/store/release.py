"""Which release the records are of: what of our migrations they have, and whether we know what they have."""

from dataclasses import dataclass

from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from upheld.rights.outcome import Misconfigured
from upheld.store import beginning

OWN = "store"


@dataclass(frozen=True, slots=True)
class Release:
    """`last`: each app's newest migration that the records have. `missing`: what this release would still do
    to tables that are there; `unknown`: what a newer release has done; `unbegun`: apps without tables yet."""

    last: dict[str, str]
    missing: tuple[str, ...]
    unknown: tuple[str, ...]
    unbegun: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Nothing is there yet."""
        return OWN not in self.last


class OlderRecords(Misconfigured):
    """The records are of an earlier release."""

    def __init__(self, release: Release) -> None:
        super().__init__(
            f"The records are of an earlier release of Upheld (the last step that they have is "
            f"{release.last[OWN]}); nothing was changed.",
            "Stop the server and its workers, then run `upheld migrate`: it says what it will do, and makes "
            "a backup first.",
        )


class NewerRecords(Misconfigured):
    """The records are of a release that this one does not know."""

    def __init__(self, release: Release) -> None:
        super().__init__(
            f"The records are of a newer release of Upheld: it has done {', '.join(release.unknown[:3])} to "
            "them, which this one does not know. Nothing was changed.",
            "Go on with the newer release; or restore the backup that was made before, with this one.",
        )


def release() -> Release:
    """Of the records at hand. Changes nothing."""
    loader = MigrationLoader(connection, ignore_no_migrations=True)
    return compared(loader, set(loader.applied_migrations))


def compared(loader: MigrationLoader, applied: set[tuple[str, str]]) -> Release:
    """Of records that have these migrations. Apps that this program does not use are left out, as are those
    whose tables nobody has made yet: they are added, and change nothing that is there."""
    known = loader.disk_migrations or {}
    begun = {app for app, _ in applied} & loader.migrated_apps
    last = {app: max(name for of, name in applied if of == app) for app in sorted(begun)}
    replaced = {one for each in known.values() for one in each.replaces}
    missing = sorted(key for key in loader.graph.nodes if key[0] in begun and key not in applied)
    unknown = sorted(key for key in applied if key[0] in begun and key not in known and key not in replaced)
    unbegun = tuple(sorted(loader.migrated_apps - begun))
    return Release(
        last,
        tuple(f"{app}.{name}" for app, name in missing),
        tuple(f"{app}.{name}" for app, name in unknown),
        unbegun,
    )


def refuse_other() -> Release:
    """Raises OlderRecords, NewerRecords."""
    found = release()
    if found.unknown:
        raise NewerRecords(found)
    if found.missing:
        raise OlderRecords(found)
    return found


def make() -> None:
    """The tables, where there are none; records of this release get what programs of it need besides. Raises
    OlderRecords, NewerRecords."""
    found = refuse_other()
    if found.empty:
        beginning.begin()
        found = release()
    if found.missing or found.unbegun:
        call_command("migrate", verbosity=0, interactive=False)


def bring_up() -> None:
    """Do to the records what this release has new. Raises NewerRecords."""
    found = release()
    if found.unknown:
        raise NewerRecords(found)
    call_command("migrate", verbosity=0, interactive=False)
