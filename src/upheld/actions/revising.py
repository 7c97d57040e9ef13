"""A file of the privacy folder is changed from a page: tried, shown, and then written (docs/adr/0049).

What is to be written is kept first, as a revision, with the file as it was. Writing it goes over nobody's
work: the file must still be as it was. A written revision keeps the earlier version, and who wrote when.
"""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from upheld.actions import depending, errands, folder, loosening, two
from upheld.actions.means import Means
from upheld.datamap.fault import Invalid, MapError
from upheld.datamap.model import DataMap
from upheld.datamap.page import parse
from upheld.datamap.read import SYSTEMS
from upheld.rights.connector import Finding, Severity
from upheld.rights.outcome import Permanent
from upheld.store.database import hold
from upheld.store.models import Agreement, ErrandKind, Matter, Revision, RevisionState

SHOWN = 50
"""Earlier versions of a file that a page lists."""
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,60}")


class Unclear(Permanent):
    """The files would be no data map. `errors`: each with its file and line."""

    def __init__(self, errors: Sequence[MapError]) -> None:
        super().__init__(
            "With this the folder would be no data map. Nothing was kept.",
            " ".join(str(each) for each in errors[:5]),
        )
        self.errors = tuple(errors)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a difference. `kind`: `same`, `out`, `in`, or `gap` where lines are left out."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Remark:
    """What is said of one line of a file; line 0 is the file as a whole. `severity` as of a finding."""

    line: int
    severity: str
    what: str
    cure: str
    code: str


def editable(home: Path) -> tuple[str, ...]:
    """The files of the map that a page may change: none that a link leads out of the folder to."""
    inside = home.resolve()
    return tuple(name for name in folder.map_files(home) if (home / name).resolve().is_relative_to(inside))


def text_of(home: Path, file: str) -> str | None:
    """What stands in it; None where there is no such file. Permanent where it is no text in UTF-8."""
    data = folder.content(home, file)
    try:
        return None if data is None else data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Permanent(f"{file} is not text in UTF-8.", "Save it as UTF-8 in an editor.") from error


def as_sent(text: str, before: str | None) -> str:
    """What a browser sent, with the line ends of the file as it was."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return lines.replace("\n", "\r\n") if before is not None and "\r\n" in before else lines


def problems(*, home: Path, file: str, text: str | None) -> tuple[MapError, ...]:
    """What the folder would have wrong with this file; nothing where it would be a data map."""
    try:
        folder.tried(home, {file: None if text is None else text.encode()})
    except Invalid as error:
        return error.errors
    return ()


def refuse_unclear(*, home: Path, file: str, text: str | None) -> None:
    """Raises Unclear where the folder would be no data map with this."""
    if errors := problems(home=home, file=file, text=text):
        raise Unclear(errors)


@transaction.atomic
def propose(*, means: Means, home: Path, file: str, text: str | None, seen: str = "") -> Revision:
    """Keep a change so that it can be shown before it is written; None takes the file out. `seen`: the state
    of the file that it began with. Raises folder.Changed where it is another by now, Unclear for what would
    be no map, Permanent where nothing is changed."""
    before = text_of(home, file)
    if seen and folder.state(home, [file]) != seen:
        raise folder.Changed((folder.Difference(file, before or "", text or ""),))
    if text == before:
        raise Permanent("Nothing is changed.", "Change something first, or go back.")
    refuse_unclear(home=home, file=file, text=text)
    mine = Revision.objects.filter(file=file, asked_by=means.by, state=RevisionState.OPEN)
    at = means.clock()
    mine.update(state=RevisionState.DROPPED, done_by=means.by, done_at=at)
    return Revision.objects.create(file=file, before=before, text=text, asked_by=means.by, asked_at=at)


@transaction.atomic
def write(*, means: Means, home: Path, revision: Revision) -> Revision:
    """Write it. Raises folder.Changed where the file is not as it was, folder.NoMap where the rest of the
    folder does not go with it any more, depending.Needed where a system goes that open cases need,
    two.Needed without the second yes to what allows more, Misconfigured where the folder cannot be written,
    Permanent for what is done or dropped. A system's file is looked at by the runner afterwards."""
    hold("folder")
    row = Revision.objects.select_for_update().get(pk=revision.pk)
    if row.state != RevisionState.OPEN:
        raise Permanent("This change is done, or was dropped.", "Begin again from the file.")
    data = None if row.text is None else row.text.encode()
    before, after = maps(home=home, revision=row)
    depending.refuse_lost(before, after)
    if more := loosening.loosened(before, after):
        two.require(means=means, wish=wish(row, more))
    row.state, row.done_by, row.done_at = RevisionState.WRITTEN, means.by, means.clock()
    row.save(update_fields=["state", "done_by", "done_at"])
    for name in _looked_at(row):
        errands.order(means=means, kind=ErrandKind.LOOK, system=name)
    folder.write(home, {row.file: data}, seen=_state(row))
    return row


