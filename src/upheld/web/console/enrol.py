"""The first account, and any other: made by a one-time link."""

from django import forms
from django.contrib import messages
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from upheld.actions import links, staff
from upheld.rights.outcome import Permanent
from upheld.store.models import LinkPurpose, Staff
from upheld.web import rate
from upheld.web.faults import page
from upheld.web.means import means


class Account(forms.Form):
    """Who it is, and a password."""

    name = forms.CharField(max_length=100, label="Your name")
    email = forms.EmailField(max_length=254, label="Your e-mail address")
    password = forms.CharField(max_length=200, label="A password", widget=forms.PasswordInput)

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
