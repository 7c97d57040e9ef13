"""A file of the privacy folder as text, what a change of it changes, and its earlier versions."""

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from upheld.actions import checking, folder, revising
from upheld.actions.means import Means
from upheld.actions.revising import Remark
from upheld.datamap.model import System
from upheld.rights.outcome import Failure, Permanent
from upheld.store.models import Revision, RevisionState
from upheld.web.console.access import able
from upheld.web.console.access import staff as only
from upheld.web.console.first import home

LARGEST = 200_000
"""Characters of a file that a page carries; a longer one is changed in an editor."""


def of_file(means: Means, file: str) -> System | None:
    """The system whose file it is."""
    return next((each for each in means.datamap.systems if each.origin.file == file), None)


def known(file: str) -> str:
    """The file, if it is one of the map's. 404 otherwise."""
    if file not in revising.editable(home()):
        raise Http404
    return file


@only("foundation")
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, file: str) -> HttpResponse:
    """The whole file as text. POST tries it and goes on to what it changes; nothing is written here."""
    means = able(request)
    there = revising.text_of(home(), known(file)) or ""
    text, seen, status = there, folder.state(home(), [file]), 200
    remarks = _last_look(means, file, there)
    failure: Failure | None = None
    if request.method == "POST":
        text = revising.as_sent(request.POST.get("text", ""), there)
        try:
            return proposed(means, file, text, request.POST.get("seen", ""))
        except revising.Unclear as unclear:
            failure, status, remarks = unclear, 422, revising.remarks(file, unclear.errors)
        except folder.Changed as changed:
            failure, status = changed, 409
        except Permanent as other:
            failure, status = other, 422
    shown = {
        "file": file,
        "system": of_file(means, file),
        "text": text,
        "seen": seen,
        "remarks": _quoted(remarks, text),
        "failure": failure,
        "difference": revising.difference(there, text) if isinstance(failure, folder.Changed) else (),
        "unclear": isinstance(failure, revising.Unclear),
        "too_long": len(text) > LARGEST,
        "writable": folder.writable(home()),
        "folder": home(),
        "open": revising.open_ones(file=file),
        "earlier": revising.earlier(file=file),
    }
    return render(request, "console/files/edit.html", shown, status=status)


def proposed(means: Means, file: str, text: str | None, seen: str) -> HttpResponseRedirect:
    """On to the page of the change. Raises what `revising.propose` raises."""
    if not folder.writable(home()):
        raise Permanent("The privacy folder is read-only here.", "Change the file where it comes from.")
    row = revising.propose(means=means, home=home(), file=file, text=text, seen=seen)
    return redirect("revision", number=row.pk)


def _last_look(means: Means, file: str, text: str) -> tuple[Remark, ...]:
    system = of_file(means, file)
    if system is None:
        return ()
    return revising.located(file, text, checking.one(means=means, system=system.name).findings)


def _quoted(remarks: Sequence[Remark], text: str) -> list[tuple[Remark, str]]:
    """Each with the line that it is about."""
    lines = text.splitlines()
    return [(each, lines[each.line - 1] if 0 < each.line <= len(lines) else "") for each in remarks]


@only("foundation")
@require_http_methods(["GET", "POST"])
def revision(request: HttpRequest, number: UUID) -> HttpResponse:
    """What a change changes; POST writes it, drops it, or takes up what was there before it."""
    row, means = get_object_or_404(Revision, pk=number), able(request)
    failure: Failure | None = None
    if request.method == "POST":
        try:
            return _answered(request, means, row)
        except Failure as caught:
            failure = caught
    shown = {
        "row": row,
        "failure": failure,
        "difference": revising.difference(row.before, row.text),
        "again": revising.difference(revising.text_of(home(), row.file), row.text)
        if isinstance(failure, folder.Changed)
        else (),
        "system": of_file(means, row.file),
        "open": row.state == RevisionState.OPEN,
        "second": _second(means, row),
        "there": row.file in revising.editable(home()),
        "writable": folder.writable(home()),
    }
    return render(request, "console/files/revision.html", shown, status=409 if failure else 200)


def _second(means: Means, row: Revision) -> revising.Second | None:
    if row.state != RevisionState.OPEN:
        return None
    try:
        return revising.second(means=means, home=home(), revision=row)
    except folder.NoMap:  # writing it says so
        return None


def _answered(request: HttpRequest, means: Means, row: Revision) -> HttpResponseRedirect:
    match request.POST.get("answer"):
        case "write":
            revising.write(means=means, home=home(), revision=row)
            messages.success(request, f"{row.file} is written. It counts from now on.")
            return onward(row)
        case "ask":
            reason = request.POST.get("reason", "")
            asked = revising.ask_second(means=means, home=home(), revision=row, reason=reason)
            done = "It can be written now." if asked.agreed_at else "A second yes was asked for."
            messages.success(request, done)
            return redirect("revision", number=row.pk)
        case "drop":
            revising.drop(means=means, revision=row)
            messages.success(request, "Dropped. Nothing was written.")
            return onward(row)
        case "anew":  # the same text, over the file as it is now
            return proposed(means, row.file, row.text, "")
        case "before" if row.before is not None:
            return proposed(means, row.file, row.before, "")
    raise Permanent("Nobody said what to do.", "Choose one of the buttons.")


def onward(row: Revision) -> HttpResponseRedirect:
    """To the file's own page; to the list where it is not there."""
    there = row.file in revising.editable(home())
    return redirect("file-edit", file=row.file) if there else redirect("systems")
