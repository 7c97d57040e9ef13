"""What is wrong with a privacy folder, said so that the next edit can be the right one."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True, order=True)
class MapError:
    """One error: where, a stable `code`, what is wrong, and what would be right.

    Lines and columns count from 1; line 0 is the file as a whole. Never holds a value that could be a
    secret, only names.
    """

    file: str
    line: int
    column: int
    code: str
    what: str
    cure: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.what} {self.cure}".rstrip()


class Invalid(Exception):
    """The folder is not a data map. `errors` holds all errors of all files, ordered by file and line."""

    def __init__(self, errors: Iterable[MapError]) -> None:
        self.errors = tuple(sorted(set(errors)))
        super().__init__("\n".join(str(error) for error in self.errors))


def nearest(name: str, valid: Iterable[str]) -> str:
    """A cure in words: the closest valid names if any is close, else all of them (at most 20)."""
    names = sorted(set(valid))
    close = get_close_matches(name, names, n=3, cutoff=0.6)
    if close:
        return f"Did you mean {_enumerate(close)}?"
    if not names:
        return "There is none yet."
    more = f" and {len(names) - 20} more" if len(names) > 20 else ""
    return f"Valid here: {', '.join(names[:20])}{more}."


def _enumerate(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
