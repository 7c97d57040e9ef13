"""A letter within a case: chosen, filled, read once more, sent."""

from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from upheld.actions import correspondence, desk, outbox, staff
from upheld.mail import template
from upheld.mail.template import WRITTEN, Template
from upheld.rights.outcome import Permanent
from upheld.store.models import Case, Mail, MailKind
from upheld.web.console.access import able
from upheld.web.console.access import staff as only
from upheld.web.console.letters import found, grouped, languages


@only("mail")
@require_GET
def choose(request: HttpRequest, number: UUID) -> HttpResponse:
    """Those that the law of the case, and what was asked in it, allow."""
    case = get_object_or_404(Case, pk=number)
    language = _language(request, case)
    letters = list(correspondence.offered(case=case, language=language))
    shown = {
        "case": case,
        "number": desk.number(case),
        "groups": grouped(letters),
        "language": language,
        "languages": languages(),
    }
    return render(request, "console/letters/choose.html", shown)


def _language(request: HttpRequest, case: Case) -> str:
    spoken = dict(languages())
    hers = correspondence.language_of(means=able(request), case=case)
    chosen = request.GET.get("language") or (hers if hers in spoken else next(iter(spoken)))
    if chosen not in spoken:
        raise Http404
    return chosen


class Words(forms.Form):
    """What the letter leaves to whoever writes it; a field for each blank."""

    def __init__(self, letter: Template, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        for name in letter.open:
            self.fields[name] = forms.CharField(
                label=WRITTEN[name],
                max_length=4000,
                required=False,
                widget=forms.Textarea(attrs={"rows": 1 if name.endswith(("by", "until")) else 3}),
            )


class Whole(forms.Form):
    """The letter as it goes out; every word of it can be changed."""

    subject = forms.CharField(max_length=correspondence.LONGEST_SUBJECT, label="Subject")
    text = forms.CharField(
        max_length=template.LONGEST, label="Text", widget=forms.Textarea(attrs={"rows": 20})
    )


@only("mail")
@require_http_methods(["GET", "POST"])
def write(request: HttpRequest, number: UUID, language: str, name: str) -> HttpResponse:
    """GET asks for the words that are missing; POST shows the whole letter, and with `send` sends it."""
    case = get_object_or_404(Case, pk=number)
    found(name, language)
    letter = template.usable(name, language, settings.UPHELD_DIR)
    means = able(request)
    words, whole, status = Words(letter), None, 200
    if request.method == "POST" and request.POST.get("send"):
        whole = Whole(request.POST)
        status = 422
        if whole.is_valid():
            try:
                correspondence.send(
                    means=means, case=case, name=name, language=language, **whole.cleaned_data
                )
            except Permanent as failure:
                whole.add_error("text", f"{failure.what} {failure.remedy}")
            else:
                messages.success(request, "The letter is in the outbox; it goes out within a few seconds.")
                return redirect("case", number=case.pk)
    elif request.method == "POST" or not letter.open:
        words = Words(letter, request.POST)
        given = words.cleaned_data if words.is_valid() else {}
        subject, text = correspondence.drafted(means=means, case=case, letter=letter, words=given)
        whole = Whole(initial={"subject": subject, "text": text})
    subject, text = correspondence.drafted(means=means, case=case, letter=letter, words={})
    shown = {
        "case": case,
        "number": desk.number(case),
        "letter": letter,
        "form": whole or words,
        "whole": whole is not None,
        "subject": subject,
        "text": text,
        "language": language,
    }
    return render(request, "console/letters/write.html", shown, status=status)


@only("mail")
@require_POST
def sent(request: HttpRequest, number: int) -> HttpResponse:
    """A letter that was sent, read again; the look is recorded."""
    mail = get_object_or_404(Mail, pk=number, kind=MailKind.LETTER)
    means = able(request)
    why = request.POST.get("why", "")
    staff.look(case=mail.case, by=means.by, at=means.clock(), what="a letter", why=why)
    return render(request, "console/mail.html", {"letter": outbox.opened(means=means, mail=mail)})
