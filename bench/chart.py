"""A small line chart as SVG, both scales by powers of ten. No script, no font of its own."""

import math
from collections.abc import Mapping, Sequence
from html import escape

WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 640, 280, 64, 16, 180, 40
COLOURS = ("#2a6f97", "#c1121f", "#588157", "#b5838d", "#6d597a")
Line = Sequence[tuple[float, float]]


def lines(title: str, across: str, up: str, drawn: Mapping[str, Line]) -> str:
    """One line a name. `across` and `up` say what the axes are."""
    points = [point for line in drawn.values() for point in line]
    left, right = _powers([x for x, _ in points])
    low, high = _powers([y for _, y in points])

    def place(x: float, y: float) -> tuple[float, float]:
        width, height = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
        return (
            round(LEFT + width * (math.log10(x) - left) / (right - left), 1),
            round(TOP + height * (high - math.log10(y)) / (high - low), 1),
        )

    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
    font = 'font-family="sans-serif" font-size="11" fill="#777">'
    parts = [f"{head}{font}<title>{escape(title)}</title>"]
    for power in range(low, high + 1):
        x, y = place(10**left, 10.0**power)
        end, _ = place(10**right, 10.0**power)
        parts.append(f'<path d="M{x} {y}H{end}" stroke="#999" stroke-opacity=".35"/>')
        parts.append(f'<text x="{x - 6}" y="{y + 4}" text-anchor="end">{_short(10.0**power)}</text>')
    for power in range(left, right + 1):
        x, y = place(10**power, 10.0**low)
        parts.append(f'<text x="{x}" y="{y + 16}" text-anchor="middle">{_short(10.0**power)}</text>')
    parts.append(f'<text x="{LEFT}" y="{HEIGHT - 4}">{escape(across)}; {escape(up)}</text>')
    for index, (name, line) in enumerate(drawn.items()):
        colour = COLOURS[index % len(COLOURS)]
        path = " ".join(f"{x},{y}" for x, y in (place(*point) for point in line))
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += (
            f'<circle cx="{x}" cy="{y}" r="2.5" fill="{colour}"/>' for x, y in (place(*p) for p in line)
        )
        x, y = WIDTH - RIGHT + 12, TOP + 12 + 16 * index
        parts.append(f'<text x="{x}" y="{y}" fill="{colour}">{escape(name)}</text>')
    return "\n".join((*parts, "</svg>")) + "\n"


def _powers(values: Sequence[float]) -> tuple[int, int]:
    low = math.floor(math.log10(min(values)))
    return low, max(low + 1, math.ceil(math.log10(max(values))))


def _short(value: float) -> str:
    for size, word in ((1_000_000, "M"), (1_000, "k")):
        if value >= size:
            return f"{value / size:g}{word}"
    return f"{value:g}"
