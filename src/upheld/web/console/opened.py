"""Where somebody of the staff is logged in, and logging out everywhere else."""

from dataclasses import dataclass
from datetime import UTC, datetime

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, update_session_auth_hash
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_http_methods

from upheld.actions import accounts
from upheld.store.models import Staff
from upheld.web import idle
from upheld.web.console.access import able, account
from upheld.web.console.access import staff as only


@dataclass(frozen=True, slots=True)
class Opened:
    """One browser. `since`: the log-in, `seen`: the last click that was noted; None before its first page.
    `here`: the one that asks. Neither its name nor its address is kept."""

    since: datetime | None
    seen: datetime | None
    here: bool


def listed(request: HttpRequest) -> tuple[Opened, ...]:
    """This browser first, then the others by their last click."""
    mine, found = account(request), []
    for row in Session.objects.filter(expire_date__gt=timezone.now()):
        held = row.get_decoded()
        if held.get(SESSION_KEY) == str(mine.pk) and _is_open(mine, held.get(HASH_SESSION_KEY, "")):
            since, seen = (_moment(held.get(name)) for name in (idle.BEGUN, idle.SEEN))
            found.append(Opened(since, seen, row.session_key == request.session.session_key))
    return tuple(sorted(found, key=lambda each: (not each.here, -(each.seen or _NEVER).timestamp())))


_NEVER = datetime.fromtimestamp(0, UTC)


def _is_open(mine: Staff, held: str) -> bool:
    return constant_time_compare(held, mine.get_session_auth_hash())


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


@only("own")
@reauthentication_required  # type: ignore[untyped-decorator] # no types there
@require_http_methods(["GET", "POST"])
def elsewhere(request: HttpRequest) -> HttpResponse:
    """GET asks once more; POST ends every session but this one."""
    if request.method == "POST":
        accounts.end_sessions(means=able(request), account=account(request))
        update_session_auth_hash(request, account(request))
        messages.success(request, "Elsewhere you are logged out.")
        return redirect("mfa_index")
    return render(request, "console/elsewhere.html", {"others": len(listed(request)) - 1})
