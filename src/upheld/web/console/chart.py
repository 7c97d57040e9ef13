"""Small charts as figures that a template puts into SVG: computed here, drawn without a script or a style."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 440
HEIGHT = 120
FOOT = 18
"""Below the bars, for words."""
GAP = 6


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, its corner above left. `kind`: the class it is drawn by."""

    x: float
    y: float
    width: float
    height: float
    kind: str
    figure: int


@dataclass(frozen=True, slots=True)
class Mark:
    """A word below the bars, at its middle."""

    x: float
    words: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars and the words below them. `rows` are the same figures as a table."""

    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...]
    heads: tuple[str, ...]
    rows: tuple[tuple[str, tuple[int, ...]], ...]
    width: int = WIDTH
    height: int = HEIGHT + FOOT
    ground: int = HEIGHT
    words: int = HEIGHT + FOOT - 4

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(figure for _, figures in self.rows for figure in figures)


def chart(
    *, heads: Sequence[str], kinds: Sequence[str], rows: Sequence[tuple[str, Sequence[int]]], every: int = 1
) -> Chart:
    """Groups of bars, one a row, with one bar a head. `every`: how many groups there are to one word."""
    most = max([1, *(figure for _, figures in rows for figure in figures)])
    group = WIDTH / max(1, len(rows))
    width = (group - GAP) / max(1, len(kinds))
    bars = [
        Bar(
            x=round(place * group + GAP / 2 + part * width, 1),
            y=round(HEIGHT - figure / most * (HEIGHT - FOOT), 1),
            width=round(width - 1, 1),
            height=round(figure / most * (HEIGHT - FOOT), 1),
            kind=kinds[part],
            figure=figure,
        )
        for place, (_, figures) in enumerate(rows)
        for part, figure in enumerate(figures)
        if figure
    ]
    marks = [
        Mark(round((place + 0.5) * group, 1), words)
        for place, (words, _) in enumerate(rows)
        if (len(rows) - 1 - place) % every == 0
    ]
    return Chart(
        tuple(bars), tuple(marks), tuple(heads), tuple((words, tuple(figures)) for words, figures in rows)
    )
