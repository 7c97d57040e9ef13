"""The last look at each system: kept with its findings, taken again when due, connected to by nothing else."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.actions.world import FORUM, NOW, SHOP, forum, means, shop
from upheld.actions import checking
from upheld.actions.means import Means
from upheld.rights.connector import Finding, Severity
from upheld.rights.outcome import Transient

MISSING = Finding(
    "index.missing", Severity.DOUBT, "forum", "posts", "user_id", "It is slow.", "Add an index."
)


class Silent:
    """A system that cannot be asked."""

    def check(self) -> tuple[Finding, ...]:
        raise Transient("shop: the server does not answer.", "Start it.")


class Looked:
    """A system with a finding, which counts the looks."""

    times = 0

    def check(self) -> tuple[Finding, ...]:
        self.times += 1
        return (MISSING,)


@pytest.fixture
def able(records: str, tmp_path: Path) -> Means:
    given = means(tmp_path, forum(), shop(), systems=(FORUM, SHOP))
    return replace(given, connectors={"forum": Looked(), "shop": Silent()})  # type: ignore[dict-item]


def at(able: Means, **later: float) -> Means:
    return replace(able, clock=lambda: NOW + timedelta(**later))


def test_what_was_found_stands_until_the_next_look(able: Means) -> None:
    before = checking.overview(means=able)
    for name in ("forum", "shop"):
        checking.check(means=at(able, minutes=1), system=name)

    after = checking.overview(means=replace(able, connectors={}))

    assert [(each.title, each.state, each.at) for each in before] == [
        ("Community forum", "none", None),
        ("Shop", "none", None),
    ]
    assert [(each.state, each.by, each.findings, each.doubts, each.failure) for each in after] == [
        ("wait", "officer", (MISSING,), 1, ""),
        ("bad", "officer", (), 0, "shop: the server does not answer. Start it."),
    ]
    assert checking.one(means=able, system="forum") == after[0]


def test_each_system_is_looked_at_once_a_day_and_a_silent_one_every_hour(able: Means) -> None:
    looks = able.connectors["forum"]

    first = [checking.check_due(means=at(able, seconds=each)) for each in range(3)]
    hour = [checking.check_due(means=at(able, hours=2, seconds=each)) for each in range(2)]
    day = [checking.check_due(means=at(able, hours=25, seconds=each)) for each in range(3)]

    assert (first, hour, day) == ([1, 1, 0], [1, 0], [1, 1, 0])
    assert looks.times == 2  # type: ignore[attr-defined]
