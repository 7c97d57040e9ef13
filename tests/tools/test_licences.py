"""Packages under a licence that would bind Upheld's own are found, and silent ones are not passed over."""

import pytest

from tools import licences
from tools.licences import Package


def test_no_package_of_the_base_or_its_extras_is_under_the_gpl() -> None:
    found = licences.packages()

    assert {each.name for each in found} >= {"django", "pymysql", "procrastinate"}
    assert list(licences.refused(found)) == []


@pytest.mark.parametrize(
    ("words", "refused"),
    [
        ("GPL-3.0-or-later", True),
        ("GNU General Public License v2 (GPLv2)", True),
        ("AGPL-3.0-only", True),
        ("GNU Affero General Public License v3", True),
        ("LGPL-3.0-only", False),
        ("GNU Lesser General Public License v2 or later (LGPLv2+)", False),
        ("LGPL-2.1-or-later AND GPL-2.0-only", True),
        ("MPL-2.0", False),
    ],
)
def test_what_is_refused_is_the_strong_kind_alone(words: str, refused: bool) -> None:
    package = Package("somebody", "1", words, ("base",))

    assert bool(list(licences.refused([package]))) == refused


def test_a_package_that_says_nothing_has_to_be_read_by_somebody() -> None:
    with pytest.raises(LookupError, match="add it to BY_HAND"):
        licences.licence("no-such-package")
