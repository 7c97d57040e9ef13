"""What did you find? The owner of a system by hand answers here, without an account."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from upheld.actions import links, stop
from upheld.actions.handwork import Asked, asked
from upheld.actions.tasks import COPYING
from upheld.store.models import LinkPurpose
from upheld.web import answering
from upheld.web.centre.pages import public
from upheld.web.faults import page
from upheld.web.means import means


@public
def answer(request: HttpRequest, token: str) -> HttpResponse:
    if answering.too_large(request):
        return page(request, 413, _("This is too much"), _("Send fewer or smaller files."))
    able = means(by="the owner, by link")
    try:
        link = links.find(means=able, token=token, purpose=LinkPurpose.ANSWER)
    except links.Unusable:
        return render(request, "centre/answered.html", status=410)
    except links.Unknown:
        return render(request, "centre/unknown.html", status=404)
    if link.task is None:
        raise TypeError("A link to answer is about a task.")
    if link.task.answered_at is not None or link.task.fulfilment.request.finished_at is not None:
        return render(request, "centre/answered.html", status=410)  # a reminder gave another link
    if stop.in_force() and link.task.fulfilment.request.right not in COPYING:
        wait = _("All changes are stopped at the moment. Do nothing yet; this link goes on working.")
        return page(request, 409, _("Please wait"), wait)
    shown: Asked = asked(means=able, task=link.task)
    form = answering.form(request, task=link.task, named=True)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            links.use(means=able, link=link)
            answering.keep(able, link.task, form, by=form.cleaned_data["name"])
        return render(request, "centre/thanks.html", {"task": shown})
    status = 422 if request.method == "POST" else 200
    return render(request, "centre/task.html", {"form": form, "task": shown}, status=status)
