"""A task of a system by hand, answered in the console."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from upheld.actions import staff, tasks
from upheld.actions.handwork import asked
from upheld.store.models import Task
from upheld.web.console.access import able
from upheld.web.console.access import staff as only


class Answer(forms.Form):
    """How many records, and in words what was done."""

    rows = forms.IntegerField(min_value=0, max_value=10_000_000, label="How many records were removed?")
    words = forms.CharField(max_length=2000, widget=forms.Textarea, label="What was found and done")


@only("answer")
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, number: int) -> HttpResponse:
    task = get_object_or_404(
        Task.objects.select_related("fulfilment__request__case", "fulfilment__plan"), pk=number
    )
    means, case = able(request), task.fulfilment.request.case
    form = Answer(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        tasks.answer(means=means, task=task, words=given["words"], rows=given["rows"], by=means.by)
        return redirect("case", number=case.pk)
    shown = asked(means=means, task=task)
    if task.answered_at is None:
        staff.look(
            case=case, by=means.by, at=means.clock(), what=f"the task in {shown.system}", why="to do the task"
        )
    status = 422 if request.method == "POST" else 200
    return render(request, "console/task.html", {"form": form, "task": shown, "case": case}, status=status)
