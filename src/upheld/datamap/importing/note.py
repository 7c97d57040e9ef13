"""What an import could not carry over, or only guessed: said with the line, so that a person can decide."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Note:
    """One thing to look at: where it stands, `key` as a reader finds it there, a stable `code`, what happened
    to it, and what to do. Names stand in it, never values."""

    file: str
    line: int
    column: int
    key: str
    code: str
    what: str
    cure: str

    def __str__(self) -> str:
        return printable(f"{self.file}:{self.line}: {self.key}: {self.what} [{self.code}]\n    {self.cure}")


def printable(text: str) -> str:
    """Without control characters: a stranger's file must not steer the terminal that shows its names."""
    return "".join(
        each if each.isprintable() or each == "\n" else "\N{REPLACEMENT CHARACTER}" for each in text
    )
