"""Is it her? Ask for more, doubt, or say why one is sure: each recorded, each with its reason."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from upheld.actions import byletter, certainty, doubts, proofs
from upheld.mail.resolve import keys_in_dns
from upheld.store.models import Request
from upheld.web.console.access import able
from upheld.web.console.access import staff as only


@only("verify")
@require_POST
def more(request: HttpRequest, number: UUID) -> HttpResponseRedirect:
    """Ask her; the doubt is kept."""
    found = _found(number)
    doubts.ask(
        means=able(request),
        request=found,
        kinds=tuple(request.POST.getlist("kinds")),
        declaration=bool(request.POST.get("declaration")),
        why=request.POST.get("why", ""),
        contested=tuple(request.POST.getlist("contested")),
    )
    messages.success(request, "She is asked by mail. The answer is compared by itself.")
    return redirect("case", number=found.case_id)


@only("verify")
@require_POST
def doubt(request: HttpRequest, number: UUID) -> HttpResponseRedirect:
    """More is needed from now on."""
    found = _found(number)
    certainty.doubt(means=able(request), request=found, why=request.POST.get("why", ""))
    messages.success(request, "Your doubt is kept. More is needed now before this can be approved.")
    return redirect("case", number=found.case_id)


@only("verify")
@require_POST
def wrote(request: HttpRequest, number: UUID) -> HttpResponseRedirect:
    """A mail that she wrote is held against the key of its domain; the mail itself is not kept."""
    found = _found(number)
    file = request.FILES.get("mail")
    raw = file.read(byletter.LARGEST + 1) if file is not None else b""
    byletter.wrote(means=able(request), request=found, raw=raw, resolve=keys_in_dns(settings.UPHELD_DNS))
    messages.success(request, "It is from her address, and signed by its domain.")
    return redirect("case", number=found.case_id)


@only("judge")
@require_POST
def judge(request: HttpRequest, number: UUID) -> HttpResponseRedirect:
    """She is sure, and says why."""
    found = _found(number)
    certainty.judge(
        means=able(request), request=found, sure=proofs.sure_enough(found), why=request.POST.get("why", "")
    )
    messages.success(request, "Your judgement is kept with your name.")
    return redirect("case", number=found.case_id)


def _found(number: UUID) -> Request:
    return get_object_or_404(Request.objects.select_related("case"), pk=number)
