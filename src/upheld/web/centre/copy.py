"""Her copy, to read here page by page, or to save whole. Only what is asked for is decrypted."""

import zipfile
from mimetypes import guess_type
from typing import IO

from django.http import FileResponse, Http404, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from upheld.actions import arrivals, copies
from upheld.actions.means import Means
from upheld.law.right import Right
from upheld.rights.package import markup
from upheld.store.models import Arrival, Package, Request
from upheld.web.centre.followed import Closed, followed
from upheld.web.centre.pages import public
from upheld.web.means import PERSON, means

SHOWN = {".html": "text/html; charset=utf-8"}
"""What is shown by the browser; anything else of a copy is only ever saved."""


def _package(arrival: Arrival, right: Right) -> Package:
    found = Request.objects.filter(case=arrival.case, right=right, copy__isnull=False)
    for request in found.order_by("-received_at"):
        package = copies.latest(request)
        if package is not None:
            return package
    raise Http404


@public
@require_safe
def archive(request: HttpRequest, token: str, right: Right = Right.ACCESS) -> HttpResponseBase:
    """The whole copy as one ZIP, decrypted while it is sent."""
    able = means(by=PERSON)
    try:
        arrival = followed(request, able, token)
    except Closed as closed:
        return closed.answer
    package = _package(arrival, right)
    plain = copies.read(means=able, package=package)
    _note(request, able, package)
    response = StreamingHttpResponse(copies.pieces(plain), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="copy-{arrivals.number(arrival)}.zip"'
    return response


@public
@require_safe
def copy(request: HttpRequest, token: str, name: str, right: Right = Right.ACCESS) -> HttpResponseBase:
    """One file of the copy. Its pages are shown without any script; everything else is saved, never shown."""
    able = means(by=PERSON)
    try:
        arrival = followed(request, able, token)
    except Closed as closed:
        return closed.answer
    package = _package(arrival, right)
    plain = copies.read(means=able, package=package)
    try:
        content = _member(plain, name)
    except KeyError:
        plain.close()
        raise Http404 from None
    _note(request, able, package)
    suffix = name[name.rfind(".") :]
    if suffix in SHOWN:
        response = FileResponse(content, content_type=SHOWN[suffix])
        response.headers["Content-Security-Policy"] = f"sandbox allow-downloads; {markup.policy}"
        return response
    kind = guess_type(name)[0] or "application/octet-stream"
    return FileResponse(content, content_type=kind, as_attachment=True, filename=name.rsplit("/", 1)[-1])


def _note(request: HttpRequest, able: Means, package: Package) -> None:
    """A program that only asks whether the file is there has not read it."""
    if request.method == "GET":
        copies.seen(means=able, package=package)


def _member(plain: IO[bytes], name: str) -> IO[bytes]:
    """One file of the ZIP, by the name that stands in it: nothing is looked up in any folder."""
    return zipfile.ZipFile(plain).open(name)
