"""Where boxes and lines of a system's picture stand: people at the left, then a column a step away."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from upheld.datamap import graph, model

HEIGHT = 46
GAP = 16
BETWEEN = 110
MARGIN = 14
LETTER = 7.6
LONGEST = 34
SMALLEST = 158.0


@dataclass(frozen=True, slots=True)
class Box:
    """A table, or an identity by which rows are found; `x`, `y` is the upper left corner."""

    name: str
    table: model.Table | None
    x: float
    y: float
    width: float

    @property
    def middle(self) -> float:
        """The height at which lines meet the box."""
        return self.y + HEIGHT / 2


@dataclass(frozen=True, slots=True)
class Line:
    """A link, drawn from what is nearer to people to what belongs to it, as an SVG path."""

    path: str
    edge: graph.Edge


@dataclass(frozen=True, slots=True)
class Picture:
    """All boxes and lines of one system, and how large they are together."""

    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    width: float
    height: float


def picture(system: model.System) -> Picture:
    """Lay out one system. Tables that reach nobody stand in a last column."""
    reached = graph.levels(system)
    last = max(reached.values(), default=0) + 1
    columns: list[list[str]] = [[] for _ in range(last + 1)]
    tables = {table.name: table for table in system.tables}
    edges = [edge for table in system.tables for edge in graph.edges(table)]
    for name in tables:
        columns[reached.get(name, last)].append(name)
    columns[0] += sorted({_source(edge) for edge in edges if edge.target is None})
    columns = _ordered([column for column in columns if column], edges)
    boxes = _boxes(columns, tables)
    lines = _lines(edges, boxes)
    width = max((box.x + box.width for box in boxes.values()), default=0) + MARGIN + 24
    height = max((box.y + HEIGHT for box in boxes.values()), default=0) + MARGIN
    return Picture(tuple(boxes.values()), lines, width, height)


def _source(edge: graph.Edge) -> str:
    """The box a line starts from. Identities have names that no table can have."""
    return edge.target if edge.target is not None else f"\0{getattr(edge.via, 'identity', '')}"


def _ordered(columns: list[list[str]], edges: list[graph.Edge]) -> list[list[str]]:
    """Within each column by the middle of what the tables belong to, so that few lines cross."""
    place: dict[str, float] = {}
    ordered: list[list[str]] = []
    for column in columns:
        middles = {}
        for name in column:
            seen = [place[_source(edge)] for edge in edges if edge.table == name and _source(edge) in place]
            middles[name] = sum(seen) / len(seen) if seen else 1.0
        ordered.append(sorted(column, key=middles.__getitem__))
        place.update({name: number / len(column) for number, name in enumerate(ordered[-1])})
    return ordered


def _boxes(columns: list[list[str]], tables: Mapping[str, model.Table]) -> dict[str, Box]:
    tallest = max((len(column) for column in columns), default=0) * (HEIGHT + GAP) - GAP
    boxes: dict[str, Box] = {}
    x = float(MARGIN)
    for column in columns:
        width = max(SMALLEST, 34 + LETTER * max(min(len(name) + 2, LONGEST) for name in column))
        y = MARGIN + (tallest - len(column) * (HEIGHT + GAP) + GAP) / 2
        for name in column:
            boxes[name] = Box(name, tables.get(name), x, y, width)
            y += HEIGHT + GAP
        x += width + BETWEEN
    return boxes


def _lines(edges: list[graph.Edge], boxes: Mapping[str, Box]) -> tuple[Line, ...]:
    """One line an edge; several between the same two boxes lie beside each other."""
    drawn: Counter[tuple[str, str]] = Counter()
    lines = []
    for edge in edges:
        pair = (_source(edge), edge.table)
        beside = drawn[pair]
        drawn[pair] += 1
        shift = (beside + 1) // 2 * 6.0 * (1 if beside % 2 else -1)
        lines.append(Line(_path(boxes[pair[0]], boxes[pair[1]], max(-18.0, min(shift, 18.0))), edge))
    return tuple(lines)


def _path(source: Box, target: Box, shift: float) -> str:
    """A curve from one box to the next; around the outside where both stand in one column."""
    if source.name == target.name:
        return f"M{source.x + source.width - 40:.0f},{source.y:.0f} c0,-13 22,-13 22,-1"
    start, end = source.middle + shift, target.middle + shift
    right = source.x + source.width
    if source.x == target.x:
        out = min(70.0, 24 + abs(start - end) / 8)
        return f"M{right:.0f},{start:.0f} c{out:.0f},0 {out:.0f},{end - start:.0f} 0,{end - start:.0f}"
    if source.x < target.x:
        return _curve(right, start, target.x, end)
    return _curve(source.x, start, target.x + target.width, end)


def _curve(x1: float, y1: float, x2: float, y2: float) -> str:
    middle = (x1 + x2) / 2
    return f"M{x1:.0f},{y1:.0f} C{middle:.0f},{y1:.0f} {middle:.0f},{y2:.0f} {x2:.0f},{y2:.0f}"
