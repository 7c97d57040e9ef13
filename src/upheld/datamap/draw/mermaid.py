"""The map as Mermaid text, which many sites draw."""

from upheld.datamap import graph, model
from upheld.datamap.draw.words import Mark, mark

_COLOURS = {
    Mark.DELETED: ("#fde3e1", "#b3261e"),
    Mark.ANONYMISED: ("#e3edfb", "#1f5fa8"),
    Mark.DETACHED: ("#e0f3f1", "#0b6e63"),
    Mark.RETAINED: ("#fff0cf", "#8a5a00"),
    Mark.KEPT: ("#ececec", "#555555"),
    Mark.UNDECIDED: ("#f6e2f7", "#8c1f94"),
    Mark.DIFFERS: ("#ebe7fa", "#51409c"),
}


def as_mermaid(datamap: model.DataMap) -> str:
    """A flowchart from left to right, one box a system; equal maps give equal text."""
    lines = ["flowchart LR"]
    for number, system in enumerate(datamap.systems):
        lines += _system(system, f"s{number}")
    for each, (fill, line) in _COLOURS.items():
        lines.append(f"  classDef {each} fill:{fill},stroke:{line},color:#1b1b1b")
    return "\n".join(lines) + "\n"


def _system(system: model.System, name: str) -> list[str]:
    lines = [f'  subgraph {name}["{_text(system.title or system.name)}"]']
    if not system.tables:
        lines.append(f'    {name}x["by hand: {_text(system.owner or system.name)}"]')
    ids = {table.name: f"{name}t{number}" for number, table in enumerate(system.tables)}
    for table in system.tables:
        word = mark(table.treatment)
        label = f"{_text(table.name)}<br/>{'people, ' if table.person else ''}{word}"
        lines.append(f'    {ids[table.name]}["{label}"]:::{word}')
    links: list[str] = []
    kinds: dict[str, str] = {}
    for table in system.tables:
        for edge in graph.edges(table):
            target = _target(edge, ids, kinds, name)
            links.append(f"    {target} {_arrow(edge)} {ids[table.name]}")
    lines += [f'    {each}(["{_text(kind)} of a person"])' for kind, each in kinds.items()]
    return [*lines, *links, "  end"]


def _target(edge: graph.Edge, ids: dict[str, str], kinds: dict[str, str], name: str) -> str:
    if edge.target is not None:
        return ids[edge.target]
    kind = str(getattr(edge.via, "identity", ""))
    return kinds.setdefault(kind, f"{name}i{len(kinds)}")


def _arrow(edge: graph.Edge) -> str:
    match edge.via:
        case model.Link(tie=model.Tie.SEES):
            return f'-. "{_text(edge.via.name)} (sees)" .->'
        case model.Link():
            return f'-- "{_text(edge.via.name)}" -->'
        case model.Holding():
            return '-- "holds" -->'
        case _:
            return '-- "history" -->'


def _text(text: str) -> str:
    """Text inside a quoted label: nothing in it may end the label or be read as HTML."""
    return "".join(each if each.isalnum() or each in " _.,-()/'" else f"#{ord(each)};" for each in text)
