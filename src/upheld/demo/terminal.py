"""Type commands as a person would, and show what they answer."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from rich.console import Console
from rich.markup import escape

from upheld.demo.place import ARCHIVE, CRM, FILES, FORUM, SHOP
from upheld.demo.program import run


class Unexpected(Exception):
    """A command did not answer as the demo promises; what it said is in the message."""


@dataclass
class Terminal:
    """Runs commands of Upheld, each as a program of its own, in the folder where the demo was begun."""

    console: Console
    started: float = field(default_factory=monotonic)
    step: int = 0

    def heading(self, title: str) -> None:
        """Begin a step."""
        self.step += 1
        self.console.print()
        self.console.print(
            f"[bold]{self.step}. {title}[/bold] [dim]{monotonic() - self.started:.1f} s[/dim]",
            highlight=False,
            soft_wrap=True,
        )

    def say(self, text: str) -> None:
        """One sentence of the guide."""
        self.console.print(text, highlight=False, soft_wrap=True)

    def show(self, text: str, *, at_most: int = 200) -> None:
        """What a command said, as it said it; the last lines where it said more than `at_most`."""
        lines = text.rstrip().splitlines()
        if len(lines) > at_most:
            self.console.print(f"  [dim]│ … {len(lines) - at_most} lines[/dim]", highlight=False)
        for line in lines[-at_most:]:
            self.console.print(f"  [dim]│[/dim] {escape(line)}", highlight=False, soft_wrap=True)

    def upheld(self, *arguments: str | Path, expect: Sequence[int] = (0,)) -> str:
        """Run `upheld …` and give what it said; Unexpected when it ends with another code."""
        shown = [str(part) for part in arguments]
        self.console.print(
            f"  [bold cyan]$ upheld {escape(' '.join(map(quoted, shown)))}[/bold cyan]",
            highlight=False,
            soft_wrap=True,
        )
        return self._run("upheld.cli.main", shown, expect)

    def verify(self, file: Path) -> str:
        """Verify a file as an auditor would: without settings, without systems, by one module."""
        self.console.print(
            f"  [bold cyan]$ python -m upheld.ledger {escape(str(file))}[/bold cyan]",
            highlight=False,
            soft_wrap=True,
        )
        return self._run("upheld.ledger", [str(file)], (0,))

    def _run(self, module: str, arguments: Sequence[str], expect: Sequence[int]) -> str:
        with self.console.status("[dim]…[/dim]"):
            code, said, warned = run(module, arguments, environment())
        if code not in expect:
            raise Unexpected(f"The command ended with {code}.\n{said[-3000:]}{warned[-3000:]}")
        return said.replace(f"{Path.cwd()}{os.sep}", "")


def quoted(part: str) -> str:
    """As one types it."""
    return f'"{part}"' if " " in part or not part else part


def environment() -> dict[str, str]:
    """Ours, without what would lead a command to other systems than the demo's."""
    foreign = {FORUM, SHOP, CRM, FILES, ARCHIVE}
    return {
        name: value
        for name, value in os.environ.items()
        if name not in foreign and not name.startswith("UPHELD_")
    } | {"PYTHONUTF8": "1"}
