"""What did the draft of a map only propose? Each decision with its reason; nothing is written here."""

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from upheld.actions import folder, revising
from upheld.datamap.decide import Open, decided, left_open
from upheld.datamap.revise import Unrevisable, flow
from upheld.rights.outcome import Failure, Permanent
from upheld.web.console.access import able
from upheld.web.console.access import staff as only
from upheld.web.console.files import proposed
from upheld.web.console.first import home

SHOWN = 60
"""Decisions of one page; the others come after these."""
LATER, TAKE, DELETE, NOBODY = "", "take", "delete", "nobody"
OWNING = ("belongs_to", "visible_to")


def said(one: Open) -> str:
    """What is proposed, in a sentence."""
    side, _, column = one.about.partition(".")
    match side, one.value:
        case ("on_erase", "delete"):
            return "The person’s rows are deleted."
        case ("on_erase", {"anonymise": dict() as columns}):
            return f"The rows stay without the person: {', '.join(map(str, columns))} go."
        case ("on_erase", {"retain": {"law": law}}):
            return f"The rows are kept for a time: {law}."
        case ("belongs_to", _):
            return f"The column {column} says whose the row is."
        case ("visible_to", _):
            return f"The column {column} says who may see the row."
        case ("person", _):
            return "Each row is a person."
        case ("no_personal_data", {"tables": list() as tables}):
            return f"Nothing about people: {', '.join(map(str, tables))}."
    return "So it is in the draft."


def choices(one: Open) -> list[tuple[str, str]]:
    """What can be answered here; everything else is written into the file."""
    found = [(TAKE, "So it is"), (LATER, "Decide later")]
    if one.about == "on_erase" and one.value != DELETE:
        found.insert(1, (DELETE, "No: the person’s rows are deleted"))
    if one.about.startswith(OWNING):
        found.insert(1, (NOBODY, "No: it says nothing of a person"))
    return found


class Decisions(forms.Form):
    """One answer for each."""

    def __init__(self, asked: tuple[Open, ...], *values: object) -> None:
        super().__init__(*values)  # type: ignore[arg-type]
        self.asked = asked
        for each in asked:
            self.fields[each.name] = forms.ChoiceField(
                choices=choices(each),
                required=False,
                widget=forms.RadioSelect,
                initial=LATER,
                label=f"{each.table}.{each.about}" if each.table else each.about,
            )

    def lines(self) -> list[tuple[Open, str, str, forms.BoundField]]:
        """Each with its sentence and as the file has it."""
        return [(each, said(each), flow(each.value), self[each.name]) for each in self.asked]

    def answers(self) -> dict[tuple[str | int, ...], object]:
        """By the path in the file; None: not so."""
        meant = {DELETE: DELETE, NOBODY: None}
        return {
            each.path: each.value if answer == TAKE else meant[answer]
            for each in self.asked
            if (answer := self.cleaned_data[each.name])
        }


@only("foundation")
@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, name: str) -> HttpResponse:
    """POST goes on to the change of the file; what was left for later stays proposed."""
    means = able(request)
    failure: Failure | None = None
    try:
        system = means.datamap.system(name)
    except KeyError:
        raise Http404 from None
    file = system.origin.file
    text = revising.text_of(home(), file) or ""
    every = left_open(text)
    form = Decisions(every[:SHOWN], request.POST if request.method == "POST" else None)
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            if not form.answers():
                raise Permanent("Nothing is decided.", "Answer at least one of them.")
            return proposed(means, file, decided(text, form.answers()), request.POST.get("seen", ""))
        except Unrevisable:
            failure = Permanent(
                "The file is written in a way that cannot be changed here.", "Change its text."
            )
        except Failure as caught:
            failure, status = caught, 409 if isinstance(caught, folder.Changed) else 422
    shown = {
        "system": system,
        "file": file,
        "form": form,
        "more": len(every) - SHOWN,
        "failure": failure,
        "errors": failure.errors if isinstance(failure, revising.Unclear) else (),
        "seen": folder.state(home(), [file]),
        "writable": folder.writable(home()),
    }
    return render(request, "console/files/proposed.html", shown, status=status)
