"""A task of a system by hand, answered in the console."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from upheld.actions import staff
from upheld.actions.handwork import asked
from upheld.store.models import Task
from upheld.web import answering
from upheld.web.console.access import able
from upheld.web.console.access import staff as only
from upheld.web.faults import page


@only("answer")
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, number: int) -> HttpResponse:
    if answering.too_large(request):
        return page(request, 413, "This is too much", "Send fewer or smaller files.")
    task = get_object_or_404(
        Task.objects.select_related("fulfilment__request__case", "fulfilment__plan"), pk=number
    )
    means, case = able(request), task.fulfilment.request.case
    form = answering.form(request, task=task, named=False)
    if request.method == "POST" and form.is_valid():
        answering.keep(means, task, form, by=means.by)
        return redirect("case", number=case.pk)
    shown = asked(means=means, task=task)
    if task.answered_at is None:
        staff.look(
            case=case, by=means.by, at=means.clock(), what=f"the task in {shown.system}", why="to do the task"
        )
    status = 422 if request.method == "POST" else 200
    return render(request, "console/task.html", {"form": form, "task": shown, "case": case}, status=status)
