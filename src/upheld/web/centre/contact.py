"""How to reach the organisation, and who watches over it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from upheld.web.centre.pages import public


@public
@require_safe
def contact(request: HttpRequest) -> HttpResponse:
    return render(request, "centre/contact.html")
