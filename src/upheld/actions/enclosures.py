"""Files that came with an answer of hers: typed by their first bytes, bounded, sealed, in no folder that is
served."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from upheld.actions.means import Means
from upheld.rights.outcome import Misconfigured, Permanent
from upheld.store.models import Enclosure, Question
from upheld.store.sealedfile import SALT, seal, unseal

MOST = 5
BYTES = 10 * 1024 * 1024
"""Files of one answer, and their bytes together."""
STARTS = (
    (b"%PDF-", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
)
_NOT_TEXT = frozenset(range(32)) - frozenset(b"\t\n\r\f")


@dataclass(frozen=True, slots=True)
class Given:
    """A file as it was sent. Its name is what somebody called it and decides nothing."""

    name: str
    content: bytes

    def __repr__(self) -> str:
        return "Given(…)"


def kind_of(content: bytes) -> str:
    """`pdf`, `png`, `jpeg` or `text`, by what is in it; empty for anything else."""
    for start, kind in STARTS:
        if content.startswith(start):
            return kind
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return ""
    return "text" if content and not _NOT_TEXT & set(content) else ""


def refuse_wrong(files: Sequence[Given]) -> None:
    """Permanent for too many, too much, or what is neither picture, PDF nor plain text."""
    if len(files) > MOST or sum(len(each.content) for each in files) > BYTES:
        raise Permanent(f"More than {MOST} files, or {BYTES // 1024**2} MB together.", "Send fewer.")
    if any(not kind_of(each.content) for each in files):
        raise Permanent("A file is neither a PDF, a picture nor plain text.", "Send it as one of these.")


def keep(*, means: Means, question: Question, files: Sequence[Given]) -> None:
    """Seal them under the case's key. Belongs into the transaction of the answer; where that fails, a sealed
    file of no record stays behind."""
    refuse_wrong(files)
    folder = _folder(means)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for each in files:
        pk, key = uuid4(), question.case.key
        size = seal(
            means.keys,
            key,
            folder / str(pk),
            (each.content,),
            salt=means.keys.salt(SALT),
            record=f"enclosure:{pk}",
        )
        Enclosure.objects.create(
            id=pk,
            question=question,
            kind=kind_of(each.content),
            sealed_name=means.keys.seal(key, each.name[:200].encode(), record=f"enclosure:{pk}:name"),
            size=size,
            at=means.clock(),
        )


def name(*, means: Means, enclosure: Enclosure) -> str:
    """What she called it. Raises Destroyed."""
    pk, key = enclosure.pk, enclosure.question.case.key
    return means.keys.open(key, bytes(enclosure.sealed_name), record=f"enclosure:{pk}:name").decode()


def content(*, means: Means, enclosure: Enclosure) -> Iterator[bytes]:
    """The file, piece by piece. Raises Destroyed."""
    pk, key = enclosure.pk, enclosure.question.case.key
    return unseal(means.keys, key, _folder(means) / str(pk), record=f"enclosure:{pk}")


def sweep(*, means: Means) -> int:
    """Files that nobody can open any more, for the case's key is destroyed, and files of no record go; gives
    how many. Only those older than a day: an answer that is being kept has its files before its record."""
    if means.kept is None or not _folder(means).is_dir():
        return 0
    readable = Enclosure.objects.filter(question__case__key_destroyed_at=None)
    known = {str(pk) for pk in readable.values_list("pk", flat=True)}
    day_ago = means.clock().timestamp() - 24 * 60 * 60
    return _removed(each for each in _folder(means).iterdir() if _old(each, known, day_ago))


def _old(path: Path, known: set[str], before: float) -> bool:
    return path.name not in known and path.stat().st_mtime < before


def _removed(paths: Iterable[Path]) -> int:
    gone = 0
    for each in list(paths):
        each.unlink(missing_ok=True)
        gone += 1
    return gone


def _folder(means: Means) -> Path:
    if means.kept is None:
        raise Misconfigured("There is no folder for files that people send.", "Set UPHELD_DATA.")
    return means.kept / "enclosures"
