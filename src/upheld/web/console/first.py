"""The first run: five questions, each of which can be skipped. Who may not answer reads what is there."""

from collections.abc import Callable, Sequence
from pathlib import Path
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from upheld.actions import folder, foundation, house, milestones
from upheld.actions.means import Means
from upheld.actions.milestones import FIRST
from upheld.actions.staff import may
from upheld.datamap.known.listed import groups, systems
from upheld.datamap.read import ORGANISATION
from upheld.rights.outcome import Failure
from upheld.store.models import MilestoneState
from upheld.web.console.access import able, account
from upheld.web.console.access import staff as only
from upheld.web.console.answers import Introduction, Owners, Policy, Where

NAMES = {
    "organisation": "Organisation",
    "countries": "Countries",
    "policy": "Policy",
    "systems": "Systems",
    "try": "Try it",
}


@only("today")
@require_GET
def first(request: HttpRequest) -> HttpResponseRedirect:
    """On to the first step that is open."""
    for each in milestones.standing(means=able(request), names=FIRST):
        if each.state == "open":
            return redirect("first-step", name=each.name)
    return redirect("snippet")


@only("today")
@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, name: str) -> HttpResponse:
    """One question. POST answers it or passes it over, and goes on to the next."""
    if name not in FIRST:
        raise Http404
    means = able(request)
    may_answer = may(account(request).role, "foundation")
    if request.method == "POST":
        if not may_answer:
            raise PermissionDenied
        if request.POST.get("skip"):
            milestones.put(means=means, name=name, state=MilestoneState.SKIPPED)
            return onward(name)
    return PAGES[name](request, means, may_answer)


