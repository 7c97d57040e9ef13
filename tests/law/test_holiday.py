"""Each country's holidays are those that its package lists, although the other countries are not imported."""

import json
import subprocess
import sys
from datetime import date

import pytest

from upheld.law.holiday import Calendar, UnknownRegion, check_region

PLACES = (
    ("DE", "BY"),
    ("GB", "SCT"),
    ("US", "CA"),
    ("IN", ""),
    ("FR", ""),
    ("AX", ""),
    ("GU", ""),
    ("UM", ""),
)
"""The last ones are a part of another country's module."""
PLAIN = """
import json, sys, holidays, holidays.countries
found = {}
for country, region in json.loads(sys.argv[1]):
    days = holidays.country_holidays(country, subdiv=region or None, years=2026)
    found[f"{country} {region}"] = sorted(day.isoformat() for day in days)
print(json.dumps(found))
"""
OURS = """
import sys
from datetime import date
from upheld.law.holiday import Calendar
Calendar("", "DE", "BY").holiday(date(2026, 1, 6))
print(sorted(each for each in sys.modules if each.startswith("holidays.countries.")))
"""


def output(script: str, *arguments: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", script, *arguments], stdout=subprocess.PIPE, text=True, check=True
    ).stdout


def test_they_are_those_of_the_package_imported_whole() -> None:
    plain = json.loads(output(PLAIN, json.dumps(PLACES)))

    year = [
        date.fromordinal(each) for each in range(date(2026, 1, 1).toordinal(), date(2027, 1, 1).toordinal())
    ]
    ours = {
        f"{country} {region}": [day.isoformat() for day in year if Calendar("", country, region).holiday(day)]
        for country, region in PLACES
    }

    assert ours == plain
    assert all(ours.values())


def test_no_country_is_imported_but_the_one_that_counts() -> None:
    assert output(OURS) == "['holidays.countries.germany']\n"


def test_a_region_that_a_country_does_not_have_is_refused_with_those_it_has() -> None:
    check_region("DE", "BY")
    with pytest.raises(UnknownRegion) as refused:
        check_region("DE", "XX")
    assert {"BY", "BE"} <= {*refused.value.known}
    with pytest.raises(UnknownRegion) as nowhere:
        check_region("ZZ", "BY")
    assert nowhere.value.known == ()
