"""Strategies: worlds of 2 to 7 tables, and the people who ask."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from hypothesis import strategies as st

from tests.connectors.sql.follower import orders
from tests.connectors.sql.maker import Maker
from tests.connectors.sql.shape import Sheets

SHAPES = (
    Maker.chain, Maker.messages, Maker.groups, Maker.comments, Maker.meta, Maker.history, Maker.newsletter,
    Maker.composite, Maker.diamond, Maker.circle, Maker.lists, Maker.documents,
    orders,
)  # fmt: skip


@dataclass(frozen=True)
class Generated:
    """A world not yet built. `erased`: who asks, in turn, as (id, by address?)."""

    sheets: Sheets
    erased: tuple[tuple[int, bool], ...]

    def __repr__(self) -> str:
        lines = [f"erased={self.erased}"]
        for sheet in self.sheets.values():
            lines.append(
                f"{sheet.name}: ways={sheet.ways} rules={sheet.rules} by={sheet.by} orphan={sheet.orphan}"
            )
            lines.extend(f"   {row}" for row in sheet.rows)
        return "\n".join(lines)


@st.composite
def worlds(draw: st.DrawFn) -> Generated:
    """Two to seven tables."""
    maker = Maker(lambda least, most: draw(st.integers(least, most)))
    maker.users()
    chosen = draw(st.lists(st.sampled_from(range(len(SHAPES))), min_size=1, max_size=3, unique=True))
    for index in chosen:
        SHAPES[index](maker)
    asking = draw(st.lists(st.sampled_from(maker.people), min_size=1, max_size=2, unique=True))
    return Generated(maker.sheets, tuple((each, maker.yes()) for each in asking))


class Full(Maker):
    """Two people with many rows, so that every step has some."""

    def many(self, most: int, least: int = 0) -> int:
        return 2 if least == 2 else 2 * most


def rich(seed: int, shapes: Sequence[str] = ()) -> Generated:
    """All shapes in one world, or those named, filled by chance that repeats."""
    maker = Full(Random(seed).randint)
    maker.users()
    for shape in SHAPES:
        if not shapes or shape.__name__ in shapes:
            shape(maker)
    return Generated(maker.sheets, ((maker.pick(*maker.people), maker.yes()),))
