"""The day that a mail names, as mail programs write it in English, German and French."""

import re
from datetime import date, datetime

_MONTHS = (
    "jan january januar jänner janvier janv",
    "feb february februar feber février fevrier févr fevr",
    "mar march märz maerz mär mars",
    "apr april avril avr",
    "may mai",
    "jun june juni juin",
    "jul july juli juillet juil",
    "aug august août aout",
    "sep sept september septembre",
    "oct october okt oktober octobre",
    "nov november novembre",
    "dec december dez dezember décembre decembre déc",
)
_NUMBERS = {word: number for number, words in enumerate(_MONTHS, 1) for word in words.split()}
_FORMS = (
    re.compile(r"(?<!\d)(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?!\d)"),
    re.compile(r"(?<!\d)(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>\d{4}|\d{2})(?!\d)"),
    re.compile(
        r"(?<!\d)(?P<day>\d{1,2})(?:\.|er|st|nd|rd|th)?\s(?:of )?"
        r"(?P<word>[^\W\d_]{3,12})\.?,?\s(?P<year>\d{4})"
    ),
    re.compile(r"(?P<word>[^\W\d_]{3,12})\.?\s(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s(?P<year>\d{4})"),
)
_SLASHED = re.compile(r"(?<!\d)(\d{1,2})/(\d{1,2})/(\d{4})(?!\d)")
_LONGEST = 200


def day_in(written: str) -> date | None:
    """The first day that stands in it; None where there is none, or where 3/4/2026 could be either."""
    line = " ".join(written[:_LONGEST].casefold().split())
    for form in _FORMS:
        found = form.search(line)
        if found and (day := _made(found.groupdict())):
            return day
    slashed = _SLASHED.search(line)
    return _slashed(*map(int, slashed.groups())) if slashed else None


def _made(parts: dict[str, str]) -> date | None:
    month = _NUMBERS.get(parts["word"], 0) if "word" in parts else int(parts["month"])
    year = int(parts["year"])
    return _day(year + 2000 if year < 100 else year, month, int(parts["day"]))


def _slashed(first: int, second: int, year: int) -> date | None:
    either = {_day(year, second, first), _day(year, first, second)} - {None}
    return either.pop() if len(either) == 1 else None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def day_of(when: date | None) -> date | None:
    """A day, where the hour does not matter."""
    return when.date() if isinstance(when, datetime) else when
