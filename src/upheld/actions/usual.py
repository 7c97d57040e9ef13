"""The usual things of a file of the privacy folder, so that a form can ask for them.

Everything else in the file stays as somebody wrote it, byte by byte (`datamap.revise`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from itertools import groupby

from upheld.datamap.fault import MapError
from upheld.datamap.model import DataMap
from upheld.datamap.page import Path, parse
from upheld.datamap.read import ORGANISATION, PROCESSORS, PURPOSES
from upheld.datamap.revise import Unrevisable, revised, written_at
from upheld.rights.outcome import Permanent


class Sort(Enum):
    """How a value is asked for. LIST: names with commas between them. YES: a tick."""

    LINE = auto()
    WORDS = auto()
    NUMBER = auto()
    LIST = auto()
    YES = auto()
    CHOICE = auto()


@dataclass(frozen=True, slots=True)
class Blank:
    """One value: the path of its key, and how it is asked for. `group`: the heading over it."""

    path: Path
    label: str
    sort: Sort = Sort.LINE
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    group: str = ""

    @property
    def name(self) -> str:
        """As a form calls it."""
        return "__".join(map(str, self.path))


LIMITS = (
    ("people_per_day", "People a day, at most", Sort.NUMBER, "Beyond it somebody is asked first."),
    ("rows_per_person", "Rows of one person, at most", Sort.NUMBER, "Beyond it somebody is asked first."),
    ("share_of_table", "Share of one table, at most", Sort.LINE, "Such as 5%. Beyond it somebody is asked."),
    ("people_per_hour", "People an hour, at most", Sort.NUMBER, "The others wait."),
    ("concurrency", "Programs at a time, at most", Sort.NUMBER, "The others wait."),
    ("quiet_hours", "Changes begin only between", Sort.LINE, "By your clock, such as 01:00-05:00."),
    ("timeout", "Seconds until a statement is given up", Sort.NUMBER, "120 unless said; it is tried again."),
)
SECOND = (
    ("", "as “Who decides” has it"),
    ("colleague", "a second member of staff"),
    ("cooling", "the same person, after a cooling time"),
    ("outside", "somebody outside, by a link"),
    ("none", "nobody"),
)
DAYS = tuple((each, each.capitalize()) for each in ("monday", "tuesday", "wednesday", "thursday", "friday"))


def _limits(group: str) -> Iterator[Blank]:
    for key, label, sort, hint in LIMITS:
        yield Blank(("limits", key), label, sort, hint, group=group)


def blanks(file: str, text: str, datamap: DataMap) -> tuple[Blank, ...]:
    """What a form asks for this file."""
    match file:
        case str() if file == ORGANISATION:
            return tuple(_organisation())
        case str() if file == PURPOSES:
            return tuple(_purposes(text))
        case str() if file == PROCESSORS:
            return tuple(_processors(text))
    return tuple(_system(text, datamap))


def _system(text: str, datamap: DataMap) -> Iterator[Blank]:
    kind = written_at(text, ("kind",)) or "sql"
    processors = (("", "nobody: we run it"), *((each.name, each.title) for each in datamap.processors))
    yield Blank(("title",), "What people call it")
    yield Blank(("owner",), "Who looks after it")
    yield Blank(("address",), "The owner’s e-mail address")
    yield Blank(("place",), "Where the data lies", hint="A country’s code, such as DE.")
    yield Blank(("processor",), "Who runs it for you", Sort.CHOICE, choices=processors)
    if kind == "manual":
        yield Blank(("look_for",), "What the owner looks for", Sort.WORDS, group="By hand")
        yield Blank(("how",), "How what is found is removed", Sort.WORDS, group="By hand")
        yield Blank(("how_to_copy",), "How a copy is made", Sort.WORDS, group="By hand")
        hint = "Such as name, orders, salary, health: money, health, belief or children ask for more proof."
        yield Blank(("categories",), "Kinds of data in it", Sort.LIST, hint, group="By hand")
        yield Blank(("days",), "Within how many days", Sort.NUMBER, group="By hand")
        return
    if kind != "own":
        hint = "An environment variable, as ${NAME}. The address itself never stands in a file."
        yield Blank(("connect",), "Where it is", hint=hint, group="How it is reached")
        hint = "Nothing is written there: the owner deletes."
        yield Blank(("read_only",), "Read only", Sort.YES, hint, group="How it is reached")
        hint = "Days such as 7d, or none."
        yield Blank(("undo",), "A deletion can be undone for", hint=hint, group="How it is reached")
    yield from _limits("Limits; empty: the organisation’s")


def _organisation() -> Iterator[Blank]:
    home = "organisation"
    yield Blank((home, "name"), "Its name, as people know it")
    yield Blank((home, "contact"), "The e-mail address to which people write")
    yield Blank((home, "address"), "Its postal address")
    yield Blank((home, "authority"), "The authority to which people can complain")
    yield Blank((home, "languages"), "Languages in which you answer", Sort.LIST, "Such as en, de.")
    yield Blank((home, "places"), "Where data may lie", Sort.LIST, "Countries’ codes, such as DE, NL.")
    yield Blank((home, "backups", "days"), "A backup is gone after so many days", Sort.NUMBER)
    yield Blank(("alarms", "to"), "Who is told what needs somebody", group="Alarms")
    yield Blank(("alarms", "deputy"), "Her deputy", group="Alarms")
    digest = (("", "Monday unless you say"), *DAYS, ("never", "never"))
    yield Blank(("alarms", "digest"), "The weekly digest", Sort.CHOICE, choices=digest, group="Alarms")
    staff = (("", "one person"), ("team", "a team: two people"), ("solo", "one person, twice"))
    yield Blank(("staff",), "Who decides", Sort.CHOICE, choices=staff, group="Decisions of two")
    for key, label in (
        ("limits", "Beyond a limit"),
        ("undo", "An undo beyond a limit"),
        ("refusal", "A refusal"),
        ("stop", "Writing again after a stop"),
        ("map", "A change here that allows more"),
    ):
        yield Blank(("two", key), label, Sort.CHOICE, choices=SECOND, group="Decisions of two")
    yield Blank(("two", "cooling"), "Hours of the cooling time", Sort.NUMBER, group="Decisions of two")
    yield Blank(("two", "outside"), "Who says yes from outside", group="Decisions of two")
    hint = "Days such as 7d, or none."
    yield Blank(("undo",), "A deletion can be undone for", hint=hint, group="Of systems that do not say it")
    yield from _limits("Of systems that do not say it")


def _purposes(text: str) -> Iterator[Blank]:
    for name in _names(text, "purposes"):
        title = str(written_at(text, ("purposes", name, "title")) or name)
        yield Blank(("purposes", name, "title"), "What people read", group=title)
        yield Blank(("purposes", name, "retention"), "How long, in words", group=title)


def _processors(text: str) -> Iterator[Blank]:
    for name in _names(text, "processors"):
        title = str(written_at(text, ("processors", name, "title")) or name)
        yield Blank(("processors", name, "title"), "Its name", group=title)
        yield Blank(("processors", name, "service"), "What it does for you", group=title)
        yield Blank(("processors", name, "agreement"), "The agreement, and where it is kept", group=title)
        yield Blank(("processors", name, "contact"), "Where it is told of a deletion", group=title)


def _names(text: str, key: str) -> tuple[str, ...]:
    found = written_at(text, (key,))
    return tuple(found) if isinstance(found, dict) else ()


def values(text: str, asked: tuple[Blank, ...]) -> dict[str, object]:
    """What stands there now, by the form's names; a list with commas."""
    found = {}
    for each in asked:
        value = written_at(text, each.path)
        found[each.name] = ", ".join(map(str, value)) if isinstance(value, list) else value
    return found


