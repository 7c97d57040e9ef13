"""We need something from you: a question of staff, answered on her page."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from upheld.actions import enclosures, questions
from upheld.actions.enclosures import Given
from upheld.rights.outcome import Permanent
from upheld.store.models import Question
from upheld.web.centre.followed import Closed, followed
from upheld.web.centre.pages import public
from upheld.web.means import PERSON, means

AROUND = 64 * 1024


class Words(forms.Form):
    """An answer in words. Files are looked at beside the form, for several come under one name."""

    words = forms.CharField(
        max_length=questions.LONGEST_ANSWER,
        widget=forms.Textarea,
        label=_("Your answer"),
        error_messages={"required": _("Write your answer.")},
    )
    attached = forms.FileField(required=False, label=_("Files, if they help"))


class Identifier(forms.Form):
    """Another way in which she may stand in the systems."""

    email = forms.EmailField(
        required=False,
        max_length=254,
        label=_("Another e-mail address that you used with us"),
        error_messages={"invalid": _("This is not an e-mail address. It looks like name@example.org.")},
    )
    name = forms.CharField(required=False, max_length=200, label=_("A name or number that you used with us"))
    none = forms.BooleanField(required=False, label=_("I have no other"))

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or {}
        if not self.errors and not (cleaned.get("email") or cleaned.get("name") or cleaned.get("none")):
            self.add_error("email", _("Give another address or name, or say that you have none."))
        return cleaned


@public
def answer(request: HttpRequest, token: str, number: UUID) -> HttpResponse:
    able = means(by=PERSON)
    try:
        arrival = followed(request, able, token)
    except Closed as closed:
        return closed.answer
    length = str(request.META.get("CONTENT_LENGTH") or "0")
    # Asked before anything is read: more is not taken in.
    if not length.isdigit() or int(length) > enclosures.BYTES + AROUND:
        return render(request, "centre/large.html", {"token": token}, status=413)
    if arrival.case is None:
        raise Http404
    question = get_object_or_404(Question.objects.select_related("case"), pk=number, case=arrival.case)
    asked = questions.shown(means=able, question=question)
    if asked.answered is not None:
        return render(request, "centre/told.html", {"token": token}, status=410)
    given = (request.POST, request.FILES) if request.method == "POST" else ()
    form = Identifier(*given) if asked.identifier else Words(*given)
    shown = {"asked": asked, "form": form, "token": token}
    if request.method != "POST":
        return render(request, "centre/question.html", shown)
    if not form.is_valid():
        return render(request, "centre/question.html", shown, status=422)
    try:
        if asked.identifier:
            wrote: dict[str, Any] = form.cleaned_data
            questions.identify(
                means=able, question=question, arrival=arrival, address=wrote["email"], name=wrote["name"]
            )
        else:
            files = [Given(str(each.name), each.read()) for each in request.FILES.getlist("attached")]
            enclosures.refuse_wrong(files)
            questions.answer(means=able, question=question, words=form.cleaned_data["words"], files=files)
    except Permanent:
        form.add_error("attached" if "attached" in form.fields else None, WRONG)
        return render(request, "centre/question.html", shown, status=422)
    return HttpResponseRedirect(reverse("follow", kwargs={"language": get_language(), "token": token}))


WRONG = _("At most five files, together 10 MB, each a PDF, a picture (PNG, JPEG) or plain text.")
