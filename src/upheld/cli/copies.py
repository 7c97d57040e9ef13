"""What `upheld access --identities-file` and `upheld port --identities-file` do."""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import typer
from django.conf import settings

from upheld.actions import ledger
from upheld.actions.batch import copies
from upheld.actions.batch.copies import Look
from upheld.actions.batch.delivery import Written, deliver_many
from upheld.actions.batch.look import Going
from upheld.actions.means import Means
from upheld.cli import options, show, start
from upheld.cli.account import look_json, look_text, said
from upheld.cli.batch import agree, lines_are, refuse_uncounted
from upheld.cli.copying import Wish, copy, look, new_key
from upheld.cli.faults import WrongUse
from upheld.cli.people import read_people
from upheld.rights.outcome import Permanent

ASK = "Write a copy for each of these people?"


def carry_out(wish: Wish, file: Path | None, *, dry_run: bool, count: int | None, skip_doubtful: bool) -> int:
    """One person's copy, or with a `file` those of everybody in it. WrongUse where both are meant."""
    one = bool(wish.identity or wish.identity_file)
    listed = options.is_list(file, one=one, count=count, skip_doubtful=skip_doubtful)
    if file is None or not listed:
        return look(wish) if dry_run else copy(wish)
    if dry_run:
        return look_at_all(wish, file)
    return copy_all(wish, file, count=count, skip_doubtful=skip_doubtful)


def look_at_all(wish: Wish, file: Path) -> int:
    """What the copies would hold; 1 where a line is doubtful."""
    means = start.means(place=wish.place)
    seen = _seen(means, wish, file)
    if wish.as_json:
        show.as_json(look_json(seen))
    else:
        typer.echo(look_text(seen))
        typer.echo("Nothing was written.")
    return 1 if seen.doubts else 0


def copy_all(wish: Wish, file: Path, *, count: int | None, skip_doubtful: bool) -> int:
    """Look, ask for the number, write the copies. Repeating it with the same list goes on with what is
    left; 1 while a copy is missing or lacks a system's part."""
    refuse_uncounted(count, yes=wish.yes)
    start.refuse_out(wish.out)
    means = start.means(place=wish.place)
    seen = _seen(means, wish, file)
    if not wish.as_json:
        typer.echo(look_text(seen), err=True)
    if seen.doubts and not skip_doubtful:
        raise Permanent(
            f"{lines_are(seen.doubts)} doubtful, so no copy was written for anybody.",
            "Correct the list, or leave them out: --skip-doubtful.",
        )
    folder = _folder(means, wish, file)
    before = copies.written(means=means, seen=seen, folder=folder)
    agree(ASK, seen.lines, count, yes=wish.yes, otherwise="No copy was written.")
    left = [each for each in seen.going if each.numbers not in before]
    ends = _write(means, wish, seen, left, folder)
    ledger.checkpoint(means=means)
    return said(wish, seen, folder, ends, sorted(before))


def _write(means: Means, wish: Wish, seen: Look, left: Sequence[Going], folder: Path) -> list[Written]:
    ends: list[Written] = []
    with show.people(quiet=wish.as_json) as told:
        told("writing", 0, len(left))
        for each in deliver_many(
            means=means,
            seen=seen,
            going=left,
            folder=folder,
            readers=lambda out: wish.recipients or new_key(out)[0],
            days=settings.UPHELD_PACKAGE_DAYS,
            language=wish.language,
        ):
            ends.append(each)
            told("writing", 1, len(left))
    return ends


def _seen(means: Means, wish: Wish, file: Path) -> Look:
    lines = read_people(file, means.datamap, means.connectors)
    with show.people(quiet=wish.as_json) as told:
        return copies.look(means=means, right=wish.right, lines=lines, told=told)


def _folder(means: Means, wish: Wish, file: Path) -> Path:
    """The same for the same list, so that a repeat finds what was written. Its name says nothing of whom it
    names."""
    listed = sha256(file.read_bytes()).hexdigest()
    named = means.keys.blind(f"list {wish.right.value}", listed).hex()[:16]
    folder: Path = wish.out or settings.UPHELD_DATA / "packages" / f"list-{named}"
    if folder.exists() and not folder.is_dir():
        raise WrongUse(f"{folder} is a file.", "For a list, --out names a folder.")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
