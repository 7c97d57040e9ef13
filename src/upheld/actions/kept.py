"""Files as they were, sealed with the key of the undo window until it ends (ADR 0016).

The copy is on the disk, then its row in our records, then the file may go. A copy without a row was never
needed; both end with the window, and neither opens once its key is destroyed.
"""

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4

from upheld.actions.means import Means
from upheld.rights.fileimage import flush
from upheld.rights.outcome import FileImage, Misconfigured, Permanent, Transient
from upheld.store import models
from upheld.store.sealedfile import SALT, seal, unseal

MOST_BYTES = 10 * 1024**3
"""Of one transaction's files: beyond, a copy of everything is more than an undo is worth."""

MOST_FILES = 10_000
"""Each has a copy and a row of its own."""

SPARE = 64 * 1024**2
"""What has to stay free on the disk besides."""


@dataclass(frozen=True, slots=True)
class Copied:
    """A copy that is on the disk and not yet in our records."""

    pk: UUID
    image: bytes
    size: int


def folder(means: Means, window: models.Window) -> Path:
    """Where a window's copies stand. Misconfigured where no data folder is given."""
    if means.kept is None:
        raise Misconfigured("There is no folder for copies of files.", "Set UPHELD_DATA.")
    return means.kept / window.key


def copy(*, means: Means, fulfilment: models.Fulfilment, files: Sequence[FileImage]) -> tuple[Copied, ...]:
    """Seal the files of a transaction that is about to commit. Nothing where no window is open.
    Permanent beyond the limits, Transient where the disk has no room: nothing was removed then."""
    window = fulfilment.window
    if window is None or not files:
        return ()
    _refuse(fulfilment.system, files)
    at = folder(means, window)
    try:
        at.mkdir(mode=0o700, parents=True, exist_ok=True)
        if shutil.disk_usage(at).free < sum(each.size for each in files) + SPARE:
            raise _full(fulfilment.system)
        done = tuple(_one(means, window, at, each) for each in files)
        flush(at)
        flush(at.parent)
    except OSError as error:
        raise Transient(
            f"{fulfilment.system}: a file could not be kept: {error.strerror}. Nothing was removed.",
            "Look at the data folder, then try again.",
        ) from None
    return done


def _one(means: Means, window: models.Window, at: Path, file: FileImage) -> Copied:
    pk = uuid4()
    record, salt = f"file:{pk}:content", means.keys.salt(SALT)
    size = seal(means.keys, window.key, at / str(pk), file.content(), salt=salt, record=record)
    return Copied(pk, means.keys.seal(window.key, file.image, record=f"file:{pk}:image"), size)


def _refuse(system: str, files: Sequence[FileImage]) -> None:
    many, size = len(files), sum(each.size for each in files)
    if many > MOST_FILES or size > MOST_BYTES:
        raise Permanent(
            f"{system}: {many:,} files with {size / 1024**2:,.0f} MiB would have to be kept for the undo "
            f"window; at most {MOST_FILES:,} and {MOST_BYTES / 1024**2:,.0f} MiB can. Nothing was removed.",
            "Write `undo: none` for this system, ask again, and what is erased there is gone at once.",
        )


def _full(system: str) -> Transient:
    return Transient(
        f"{system}: the data folder has no room for the files of the undo window. Nothing was removed.",
        "Make room, then try again.",
    )


def note(*, fulfilment: models.Fulfilment, copies: Sequence[Copied], at: datetime) -> None:
    """Their rows. Belongs into the transaction that stores the part."""
    first = models.FileCopy.objects.filter(fulfilment=fulfilment).count() if copies else 0
    models.FileCopy.objects.bulk_create(
        models.FileCopy(
            id=each.pk,
            fulfilment=fulfilment,
            position=first + number,
            sealed_image=each.image,
            size=each.size,
            at=at,
        )
        for number, each in enumerate(copies, start=1)
    )


def files(*, means: Means, fulfilment: models.Fulfilment) -> tuple[FileImage, ...]:
    """What is kept of a system's files, in order; of parts that were aborted, too, since files went before
    the commit. Raises Destroyed once the window's key is."""
    window = fulfilment.window
    if window is None:
        return ()
    return tuple(
        FileImage(
            means.keys.open(window.key, bytes(each.sealed_image), record=f"file:{each.pk}:image"),
            each.size,
            _opener(means, window, each.pk),
        )
        for each in fulfilment.files.all()
    )


def _opener(means: Means, window: models.Window, pk: UUID) -> Callable[[], Iterator[bytes]]:
    path = folder(means, window) / str(pk)
    return partial(unseal, means.keys, window.key, path, record=f"file:{pk}:content")


def end(*, means: Means, window: models.Window) -> None:
    """Remove a window's copies, once its key is destroyed. Safe to repeat; OSError where one stays."""
    if means.kept is not None and (means.kept / window.key).exists():
        shutil.rmtree(means.kept / window.key)
