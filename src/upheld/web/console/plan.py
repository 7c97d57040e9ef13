"""What will happen, in words and counts; and the approval of exactly that, or of going beyond a limit."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from upheld.actions import approving, objection, plans, restriction, stop, two, unknown
from upheld.actions.decisions import LONGEST
from upheld.actions.means import Means
from upheld.actions.preview import Preview, rows_of
from upheld.actions.refusal import left_out
from upheld.actions.staff import may
from upheld.actions.tasks import COPYING
from upheld.law.ground import RestrictionGround
from upheld.law.objection import STOPPING, Against
from upheld.law.right import Right
from upheld.rights.connector import Severity
from upheld.rights.explain import KEYS
from upheld.rights.outcome import Counts, Failure
from upheld.store.models import Matter, Request, RequestState
from upheld.store.models.case import OBJECTED
from upheld.web.console import correct
from upheld.web.console.access import able, account
from upheld.web.console.access import staff as only

SAID = {
    Right.ACCESS: ("What the copy will hold", "Approve the copy"),
    Right.PORTABILITY: ("What she can take elsewhere", "Approve the copy"),
    Right.ERASURE: ("What will be deleted, and what stays", "Approve the deletion"),
    Right.DELETE: ("What will be deleted, and what stays", "Approve the deletion"),
    Right.RESTRICTION: ("What will be kept and not used", "Approve the restriction"),
    Right.OBJECTION: ("What will stop", "Uphold the objection"),
    Right.WITHDRAWAL: ("What the consent no longer allows", "Approve: it stops"),
    Right.OPT_OUT: ("What is neither sold nor shared", "Approve: it stops"),
}
GROUNDS = {
    RestrictionGround.CONTESTED: "She says that it is wrong, and we check it",
    RestrictionGround.UNLAWFUL: "It is unlawful, and she does not want it deleted",
    RestrictionGround.CLAIMS: "She needs it for a legal claim, and we do not need it any more",
    RestrictionGround.OBJECTION: "She objected, and it is being weighed",
}


@only("plan")
@require_http_methods(["GET", "POST"])
def plan(request: HttpRequest, number: UUID) -> HttpResponse:
    """GET only reads, in every system. POST approves what the page showed."""
    found = get_object_or_404(Request.objects.select_related("case"), pk=number)
    if found.state != RequestState.OPEN:
        messages.info(request, "This is approved already.")
        return redirect("case", number=found.case_id)
    means, failure = able(request, reaching=True), None
    if request.method == "POST" and not may(account(request).role, "approve"):
        raise PermissionDenied
    if found.right == Right.RECTIFICATION:
        return correct.page(request, means, found)
    if found.right == Right.OBJECTION and (not found.against or request.POST.get("against")):
        return _against(request, found)
    if found.right not in SAID:
        return render(request, "console/by_hand.html", {"request_": found})
    if request.method == "POST":
        try:
            messages.success(request, _done(request, means, found))
        except Failure as caught:
            failure = caught
        else:
            return redirect("case", number=found.case_id)
    try:
        seen = approving.look(means=means, request=found)
    except Failure as caught:
        return render(request, "console/undecided.html", {"request_": found, "failure": caught}, status=409)
    shown = _shown(means, found, seen) | {
        "failure": failure,
        "may_approve": may(account(request).role, "approve"),
    }
    return render(request, "console/plan.html", shown, status=409 if failure else 200)


def _against(request: HttpRequest, found: Request) -> HttpResponse:
    """To what she objects decides whether it is weighed: somebody says it before anything is planned."""
    failure = None
    said = request.POST.get("against", "")
    if request.method == "POST" and said in OBJECTED:
        try:
            objection.say(request=found, against=Against(said))
        except Failure as caught:
            failure = caught
        else:
            return redirect("plan", number=found.pk)
    shown = {"request_": found, "failure": failure, "unsaid": request.method == "POST" and not failure}
    status = 409 if failure else 422 if request.method == "POST" else 200
    return render(request, "console/against.html", shown, status=status)


def _done(request: HttpRequest, means: Means, found: Request) -> str:
    looked = request.POST.get("looked", "")
    if request.POST.get("ask"):
        approving.ask_beyond(means=means, request=found, looked=looked, reason=request.POST.get("reason", ""))
        return "A second yes was asked for. Nothing happens before it is there."
    ground = request.POST.get("ground", "")
    chosen = RestrictionGround(ground) if ground in set(RestrictionGround) else None
    words = request.POST.get("words", "")
    approving.approve(means=means, request=found, looked=looked, ground=chosen, words=words)
    return "Approved. It starts within a few seconds."


def _shown(means: Means, found: Request, seen: Preview) -> dict[str, object]:
    right = Right(found.right)
    title, button = SAID[right]
    second = approving.second(means=means, request=found, seen=seen)
    own = {each.name for each in means.datamap.systems if each.kind == "own"}
    read = {name: each for name, each in seen.counts.items() if name not in own and isinstance(each, Counts)}
    findings = [each for each in seen.findings if each.severity is not Severity.NOTE]
    if right is Right.RESTRICTION:
        findings += restriction.unmarked(means=means, preview=seen)
    return {
        "request_": found,
        "title": title,
        "button": button,
        "copy": right in COPYING,
        "sections": seen.explanation.sections,
        "remains": seen.explanation.remains,
        "keys": KEYS,
        "findings": findings,
        "beyond": seen.beyond,
        "two": two.rule_of(means=means, matter=Matter.LIMITS),
        "second": second,
        "waiting": seen.waiting,
        "rows": sum(map(rows_of, read.values())),
        "read": len(read),
        "by_hand": sum(plans.by_hand(seen.plan, each) != () for each in seen.plan.systems),
        "looked": approving.fingerprint(seen),
        "stopped": stop.in_force(),
        "people": unknown.known(means=means, seen=seen),
        "stops": right in STOPPING,
        "against": found.against,
        "weighed": found.against == Against.USE,
        "restricted": found.case.requests.filter(right=Right.RESTRICTION, finished_at=None).exists(),
        "longest": LONGEST,
        "grounds": GROUNDS.items() if right is Right.RESTRICTION else (),
        "left_out": left_out(found),
        "spans": [(name, span.until) for name, span in seen.spans.items()],
    }
