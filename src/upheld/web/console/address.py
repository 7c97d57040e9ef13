"""Under which address do people reach you? Links in mails begin with it."""

from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from upheld.actions import house
from upheld.web.console.access import able, account
from upheld.web.console.access import staff as only
from upheld.web.console.answers import one_line


class Address(forms.Form):
    """The address of the server, with nothing behind it."""

    address = forms.CharField(max_length=300, label="The address", validators=[one_line])

    def clean_address(self) -> str:
        written = str(self.cleaned_data["address"]).rstrip("/")
        try:
            parts = urlsplit(written)
            port = parts.port
        except ValueError:
            parts, port = urlsplit(""), None
        host = (parts.hostname or "").encode("ascii", "replace").decode()
        whole = f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{f':{port}' if port else ''}"
        if parts.scheme not in ("http", "https") or not host or "?" in host or whole != written.lower():
            raise forms.ValidationError(
                "Write it as https://privacy.example.org, with no name, path or question behind it."
            )
        return whole


@only("foundation")
@require_http_methods(["GET", "POST"])
def address(request: HttpRequest) -> HttpResponse:
    """POST keeps it, or forgets it. The environment's wins."""
    means, who, known = able(request), account(request), house.standing(house.ADDRESS)
    initial = {"address": house.address_told()}
    form = Address(request.POST if request.method == "POST" else None, initial=initial)
    if request.POST.get("answer") == "forget":
        house.remove(means=means, account=who, name=house.ADDRESS)
        messages.success(request, f"Forgotten. Links begin with {house.address()}.")
        return redirect("address")
    if request.method == "POST" and form.is_valid():
        house.put(means=means, account=who, name=house.ADDRESS, value=form.cleaned_data["address"])
        messages.success(request, "Kept. Links in mails that are written from now on begin with it.")
        return redirect("address")
    shown = {
        "form": form,
        "known": known,
        "address": house.address(),
        "by_server": bool(settings.UPHELD_ADDRESS),
        "plain": house.address().startswith("http:"),
        "local": urlsplit(house.address()).hostname in ("127.0.0.1", "localhost", "::1"),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "console/address.html", shown, status=status)