def maps(*, home: Path, revision: Revision) -> tuple[DataMap, DataMap]:
    """The map as it is, and as it is with this change. Raises folder.NoMap."""
    text = None if revision.text is None else revision.text.encode()
    try:
        return folder.tried(home, {}), folder.tried(home, {revision.file: text})
    except Invalid as error:
        raise folder.NoMap(error) from error


def wish(revision: Revision, more: Sequence[str]) -> two.Wish:
    """What a second yes is asked for: exactly this change of exactly that file."""
    said = f"change {revision.file} so that more is allowed: {'; '.join(more)}"
    content = (revision.file, revision.before, revision.text)
    return two.Wish(Matter.MAP, said if len(said) <= 500 else f"{said[:499]}…", content, revision=revision)


@dataclass(frozen=True, slots=True)
class Second:
    """What a change allows more, and how far its second yes is: `wanted` where nobody asked for it yet,
    `asked` where it waits, neither where it is there."""

    more: tuple[str, ...]
    asked: Agreement | None
    wanted: bool


def second(*, means: Means, home: Path, revision: Revision) -> Second | None:
    """None where one person may write it."""
    more = loosening.loosened(*maps(home=home, revision=revision))
    if not more or two.rule_of(means=means, matter=Matter.MAP) is None:
        return None
    wanted = wish(revision, more)
    if two.agreed(means=means, wish=wanted):
        return Second(more, None, wanted=False)
    asked = two.asked(means=means, wish=wanted)
    return Second(more, asked, wanted=asked is None)


@transaction.atomic
def ask_second(*, means: Means, home: Path, revision: Revision, reason: str) -> Agreement:
    """Ask for the second yes to it, with the reason. Permanent where nobody else has to agree."""
    more = loosening.loosened(*maps(home=home, revision=revision))
    if not more or revision.state != RevisionState.OPEN:
        raise Permanent("Nobody else has to agree to this.", "Write it.")
    return two.ask(means=means, wish=wish(revision, more), reason=reason)


def _state(row: Revision) -> str:
    return folder.state_of({row.file: None if row.before is None else row.before.encode()})


def _looked_at(row: Revision) -> tuple[str, ...]:
    if row.text is None or not row.file.startswith(f"{SYSTEMS}/"):
        return ()
    value = parse(row.file, row.text.encode()).value
    return (str(value["system"]),) if isinstance(value, dict) and "system" in value else ()


@transaction.atomic
def drop(*, means: Means, revision: Revision) -> None:
    """It will not be written. One that is done stays as it is."""
    Revision.objects.filter(pk=revision.pk, state=RevisionState.OPEN).update(
        state=RevisionState.DROPPED, done_by=means.by, done_at=means.clock()
    )


def earlier(*, file: str) -> tuple[Revision, ...]:
    """The written changes of a file, newest first."""
    found = Revision.objects.filter(file=file, state=RevisionState.WRITTEN).defer("before", "text")
    return tuple(found.order_by("-done_at")[:SHOWN])


def open_ones(*, file: str | None = None) -> tuple[Revision, ...]:
    """Changes that were shown and not written yet, of one file if said."""
    found = Revision.objects.filter(state=RevisionState.OPEN).defer("before", "text")
    return tuple(found if file is None else found.filter(file=file))


def new_file(name: str) -> str:
    """The file of a system that is added. Permanent for a name that could not be one."""
    if not _NAME.fullmatch(name):
        raise Permanent(
            "This is no name for a system.",
            "Small letters, digits, - and _, at most 60, such as member-database.",
        )
    return f"{SYSTEMS}/{name}.yaml"


def difference(before: str | None, after: str | None) -> tuple[Line, ...]:
    """Line by line, with three lines around each change."""
    former, later = (before or "").splitlines(), (after or "").splitlines()
    found = []
    for each in list(difflib.unified_diff(former, later, lineterm="", n=3))[2:]:
        mark, rest = each[:1], each[1:]
        kind = {"+": "in", "-": "out", "@": "gap"}.get(mark, "same")
        found.append(Line(kind, "" if kind == "gap" else rest))
    return tuple(found[1:])


def remarks(file: str, errors: Iterable[MapError]) -> tuple[Remark, ...]:
    """The reader's complaints, those of other files with their name."""
    return tuple(
        Remark(
            each.line if each.file == file else 0,
            Severity.STOP.value,
            each.what if each.file == file else f"{each.file}:{each.line}: {each.what}",
            each.cure,
            each.code,
        )
        for each in errors
    )


def located(file: str, text: str, findings: Iterable[Finding]) -> tuple[Remark, ...]:
    """Findings of the last look at the lines that they are about, in the order of the lines."""
    positions = parse(file, text.encode()).positions
    found = (
        Remark(_line(positions, each), each.severity.value, each.what, each.cure, each.code)
        for each in findings
    )
    return tuple(sorted(found, key=lambda each: each.line))


def _line(positions: Mapping[tuple[str | int, ...], tuple[int, int]], finding: Finding) -> int:
    table = ("tables", finding.table)
    for part in ("fields", "identities", "belongs_to", "visible_to"):
        if finding.column and (*table, part, finding.column) in positions:
            return positions[(*table, part, finding.column)][0]
    return positions.get(table, (0, 0))[0]
