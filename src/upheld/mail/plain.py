"""Text from HTML, in one pass over it: nothing of it is run, fetched or kept."""

from html import unescape

_SILENT = ("script", "style", "head", "title", "template", "svg", "noscript")
_BREAKS = frozenset(
    (
        "br",
        "p",
        "div",
        "tr",
        "li",
        "ul",
        "ol",
        "table",
        "blockquote",
        "hr",
        "pre",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
    )
)


def text_of(html: str) -> str:
    """The words of it, a line for each block. Takes time in proportion to its length, whatever it holds."""
    folded, pieces, at = html.lower(), list[str](), 0
    if len(folded) != len(html):  # a letter whose small form is longer: positions would differ
        html = folded
    while at < len(html):
        start = html.find("<", at)
        if start < 0:
            pieces.append(html[at:])
            break
        pieces.append(html[at:start])
        at, said = _after(html, folded, start)
        pieces.append(said)
    return _tidy(unescape("".join(pieces)))


def _after(html: str, folded: str, start: int) -> tuple[int, str]:
    """Where it goes on behind what begins at `start`, and what that stands for."""
    if folded.startswith("<!--", start):
        end = folded.find("-->", start)
        return (len(html) if end < 0 else end + 3), ""
    end = folded.find(">", start)
    if end < 0:
        return len(html), ""
    tag = folded[start + 1 : min(end, start + 20)].split()
    name = tag[0].strip("/") if tag else ""
    if name in _SILENT and folded[start + 1] != "/":
        closing = folded.find(f"</{name}", end)
        end = folded.find(">", closing) if closing >= 0 else -1
        return (len(html) if end < 0 else end + 1), ""
    if name in ("td", "th"):
        return end + 1, "\t"
    return end + 1, "\n" if name in _BREAKS else ""


def _tidy(text: str) -> str:
    lines = (" ".join(line.split()) for line in text.splitlines())
    tidied = list[str]()
    for line in lines:
        if line or (tidied and tidied[-1]):
            tidied.append(line)
    return "\n".join(tidied).strip()
