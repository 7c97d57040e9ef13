"""The first account, any other, and the way back into one: by a one-time link."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from upheld.actions import accounts, links, staff
from upheld.actions.means import Means
from upheld.rights.outcome import Permanent
from upheld.store.models import LinkPurpose, Staff
from upheld.web import rate
from upheld.web.faults import page
from upheld.web.means import means


class Password(forms.Form):
    """A password, for somebody who is known."""

    password = forms.CharField(
        max_length=200, strip=False, label="A new password", widget=forms.PasswordInput
    )

    def __init__(self, data: Mapping[str, Any] | None, who: Staff) -> None:
        super().__init__(data)
        self._who = who

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        validate_password(password, self._who)
        return password


class Account(forms.Form):
    """Who it is, and a password."""

    name = forms.CharField(max_length=100, label="Your name")
    email = forms.EmailField(max_length=254, label="Your e-mail address")
    password = forms.CharField(max_length=200, strip=False, label="A password", widget=forms.PasswordInput)

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or {}
        who = Staff(email=str(cleaned.get("email", "")), name=str(cleaned.get("name", "")))
        try:
            validate_password(str(cleaned.get("password", "")), who)
        except forms.ValidationError as error:
            self.add_error("password", error)
        return cleaned


@require_http_methods(["GET", "POST"])
def enrol(request: HttpRequest, token: str) -> HttpResponse:
    able = means(by="the holder of the link")
    if rate.exceeded(request, able, "enrol", most=30):
        return page(request, 429, "Too many tries", "Try again in ten minutes.")
    try:
        link = links.find(means=able, token=token, purpose=LinkPurpose.STAFF)
    except (links.Unusable, links.Unknown) as error:
        return page(request, 410, error.what, "Make a new one on the server: `upheld invite`.")
    if link.account is not None:
        return _again(request, able, token, link.account)
    form = Account(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            staff.enrol(
                means=able,
                token=token,
                email=given["email"],
                name=given["name"],
                password=given["password"],
            )
        except Permanent as failure:
            form.add_error("email", f"{failure.what} {failure.remedy}")
        else:
            messages.success(request, "Your account is made. Log in; then set up the second factor.")
            return redirect("account_login")
    status = 422 if request.method == "POST" else 200
    return render(request, "console/enrol.html", {"form": form, "role": link.role.lower()}, status=status)


def _again(request: HttpRequest, able: Means, token: str, account: Staff) -> HttpResponse:
    """A new password for an account; then its second factor is set up anew."""
    form = Password(request.POST or None, account)
    if request.method == "POST" and form.is_valid():
        accounts.renew(means=able, token=token, password=form.cleaned_data["password"])
        messages.success(request, "You can log in with the new password. Then set up the second factor.")
        return redirect("account_login")
    status = 422 if request.method == "POST" else 200
    shown = {"form": form, "role": account.get_role_display(), "again": account.name}
    return render(request, "console/enrol.html", shown, status=status)
