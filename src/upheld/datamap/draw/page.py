"""The map as one HTML page that stands alone: a picture of each system, and the same facts as a table."""

from html import escape

from upheld.datamap import graph, model
from upheld.datamap.draw.layout import HEIGHT, LETTER, Box, Line, picture
from upheld.datamap.draw.words import MEANING, Mark, found, mark, treated

_LIGHT = {"ink": "#1b1b1b", "soft": "#5a5a5a", "paper": "#ffffff", "box": "#f7f7f5", "line": "#8a8a86"}
_DARK = {"ink": "#ececea", "soft": "#b0b0ab", "paper": "#17181a", "box": "#222427", "line": "#7d7f80"}
_COLOURS = {
    Mark.DELETED: ("#b3261e", "#ff8a80"),
    Mark.ANONYMISED: ("#1f5fa8", "#82b4ff"),
    Mark.DETACHED: ("#0b6e63", "#5fd0c1"),
    Mark.RETAINED: ("#8a5a00", "#f0b94a"),
    Mark.KEPT: ("#6a6a6a", "#a9a9a9"),
    Mark.UNDECIDED: ("#8c1f94", "#e58bec"),
    Mark.DIFFERS: ("#51409c", "#b3a4ff"),
}

_RULES = """
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 84rem; padding: 1.5rem; color: var(--ink); background: var(--paper);
  font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; margin: 0 0 .25rem; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .25rem; }
p { margin: .25rem 0; }
.soft, caption { color: var(--soft); font-weight: normal; }
figure { margin: 1rem 0; overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; }
figure:focus-visible, .wide:focus-visible { outline: 3px solid var(--anonymised); }
svg { display: block; }
svg text { fill: var(--ink); font: 600 13px ui-monospace, monospace; }
svg .word { fill: var(--soft); font: 12px system-ui, sans-serif; }
.box { fill: var(--box); stroke: var(--line); }
.people .box { stroke-width: 2.5; stroke: var(--ink); }
.identity .box { stroke-dasharray: 4 3; }
.identity .stripe { fill: none; }
.link { fill: none; stroke: var(--line); stroke-width: 1.4; }
.sees { stroke-dasharray: 5 4; }
.tip { fill: var(--line); }
ul.legend { list-style: none; padding: 0; margin: 1rem 0; display: grid; gap: .15rem 1.5rem;
  grid-template-columns: repeat(auto-fill, minmax(24rem, 1fr)); font-size: .92rem; }
.swatch { display: inline-block; width: .8rem; height: .8rem; border-radius: 2px; margin-right: .4rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
caption { text-align: left; padding: .25rem 0; }
th, td { text-align: left; vertical-align: top; padding: .4rem .75rem .4rem 0;
  border-bottom: 1px solid var(--line); }
tbody th { font: 600 .88rem/1.6 ui-monospace, monospace; min-width: 11rem; }
td p { margin: 0; overflow-wrap: anywhere; }
"""


def _style() -> str:
    """The style sheet: every colour twice, for light and for dark."""
    light = _LIGHT | {mark: pair[0] for mark, pair in _COLOURS.items()}
    dark = _DARK | {mark: pair[1] for mark, pair in _COLOURS.items()}
    names = [" ".join(f"--{name}: {value};" for name, value in colours.items()) for colours in (light, dark)]
    marks = "".join(
        f".{each} .stripe {{ fill: var(--{each}); }}\n.swatch.{each} {{ background: var(--{each}); }}\n"
        for each in Mark
    )
    return (
        f":root {{ color-scheme: light dark; {names[0]} }}\n"
        f"@media (prefers-color-scheme: dark) {{ :root {{ {names[1]} }} }}{_RULES}{marks}"
    )


def as_html(datamap: model.DataMap) -> str:
    """The whole page; equal maps give equal pages. No script, nothing loaded from elsewhere."""
    name = escape(datamap.organisation.name)
    tables = sum(len(system.tables) for system in datamap.systems)
    size = f"{_count(len(datamap.systems), 'system')}, {_count(tables, 'table')} about people."
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>Data map of {name}</title><style>{_style()}</style></head><body><main>",
        f"<h1>Data map of {name}</h1>",
        f'<p class="soft">{size} People stand at the left; each column is one step further away.</p>',
        _legend(),
    ]
    parts += [_system(system, number) for number, system in enumerate(datamap.systems)]
    return "\n".join([*parts, "</main></body></html>", ""])


def as_svg(system: model.System) -> str:
    """The picture of one system's tables, as a file that stands alone; nothing but a frame where it has
    none."""
    figure = _figure(system, 0)
    drawn = figure[figure.index("<svg ") : figure.index("</figure>")]
    head, end, rest = drawn.partition(">")
    return f'{head} xmlns="http://www.w3.org/2000/svg"{end}<style>{_style()}</style>{rest}\n'


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _legend() -> str:
    items = [
        f'<li><span class="swatch {each}"></span><strong>{each}</strong>: {escape(MEANING[each])}</li>'
        for each in Mark
    ]
    items += [
        "<li><strong>thick border</strong>: people live in this table</li>",
        "<li><strong>dashed box</strong>: rows are found by an identity, without a key</li>",
        "<li><strong>dashed line</strong>: the person may see the row without owning it</li>",
    ]
    return f'<ul class="legend" aria-label="Legend">{"".join(items)}</ul>'


