"""What a command would do, shown before anything is written: the end of every --dry-run."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import typer

from upheld.actions import unknown
from upheld.actions.asking import Asked
from upheld.actions.means import Means
from upheld.actions.preview import Preview
from upheld.cli import show

NOBODY = "No system knows this person by what was given."


def told(
    *,
    means: Means,
    asked: Asked,
    seen: Preview,
    as_json: bool,
    more: Mapping[str, object] = MappingProxyType({}),
    lines: Iterable[str] = (),
    allow: frozenset[str] = frozenset(),
) -> int:
    """Print a preview, with `more` of it for programs and further `lines` for people; 1 where something
    stands in its way."""
    nobody = unknown.is_unknown(means=means, asked=asked, seen=seen)
    if as_json:
        show.as_json({**show.preview_json(seen), **more, "unknown": nobody})
    else:
        said = [show.preview_text(seen), *lines, *([NOBODY] if nobody else []), "Nothing was written."]
        typer.echo("\n".join(said))
    beyond = [each for each in seen.beyond if each.limit not in allow]
    return 1 if seen.waiting or beyond or nobody else 0
