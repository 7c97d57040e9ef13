"""Between the receipt of a request and its approval: what would happen is shown, and agreed to."""

from collections.abc import Callable, Iterable
from typing import Protocol

import typer

from upheld.actions import preview, unknown
from upheld.actions.allowance import refuse_beyond
from upheld.actions.asking import Asked
from upheld.actions.means import Means
from upheld.actions.preview import Preview
from upheld.cli import show
from upheld.cli.faults import WrongUse
from upheld.law.right import Right
from upheld.rights.subject import Subject
from upheld.store.models import Request


class Given(Protocol):
    """The options that every approval has."""

    @property
    def as_json(self) -> bool: ...
    @property
    def yes(self) -> bool: ...
    @property
    def nothing_found(self) -> bool: ...
    @property
    def allow(self) -> frozenset[str]: ...
    @property
    def reason(self) -> str: ...


def refuse_unreasoned(given: Given) -> None:
    """A limit is exceeded for a reason, or not at all."""
    if given.allow and not given.reason:
        raise WrongUse("--allow needs --reason.", "Say why the limit is exceeded.")


def shown(
    *,
    means: Means,
    request: Request,
    asked: Asked,
    given: Given,
    subject: Subject | None = None,
    also: Callable[[Preview], Iterable[str]] = lambda _seen: (),
) -> Preview:
    """What would happen, for people on the terminal with the lines of `also`."""
    with show.progress(quiet=given.as_json):
        seen = preview.preview(
            means=means, right=Right(request.right), asked=asked, subject=subject, request=request
        )
    if not given.as_json:
        typer.echo("\n".join([show.preview_text(seen), *also(seen)]), err=True)
    return seen


def ended(*, means: Means, request: Request, asked: Asked, seen: Preview, given: Given) -> bool:
    """Whether it ends here, for nobody is known; see `unknown.ended`."""
    return unknown.ended(
        means=means, request=request, asked=asked, seen=seen, nothing_found=given.nothing_found
    )


def agree(seen: Preview, given: Given, *, question: str, stays: str) -> None:
    """Refuses what is beyond a limit that nobody allowed; Declined, with `stays`, unless a person agrees."""
    refuse_beyond(seen.beyond, given.allow)
    show.agreed(question, yes=given.yes, otherwise=stays)
