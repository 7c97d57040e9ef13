"""Whether what somebody says of herself is what a row holds, whatever the spelling.

Strict where it is cheap to guess: a town or a first name alone is not her address or her name.
"""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime

from upheld.datamap.normalise import normalise

ALONE = frozenset({"username", "customer-number"})
"""Kinds of which one word is the whole value."""
DAY = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})")


def alike(kind: str, said: str, row: Iterable[object], *, country: str = "") -> bool:
    """Whether `said` is what the values of this kind in one row hold together."""
    values = [each for each in row if each not in (None, "")]
    if kind == "phone-number":
        rule = f"phone:{country}" if country else "phone"
        number = normalise(rule, said)
        return len(number) > 4 and number in {normalise(rule, str(each)) for each in values}
    if kind == "date-of-birth":
        day = _day(said)
        return day is not None and day in {_day(each) for each in values}
    return _same_words(kind, _words(said), [each for each in map(_words, map(str, values)) if each])


def _same_words(kind: str, words: frozenset[str], row: list[frozenset[str]]) -> bool:
    """One value that is all that was said, or several that are together. An address has a number in it, and
    may be said with more than is held, such as its country."""
    if kind in ALONE:
        return bool(words) and words in row
    parts = [each for each in row if each <= words]
    together = frozenset[str]().union(*parts)
    if kind == "postal-address":
        return len(together) > 1 and any(any(each.isdigit() for each in word) for word in together)
    return len(together) > 1 and together == words


def _words(text: str) -> frozenset[str]:
    plain = unicodedata.normalize("NFKD", text).casefold()
    return frozenset(re.findall(r"\w+", "".join(each for each in plain if not unicodedata.combining(each))))


def _day(value: object) -> date | None:
    """A date as it is stored, or written 1980-03-12, 12.3.1980 or 12/3/1980: the day first."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = str(value).strip()
    found = DAY.fullmatch(text)
    try:
        if found:
            day, month, year = map(int, found.groups())
            return date(year, month, day)
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
