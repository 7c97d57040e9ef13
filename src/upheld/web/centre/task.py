"""What did you find? The owner of a system by hand answers here, without an account."""

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from upheld.actions import links, tasks
from upheld.actions.handwork import Asked, asked
from upheld.actions.means import Means
from upheld.store.models import LinkPurpose, Task
from upheld.web.centre.pages import public
from upheld.web.means import means


class Answer(forms.Form):
    """How many records, and in words what was done."""

    rows = forms.IntegerField(min_value=0, max_value=10_000_000, label=_("How many records were removed?"))
    words = forms.CharField(max_length=2000, widget=forms.Textarea, label=_("What you found and did"))
    name = forms.CharField(max_length=90, label=_("Your name"))


@public
def answer(request: HttpRequest, token: str) -> HttpResponse:
    able = means(by="the owner, by link")
    try:
        link = links.find(means=able, token=token, purpose=LinkPurpose.ANSWER)
    except links.Unusable:
        return render(request, "centre/answered.html", status=410)
    except links.Unknown:
        return render(request, "centre/unknown.html", status=404)
    if link.task is None:
        raise TypeError("A link to answer is about a task.")
    shown: Asked = asked(means=able, task=link.task)
    form = Answer(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            links.use(means=able, link=link)
            _answered(able, link.task, form)
        return render(request, "centre/thanks.html", {"task": shown})
    status = 422 if request.method == "POST" else 200
    return render(request, "centre/task.html", {"form": form, "task": shown}, status=status)


def _answered(able: Means, task: Task, form: Answer) -> None:
    given = form.cleaned_data
    tasks.answer(means=able, task=task, words=given["words"], rows=given["rows"], by=given["name"])