def with_values(text: str, asked: tuple[Blank, ...], given: Mapping[str, object]) -> str:
    """The file with what was given; what is empty goes. Permanent where a value cannot be put into its place
    without touching anything else."""
    wanted = {each.path: _meant(text, each, given.get(each.name)) for each in asked}
    changes: dict[Path, object] = {}
    for above, paths in groupby(sorted(wanted, key=str), key=lambda path: path[:-1]):
        inside = {path: wanted[path] for path in paths}
        there = written_at(text, above) if above else {}
        if above and not isinstance(there, dict):
            new = {str(path[-1]): value for path, value in inside.items() if value is not None}
            changes |= {above: new} if new else {}
            continue
        left = {key for key in there if (*above, key) not in inside} if isinstance(there, dict) else set()
        if above and not left and all(value is None for value in inside.values()):
            changes[above] = None
        else:
            changes |= inside
    try:
        return revised(text, changes)
    except Unrevisable as error:
        raise Permanent(
            f"`{error}` is written in a way in which a form cannot change it.", "Change it in the text."
        ) from error


def _meant(text: str, blank: Blank, value: object) -> object:
    """What a form's value is in the file; a value that means what stands there stays as it is written."""
    there = written_at(text, blank.path)
    match blank.sort:
        case Sort.YES:
            return there if bool(there) == bool(value) else (True if value else None)
        case Sort.LIST:
            found = [each.strip() for each in str(value or "").split(",") if each.strip()]
            return found or None
        case Sort.NUMBER:
            return value
    return value or None


def about(file: str, text: str, asked: tuple[Blank, ...], error: MapError) -> str | None:
    """The name of the blank that an error of the reader is about, if it is about one."""
    if error.file != file:
        return None
    positions = parse(file, text.encode()).positions
    there = (each for each in asked if positions.get(each.path, (0, 0))[0] == error.line)
    inner = f"`{error.what}"
    found = sorted(there, key=lambda each: str(each.path[-1]) in inner, reverse=True)
    return found[0].name if found else None
