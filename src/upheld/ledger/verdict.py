"""What a verification found, in sentences for people."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that does not hold; `line` counts from 1 and is None where a file has no meaningful lines."""

    line: int | None
    message: str

    def __str__(self) -> str:
        return self.message if self.line is None else f"line {self.line}: {self.message}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`checked` are the statements that were found true, `limits` what they do not show.

    `ok` means that something was checked and nothing failed; an empty verdict is not a good one.
    """

    kind: str
    checked: tuple[str, ...]
    failures: tuple[Failure, ...]
    limits: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether something was checked and nothing failed."""
        return bool(self.checked) and not self.failures

    def as_text(self) -> str:
        """The verdict for a terminal: failures first, then what holds, then what is not shown."""
        lines = [f"{self.kind}: {'verified' if self.ok else 'NOT VERIFIED'}", ""]
        lines += [f"  ✕ {failure}" for failure in self.failures]
        lines += [f"  ✓ {sentence}" for sentence in self.checked]
        lines += [f"  – {sentence}" for sentence in self.limits]
        return "\n".join(lines) + "\n"


def failed(kind: str, message: str, *, line: int | None = None) -> Verdict:
    """A verdict with this one failure."""
    return Verdict(kind, (), (Failure(line, message),))
