"""Whose answer is this? A message is filed into the case that it answers, and read there."""

from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from upheld.actions import filing, staff
from upheld.actions.means import Means
from upheld.rights.outcome import Permanent
from upheld.store.models import Reply
from upheld.web.console.access import able
from upheld.web.console.access import staff as only


def filed(request: HttpRequest, means: Means, number: UUID) -> HttpResponse:
    """Files the message, and leads to the task that it answers or to the case."""
    task = request.POST.get("task", "")
    try:
        case = UUID(request.POST.get("case", ""))
    except ValueError:
        raise Permanent("Nobody said which case it answers.", "Go back and look for its number.") from None
    made = filing.file(
        means=means, number=number, case=case, task=int(task) if task.isascii() and task.isdigit() else None
    )
    messages.success(request, "Filed: it stands in the case now, and opened nothing.")
    if made.task_id is not None:
        return redirect("task", number=made.task_id)
    return redirect("case", number=made.case_id)


@only("look")
@require_POST
def reply(request: HttpRequest, number: UUID) -> HttpResponse:
    """What was answered; the look is recorded."""
    found, means, why = _looked(request, number, "an answer that came in")
    shown = {"reply": found, "mail": filing.opened(means=means, reply=found), "why": why}
    return render(request, "console/reply.html", shown)


@only("look")
@require_POST
def file(request: HttpRequest, number: UUID, place: int) -> HttpResponseBase:
    """A file that came with it, to be saved and never shown here; the look is recorded."""
    found, means, _ = _looked(request, number, "a file that came with an answer")
    files = filing.opened(means=means, reply=found).attachments
    if not 0 < place <= len(files):
        raise Http404
    return FileResponse(
        iter([files[place - 1].content]),
        as_attachment=True,
        filename=files[place - 1].name,
        content_type="application/octet-stream",
    )


def _looked(request: HttpRequest, number: UUID, what: str) -> tuple[Reply, Means, str]:
    found, means = get_object_or_404(Reply.objects.select_related("case"), pk=number), able(request)
    why = request.POST.get("why", "")
    staff.look(case=found.case, by=means.by, at=means.clock(), what=what, why=why)
    return found, means, why
