"""The start page: whether all is right, what needs somebody, and what the first week asks."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from upheld.actions import deciding, intake, milestones, stop, two
from upheld.actions.staff import may
from upheld.actions.today import SPANS, Today
from upheld.actions.today import today as looked
from upheld.store.models import MilestoneState
from upheld.web.console import words
from upheld.web.console.access import able, account
from upheld.web.console.access import staff as only
from upheld.web.console.cases import said
from upheld.web.console.chart import Chart, chart

WEEK = {
    "organisation": ("Say who you are", "Your name and contact stand on every page and mail."),
    "systems": ("List your systems", "Tick them in a list of well-known ones; no program has to reach them."),
    "mail": ("Let mails go out", "Say which mail server takes them; until then they wait in the outbox."),
    "link": ("Put the link into your policy", "That is how people find the page."),
    "try": ("Try a request as yourself", "In five minutes you have seen what people see."),
    "colleague": ("Give a colleague an account", "So that nothing waits while you are away."),
}
"""The first week: what is to be done, and why or how."""


@only("today")
@require_GET
def today(request: HttpRequest) -> HttpResponse:
    """Of cases only what the role may see. Before anything was set up, on to the first run."""
    means, role = able(request), account(request).role
    if may(role, "foundation") and milestones.fresh(means=means):
        return redirect("first")
    seen = looked(means=means)
    week = milestones.standing(means=means, names=milestones.WEEK)
    shown = {
        "seen": seen,
        "sees": may(role, "see"),
        "heading": heading(seen),
        "lines": [(each, said(each.rights), (each.dates.target - seen.day).days) for each in seen.lines],
        "more": seen.needing - len(seen.lines),
        "week": [(each, *WEEK[each.name]) for each in week],
        "week_open": sum(each.state == "open" for each in week),
        "may_set": may(role, "foundation"),
        "stopped": stop.in_force(),
        "unread": intake.unread(),
        "for_staff": deciding.waiting()[0],
        "second": len(two.waiting(means=means)),
        "flow": flow(seen),
        "flow_said": (sum(each.received for each in seen.weeks), sum(each.answered for each in seen.weeks)),
        "spread": spread(seen),
        "spread_said": sum(seen.spread),
    }
    return render(request, "console/today.html", shown)


def heading(seen: Today) -> str:
    """The answer, in a sentence or two."""
    if not seen.open:
        return "Nothing is late. No case is open."
    late = f"{words.cases(seen.late, 'is', 'are')} late." if seen.late else "Nothing is late."
    if not seen.needing:
        return f"{late} Nothing needs you."
    later = ", not this week" if seen.needing == 1 else ", none of them this week"
    many, when = (seen.week, " this week") if seen.week else (seen.needing, later)
    return f"{late} {words.cases(many, 'needs', 'need')} you{when}."


def flow(seen: Today) -> Chart:
    """Requests that came and that were answered, week by week."""
    rows = [(f"{each.begins:%-d %b}", (each.received, each.answered)) for each in seen.weeks]
    return chart(heads=("received", "answered"), kinds=("came", "went"), rows=rows, every=3)


def spread(seen: Today) -> Chart:
    """Open requests by the days that are left."""
    rows = [(words, (many,)) for (words, _, _), many in zip(SPANS, seen.spread, strict=True)]
    return chart(heads=("open requests",), kinds=("came",), rows=rows)


@only("foundation")
@require_POST
def week(request: HttpRequest, name: str) -> HttpResponseRedirect:
    """One of the first week is done, or passed over."""
    state = MilestoneState.SKIPPED if request.POST.get("skip") else MilestoneState.DONE
    milestones.put(means=able(request), name=name, state=state)
    return redirect("console")
