"""Who has an account: the list, a link for one more, and closing one."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from upheld.actions import accounts, house, staff, vouching
from upheld.store.models import Role, Staff
from upheld.web.console.access import able, account
from upheld.web.console.access import staff as only
from upheld.web.means import datamap


@only("staff")
@require_http_methods(["GET", "POST"])
def listed(request: HttpRequest) -> HttpResponse:
    """POST makes a link for one more account; it is shown this once."""
    link, status, role = "", 200, request.POST.get("role", "")
    if request.method == "POST" and role not in Role.values:
        status = 422
    elif request.method == "POST":
        token = staff.invite(means=able(request), role=Role(role), by=account(request))
        link = f"{house.address()}{reverse('enrol', kwargs={'token': token})}"
    shown = {
        "accounts": accounts.listed(),
        "me": account(request).pk,
        "two": vouching.matters(datamap()),
        "known": vouching.is_known(account(request)),
        "roles": Role.choices,
        "link": link,
        "role": Role(role).label if link else "",
    }
    return render(request, "console/staff.html", shown, status=status)


@only("staff")
@require_POST
def close(request: HttpRequest, number: int) -> HttpResponse:
    accounts.close(means=able(request), account=get_object_or_404(Staff, pk=number))
    return redirect("staff")


@only("staff")
@require_POST
def confirm(request: HttpRequest, number: int) -> HttpResponse:
    vouching.confirm(means=able(request), account=get_object_or_404(Staff, pk=number), by=account(request))
    return redirect("staff")
