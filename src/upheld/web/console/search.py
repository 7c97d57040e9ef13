"""Find a case. What is typed is in no address: it may name somebody."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from upheld.actions import search as cases
from upheld.web.console.access import able
from upheld.web.console.access import staff as only
from upheld.web.console.cases import said


class Words(forms.Form):
    """What is looked for, and why."""

    words = forms.CharField(
        max_length=254, label="What to look for", error_messages={"required": "Write what to look for."}
    )
    why = forms.CharField(max_length=500, required=False, label="Why do you look?")
    after = forms.CharField(max_length=80, required=False)

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or {}
        words = str(cleaned.get("words", "")).strip().casefold()
        if words and not cases.NUMBER.fullmatch(words) and not str(cleaned.get("why", "")).strip():
            self.add_error("why", "Say why you look for a person. A number alone needs no reason.")
        return cleaned


@only("search")
@require_http_methods(["GET", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    form = Words(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return render(request, "console/search.html", {"form": form}, status=status)
    given = form.cleaned_data
    page = cases.find(means=able(request), words=given["words"], why=given["why"], after=given["after"])
    hits = [(each, said(each.rights)) for each in page.hits]
    return render(
        request, "console/search.html", {"form": form, "hits": hits, "after": page.after, "done": True}
    )
