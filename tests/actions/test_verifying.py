"""The whole ledger is verified on somebody's order, piece by piece, and what was altered is found."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.db import connection

from tests.actions.office import DEPUTY, OFFICER, office, read
from tests.actions.world import forum, means
from upheld.actions import alarms, cases, health, history, ledger, numbers, verifying, webhook
from upheld.actions.asking import Asked
from upheld.actions.health import State
from upheld.actions.means import Means
from upheld.actions.today import today
from upheld.law.right import Right
from upheld.ledger.audit import verify_export
from upheld.ledger.types import REGISTRY
from upheld.rights.subject import Identity
from upheld.store.models import Alarm, LedgerCheck, MailKind

SEVEN = 7


def receive(able: Means, name: str) -> None:
    cases.receive(means=able, right=Right.ERASURE, asked=Asked((Identity("email", f"{name}@example.net"),)))


@pytest.fixture
def able(records: str, tmp_path: Path) -> Means:
    """Seven entries, and a checkpoint after the third, the fourth and the last."""
    given = means(tmp_path, forum())
    for number in range(SEVEN):
        receive(given, f"p{number}")
        if number in (2, 3, 6):
            history.newest(means=given)
    return given


def verified(able: Means, most: int = 50_000) -> LedgerCheck:
    """The verdict of all of it, in pieces of that size."""
    row = verifying.order(means=able)
    while verifying.latest()[1] is not None:
        verifying.go_on(means=able, most=most)
    row.refresh_from_db()
    return row


def altered(statement: str, *values: object) -> None:
    """Behind our back: past the triggers that forbid it."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for (name,) in cursor.fetchall():
                cursor.execute(f'DROP TRIGGER "{name}"')
        else:
            for table in ("store_entry", "store_checkpoint"):
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        cursor.execute(statement, values)


@pytest.mark.parametrize("most", [1, 3, 4, 50_000])
def test_the_verdict_is_that_of_the_command_whatever_the_pieces(most: int, able: Means) -> None:
    """P-04, P-12"""
    row = verified(able, most)

    vkey = able.signer.verifier().vkey
    wanted = verify_export(BytesIO(b"".join(ledger.export(means=able))), vkey=vkey, registry=REGISTRY)
    assert (row.ok, row.checked, row.failures, row.limits) == (True, [*wanted.checked], [], [*wanted.limits])
    assert (row.size, row.reached, row.paused, row.asked_by) == (SEVEN, SEVEN, None, "officer")
    assert row.done_at is not None
    assert verifying.latest() == (row, None)


@pytest.mark.parametrize("most", [1, 2, 50_000])
@pytest.mark.parametrize("index", [0, 3, 6])
def test_an_entry_that_was_altered_behind_our_back_is_found_as_by_the_command(
    index: int, most: int, able: Means
) -> None:
    """P-04"""
    with connection.cursor() as cursor:
        cursor.execute('SELECT content FROM store_entry WHERE "index" = %s', [index])
        content = bytes(cursor.fetchone()[0]).replace(b"ERASURE", b"ACCESS_")
    altered('UPDATE store_entry SET content = %s WHERE "index" = %s', content, index)

    row = verified(able, most)

    vkey = able.signer.verifier().vkey
    wanted = verify_export(BytesIO(b"".join(ledger.export(means=able))), vkey=vkey, registry=REGISTRY)
    assert row.failures == [str(each) for each in wanted.failures]
    assert (row.ok, bool(row.failures)) == (False, True)


@pytest.mark.parametrize("most", [2, 50_000])
@pytest.mark.parametrize(
    "statement",
    [
        'DELETE FROM store_entry WHERE "index" = 4',
        "DELETE FROM store_entry",
        "UPDATE store_checkpoint SET signed = 'x' WHERE size = 4",
        "DELETE FROM store_checkpoint WHERE size = 7",
    ],
)
def test_what_is_missing_or_overwritten_does_not_hold(statement: str, most: int, able: Means) -> None:
    """P-04"""
    row = verifying.order(means=able)
    LedgerCheck.objects.filter(pk=row.pk).update(size=SEVEN)  # begun before it happened
    altered(statement)

    assert not verified(able, most).ok


def test_it_is_ordered_once_and_goes_on_where_another_program_stopped(able: Means) -> None:
    first, again = verifying.order(means=able), verifying.order(means=replace(able, by="somebody else"))
    assert (first.pk, again.asked_by) == (again.pk, "officer")
    assert verifying.latest() == (None, first)

    assert verifying.go_on(means=able, most=5) == 5
    assert verifying.latest()[1].reached == 5  # type: ignore[union-attr]
    receive(able, "meanwhile")
    history.newest(means=able)
    assert verifying.go_on(means=replace(able, owner="another"), most=5) == 2

    done, waiting = verifying.latest()
    assert done is not None
    assert (done.ok, done.size, waiting) == (True, SEVEN, None), "what came meanwhile is for the next"
    assert verifying.go_on(means=able) == 0
    assert verified(able).size == SEVEN + 1


def test_an_empty_ledger_is_no_failure_of_the_page(records: str, tmp_path: Path) -> None:
    row = verified(means(tmp_path, forum()))

    assert (row.size, row.failures) == (0, [])


def told(able: Means) -> list[object]:
    """What the start page, monitoring, and the doctor where something is wrong, say of it."""
    seen = numbers.numbers(at=able.now, day=able.now.date(), systems=())
    page = today(means=able).broken
    return [
        page is not None,
        seen.broken,
        [each.about for each in health.ledger() if each.state is State.WRONG],
    ]


def test_a_ledger_that_did_not_hold_is_told_once_to_both_and_wherever_somebody_looks(
    records: str, tmp_path: Path
) -> None:
    """P-04"""
    able = office(tmp_path)
    receive(able, "ada")
    verified(able)
    alarms.notice(means=able, mailing=True)
    before = [told(able), Alarm.objects.filter(event="ledger.broken").count()]
    altered("DELETE FROM store_entry")

    verified(able)
    alarms.notice(means=able, mailing=True)
    again = alarms.notice(means=able, mailing=True)

    sentence = "– The ledger did not hold when it was verified.\n"
    mails = [(to, sentence in text) for to, _, text in read(able, MailKind.ALARM)][-2:]
    payload = webhook.payload(Alarm.objects.get(event="ledger.broken"))
    data = {
        "version": "upheld-webhook/v1",
        "case": None,
        "link": "https://privacy.test/console/",
        "day": None,
    }
    assert before == [[False, False, []], 0]
    assert (mails, again) == ([(OFFICER, True), (DEPUTY, True)], 0)
    assert (payload["type"], payload["data"]) == ("ledger.broken", {**data, "target": None, "legal": None})
    assert told(able) == [True, True, ["ledger"]]

    LedgerCheck.objects.filter(ok=False).update(done_at=able.now - timedelta(days=1))
    assert told(able) == [False, False, []], "where it held when it was verified last"
