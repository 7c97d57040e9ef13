"""Can we reach everything? The systems of the map, their last look, and what is wrong with each."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from upheld.actions import checking, errands
from upheld.actions.checking import Checked
from upheld.actions.staff import may
from upheld.datamap.draw.page import as_svg
from upheld.datamap.model import Limits
from upheld.store.models import ErrandKind
from upheld.web.console import whereabouts
from upheld.web.console.access import able, account
from upheld.web.console.access import staff as only

PICTURE = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@only("systems")
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    means = able(request)
    systems = checking.overview(means=means)
    given = {
        "systems": systems,
        "bad": [each for each in systems if each.state == "bad"],
        "unseen": [each for each in systems if each.state == "none"],
        "registers": checking.of_registers(means=means),
        "may_change": may(account(request).role, "foundation"),
    }
    return render(request, "console/systems.html", given)


@only("systems")
@require_GET
def one(request: HttpRequest, name: str) -> HttpResponse:
    """One system: its findings with their cure, its limits, its map as drawing and text."""
    seen = _seen(request, name)
    file = settings.UPHELD_DIR / str(seen.system.origin).partition(":")[0]
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    role = account(request).role
    given = {
        "seen": seen,
        "file": str(seen.system.origin).partition(":")[0],
        "text": text,
        "may_check": may(role, "check"),
        "may_change": may(role, "foundation"),
        "limited": seen.system.limits != Limits(),
        "nobody": len(seen.system.no_personal_data),
        "ordered": errands.waiting(system=name),
        **whereabouts.standing(seen.system.connect),
    }
    return render(request, "console/system.html", given)


@only("check")
@require_POST
def check(request: HttpRequest, name: str) -> HttpResponse:
    """Have the runner look at it in its next round: whether it can be reached, and whether its map fits."""
    _seen(request, name)
    errands.order(means=able(request), kind=ErrandKind.LOOK, system=name)
    messages.success(request, "The runner looks at it within a few seconds. Load this page again then.")
    return redirect("system", name=name)


@only("systems")
@require_GET
def drawing(request: HttpRequest, name: str) -> HttpResponse:
    """The map of one system as a picture. Its style stands in it, and nothing else may be loaded."""
    answer = HttpResponse(as_svg(_seen(request, name).system), content_type="image/svg+xml")
    answer.headers["Content-Security-Policy"] = PICTURE
    return answer


def _seen(request: HttpRequest, name: str) -> Checked:
    try:
        return checking.one(means=able(request), system=name)
    except KeyError:
        raise Http404 from None