def _system(system: model.System, number: int) -> str:
    facts = [
        f"place {system.place}" if system.place else "",
        f"run by {system.processor}" if system.processor else "",
        f"owner {system.owner}" if system.owner else "",
        "read only: erased by its owner" if system.read_only else "",
    ]
    said = " · ".join(escape(fact) for fact in facts if fact)
    head = f"<h2>{escape(system.title or system.name)}</h2>" + (f'<p class="soft">{said}</p>' if said else "")
    if not system.tables:
        return f"<section>{head}{_by_hand(system)}</section>"
    return f"<section>{head}{_figure(system, number)}{_facts(system)}{_without(system)}</section>"


def _by_hand(system: model.System) -> str:
    if system.kind != "manual":
        return "<p>No table is mapped.</p>"
    how = [str(system.options[name]) for name in ("look_for", "how", "how_to_copy") if name in system.options]
    return f"<p>Done by hand{': ' if how else '.'}{escape('; '.join(how))}</p>"


# --- the picture -------------------------------------------------------------------------------------------


def _figure(system: model.System, number: int) -> str:
    drawn = picture(system)
    people = [table.name for table in system.tables if table.person]
    desc = f"{_count(len(system.tables), 'table')}. People live in {', '.join(people) or 'no table here'}."
    title = escape(f"How the tables of {system.title or system.name} belong to people")
    width, height = f"{drawn.width:.0f}", f"{drawn.height:.0f}"
    lines = "".join(_line(line, number) for line in drawn.lines)
    boxes = "".join(_box(box) for box in drawn.boxes)
    return (
        f'<figure tabindex="0" aria-label="{title}">'
        f'<svg role="img" aria-labelledby="t{number} d{number}" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}"><title id="t{number}">{title}</title>'
        f'<desc id="d{number}">{escape(desc)} The table below says the same.</desc>'
        f'<marker id="m{number}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
        f'orient="auto"><path class="tip" d="M0,0 8,4 0,8z"/></marker>{lines}{boxes}</svg></figure>'
    )


def _line(line: Line, number: int) -> str:
    sees = isinstance(line.edge.via, model.Link) and line.edge.via.tie is model.Tie.SEES
    return (
        f'<path class="link{" sees" if sees else ""}" d="{line.path}" marker-end="url(#m{number})">'
        f"<title>{escape(line.edge.table)}: {escape(found(line.edge))}</title></path>"
    )


def _box(box: Box) -> str:
    if box.table is None:
        return _frame(box, "identity", box.name[1:], "of a person", f"found by {box.name[1:]}")
    word = mark(box.table.treatment)
    people = "people, " if box.table.person else ""
    tip = f"{box.name}: {'; '.join(treated(box.table.treatment))}"
    return _frame(box, f"{word}{' people' if people else ''}", box.name, f"{people}{word}", tip)


def _frame(box: Box, kind: str, name: str, word: str, tip: str) -> str:
    longest = int((box.width - 30) / LETTER)
    short = name if len(name) <= longest else f"{name[: longest - 1]}…"
    x, y = round(box.x), round(box.y)
    return (
        f'<g class="{kind}"><title>{escape(tip)}</title>'
        f'<rect class="box" x="{x}" y="{y}" width="{box.width:.0f}" height="{HEIGHT}" rx="6"/>'
        f'<rect class="stripe" x="{x + 7}" y="{y + 8}" width="5" height="{HEIGHT - 16}" rx="2"/>'
        f'<text x="{x + 20}" y="{y + 20}">{escape(short)}</text>'
        f'<text class="word" x="{x + 20}" y="{y + 36}">{escape(word)}</text></g>'
    )


# --- the same as a table -----------------------------------------------------------------------------------


def _facts(system: model.System) -> str:
    rows = "".join(_row(table) for table in system.tables)
    heads = ("Table", "Belongs to", "Personal data", "On erasure")
    head = "".join(f'<th scope="col">{each}</th>' for each in heads)
    label = escape(f"Tables of {system.title or system.name}")
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="{label}"><table>'
        f"<caption>The same in words</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{rows}</tbody></table></div>"
    )


def _row(table: model.Table) -> str:
    ways = [f"people live here ({', '.join(table.person)})"] if table.person else []
    ways += [found(edge) for edge in graph.edges(table)]
    fields = [
        f"{field.column}{field.json[1:] if field.json else ''}: {field.category}"
        + (f" ({', '.join(field.purposes)})" if field.purposes else "")
        for field in _fields(table)
    ]
    cells = (ways, fields or ["–"], treated(table.treatment))
    name = escape(table.name) + (
        f"<br><span class='soft'>{escape(table.title)}</span>" if table.title else ""
    )
    facts = "".join(f"<td>{_lines(cell)}</td>" for cell in cells)
    return f'<tr><th scope="row">{name}</th>{facts}</tr>'


def _fields(table: model.Table) -> tuple[model.Field, ...]:
    """Fields of the table and of the rules that read some rows differently."""
    inner = (field for rule in table.treatment.rules for field in rule.fields)
    return tuple(dict.fromkeys((*table.fields, *inner)))


def _lines(said: list[str] | tuple[str, ...]) -> str:
    return "".join(f"<p>{escape(each)}</p>" for each in said)


def _without(system: model.System) -> str:
    entries = [
        f"<li>{escape(', '.join(entry.tables))}: {escape(entry.reason)}</li>"
        for entry in system.no_personal_data
    ]
    return f"<p>Without personal data:</p><ul>{''.join(entries)}</ul>" if entries else ""
