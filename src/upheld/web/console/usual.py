"""The usual things of a file of the privacy folder, as a form."""

from itertools import groupby

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from upheld.actions import folder, revising, usual
from upheld.actions.usual import Blank, Sort
from upheld.rights.outcome import Failure, Permanent
from upheld.web.console.access import able
from upheld.web.console.access import staff as only
from upheld.web.console.answers import one_line
from upheld.web.console.files import known, of_file, proposed
from upheld.web.console.first import home


class Usual(forms.Form):
    """Its blanks; what would be right in each is for the map's own reader to say."""

    def __init__(self, asked: tuple[Blank, ...], *values: object, **named: object) -> None:
        super().__init__(*values, **named)  # type: ignore[arg-type]
        self.asked = asked
        for each in asked:
            self.fields[each.name] = _field(each)

    def groups(self) -> list[tuple[str, list[tuple[forms.BoundField, str, bool]]]]:
        """Fields below their headings, each with its hint and whether it is a tick."""
        return [
            (title, [(self[each.name], each.hint, each.sort is Sort.YES) for each in inside])
            for title, inside in groupby(self.asked, key=lambda each: each.group)
        ]


def _field(blank: Blank) -> forms.Field:
    match blank.sort:
        case Sort.NUMBER:
            return forms.IntegerField(required=False, min_value=1, max_value=2**53, label=blank.label)
        case Sort.YES:
            return forms.BooleanField(required=False, label=blank.label)
        case Sort.CHOICE:
            return forms.ChoiceField(required=False, choices=blank.choices, label=blank.label)
        case Sort.WORDS:
            area = forms.Textarea(attrs={"rows": 4})
            return forms.CharField(required=False, max_length=2000, widget=area, label=blank.label)
    return forms.CharField(required=False, max_length=300, validators=[one_line], label=blank.label)


@only("foundation")
@require_http_methods(["GET", "POST"])
def usual_things(request: HttpRequest, file: str) -> HttpResponse:
    """POST tries what was given and goes on to what it changes."""
    means = able(request)
    text = revising.text_of(home(), known(file)) or ""
    asked = usual.blanks(file, text, means.datamap)
    form = Usual(asked, request.POST if request.method == "POST" else None, initial=usual.values(text, asked))
    failure: Failure | None = None
    status = 200
    if request.method == "POST":
        status = 422
        try:
            if form.is_valid():
                wanted = usual.with_values(text, asked, form.cleaned_data)
                return proposed(means, file, wanted, request.POST.get("seen", ""))
        except revising.Unclear as unclear:
            _told(form, file, wanted, unclear)
        except folder.Changed as changed:
            failure, status = changed, 409
        except Permanent as other:
            failure = other
    shown: dict[str, object] = {
        "file": file,
        "system": of_file(means, file),
        "form": form,
        "failure": failure,
        "seen": folder.state(home(), [file]),
        "writable": folder.writable(home()),
        "folder": home(),
    }
    return render(request, "console/files/usual.html", shown, status=status)


def _told(form: Usual, file: str, text: str, failure: Failure) -> None:
    for each in failure.errors if isinstance(failure, revising.Unclear) else ():
        name = usual.about(file, text, form.asked, each)
        form.add_error(name, f"{each.what} {each.cure}" if name else str(each))
