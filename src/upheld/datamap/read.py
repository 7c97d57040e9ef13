"""Read a privacy folder: all of it is right, or all that is wrong is said at once."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from upheld.datamap import model
from upheld.datamap.consistency import Known, check_holds, check_place, check_system
from upheld.datamap.document.organisation import OrganisationFile
from upheld.datamap.document.register import ProcessorsFile, PurposesFile
from upheld.datamap.document.system import SystemFile
from upheld.datamap.document.written import Written
from upheld.datamap.fault import Invalid, MapError
from upheld.datamap.meaning import organisation as registers
from upheld.datamap.meaning.limits import completed
from upheld.datamap.meaning.link import at_home
from upheld.datamap.meaning.system import system
from upheld.datamap.page import Page, Spot, parse
from upheld.datamap.shape import shaped

ORGANISATION = "upheld.yaml"
PURPOSES = "purposes.yaml"
PROCESSORS = "processors.yaml"
SYSTEMS = "systems"

_Form = TypeVar("_Form", bound=Written)
_Value = TypeVar("_Value")


@dataclass(slots=True)
class _Reading:
    folder: Path
    pages: list[Page] = field(default_factory=list)

    def page(
        self, name: str, form: type[_Form], mean: Callable[[_Form, Spot], _Value]
    ) -> tuple[Page, _Value | None]:
        """One file as a value; None where too little of it can be understood."""
        page = _load(self.folder, name)
        self.pages.append(page)
        written = shaped(page, form)
        return page, mean(written, Spot(page)) if written is not None else None


def read(folder: Path) -> model.DataMap:
    """The data map of a privacy folder.

    Raises `Invalid` with every error of every file. Opens nothing outside the folder, reads no environment
    variable and connects to nothing.
    """
    reading = _Reading(folder)
    home, organisation = reading.page(ORGANISATION, OrganisationFile, registers.organisation)
    purposes = processors = None
    purpose_page = processor_page = None
    if (folder / PURPOSES).exists():
        purpose_page, purposes = reading.page(PURPOSES, PurposesFile, registers.purposes)
    if (folder / PROCESSORS).exists():
        processor_page, processors = reading.page(PROCESSORS, ProcessorsFile, registers.processors)
    known = Known(
        organisation,
        _names(purpose_page, "purposes"),
        _names(processor_page, "processors"),
        tuple((each.name, each.categories) for each in processors or ()),
    )
    if processor_page is not None:
        for each in processors or ():
            at = Spot(processor_page, ("processors", each.name, "country"))
            check_place(each.country, organisation, at)
    systems = _systems(reading, known)
    if organisation is not None:
        tables = {str(each.name): page.names("tables") for page, each in systems}
        if len(systems) == len(_system_files(folder)):
            check_holds(organisation.holds, tables, Spot(home, ("holds",)))
    errors = [error for page in reading.pages for error in page.errors]
    if errors or organisation is None:
        raise Invalid(errors)
    return model.DataMap(organisation, purposes or (), processors or (), tuple(each for _, each in systems))


def digest(folder: Path) -> str:
    """SHA-256 over names and bytes of the files that `read` reads.

    Two folders with the same digest mean the same. Raises OSError where a file cannot be read.
    """
    whole = hashlib.sha256(b"upheld-datamap/v1\n")
    for name in (ORGANISATION, PURPOSES, PROCESSORS, *_system_files(folder)):
        path = folder / name
        data = path.read_bytes() if path.exists() else b""
        whole.update(f"{name}\0{len(data)}\0".encode())
        whole.update(data)
    return whole.hexdigest()


def _system_files(folder: Path) -> tuple[str, ...]:
    """Names of the files of systems, in the order in which systems are taken."""
    if not (folder / SYSTEMS).is_dir():
        return ()
    return tuple(sorted(f"{SYSTEMS}/{path.name}" for path in (folder / SYSTEMS).glob("*.yaml")))


def _systems(reading: _Reading, known: Known) -> list[tuple[Page, model.System]]:
    found: list[tuple[Page, model.System]] = []
    for name in _system_files(reading.folder):
        page, value = reading.page(name, SystemFile, system)
        if value is None:
            continue
        for other_page, other in found:
            if other.name == value.name:
                Spot(page, ("system",)).complain(
                    "duplicate-system",
                    f"The system `{value.name}` is already in {other_page.file}.",
                    "Rename one, or join the two files.",
                )
        check_system(value, known, Spot(page))
        if known.organisation is not None:
            value = replace(value, limits=completed(value.limits, known.organisation.limits))
            if value.undo is None:
                value = replace(value, undo=known.organisation.undo)
            value = at_home(value, known.organisation.country)
        found.append((page, value))
    if not _system_files(reading.folder):
        reading.pages[0].errors.append(
            MapError(
                SYSTEMS,
                0,
                0,
                "missing-file",
                "There is no system.",
                f"Add a file such as {SYSTEMS}/forum.yaml.",
            )
        )
    return found


def _names(page: Page | None, key: str) -> tuple[str, ...] | None:
    """Names that may be referred to; none where there is no file, anything where it cannot be read."""
    if page is None:
        return ()
    return page.names(key) if page.names(key) or not page.errors else None


def _load(folder: Path, name: str) -> Page:
    try:
        return parse(name, (folder / name).read_bytes())
    except FileNotFoundError:
        wrong = MapError(name, 0, 0, "missing-file", "The file is missing.", "A privacy folder needs it.")
    except OSError as error:
        wrong = MapError(
            name, 0, 0, "unreadable", f"The file cannot be read: {error.strerror}.", "Check its rights."
        )
    return Page(name, errors=[wrong])
