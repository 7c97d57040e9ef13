"""Write docs/images/demo-map.svg: the data map of the demo's organisation as one picture, for the README."""

import re
import sys
from collections.abc import Sequence
from importlib.resources import as_file, files
from pathlib import Path

from upheld.datamap.draw.page import as_html
from upheld.datamap.read import read

TARGET = Path(__file__).parents[1] / "docs" / "images" / "demo-map.svg"
GAP, HEAD = 28, 40
_SECTION = re.compile(r"<section><h2>([^<]*)</h2>(?:(?!</section>).)*?(<svg .*?</svg>)", re.DOTALL)
_SIZE = re.compile(r'width="(\d+)" height="(\d+)"')
# Of the page's style sheet only what is drawn: its first two rules are the colours for light and dark.
_STYLE = re.compile(r"<style>(:root .*?)\n\* \{.*?(svg text .*?)ul\.legend", re.DOTALL)
_MARKS = re.compile(r"^\.\S+ \.stripe .*$", re.MULTILINE)


def drawing() -> str:
    """Each system's picture below its title, in as few columns as the widest allows; light and dark."""
    with as_file(files("upheld.demo") / "organisation") as folder:
        page = as_html(read(folder))
    found = _STYLE.search(page)
    if found is None:
        raise ValueError("The page of the map has another style sheet than this picture expects.")
    style = found[1] + "\n" + found[2] + "\n".join(_MARKS.findall(page))
    sections = [(title, svg, *_size(svg)) for title, svg in _SECTION.findall(page)]
    sections.sort(key=lambda section: -section[3])
    parts, width, height = _placed(sections)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}"><title>Data map of an example organisation</title>\n'
        f"<style>{style}\n.title {{ font: 600 17px system-ui, sans-serif; }}</style>\n"
        f'<rect width="{width}" height="{height}" rx="8" style="fill: var(--paper)"/>\n{parts}</svg>\n'
    )


def _placed(sections: Sequence[tuple[str, str, int, int]]) -> tuple[str, int, int]:
    """The tallest picture on the left, the others below each other on its right."""
    parts, right = [], sections[0][2] + 2 * GAP
    y, width, height = GAP, 0, 0
    for number, (title, svg, wide, high) in enumerate(sections):
        x = GAP if number == 0 else right
        top = GAP if number == 0 else y
        parts.append(f'<text class="title" x="{x}" y="{top + 14}">{title}</text>')
        parts.append(svg.replace("<svg ", f'<svg x="{x}" y="{top + HEAD - 12}" ', 1))
        width, height = max(width, x + wide + GAP), max(height, top + HEAD + high + GAP)
        y = y if number == 0 else top + HEAD + high + GAP
    return "\n".join(parts), width, height


def _size(svg: str) -> tuple[int, int]:
    found = _SIZE.search(svg)
    if found is None:
        raise ValueError("A picture of the map does not say how large it is.")
    return int(found[1]), int(found[2])


def main() -> int:
    """Write the picture."""
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(drawing(), encoding="utf-8")
    print(f"wrote {TARGET.relative_to(Path.cwd()) if TARGET.is_relative_to(Path.cwd()) else TARGET}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
