"""The journal's page: what failed first, why, and what is merely waiting."""

from dataclasses import replace
from pathlib import Path

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.actions.world import DESK, HER, HIM, NOW, PLANTED, forum, means
from upheld.actions import cases, erasure, preview, waiting
from upheld.actions.means import Means
from upheld.connectors.manual import connector
from upheld.law.right import Right
from upheld.rights.outcome import Transient


class Broken:
    """A system that fails when something is to be written."""

    def __init__(self, whole: object) -> None:
        self._whole = whole

    def __getattr__(self, name: str) -> object:
        if name == "execute":
            raise Transient("forum: the server went away.", "It is tried again.")
        return getattr(self._whole, name)


def approved(able: Means, asked: object) -> object:
    request = cases.receive(means=able, right=Right.ERASURE, asked=asked)  # type: ignore[arg-type]
    seen = preview.preview(means=able, right=Right.ERASURE, asked=asked)  # type: ignore[arg-type]
    erasure.approve(means=able, request=request, preview=seen)
    request.refresh_from_db()
    return request


def test_what_failed_stands_first_with_its_reason_and_names_nobody(records: str, tmp_path: Path) -> None:
    given = means(tmp_path, forum())
    datamap = replace(given.datamap, systems=(DESK, *given.datamap.systems))
    able = replace(
        given,
        datamap=datamap,
        connectors={**given.connectors, "desk": connector(DESK, secrets={})},
    )
    assert waiting.work(means=able).items == ()
    request = approved(able, HER)
    approved(able, HIM)
    broken = replace(able, connectors={**able.connectors, "forum": Broken(able.connectors["forum"])})  # type: ignore[dict-item]
    erasure.fulfil(means=broken, request=request)  # type: ignore[arg-type]

    with CaptureQueriesContext(connection) as caught:
        work = waiting.work(means=able)

    assert [(each.title, each.what, each.why, each.failed) for each in work.items] == [
        ("Community forum", "deletion", "forum: the server went away. It is tried again.", True),
        ("Letters", "deletion", "Its owner was asked; due 06 December 2026.", False),
        ("Letters", "deletion", "Its owner was asked; due 06 December 2026.", False),
        ("Community forum", "deletion", "It waits for its turn.", False),
    ]
    assert (work.failed, len(caught)) == (1, 5)
    assert (work.items[0].until or NOW) > NOW
    assert not [each for each in PLANTED if each in repr(work)]
