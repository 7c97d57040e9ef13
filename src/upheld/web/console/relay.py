"""Where do mails leave? The mail server, who they come from, and a mail to oneself that tries it."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from upheld.actions import house, outbox, relay
from upheld.mail.deliver import Server
from upheld.rights.outcome import Failure
from upheld.web.console.access import able, account
from upheld.web.console.access import staff as only
from upheld.web.console.answers import one_line

KINDS = [
    ("smtp", "Encrypted after the greeting (STARTTLS), mostly port 587"),
    ("smtps", "Encrypted from the first byte (TLS), mostly port 465"),
    ("smtp+plain", "Not encrypted, port 25: only within a network of your own"),
]


class Relay(forms.Form):
    """The mail server as its provider describes it."""

    host = forms.RegexField(
        r"^[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?$",
        max_length=253,
        label="The mail server’s name",
        error_messages={"invalid": "Write its name alone, such as mail.example.org."},
    )
    scheme = forms.ChoiceField(
        choices=KINDS, widget=forms.RadioSelect, initial="smtp", label="How is it encrypted?"
    )
    port = forms.IntegerField(min_value=1, max_value=65535, initial=587, label="Port")
    user = forms.CharField(max_length=254, required=False, label="User", validators=[one_line])
    password = forms.CharField(
        max_length=200,
        required=False,
        strip=False,
        label="Password",
        validators=[one_line],
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    sender = forms.EmailField(max_length=254, required=False, label="The address that mails come from")

    def clean(self) -> dict[str, object]:
        given = super().clean() or {}
        if given.get("password") and not given.get("user") and "user" not in self.errors:
            self.add_error("user", "A password is of a user: say which.")
        if given.get("scheme") == "smtp+plain" and given.get("user"):
            self.add_error("scheme", "A password does not go out unencrypted. Choose another, or no user.")
        return given


@only("foundation")
@require_http_methods(["GET", "POST"])
def mail_server(request: HttpRequest) -> HttpResponse:
    """POST keeps what is given, forgets it, or writes a mail to whoever asks; a runner sends it."""
    means, who, answer = able(request), account(request), request.POST.get("answer", "")
    there, failure, status = relay.known(means=means), None, 200
    form = Relay(request.POST if request.method == "POST" and not answer else None, initial=_initial(there))
    try:
        if answer == "test":
            relay.try_out(means=means, account=who)
            messages.success(request, f"A mail to {who.email} is on its way. Load this page again soon.")
            return redirect("mail-server")
        if answer == "forget":
            relay.forget(means=means, account=who)
            messages.success(request, "Forgotten. Mails wait in the outbox.")
            return redirect("mail-server")
        if form.is_bound and form.is_valid():
            relay.settle(means=means, account=who, wish=relay.Wish(**form.cleaned_data))
            messages.success(request, "Kept. It counts from now on: write yourself a mail to try it.")
            return redirect("mail-server")
    except Failure as caught:
        failure, status = caught, 409
    if form.is_bound and form.errors:
        status = 422
    shown = {**_standing(there), "form": form, "failure": failure, "account": who}
    return render(request, "console/relay.html", shown, status=status)


def _initial(there: Server | None) -> dict[str, object]:
    if there is None:
        return {"sender": house.sender()}
    return {
        "host": there.host,
        "scheme": there.scheme,
        "port": there.port,
        "user": there.user,
        "sender": house.sender(),
    }


def _standing(there: Server | None) -> dict[str, object]:
    return {
        "there": there,
        "kept": house.standing(house.SERVER),
        "of_environment": bool(settings.UPHELD_SMTP_URL),
        "sender_of_environment": settings.UPHELD_MAIL_FROM,
        "mailing": house.mailing(),
        "tried": relay.tried(),
        "waiting": outbox.waiting(),
    }
