"""The certificate as one HTML page that needs nothing else: no script, no image, no connection."""

from html import escape

from upheld.ledger.issue import Issued
from upheld.ledger.letter import Letter, Section, compose

_STYLE = """
:root { color-scheme: light dark; --paper: #fbfaf7; --ink: #22262b; --faint: #5d646d; --line: #d9d6ce;
  --accent: #1d5c7a; --warn: #8a3b12; --warn-paper: #fbeee4; }
@media (prefers-color-scheme: dark) { :root { --paper: #17191c; --ink: #e8e6e1; --faint: #a3a9b1;
  --line: #383c42; --accent: #86c3e0; --warn: #f0b48c; --warn-paper: #33231a; } }
body { background: var(--paper); color: var(--ink); margin: 0;
  font: 1rem/1.6 "Source Sans 3", "Segoe UI", system-ui, sans-serif; }
header, main { max-width: 42rem; margin: 0 auto; padding: 1.25rem; }
header { border-bottom: 1px solid var(--line); font-weight: 600; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 1rem 0 .25rem; }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; color: var(--accent); }
.facts { color: var(--faint); margin: 0; } .lead { font-size: 1.15rem; }
dl { margin: 0; } dt { font-weight: 600; margin-top: .75rem; } dd { margin: 0; }
p, dd, dt { overflow-wrap: anywhere; }
.warning { background: var(--warn-paper); border-left: .3rem solid var(--warn); padding: .25rem 1rem 1rem; }
.warning h2 { color: var(--warn); margin-top: 1rem; }
@media print { :root { --paper: #fff; --ink: #000; --faint: #333; --accent: #000; --warn: #000;
  --warn-paper: #fff; } body { font-size: 10.5pt; } section { break-inside: avoid; } }
"""


def _section(section: Section, *, warning: bool = False) -> str:
    rows = "".join(
        f"<dt>{escape(row.title)}</dt><dd>{escape(' '.join(row.sentences))}</dd>\n" for row in section.rows
    )
    listed = f"<dl>\n{rows}</dl>\n" if rows else ""
    paragraphs = "".join(f"<p>{escape(paragraph)}</p>\n" for paragraph in section.paragraphs)
    opening = '<section class="warning" role="note">' if warning else "<section>"
    mark = "✕ " if warning else ""
    return f"{opening}\n<h2>{mark}{escape(section.heading)}</h2>\n{listed}{paragraphs}</section>\n"


def _main(letter: Letter) -> str:
    warning = _section(letter.warning, warning=True) if letter.warning else ""
    return (
        f"<h1>{escape(letter.title)}</h1>\n"
        f'<p class="facts">{escape(letter.facts)}</p>\n'
        f'<p class="lead">{escape(letter.lead)}</p>\n'
        f"{warning}{''.join(_section(section) for section in letter.sections)}"
    )


def as_html(issued: Issued) -> str:
    """A complete document. Everything from outside is escaped, and the page forbids itself all loading."""
    letter = compose(issued)
    return (
        '<!doctype html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'\">\n"
        f"<title>{escape(letter.title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"<header>{escape(issued.certificate.organisation)}</header>\n<main>\n{_main(letter)}</main>\n"
        "</body>\n</html>\n"
    )
