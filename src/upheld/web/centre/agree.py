"""Do you agree? Somebody outside says the second yes here, without an account."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from upheld.actions import agreeing, links, refusal, two
from upheld.rights.outcome import Permanent
from upheld.store.models import Matter
from upheld.web.centre.pages import public
from upheld.web.means import means


@public
def agree(request: HttpRequest, token: str) -> HttpResponse:
    """GET only shows it: mail scanners open links by themselves. POST says yes or no."""
    able = means(by="somebody outside, by link")
    try:
        row = two.find(means=able, token=token)
    except links.Unknown:
        return render(request, "centre/unknown.html", status=404)
    status, by = 200, able.datamap.organisation.two.outside or able.by
    answer = request.POST.get("answer", "")
    if answer in ("yes", "no") and two.is_open(row, able.clock()):
        try:
            if answer == "yes":
                agreeing.agree(means=able, agreement=row, by=by)
            else:
                two.decline(means=able, agreement=row, by=by)
        except Permanent:
            status = 409
        row.refresh_from_db()
    elif request.method == "POST":
        status = 422
    words = ""
    open_ = two.is_open(row, able.clock())
    if open_ and row.matter == Matter.REFUSAL and row.sealed_content:
        words = refusal.read(means=able, agreement=row)[1]
    shown = {"row": row, "open": open_, "words": words, "failed": status == 409}
    return render(request, "centre/agree.html", shown, status=status)
