"""The letters: which are there, what does one say, and our own wording of it."""

import difflib

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from upheld.actions import correspondence
from upheld.actions.staff import may
from upheld.mail import template
from upheld.mail.template import FRAME, OCCASIONS, PLACEHOLDERS, Broken, Template
from upheld.rights.outcome import Misconfigured, Permanent
from upheld.web.console.access import able, account
from upheld.web.console.access import staff as only
from upheld.web.means import datamap

NAMES = {"en": "English", "de": "German", "fr": "French"}


def languages() -> list[tuple[str, str]]:
    """Those in which the organisation answers and there are letters."""
    spoken = [each for each in datamap().organisation.languages if each in template.languages()] or ["en"]
    return [(each, NAMES.get(each, each)) for each in spoken]


def grouped(letters: list[Template]) -> list[tuple[str, list[Template]]]:
    """By occasion, in the order of a case."""
    found = [(title, [each for each in letters if each.occasion == key]) for key, title in OCCASIONS.items()]
    return [(title, each) for title, each in found if each]


def found(name: str, language: str) -> Template:
    """Our letter of that name; 404 for none."""
    if language not in dict(languages()) or name not in (*template.names(), FRAME):
        raise Http404
    return template.ours(name, language)


@only("see")
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    spoken = languages()
    language = request.GET.get("language", spoken[0][0])
    if language not in dict(spoken):
        raise Http404
    letters = [template.usable(name, language, settings.UPHELD_DIR) for name in template.names()]
    shown = {
        "groups": grouped(letters),
        "many": len(letters),
        "language": language,
        "languages": spoken,
        "faults": template.faults(settings.UPHELD_DIR),
        "frame": FRAME,
    }
    return render(request, "console/letters/list.html", shown)


@only("see")
@require_GET
def letter(request: HttpRequest, language: str, name: str) -> HttpResponse:
    """One letter with blanks, to copy."""
    ours = found(name, language)
    if name == FRAME:
        return redirect("letter-edit", language=language, name=name)
    fault, used = None, ours
    try:
        used = template.read(name, language, settings.UPHELD_DIR)
    except Broken as broken:
        fault = broken
    subject, text = correspondence.blank(means=able(request), letter=used)
    shown = {
        "letter": used,
        "subject": subject,
        "text": text,
        "fault": fault,
        "language": language,
        "languages": languages(),
        "occasion": OCCASIONS[used.occasion],
        "difference": difference(ours, used),
        "may_edit": may(account(request).role, "letters"),
    }
    return render(request, "console/letters/letter.html", shown)


def difference(ours: Template, own: Template) -> list[tuple[str, str]]:
    """Lines of both wordings, each with what became of it: taken, added, or the same."""
    if not own.own:
        return []
    marks = {"- ": "taken", "+ ": "added", "  ": "same"}
    before, after = ([each.subject, *each.text.splitlines()] for each in (ours, own))
    return [(marks[line[:2]], line[2:]) for line in difflib.ndiff(before, after) if line[:2] in marks]


def note(letter: Template, name: str) -> str:
    """What somebody who words the letter has to know of a value."""
    if name in letter.optional:
        return "may be lacking: its line is then left out"
    return "has to stay" if name in letter.must else ""


class Wording(forms.Form):
    """Subject and text."""

    subject = forms.CharField(max_length=correspondence.LONGEST_SUBJECT, label="Subject", required=False)
    text = forms.CharField(
        max_length=template.LONGEST,
        label="Text",
        widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "true"}),
    )
    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)


@only("letters")
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, language: str, name: str) -> HttpResponse:
    """POST writes the file of the privacy folder, or goes back to ours."""
    ours = found(name, language)
    broken = None
    try:
        used = template.read(name, language, settings.UPHELD_DIR)
    except Broken as caught:
        used, broken = ours, caught
    state = correspondence.state(ours, language)
    form = Wording(request.POST or None, initial={"subject": used.subject, "text": used.text, "seen": state})
    if request.method == "POST":
        done = _written(request, form, language, name)
        if done is not None:
            return done
    known = [(each, PLACEHOLDERS.get(each, "the letter itself"), note(ours, each)) for each in ours.allowed]
    shown = {
        "form": form,
        "letter": ours,
        "own": used.own or broken is not None,
        "state": state,
        "fault": broken,
        "language": language,
        "known": known,
        "file": f"{template.FOLDER}/{language}/{name}.md",
        "is_frame": name == FRAME,
    }
    return render(
        request, "console/letters/edit.html", shown, status=422 if request.method == "POST" else 200
    )


def _written(request: HttpRequest, form: Wording, language: str, name: str) -> HttpResponse | None:
    """On to the letter where it was written; None where there is something to mend."""
    try:
        if request.POST.get("ours"):
            correspondence.restore(name=name, language=language, seen=request.POST.get("seen", ""))
            messages.success(request, "It is our wording again.")
        elif form.is_valid():
            given = form.cleaned_data
            correspondence.reword(name=name, language=language, **given)
            messages.success(request, "Written into the privacy folder. It counts from now on.")
        else:
            return None
    except (Misconfigured, Permanent) as failure:
        form.add_error(None if request.POST.get("ours") else "text", f"{failure.what} {failure.remedy}")
        return None
    return redirect("letters") if name == FRAME else redirect("letter", language=language, name=name)
