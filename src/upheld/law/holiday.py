"""Days on which nobody is expected to work: of a country or region, or a law's own list."""

import sys
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

from upheld.law.pack import Holiday, Pack

SATURDAY, SUNDAY = 6, 7
COUNTRIES = "holidays.countries"


class UnknownRegion(ValueError):
    """A country has no region of that name. `known`: those it has."""

    def __init__(self, known: tuple[str, ...]) -> None:
        super().__init__("the country has no such region")
        self.known = known


@dataclass(frozen=True, slots=True)
class Calendar:
    """Whose holidays count. `name` says it with the version of the data, so that an auditor can reckon again
    (T-05)."""

    name: str
    country: str = ""
    region: str = ""
    pack: Pack | None = None

    def holiday(self, day: date) -> bool:
        """Whether the day is a public holiday; weekends are none."""
        if self.pack is not None:
            return day in _of_law(self.pack.holidays, self.pack.sunday_to_monday, day.year)
        return day in _of_place(self.country, self.region, day.year)

    def working(self, day: date, *, saturdays: bool = False) -> bool:
        """Whether it is a working day: no Sunday, no holiday, and a Saturday only where they count (T-21)."""
        weekday = day.isoweekday()
        return weekday != SUNDAY and (saturdays or weekday != SATURDAY) and not self.holiday(day)


def calendar_for(pack: Pack, *, country: str = "", region: str = "") -> Calendar:
    """The pack's own holidays, or those of the controller's country and region. Where none are known only
    weekends are free: every date then comes earlier, never later."""
    if pack.holidays:
        return Calendar(pack.id, pack=pack)
    if not country or not _known(country):
        return Calendar("weekends")
    where = f"{country}-{region}" if region else country
    return Calendar(f"{where}/{_version()}", country, region)


def check_region(country: str, region: str) -> None:
    """Raises UnknownRegion for a region whose holidays nobody has listed."""
    known = tuple(getattr(_package(), country).subdivisions) if _known(country) else ()
    if region not in known:
        raise UnknownRegion(known)


@lru_cache(maxsize=256)
def _known(country: str) -> bool:
    """By the package's register: its own list of countries imports every one of them."""
    return country in _package().registry.EntityLoader.get_country_codes()


def _package() -> Any:
    """`holidays`, of whose 250 countries each is imported when it is asked for: their folder, imported as it
    is, imports all, which is most of a second and 14 MB."""
    import holidays  # lazy: slow import

    if COUNTRIES not in sys.modules:
        folder = ModuleType(COUNTRIES)
        folder.__path__ = [str(Path(holidays.__file__).parent / "countries")]
        sys.modules[COUNTRIES] = folder
    return holidays


def _version() -> str:
    from holidays.version import __version__  # lazy: slow import

    return __version__


@lru_cache(maxsize=256)
def _of_place(country: str, region: str, year: int) -> frozenset[date]:
    if not country:
        return frozenset()
    return frozenset(_package().country_holidays(country, subdiv=region or None, years=year))


@lru_cache(maxsize=256)
def _of_law(listed: tuple[Holiday, ...], sunday_to_monday: bool, year: int) -> frozenset[date]:
    # A New Year's Day on a Saturday could be kept in the year before: look at the neighbours too.
    years = (year - 1, year, year + 1)
    kept = (day for each in listed for one in years for day in _kept(each, sunday_to_monday, one))
    return frozenset(day for day in kept if day.year == year)


def _kept(each: Holiday, sunday_to_monday: bool, year: int) -> Iterator[date]:
    day = _on(each, year)
    yield day
    if sunday_to_monday and day.isoweekday() == SUNDAY:
        yield day + timedelta(days=1)
    if each.saturday_to_friday and day.isoweekday() == SATURDAY:
        yield day - timedelta(days=1)


def _on(each: Holiday, year: int) -> date:
    if each.day is not None:
        return date(year, each.month, each.day)
    weekday, nth = each.weekday or 1, each.nth or 1
    if nth < 0:
        last = date(year, each.month, monthrange(year, each.month)[1])
        return last - timedelta(days=(last.isoweekday() - weekday) % 7)
    first = date(year, each.month, 1)
    return first + timedelta(days=(weekday - first.isoweekday()) % 7 + 7 * (nth - 1))
