"""Files that come with the answer to a task, sealed with the case's key until her copy is written whole."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

from upheld.actions.means import Means
from upheld.law.ground import Ground
from upheld.rights.answer import Answer, Reply
from upheld.rights.codec import decode
from upheld.rights.connector import Attachment
from upheld.rights.outcome import Misconfigured, Permanent
from upheld.store.models import Request, Task, Upload
from upheld.store.sealedfile import SALT, seal, unseal
from upheld.store.sealing import open_value

MOST_FILES = 20
MOST_BYTES = 25 * 1024**2
"""Of one answer."""


@dataclass(frozen=True, slots=True)
class Given:
    """A file as somebody gave it: what it was called, and its bytes."""

    name: str
    content: Iterable[bytes]

    def __repr__(self) -> str:
        return "Given(…)"


def keep(*, means: Means, task: Task, files: Sequence[Given]) -> str:
    """Seal the files and note them; gives the digest that stands for them in the answer (spec/answer.md).
    Belongs into a transaction of the caller's: what that rolls back leaves files of no record. Permanent
    beyond the limits, and nothing is kept then."""
    if len(files) > MOST_FILES:
        raise Permanent(f"These are {len(files)} files; {MOST_FILES} are the most.", "Put them into one ZIP.")
    folder, case = _folder(means), task.fulfilment.request.case
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept: list[Path] = []
    digests, left = [], MOST_BYTES
    try:
        for position, each in enumerate(files):
            pk = uuid4()
            counted = _Counted(each.content, left)
            size = seal(
                means.keys,
                case.key,
                folder / str(pk),
                counted,
                salt=means.keys.salt(SALT),
                record=_record(pk),
            )
            kept.append(folder / str(pk))
            left -= size
            digests.append(counted.digest)
            Upload.objects.create(
                id=pk,
                task=task,
                position=position,
                sealed_name=means.keys.seal(case.key, each.name.encode(), record=f"upload:{pk}:name"),
                digest=counted.digest,
                size=size,
                at=means.clock(),
            )
    except BaseException:
        for path in kept:
            path.unlink(missing_ok=True)
        raise
    if len(digests) == 1:
        return digests[0]
    return sha256("".join(f"{each}\n" for each in digests).encode()).hexdigest()


class _Counted:
    """Bytes on their way, bounded and hashed."""

    def __init__(self, content: Iterable[bytes], most: int) -> None:
        self._content, self._left, self._hash = content, most, sha256()

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._content:
            self._left -= len(piece)
            if self._left < 0:
                raise Permanent(
                    f"The files of one answer are more than {MOST_BYTES // 1024**2} MB.",
                    "Send them by another way, and say so in words.",
                )
            self._hash.update(piece)
            yield piece

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()


def answers(*, means: Means, request: Request) -> Mapping[str, Sequence[Attachment]]:
    """For her copy: what was answered for each system of which every task is answered; nothing for one where
    nothing was found. Raises Destroyed."""
    found: dict[str, Sequence[Attachment]] = {}
    for fulfilment in request.fulfilments.prefetch_related("tasks__uploads"):
        tasks = list(fulfilment.tasks.all())
        if tasks and all(each.answered_at for each in tasks):
            found[fulfilment.system] = tuple(
                part for task in tasks for part in _attached(means, request, task)
            )
    return found


def _attached(means: Means, request: Request, task: Task) -> Iterator[Attachment]:
    key = request.case.key
    answer = decode(
        open_value(means.keys, key, bytes(task.sealed_answer or b""), record=f"task:{task.pk}:answer"),
        (Answer, Ground, Reply),
    )
    if not isinstance(answer, Answer):
        raise TypeError("A task holds its answer.")
    if answer.reply is not Reply.NOTHING_FOUND and answer.words:
        yield Attachment(task.step, "answer", "answer.txt", iter((answer.words.encode(),)))
    for each in task.uploads.all():
        name = means.keys.open(key, bytes(each.sealed_name), record=f"upload:{each.pk}:name").decode()
        content = unseal(means.keys, key, _folder(means) / str(each.pk), record=_record(each.pk))
        yield Attachment(task.step, "answer", name, content)


def remove(*, means: Means, request: Request) -> int:
    """The copy holds them now: the files go, their digests stay. Safe to repeat; gives how many went."""
    gone = 0
    for each in Upload.objects.filter(task__fulfilment__request=request, removed_at=None):
        with suppress(FileNotFoundError):
            (_folder(means) / str(each.pk)).unlink()
        gone += Upload.objects.filter(pk=each.pk).update(removed_at=means.clock(), sealed_name=b"")
    return gone


def sweep(*, means: Means) -> int:
    """Files of requests that have ended without a copy go (refused, taken back, expired), and files of no
    record, which a crash left; gives how many. Those only when they are older than a day: an answer that is
    being kept has its files before its record."""
    left = Upload.objects.filter(removed_at=None).values("task__fulfilment__request")
    ended = Request.objects.filter(pk__in=left, finished_at__isnull=False)
    gone = sum(remove(means=means, request=each) for each in ended)
    if means.kept is None or not _folder(means).is_dir():
        return gone
    known = {str(pk) for pk in Upload.objects.filter(removed_at=None).values_list("pk", flat=True)}
    day_ago = means.clock().timestamp() - 24 * 60 * 60
    for path in list(_folder(means).iterdir()):
        if path.name not in known and path.stat().st_mtime < day_ago:
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def _folder(means: Means) -> Path:
    if means.kept is None:
        raise Misconfigured("There is no folder for uploaded files.", "Set UPHELD_DATA.")
    return means.kept / "uploads"


def _record(pk: object) -> str:
    return f"upload:{pk}:content"
