"""What a crash left in the folder of copies: files that no record names and that nobody is at (P-25)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from upheld.actions import copies, lease
from upheld.actions.means import Means
from upheld.store.models import Copy, Package

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ENDINGS = (".part", ".key")


def sweep(*, means: Means) -> int:
    """Cut-off tries go, whole ones that never became known, and keys whose copy is gone; gives how many.

    Of the server's own: an hour after they were begun, unless somebody holds their copy. Of a command's,
    which holds nothing while it writes: when nothing was added for a day. Other files are not ours.
    """
    folder = copies.folder()
    # In this order. Whoever writes lets go of a copy after its record is there: what nobody is at when the
    # leases are read has its record by the time those are read.
    found = list(_files(folder))
    held = _held(means)
    known = {_named(Path(path)) for path in _paths()}
    gone = 0
    for path in found:
        if path.suffix != ".part" and _named(_copy(path)) in known:
            continue
        request, begun = _try(path)
        if request in held or not _is_old(means, path, begun):
            continue
        path.unlink(missing_ok=True)
        gone += 1
    return gone


def _files(folder: Path) -> Iterator[Path]:
    for pattern in ("*", "list-*/*"):
        for path in folder.glob(pattern):
            if _copy(path).suffix == ".age" and path.is_file():
                yield path


def _copy(path: Path) -> Path:
    return path.with_suffix("") if path.suffix in ENDINGS else path


def _named(path: Path) -> str:
    """A copy is known by its file's name, for hosts may have the folder at other places; one of a list by
    that of the list too."""
    listed = path.parent.name.startswith("list-")
    return f"{path.parent.name}/{path.name}" if listed else path.name


def _paths() -> Iterator[str]:
    return Package.objects.filter(removed_at=None).values_list("path", flat=True).iterator()


def _try(path: Path) -> tuple[UUID | None, datetime | None]:
    """Whose copy the server began there, and when; neither of a command's."""
    number, _, stamp = _copy(path).stem.rpartition("-")
    try:
        return UUID(number), datetime.strptime(stamp, copies.STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None, None


def _held(means: Means) -> set[UUID]:
    at = means.clock()
    return {each.request_id for each in Copy.objects.filter(leased_until__gt=at) if lease.is_leased(each, at)}


def _is_old(means: Means, path: Path, begun: datetime | None) -> bool:
    if begun is not None:
        return begun < means.clock() - HOUR
    try:
        return path.stat().st_mtime < (means.clock() - DAY).timestamp()
    except FileNotFoundError:
        return False
