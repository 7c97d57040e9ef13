"""The rows of one table as pages of 1,000, each readable on its own."""

import json
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Final

from upheld.rights.package.gather import Column, Holding
from upheld.rights.package.markup import frame, text, words
from upheld.rights.package.reading import Reader
from upheld.rights.package.values import Json, escape, mark

page_rows: Final = 1_000
upright: Final = 3
"""Up to so many rows are shown one below the other, a line a column: easier to read than one wide row."""


def title(holding: Holding) -> str:
    """The table's title, or its name as words."""
    return holding.table.title or words(holding.name.rpartition(".")[2])


def page_count(holding: Holding) -> int:
    """How many pages."""
    return -(-holding.rows // page_rows)


def page_path(holding: Holding, number: int) -> str:
    """Where page `number`, from 1, stands."""
    return f"pages/{holding.slug}/{number}.html"


def pages(holding: Holding, reader: Reader, *, organisation: str, system: str) -> Iterator[tuple[str, bytes]]:
    """Path and content of each page."""
    lines = iter(holding.strand)
    for number in range(1, page_count(holding) + 1):
        body = _page(holding, reader, number, list(islice(lines, page_rows)), system)
        heading = f"{title(holding)} – {system} – {organisation}"
        # pages/<system>/<table>/<n>.html: the start page is three folders up.
        content = frame(heading, body, language=reader.language, organisation=organisation, up="../../../")
        yield page_path(holding, number), content


def _page(holding: Holding, reader: Reader, number: int, lines: list[bytes], system: str) -> str:
    language = reader.language
    first = (number - 1) * page_rows + 1
    total = holding.rows
    way = _way(number, page_count(holding), reader)
    range_of = language.rows.format(
        first=language.number(first),
        last=language.number(first + len(lines) - 1),
        total=language.number(total),
    )
    said = range_of if page_count(holding) > 1 else language.count(total, language.records)
    table = _upright(holding, reader, lines) if total <= upright else _wide(holding, reader, lines)
    seen = language.seen.format(count=language.number(holding.seen)) if holding.seen else ""
    return (
        f'<p><a href="../../../index.html">{text(language.back)}</a></p>\n'
        f'<h1>{text(title(holding))}</h1>\n<p class="quiet">{text(system)} · {text(said)}</p>\n'
        + (f"<p>{text(seen)}</p>\n" if seen else "")
        + way
        + table
        + way
    )


def _way(number: int, count: int, reader: Reader) -> str:
    if count == 1:
        return ""
    language = reader.language
    links = []
    for target, word, useful in (
        (1, language.first, number > 2),
        (number - 1, language.previous, number > 1),
        (number + 1, language.next, number < count),
        (count, language.last, number < count - 1),
    ):
        if useful:
            links.append(f'<a href="{target}.html">{text(word)}</a>')
    where = language.page.format(page=language.number(number), pages=language.number(count))
    return f'<nav class="pages"><span class="quiet">{text(where)}</span> {" ".join(links)}</nav>\n'


def _notes(row: Mapping[str, Json], reader: Reader) -> list[str]:
    """What a row's marks say, in words: somebody else's, deleted and since when, restricted (G-18.2)."""
    language = reader.language
    said = [text(language.mark_others_row)] if mark + "mine" in row else []
    if day := row.get(mark + "recoverable"):
        said.append(text(language.mark_recoverable.format(day=day)))
    if name := row.get(mark + "deleted"):
        since = reader.when(row.get(str(name)))
        said.append(text(language.mark_deleted) + (f" ({since})" if since else ""))
    if mark + "restricted" in row:
        said.append(text(language.mark_restricted))
    return said


def _aligned(column: Column) -> str:
    return ' class="num"' if column.kinds and column.kinds <= {"integer", "number", "decimal"} else ""


def _wide(holding: Holding, reader: Reader, lines: list[bytes]) -> str:
    columns = [(escape(column.name), column) for column in holding.columns.values()]
    head = "".join(
        f'<th scope="col"{_aligned(column)}>{text(words(column.name))}</th>' for _, column in columns
    )
    noted = bool(holding.seen or holding.removed or holding.table.deleted or holding.table.restricted)
    if noted:
        head += "<th></th>"
    rows = []
    for line in lines:
        row = json.loads(line)
        form = row.get(mark + "format")
        cells = "".join([reader.cell(row.get(key), column, form) for key, column in columns])
        if noted:
            cells += f"<td>{'<br>'.join(_notes(row, reader))}</td>"
        rows.append(f"<tr>{cells}</tr>\n")
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{text(title(holding))}">\n<table>\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{''.join(rows)}</tbody>\n</table>\n</div>\n"
    )


def _upright(holding: Holding, reader: Reader, lines: list[bytes]) -> str:
    blocks = []
    for number, line in enumerate(lines, 1):
        row = json.loads(line)
        form = row.get(mark + "format")
        rows = "".join(
            f'<tr><th scope="row">{text(words(column.name))}</th>'
            f"{reader.cell(row.get(escape(name)), column, form)}</tr>\n"
            for name, column in holding.columns.items()
        )
        label = reader.language.record.format(number=number)
        heading = f"<h2>{text(label)}</h2>\n" if holding.rows > 1 else ""
        note = "".join(f"<p>{each}</p>\n" for each in _notes(row, reader))
        blocks.append(
            f'{heading}{note}<div class="scroll"><table class="record">\n'
            f"<tbody>\n{rows}</tbody>\n</table></div>\n"
        )
    return "".join(blocks)
