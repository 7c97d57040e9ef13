"""Texts of the public pages and of mails: what must be translated, and `.po` files compiled to `.mo`.

A language is a folder in src/upheld/web/locale with LC_MESSAGES/django.po. `python -m tools.languages`
compiles; with `--check` it fails where a text lacks a translation or a compiled file is not of its source.
"""

import ast
import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation.template import templatize

from tools.findings import PRODUCT, Finding, relative, tell

LOCALE = PRODUCT / "web" / "locale"
WRITING = [
    PRODUCT / "actions" / f"{name}.py"
    for name in ("alarms", "correspondence", "digest", "grounds", "letters", "notices")
]
PAGES = (PRODUCT / "web" / "templates" / "centre", PRODUCT / "web" / "templates")
DAY = datetime(2026, 1, 1, tzinfo=UTC)
CALLED = re.compile(r"""(?:gettext|\b_)\((u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"))\)""")


def texts() -> Iterator[str]:
    """Everything that a person may read in her language."""
    if not settings.configured:
        settings.configure()
    for folder in PAGES:
        for page in sorted(folder.glob("*.html")):
            for found in CALLED.findall(templatize(page.read_text())):
                yield str(ast.literal_eval(found.removeprefix("u")))
    for module in (*sorted((PRODUCT / "web").rglob("*.py")), *WRITING):
        for node in ast.walk(ast.parse(module.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_":
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    yield str(first.value)


def compiled(source: Path) -> bytes:
    """The `.mo` of a `.po`."""
    with source.open("rb") as file:
        catalogue = read_po(file)
    # The same source gives the same bytes on any day.
    catalogue.creation_date = catalogue.revision_date = DAY
    written = io.BytesIO()
    write_mo(written, catalogue)
    return written.getvalue()


def lacking(source: Path) -> Iterator[Finding]:
    """Find texts without a translation, and translations that lose or invent a placeholder."""
    with source.open("rb") as file:
        known = {str(each.id): str(each.string) for each in read_po(file) if each.id}
    for text in sorted(set(texts())):
        said = known.get(text, "")
        if not said:
            yield Finding(relative(source), 1, f"no translation of {text!r}")
        elif set(re.findall(r"%\(\w+\)s|\{\w+\}", text)) != set(re.findall(r"%\(\w+\)s|\{\w+\}", said)):
            yield Finding(relative(source), 1, f"other placeholders than in {text!r}")
    for text in sorted(set(known) - set(texts())):
        yield Finding(relative(source), 1, f"nobody says {text!r} any more")


def main() -> int:
    """Compile, or check."""
    findings: list[Finding] = []
    for source in sorted(LOCALE.glob("*/LC_MESSAGES/django.po")):
        findings += lacking(source)
        target = source.with_suffix(".mo")
        if "--check" not in sys.argv:
            target.write_bytes(compiled(source))
        elif not target.exists() or target.read_bytes() != compiled(source):
            findings.append(Finding(relative(target), 1, "not of its .po: run `python -m tools.languages`"))
    return tell(findings, "every text of the public pages is translated")


if __name__ == "__main__":
    sys.exit(main())
