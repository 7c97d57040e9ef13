"""The form by which a task of a system by hand is answered, in the console and by a link."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from upheld.actions import tasks, uploads
from upheld.actions.means import Means
from upheld.law.objection import STOPPING
from upheld.law.right import Right
from upheld.store.models import Task

MOST = uploads.MOST_BYTES + 1024**2
"""Bytes of one answer: its files, and the form around them."""


MANY = {
    **dict.fromkeys(tasks.COPYING, _("How many records did you find? 0 if none")),
    Right.RECTIFICATION: _("How many records were corrected? 0 if none"),
    Right.RESTRICTION: _("How many records were marked? 0 if none"),
    **dict.fromkeys(STOPPING, _("How many records were changed? 0 if none")),
}
"""What an owner is asked to count, by the right; else what was removed."""


class Files(forms.ClearableFileInput):
    """Several at once."""

    allow_multiple_selected = True


class Several(forms.FileField):
    """Some files, or none."""

    widget = Files

    def clean(self, data: Any, initial: Any = None) -> "list[UploadedFile[Any]]":
        return [super(Several, self).clean(each, initial) for each in data or ()]


class Answer(forms.Form):
    """How many records, in words what was done, and what belongs into her copy or proves it."""

    rows = forms.IntegerField(min_value=0, max_value=10_000_000)
    words = forms.CharField(max_length=2000, widget=forms.Textarea)
    attached = Several(required=False)
    name = forms.CharField(max_length=90, label=_("Your name"))

    def __init__(self, *given: Any, task: Task, named: bool, **further: Any) -> None:
        super().__init__(*given, **further)
        right = task.fulfilment.request.right
        copying = right in tasks.COPYING
        self.fields["rows"].label = MANY.get(Right(right), _("How many records were removed? 0 if none"))
        self.fields["words"].label = (
            _("What you found; it stands in the copy") if copying else _("What you found and did")
        )
        self.fields["attached"].label = (
            _("Files for the copy, if there are any")
            if copying
            else _("A confirmation, if somebody else removed it")
        )
        if not named:
            del self.fields["name"]
        if not copying:
            self.fields["attached"].widget.allow_multiple_selected = False

    def clean_attached(self) -> "list[UploadedFile[Any]]":
        """Refuses more than one answer may hold."""
        files: list[UploadedFile[Any]] = self.cleaned_data["attached"]
        if len(files) > uploads.MOST_FILES or sum(each.size or 0 for each in files) > uploads.MOST_BYTES:
            raise forms.ValidationError(
                _("At most {files} files, together {size} MB.").format(
                    files=uploads.MOST_FILES, size=uploads.MOST_BYTES // 1024**2
                )
            )
        return files


def form(request: HttpRequest, *, task: Task, named: bool) -> Answer:
    """What was sent, or an empty form."""
    if request.method != "POST":
        return Answer(task=task, named=named)
    return Answer(request.POST, request.FILES, task=task, named=named)


def too_large(request: HttpRequest) -> bool:
    """Whether more was sent than an answer may hold; ask before anything of it is read."""
    length = str(request.META.get("CONTENT_LENGTH") or "0")
    return not length.isdigit() or int(length) > MOST


def keep(able: Means, task: Task, answered: Answer, *, by: str) -> None:
    """Answer the task with it."""
    given = answered.cleaned_data
    copying = task.fulfilment.request.right in tasks.COPYING
    files: list[UploadedFile[Any]] = given["attached"]
    tasks.answer(
        means=able,
        task=task,
        words=given["words"],
        rows=given["rows"],
        by=by,
        proof=files[0].read() if files and not copying else None,
        files=[uploads.Given(str(each.name), each.chunks()) for each in files] if copying else (),
    )
