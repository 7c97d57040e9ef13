"""Values as a person reads them: days in words, marks as sentences, documents as lists (spec, section 6)."""

import json
import re
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from upheld.rights.package import php
from upheld.rights.package.catalogue import Catalogue
from upheld.rights.package.gather import Column
from upheld.rights.package.guard import another_person
from upheld.rights.package.markup import text
from upheld.rights.package.values import Json, mark, unescape

deepest = 20
savable = 256 * 1024
_day = re.compile(r"\d{4}-\d\d-\d\d")
_moment = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")


@dataclass(frozen=True, slots=True)
class Reader:
    """Writes values as HTML. `zone`: the organisation's, for moments that have an offset."""

    language: Catalogue
    zone: ZoneInfo

    def cell(self, value: Json, column: Column, form: object = None) -> str:
        """One table cell, element and all."""
        match value:
            case None:
                return f'<td class="none">{text(self.language.empty)}</td>'
            case bool():
                return f"<td>{text(self.language.yes if value else self.language.no)}</td>"
            case int() | float():
                return f'<td class="num">{value}</td>'
            case str():
                return self._text(value, column, form)
        return f'<td dir="auto">{self.document(value)}</td>'

    def _text(self, value: str, column: Column, form: object) -> str:
        kinds = column.kinds
        if ("date" in kinds or "datetime" in kinds) and (said := self._when(value)):
            return f'<td class="when">{said}</td>'
        if "decimal" in kinds and "text" not in kinds:
            return f'<td class="num">{text(value)}</td>'
        if (opened := _opened(value, form)) is not None:
            return f'<td dir="auto">{self.document(opened)}</td>'
        return f'<td dir="auto">{text(value)}</td>'

    def when(self, value: Json) -> str | None:
        """A day or moment in words; None for anything else."""
        return self._when(value) if isinstance(value, str) else None

    def _when(self, value: str) -> str | None:
        if value.strip("-").lower() == "infinity":
            return f"{text(self.language.endless)} ({text(value)})"
        if value.startswith("0000-"):
            return f"{text(self.language.no_date)} ({text(value)})"
        try:
            if _day.fullmatch(value):
                said = self.language.date(date.fromisoformat(value))
            elif _moment.match(value):
                said = self._moment(datetime.fromisoformat(value))
            else:
                return None
        except (ValueError, OverflowError):
            return None
        return f'<time datetime="{text(value)}">{text(said)}</time>'

    def _moment(self, value: datetime) -> str:
        if value.tzinfo is not None:
            value = value.astimezone(self.zone)
        clock = value.strftime("%H:%M:%S" if value.second else "%H:%M")
        return self.language.at.format(
            date=self.language.date(value), time=f"{clock} {value.tzname() or ''}".strip()
        )

    def document(self, value: Json, depth: int = 0) -> str:
        """A document as lists within lists; below twenty levels as its own text."""
        language = self.language
        match value:
            case None:
                return f'<span class="none">{text(language.empty)}</span>'
            case bool():
                return text(language.yes if value else language.no)
            case str():
                return text(value)
            case int() | float():
                return str(value)
            case dict() if mark + "withheld" in value:
                return self.mark(str(value[mark + "withheld"]))
            case dict() if mark + "base64" in value:
                return self._binary(str(value[mark + "base64"]), str(value.get(mark + "type")))
        if not value:
            return f'<span class="none">{text(language.empty)}</span>'
        if depth >= deepest:
            return text(json.dumps(value, ensure_ascii=False))
        if isinstance(value, list):
            return "<ul>" + "".join(f"<li>{self.document(item, depth + 1)}</li>" for item in value) + "</ul>"
        items = (
            f'<li><span class="key">{text(unescape(key))}:</span> {self.document(item, depth + 1)}</li>'
            for key, item in value.items()
        )
        return "<ul>" + "".join(items) + "</ul>"

    def mark(self, why: str) -> str:
        """The sentence that stands where a value was."""
        if why == another_person:
            return f'<span class="mark">{text(self.language.mark_others)}</span>'
        category = self.language.category(why)
        return f'<span class="mark">{text(self.language.mark_never.format(category=category))}</span>'

    def _binary(self, content: str, kind: str) -> str:
        size = len(content) * 3 // 4 - content[-2:].count("=")
        said = text(self.language.binary.format(type=kind, size=self.language.number(size)))
        if size > savable:
            return said
        # A link that saves, never one that shows: what the bytes hold is a stranger's.
        href = f"data:application/octet-stream;base64,{text(content)}"
        return f'{said} (<a download href="{href}">{text(self.language.save)}</a>)'


def _opened(value: str, form: object) -> Json:
    """A document written as text, opened; None when it is only text."""
    if form == "php":
        try:
            opened = php.read(value)
        except php.NotSerialised:
            opened = None
        if opened is not None:
            return opened
    if value[:1] in "{[" and value[-1:] in "}]" and len(value) > 1:
        try:
            document: Json = json.loads(value)
        except (ValueError, RecursionError):
            return None
        return document or None
    return None