def onward(name: str) -> HttpResponseRedirect:
    """To the step after this one."""
    later = FIRST[FIRST.index(name) + 1 :]
    return redirect("first-step", name=later[0]) if later else redirect("snippet")


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent, if something was; an empty form that was sent is an answer too."""
    return request.POST if request.method == "POST" else None


def home() -> Path:
    """The privacy folder."""
    return Path(settings.UPHELD_DIR)


def shown(request: HttpRequest, means: Means, name: str, **more: object) -> HttpResponse:
    """The page of a step; 422 where something has to be mended, 409 where the folder would not have it."""
    form, failure = more.get("form"), more.get("failure")
    wrong = request.method == "POST" and isinstance(form, forms.Form) and form.is_bound and form.errors
    frame = {
        "name": name,
        "steps": [(each, NAMES[each.name]) for each in milestones.standing(means=means, names=FIRST)],
        "number": FIRST.index(name) + 1,
        "folder": home(),
        "writable": folder.writable(home()),
        "differences": getattr(failure, "differences", ()),
    }
    status = 409 if failure else 422 if wrong else 200
    return render(request, f"console/first/{name}.html", {**frame, **more}, status=status)


def kept(request: HttpRequest, name: str, verb: Callable[[], None]) -> HttpResponse | Failure:
    """The next page, or why nothing was written."""
    try:
        verb()
    except Failure as failure:
        return failure
    messages.success(request, f"{NAMES[name]}: kept in the privacy folder.")
    return onward(name)


def organisation(request: HttpRequest, means: Means, may_answer: bool) -> HttpResponse:
    told = means.datamap.organisation
    new = told.contact == milestones.FIRST_CONTACT
    initial = {
        "name": "" if new else told.name,
        "contact": "" if new else told.contact,
        "address": told.address,
        "languages": told.languages,
    }
    form = Introduction(posted(request), initial=initial)
    failure: HttpResponse | Failure | None = None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        failure = kept(
            request,
            "organisation",
            lambda: foundation.introduce(
                means=means,
                home=home(),
                seen=request.POST.get("seen", ""),
                name=given["name"],
                contact=given["contact"],
                address=given["address"],
                languages=given["languages"],
            ),
        )
        if isinstance(failure, HttpResponse):
            return failure
    seen = folder.state(home(), foundation.named(means=means, home=home()))
    return shown(request, means, "organisation", form=form, seen=seen, failure=failure, may_answer=may_answer)


def countries(request: HttpRequest, means: Means, may_answer: bool) -> HttpResponse:
    told = means.datamap.organisation
    initial = {
        "country": told.country,
        "region": told.region,
        "time_zone": "" if told.time_zone == "UTC" else told.time_zone,
        "wished": sorted(foundation.laws(told)),
        "places": ", ".join(told.places),
    }
    form = Where(posted(request), initial=initial)
    failure: HttpResponse | Failure | None = None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        failure = kept(
            request,
            "countries",
            lambda: foundation.settle(
                means=means,
                home=home(),
                seen=request.POST.get("seen", ""),
                country=given["country"],
                region=given["region"],
                time_zone=given["time_zone"],
                wished=given["wished"],
                places=given["places"],
            ),
        )
        if isinstance(failure, HttpResponse):
            return failure
    return shown(
        request,
        means,
        "countries",
        form=form,
        seen=folder.state(home(), [ORGANISATION]),
        zones=sorted(available_timezones()),
        failure=failure,
        may_answer=may_answer,
    )


def policy(request: HttpRequest, means: Means, may_answer: bool) -> HttpResponse:
    form = Policy(posted(request), request.FILES if request.method == "POST" else None)
    failure: HttpResponse | Failure | None = None
    if request.method == "POST" and form.is_valid():
        failure = kept(request, "policy", lambda: _published(request, means, form))
        if isinstance(failure, HttpResponse):
            return failure
    there = [name for name in foundation.POLICIES if folder.content(home(), name) is not None]
    seen = folder.state(home(), foundation.POLICIES)
    return shown(
        request,
        means,
        "policy",
        form=form,
        seen=seen,
        there=there,
        failure=failure,
        may_answer=may_answer,
    )


def _published(request: HttpRequest, means: Means, form: Policy) -> None:
    given, seen = form.cleaned_data, request.POST.get("seen", "")
    text, kind = given["file"] or (given["text"].replace("\r\n", "\n").encode(), "md")
    foundation.publish(
        means=means,
        home=home(),
        seen=seen,
        text=text if given["file"] or given["text"] else None,
        kind=kind,
        address=given["link"],
    )


def listing(request: HttpRequest, means: Means, may_answer: bool) -> HttpResponse:
    """First the ticks, then who looks after each."""
    there = {each.name for each in means.datamap.systems}
    ticked = [each for name, each in systems().items() if name in request.POST.getlist("system")]
    stage = request.POST.get("stage", "")
    if stage == "add":
        ticked = [each for name, each in systems().items() if f"owner-{name}" in request.POST]
    ticked = [each for each in ticked if each.name not in there]
    if request.method == "POST" and ticked:
        return _owners(request, means, ticked, adding=stage == "add")
    if request.method == "POST":
        foundation.enlist(means=means, home=home(), chosen=())
        return onward("systems")
    listed = [(group.title, [(each, each.name in there) for each in group.systems]) for group in groups()]
    other = [each for each in means.datamap.systems if each.name not in systems()]
    return shown(
        request, means, "systems", listed=listed, there=len(there), other=other, may_answer=may_answer
    )


def _owners(request: HttpRequest, means: Means, ticked: Sequence[object], *, adding: bool) -> HttpResponse:
    form = Owners(
        [each for each in systems().values() if each in ticked],
        owner=account(request).name,
        address=means.datamap.organisation.contact,
        data=request.POST if adding else None,
    )
    failure: HttpResponse | Failure | None = None
    if adding and form.is_valid():
        failure = kept(
            request,
            "systems",
            lambda: foundation.enlist(means=means, home=home(), chosen=form.listed()),
        )
        if isinstance(failure, HttpResponse):
            return failure
    return shown(request, means, "systems", form=form, owners=form.lines(), failure=failure, may_answer=True)


def trial(request: HttpRequest, means: Means, may_answer: bool) -> HttpResponse:
    if request.method == "POST":
        milestones.put(means=means, name="try", state=MilestoneState.DONE)
        return onward("try")
    return shown(
        request,
        means,
        "try",
        language=means.datamap.organisation.languages[0],
        account=account(request),
        by_mail=house.mailing(),
        may_answer=may_answer,
    )


PAGES: dict[str, Callable[[HttpRequest, Means, bool], HttpResponse]] = {
    "organisation": organisation,
    "countries": countries,
    "policy": policy,
    "systems": listing,
    "try": trial,
}
