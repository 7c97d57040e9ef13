"""What `upheld extend`, `refuse` and `withdraw` do."""

import sys
from datetime import date

import typer

from upheld.actions import extension, ledger, refusal, two, withdrawal
from upheld.actions.means import Means
from upheld.actions.status import words as state_words
from upheld.cli import show, start
from upheld.rights.outcome import Misnamed
from upheld.store.models import Agreement, Request
from upheld.store.models.case import UNFINISHED


def extend(case: str, right: str, *, code: str, words: str, told_on: date | None, as_json: bool) -> int:
    """Take more time; 0."""
    means = start.means()
    request = _found(case, right)
    extension.extend(means=means, request=request, code=code, words=written(words), told_on=told_on)
    return _told(means, request, as_json=as_json)


def refuse(
    case: str,
    right: str,
    *,
    ground: str,
    words: str,
    systems: tuple[str, ...],
    told_on: date | None,
    as_json: bool,
) -> int:
    """Refuse; 1 while a second yes is needed."""
    means = start.means()
    request = _found(case, right)
    done = refusal.refuse(
        means=means, request=request, ground=ground, words=written(words), systems=systems, told_on=told_on
    )
    if isinstance(done, Agreement):
        waits = two.when(means=means, agreement=done)
        if as_json:
            show.as_json({"case": str(request.case_id), "waits": waits})
        else:
            typer.echo(f"Nothing was refused yet: this is for two to decide. {waits}")
        return 1
    return _told(means, request, as_json=as_json)


def withdraw(case: str, right: str, *, words: str, as_json: bool) -> int:
    """End it; 0."""
    means = start.means()
    request = _found(case, right)
    withdrawal.withdraw(means=means, request=request, words=written(words))
    return _told(means, request, as_json=as_json)


def written(words: str) -> str:
    """What was given; `-` reads it from standard input, where no other program can see it."""
    return sys.stdin.read() if words == start.STDIN else words


def _found(case: str, right: str) -> Request:
    """The one open request that is meant. Misnamed, with those that there are, where it is none or
    several."""
    rows = (
        Request.objects.filter(finished_at=None, state__in=UNFINISHED)
        .select_related("case")
        .order_by("received_at")
    )
    wanted = right.upper().replace("-", "_")
    those = [each for each in rows if case and str(each.case_id).startswith(case)]
    named = [each for each in those if each.right == wanted] if wanted else those
    if len(named) == 1:
        return named[0]
    open_ = ", ".join(each.right.lower().replace("_", "-") for each in those)
    if those:
        raise Misnamed(
            "The case has several requests." if not wanted else "No such request is open in it.",
            f"Name one with --right: {open_}.",
        )
    raise Misnamed(f"No open case begins with {case or '(nothing)'}.", "`upheld status` lists them.")


def _told(means: Means, request: Request, *, as_json: bool) -> int:
    ledger.checkpoint(means=means)
    request.refresh_from_db()
    if as_json:
        show.as_json(
            {
                "case": str(request.case_id),
                "right": request.right,
                "state": request.state,
                "target": request.target_date,
                "legal": request.legal_date,
            }
        )
        return 0
    typer.echo(f"Case {request.case_id}: {request.right.lower()}, {state_words(request.state)}.")
    if request.state in UNFINISHED and request.target_date and request.legal_date:
        typer.echo(show.dates_text(request.target_date, request.legal_date))
    return 0
