"""Where is the database of a system? Its address, as the environment or the console says it; never shown."""

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from upheld.actions import errands, house
from upheld.store.models import ErrandKind
from upheld.web.console.access import able, account
from upheld.web.console.access import staff as only
from upheld.web.console.answers import one_line

KINDS = ("postgresql", "mysql", "mariadb", "sqlite")
_CALLED = re.compile(r"\$\{([A-Z][A-Z0-9_]{0,100})\}")


def is_address(written: str) -> None:
    """Refuses what is no address of a database, and Upheld's own; repeats nothing of it, for it holds a
    password."""
    one_line(written)
    try:
        parts = urlsplit(written)
        _ = parts.port
    except ValueError:
        raise forms.ValidationError("Of a password, quote what is no letter or digit.") from None
    if parts.scheme.partition("+")[0] not in KINDS or not (parts.hostname or parts.scheme == "sqlite"):
        raise forms.ValidationError(
            "This is no address of a database. Write it as postgresql://user:password@host/name."
        )
    if parts.scheme.startswith("sqlite") and _is_own(parts.path[1:]):
        raise forms.ValidationError("This is in Upheld’s own folder. Name the database of another program.")


def _is_own(file: str) -> bool:
    """A name with which SQLite does more than open a file is taken for ours."""
    where = Path(file).resolve()
    return file.startswith("file:") or where.is_relative_to(Path(settings.UPHELD_DATA).resolve())


class Whereabouts(forms.Form):
    """The address, typed as a password is."""

    url = forms.CharField(
        max_length=1000,
        label="The database’s address",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        validators=[is_address],
    )


def called(connect: str) -> str:
    """The one variable that says all of it; empty where something else stands in the map."""
    found = _CALLED.fullmatch(connect)
    return found[1] if found and not found[1].startswith("UPHELD_") else ""


def standing(connect: str) -> Mapping[str, object]:
    """For a page: who says where the database is."""
    name = called(connect)
    by_server = bool(name) and name in settings.UPHELD_ENVIRONMENT
    return {"variable": name, "by_server": by_server, "told": house.standing(name) if name else None}


@only("foundation")
@require_http_methods(["GET", "POST"])
def address(request: HttpRequest, name: str) -> HttpResponse:
    """POST keeps another address, and has the runner look whether it can be reached."""
    means = able(request)
    try:
        system = means.datamap.system(name)
    except KeyError:
        raise Http404 from None
    says = standing(system.connect)
    if system.kind != "sql":
        raise Http404
    form = Whereabouts(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and says["variable"] and not says["by_server"]:
        house.put(
            means=means,
            account=account(request),
            name=str(says["variable"]),
            value=form.cleaned_data["url"],
            system=name,
        )
        errands.order(means=means, kind=ErrandKind.LOOK, system=name)
        messages.success(request, "Kept, sealed. The runner looks within a few seconds.")
        return redirect("system", name=name)
    shown = {"system": system, "form": form, **says}
    status = 422 if request.method == "POST" else 200
    return render(request, "console/whereabouts.html", shown, status=status)
