"""What happened, and can it be proved? The ledger, entry by entry, and its verification in the page."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from upheld.actions import history, verifying
from upheld.web.console.access import able
from upheld.web.console.access import staff as only
from upheld.web.fair import TEXT


@only("history")
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    return _page(request)


@only("history")
@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    """Have all of it verified again, from the entries' own bytes: a runner does it."""
    verifying.order(means=able(request))
    messages.success(request, "It is verified by the runner; the verdict stands here when it is done.")
    return redirect("history")


def _page(request: HttpRequest) -> HttpResponse:
    asked = request.GET
    kind = asked.get("type", "")
    kinds = history.kinds()
    before = asked.get("before", "")
    page = history.page(
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None,
        kind=kind if kind in dict(kinds) else "",
        case=_case(asked.get("case", "")),
    )
    vkey, signed = history.newest(means=able(request))
    given = {"page": page, "kinds": kinds, "kind": kind, "case": asked.get("case", ""), "vkey": vkey}
    checked, waiting = verifying.latest()
    given |= {"signed": signed, "checkpoints": history.checkpoints(), "checked": checked, "waiting": waiting}
    return render(request, "console/history.html", given)


def _case(written: str) -> str:
    """A case's id in full; anything else finds nothing."""
    if not written:
        return ""
    try:
        return str(UUID(written))
    except ValueError:
        return "(no such case)"


@only("history")
@require_GET
def proof(request: HttpRequest, number: int) -> HttpResponse:
    """The proof of one entry, as a file."""
    answer = HttpResponse(history.proof(means=able(request), index=number), content_type=TEXT)
    answer.headers["Content-Disposition"] = f'attachment; filename="entry-{number}.tlog-proof"'
    return answer
