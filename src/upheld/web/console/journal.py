"""What waits, what failed, and why."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from upheld.actions import waiting
from upheld.web.console.access import able
from upheld.web.console.access import staff as only


@only("journal")
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    return render(request, "console/journal.html", {"work": waiting.work(means=able(request))})
