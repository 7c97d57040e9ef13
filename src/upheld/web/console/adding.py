"""A system is added to the map, by hand or by a draft, or taken out of it."""

import re

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from upheld.actions import depending, errands, folder, foundation, house, revising
from upheld.actions.means import Means
from upheld.datamap.revise import flow
from upheld.rights.outcome import Failure, Permanent
from upheld.store.models import ErrandKind
from upheld.web.console.access import able, account
from upheld.web.console.access import staff as only
from upheld.web.console.answers import one_line
from upheld.web.console.files import proposed
from upheld.web.console.first import home
from upheld.web.console.whereabouts import is_address

_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]{0,100}")


class Adding(forms.Form):
    """What is known of the new system."""

    name = forms.CharField(max_length=61, label="A short name for it", validators=[one_line])
    kind = forms.ChoiceField(
        choices=[
            ("manual", "Somebody does it by hand: there is a task and a mail"),
            ("sql", "A database: its map is drafted, and you look at it"),
        ],
        widget=forms.RadioSelect,
        initial="manual",
        label="How is it reached?",
    )
    title = forms.CharField(
        max_length=120, required=False, label="What people call it", validators=[one_line]
    )
    owner = forms.CharField(max_length=120, required=False, label="Who looks after it", validators=[one_line])
    address = forms.EmailField(max_length=254, required=False, label="The owner’s e-mail address")
    url = forms.CharField(
        max_length=1000,
        required=False,
        label="The database’s address",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        validators=[is_address],
    )
    variable = forms.CharField(
        max_length=101,
        required=False,
        label="Or the variable of the server’s environment that holds the address",
    )

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        try:
            file = revising.new_file(name)
        except Failure as failure:
            raise forms.ValidationError(failure.remedy) from failure
        if folder.content(home(), file) is not None:
            raise forms.ValidationError(f"{file} is there already. Change it, or choose another name.")
        return name

    def clean_variable(self) -> str:
        name = str(self.cleaned_data["variable"]).strip().removeprefix("${").removesuffix("}")
        if name and not _VARIABLE.fullmatch(name):
            raise forms.ValidationError("Write its name, such as MEMBERS_DATABASE_URL, never the address.")
        if name.startswith("UPHELD_"):
            raise forms.ValidationError("This is Upheld’s own. Give the database a variable of its own.")
        if name and name not in settings.UPHELD_ENVIRONMENT:
            raise forms.ValidationError(
                f"The server has no variable {name}. Give the address itself; it is kept sealed."
            )
        return name

    def clean(self) -> dict[str, object]:
        given = super().clean() or {}
        if given.get("kind") == "sql":
            both = bool(given.get("url")) == bool(given.get("variable"))
            if both and not {"url", "variable"} & {*self.errors}:
                self.add_error("url", "Give the address, or the variable that holds it.")
            return given
        for name in ("owner", "address"):
            if not given.get(name) and name not in self.errors:
                self.add_error(name, "This is needed here.")
        return given

    def connect(self) -> tuple[str, str]:
        """The variable by which the map calls the database, and the address that was given for it."""
        given = self.cleaned_data
        if given["variable"]:
            return given["variable"], ""
        plain = re.sub(r"[^A-Z0-9]+", "_", given["name"].upper())
        if not plain[0].isalpha() or plain.startswith("UPHELD"):
            plain = f"DB_{plain}"
        return f"{plain}_DATABASE_URL", given["url"]


@only("foundation")
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """POST shows the file of a system that somebody does by hand, or orders the draft of a database's."""
    means, failure = able(request), None
    initial = {"owner": account(request).name, "address": means.datamap.organisation.contact}
    form = Adding(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            if given["kind"] == "manual":
                return proposed(means, revising.new_file(given["name"]), by_hand(means, given), "")
            _order(request, means, form)
            messages.success(request, "The runner drafts its map. Load this page again in a minute.")
            return redirect("system-add")
        except Failure as caught:
            failure = caught
    shown = {
        "form": form,
        "failure": failure,
        "drafts": errands.drafts(),
        "writable": folder.writable(home()),
        "folder": home(),
    }
    status = 409 if failure else 422 if request.method == "POST" else 200
    return render(request, "console/files/add.html", shown, status=status)


@transaction.atomic
def _order(request: HttpRequest, means: Means, form: Adding) -> None:
    """Keep the address, and have the map drafted. Permanent where the environment calls another so."""
    system, (variable, url) = form.cleaned_data["name"], form.connect()
    if url and variable in settings.UPHELD_ENVIRONMENT:
        raise Permanent(
            f"The server has a variable {variable} already.", "Name that, or call the system else."
        )
    if url:
        house.put(means=means, account=account(request), name=variable, value=url, system=system)
    errands.order(means=means, kind=ErrandKind.DRAFT, system=system, connect=f"${{{variable}}}")


def by_hand(means: Means, given: dict[str, str]) -> str:
    """The file of a system without a connector."""
    title = given["title"] or given["name"]
    lines = {
        "system": given["name"],
        "title": title,
        "kind": "manual",
        "owner": given["owner"],
        "address": given["address"],
        "look_for": f"everything about the person in {title}",
        "how": "remove it there, and say what stays and why",
        "how_to_copy": "export or copy what is about the person, and nothing about others",
        "days": foundation.DAYS,
    }
    head = f"# Added in the console, {means.now.day} {means.now:%B %Y}.\n"
    return head + "".join(f"{key}: {flow(value)}\n" for key, value in lines.items())


@only("foundation")
@require_http_methods(["GET", "POST"])
def take_out(request: HttpRequest, name: str) -> HttpResponse:
    """What still depends on it; POST goes on to the change that takes its file out."""
    means, failure = able(request), None
    try:
        system = means.datamap.system(name)
    except KeyError:
        raise Http404 from None
    found = depending.dependences(name)
    if request.method == "POST":
        try:
            if found:
                raise depending.Needed(system.title or name, found)
            return proposed(means, system.origin.file, None, "")
        except Failure as caught:
            failure = caught
    shown = {
        "system": system,
        "found": found,
        "unapproved": depending.unapproved(),
        "failure": failure,
        "writable": folder.writable(home()),
        "sees_cases": account(request).role != "ENGINEER",
    }
    return render(request, "console/files/out.html", shown, status=409 if failure else 200)
