"""Where is it? What is next and when; her copy, to read here; what was deleted, with its proof."""

import zipfile
from mimetypes import guess_type
from typing import IO
from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from upheld.actions import arrivals, certificates, copies, links, doubts
from upheld.actions.following import Step, story
from upheld.actions.means import Means
from upheld.ledger.issue import Issued
from upheld.ledger.letter import compose
from upheld.rights.package import markup
from upheld.store.models import Arrival, LinkPurpose, Package, Request
from upheld.web.centre.pages import public
from upheld.web.means import PERSON, means

SHOWN = {".html": "text/html; charset=utf-8"}
"""What is shown by the browser; anything else of a copy is only ever saved."""


class Closed(Exception):
    """The link is not to be used; the answer says why."""

    def __init__(self, answer: HttpResponse) -> None:
        super().__init__()
        self.answer = answer


def _arrival(request: HttpRequest, able: Means, token: str) -> Arrival:
    try:
        arrival = links.find(means=able, token=token, purpose=LinkPurpose.FOLLOW).arrival
    except links.Unusable:
        raise Closed(render(request, "centre/used.html", status=410)) from None
    except links.Unknown:
        raise Closed(render(request, "centre/unknown.html", status=404)) from None
    if arrival is None or arrival.case is None:
        raise Closed(render(request, "centre/unknown.html", status=404))
    return arrival


@public
def follow(request: HttpRequest, token: str) -> HttpResponse:
    able = means(by=PERSON)
    if request.POST.get("renew"):
        arrivals.renew(means=able, token=token, purpose=LinkPurpose.FOLLOW)
        return render(request, "centre/renewed.html")
    try:
        arrival = _arrival(request, able, token)
    except Closed as closed:
        return closed.answer
    steps = story(means=able, arrival=arrival)
    return render(
        request,
        "centre/follow.html",
        {"number": arrivals.number(arrival), "steps": steps, "token": token, "all_done": _done(steps)}
        | {"question": arrival.case and doubts.open_in(means=able, case=arrival.case)},
    )


def _done(steps: tuple[Step, ...]) -> bool:
    return all(each.state == "done" for each in steps)


def _package(arrival: Arrival) -> Package:
    for request in Request.objects.filter(case=arrival.case, copy__isnull=False).order_by("-received_at"):
        package = copies.latest(request)
        if package is not None:
            return package
    raise Http404


@public
@require_safe
def archive(request: HttpRequest, token: str) -> HttpResponseBase:
    """The whole copy as one ZIP, decrypted while it is sent."""
    able = means(by=PERSON)
    try:
        arrival = _arrival(request, able, token)
    except Closed as closed:
        return closed.answer
    package = _package(arrival)
    plain = copies.read(means=able, package=package)
    copies.seen(means=able, package=package)
    response = StreamingHttpResponse(copies.pieces(plain), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="copy-{arrivals.number(arrival)}.zip"'
    return response


@public
@require_safe
def copy(request: HttpRequest, token: str, name: str) -> HttpResponseBase:
    """One file of the copy. Its pages are shown without any script; everything else is saved, never shown."""
    able = means(by=PERSON)
    try:
        arrival = _arrival(request, able, token)
    except Closed as closed:
        return closed.answer
    package = _package(arrival)
    plain = copies.read(means=able, package=package)
    try:
        content = _member(plain, name)
    except KeyError:
        plain.close()
        raise Http404 from None
    if name == "index.html":
        copies.seen(means=able, package=package)
    suffix = name[name.rfind(".") :]
    if suffix in SHOWN:
        response = FileResponse(content, content_type=SHOWN[suffix])
        response.headers["Content-Security-Policy"] = f"sandbox allow-downloads; {markup.policy}"
        return response
    kind = guess_type(name)[0] or "application/octet-stream"
    return FileResponse(content, content_type=kind, as_attachment=True, filename=name.rsplit("/", 1)[-1])


def _member(plain: IO[bytes], name: str) -> IO[bytes]:
    """One file of the ZIP, by the name that stands in it: nothing is looked up in any folder."""
    return zipfile.ZipFile(plain).open(name)


def _issued(request: HttpRequest, token: str, number: UUID) -> tuple[Arrival, Issued]:
    able = means(by=PERSON)
    arrival = _arrival(request, able, token)
    found = Request.objects.filter(pk=number, case=arrival.case, certificates__complete=True).first()
    if found is None:
        raise Http404
    return arrival, certificates.certify(means=means(by=PERSON, reaching=True), request=found)


@public
@require_safe
def certificate(request: HttpRequest, token: str, number: UUID) -> HttpResponse:
    try:
        arrival, issued = _issued(request, token, number)
    except Closed as closed:
        return closed.answer
    shown = {"letter": compose(issued), "token": token, "number": number, "case": arrivals.number(arrival)}
    return render(request, "centre/certificate.html", shown)


@public
@require_safe
def proof(request: HttpRequest, token: str, number: UUID) -> HttpResponse:
    try:
        arrival, issued = _issued(request, token, number)
    except Closed as closed:
        return closed.answer
    response = HttpResponse(issued.encode(), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="proof-{arrivals.number(arrival)}.json"'
    return response
