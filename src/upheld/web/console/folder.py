"""The privacy folder's files: shown as they are, and as a ZIP."""

import io
import zipfile

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from upheld.actions import folder, revising
from upheld.actions.staff import may
from upheld.web.console.access import account
from upheld.web.console.access import staff as only
from upheld.web.console.first import home


@only("today")
@require_GET
def shown(request: HttpRequest) -> HttpResponse:
    files = [(name, data.decode("utf-8", "replace")) for name, data in folder.every(home())]
    given = {
        "files": files,
        "folder": home(),
        "writable": folder.writable(home()),
        "editable": revising.editable(home()) if may(account(request).role, "foundation") else (),
    }
    return render(request, "console/folder.html", given)


@only("today")
@require_GET
def archive(_request: HttpRequest) -> HttpResponse:
    """The files, byte for byte. There are no secrets in them: a map only names where those are."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in folder.every(home()):
            made.writestr(f"privacy/{name}", data)
    response = HttpResponse(packed.getvalue(), content_type="application/zip")
    response["Content-Disposition"] = 'attachment; filename="privacy.zip"'
    return response
