"""Collects notes while a file is carried over, and knows how to say where."""

from dataclasses import dataclass, field
from enum import StrEnum

from upheld.datamap.importing.note import Note
from upheld.datamap.page import Page, Path, Spot


class Code(StrEnum):
    """What a note is about; docs/how-to/from-fides.md says what to do about each."""

    UNKNOWN_KEY = "unknown-key"
    OTHER_DOCUMENT = "other-document"
    NOT_A_DATABASE = "not-a-database"
    CONNECTION = "connection"
    NAMESPACE = "namespace"
    ABOUT_THE_DATASET = "about-the-dataset"
    RETENTION = "retention"
    UNDECIDED = "undecided"
    PERSON_GUESSED = "person-guessed"
    DIRECTION_GUESSED = "direction-guessed"
    KEY_IN_PART = "key-in-part"
    SECOND_HOLDER = "second-holder"
    OTHER_DATASET = "other-dataset"
    UNKNOWN_REFERENCE = "unknown-reference"
    REFERENCE_INSIDE = "reference-inside"
    REFERENCE_WITHIN = "reference-within"
    REACHES_NOBODY = "reaches-nobody"
    PATTERN = "pattern"
    IDENTITY = "identity"
    NO_CATEGORY = "no-category"
    NOT_PERSONAL = "not-personal"
    CATEGORY = "category"
    SEVERAL_CATEGORIES = "several-categories"
    PURPOSE = "purpose"
    INSIDE_A_LIST = "inside-a-list"
    MASKING = "masking"
    READ_ONLY = "read-only"
    ORDER = "order"
    SKIPPED = "skipped"
    REQUEST_FIELD = "request-field"
    REDACTED_NAME = "redacted-name"
    PARTITIONS = "partitions"
    DESCRIPTION = "description"
    LENGTH = "length"
    ALL_ELEMENTS = "all-elements"


@dataclass(slots=True)
class Remarks:
    """The notes of one file."""

    page: Page
    notes: list[Note] = field(default_factory=list)

    def add(self, path: Path, code: Code, what: str, cure: str) -> None:
        """A note about what stands at a path."""
        line, column = Spot(self.page, path).position
        key = key_of(self.page, path)
        self.notes.append(Note(self.page.file, line, column, key, code.value, what, cure))

    def take_unknown_keys(self) -> None:
        """Keys of no form are left out, and are no error: Fides ignores them too."""
        places = {position: path for path, position in self.page.positions.items()}
        for error in self.page.errors:
            if error.code == Code.UNKNOWN_KEY:
                path = places[error.line, error.column]
                self.add(path, Code.UNKNOWN_KEY, f"{error.what} It was left out.", error.cure)
        self.page.errors = [each for each in self.page.errors if each.code != Code.UNKNOWN_KEY]

    def in_order(self) -> tuple[Note, ...]:
        """Each once, in the order of the file."""
        return tuple(sorted(set(self.notes)))


def key_of(page: Page, path: Path) -> str:
    """What a reader looks for: names of dataset, collection and field, then the keys below."""
    value: object = page.value
    parts: list[str] = []
    for part in path:
        inside = value[part] if isinstance(value, list) and isinstance(part, int) else None
        if isinstance(part, int):
            named = inside if isinstance(inside, dict) else {}
            parts.append(str(named.get("fides_key") or named.get("name") or part + 1))
        elif part not in {"dataset", "collections", "fields"} or part == path[-1]:
            parts.append(part)
        value = value.get(part) if isinstance(value, dict) else inside
    return ".".join(parts)
