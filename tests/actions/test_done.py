"""The mail that says that it is done: also that something stays or was left out, and nothing that is for the page."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.actions.test_decisions import asked, letter
from tests.actions.world import FORUM, PLANTED, SHOP, forum, forum_rows, means, shop
from upheld.actions import approving, certificates, refusal, rounds
from upheld.actions.erasure import Standing
from upheld.actions.means import Means
from upheld.rights.testing import InMemoryConnector
from upheld.store.models import MailKind, Request, RequestState


def certified(able: Means, standings: Sequence[Standing]) -> None:
    requests = [each.request for each in standings]
    list(certificates.certify_many(means=able, requests=requests))
    certificates.written_many(means=able, requests=requests)


def done(able: Means, request: Request) -> str:
    """Approve it, let the runner do it, and give the mail."""
    looked = approving.look(means=able, request=request)
    approving.approve(means=able, request=request, looked=approving.fingerprint(looked))
    for _ in range(2):
        rounds.drain(means=able, certify=certified, server=None, sender="")
    request.refresh_from_db()
    assert request.state == RequestState.FULFILLED
    said = letter(able, MailKind.DONE)
    assert not [each for each in (*PLANTED, "donation", "tax", "Shop", "forum", "legal") if each in said]
    return said


def test_where_everything_is_gone_it_says_so(records: str, tmp_path: Path) -> None:
    able = means(tmp_path, forum(), systems=(FORUM,))

    said = done(able, asked(able))

    assert "What we deleted\n" in said
    assert "stays, or was left out" not in said


@pytest.mark.parametrize(
    ("language", "subject"),
    [
        ("en", "What we deleted, and what stays"),
        ("de", "Was wir gelöscht haben und was bleibt"),
        ("fr", "Ce que nous avons effacé et ce qui reste"),
    ],
)
def test_where_the_law_keeps_something_it_says_that_something_stays(
    records: str, tmp_path: Path, language: str, subject: str
) -> None:
    able = means(tmp_path, shop(), systems=(SHOP,))

    said = done(able, asked(able, language=language))

    assert f"] {subject}\n" in said


def test_where_a_part_was_refused_it_says_that_it_was_left_out(records: str, tmp_path: Path) -> None:
    other = replace(FORUM, name="wiki", title="Wiki")
    systems = (FORUM, other)
    able = means(tmp_path, forum(), InMemoryConnector(other, forum_rows()), systems=systems)
    request = asked(able)
    refusal.refuse(
        means=able, request=request, ground="legal-obligation", words="Years of it.", systems=("wiki",)
    )

    said = done(able, request)

    assert "] What we deleted, and what stays\n" in said
    assert "Not everything is gone" in said
