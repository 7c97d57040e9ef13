"""More time, a refusal, a request taken back, a question of identity: decisions on one request."""

from collections.abc import Callable, Mapping
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from upheld.actions import decisions, extension, notices, refusal, withdrawal
from upheld.actions.means import Means
from upheld.law.pack import Reason
from upheld.rights.outcome import Failure
from upheld.store.models import Agreement, Request
from upheld.web.console.access import able
from upheld.web.console.access import staff as only


class Words(forms.Form):
    """What is written down with every decision."""

    words = forms.CharField(
        max_length=decisions.LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Say why, in words."},
    )

    def __init__(self, *values: object, hint: str, told: bool = False) -> None:
        super().__init__(*values)  # type: ignore[arg-type]
        self.fields["words"].label = hint
        if told:
            self.fields["told_on"] = forms.DateField(
                widget=forms.DateInput(attrs={"type": "date"}),
                label="No address of hers is known here. On which day did you tell her?",
            )


class OnGround(Words):
    """With a ground of the law."""

    def __init__(self, *values: object, grounds: dict[str, Reason], hint: str, told: bool) -> None:
        super().__init__(*values, hint=hint, told=told)
        named = ((code, f"{each.title} ({each.cites})") for code, each in grounds.items())
        choices = [("", "Choose one"), *named]
        self.fields["ground"] = forms.ChoiceField(
            choices=choices,
            label="The ground, as the law has it",
            error_messages={"required": "Choose the ground."},
        )
        self.order_fields(["ground", "systems", "words", "told_on"])


Do = Callable[[Means, Request, forms.Form], str]


def _decided(
    request: HttpRequest,
    number: UUID,
    what: Mapping[str, object],
    made: Callable[[Means, Request], forms.Form],
    do: Do,
) -> HttpResponse:
    """One page, one decision: the form, or the case again with a sentence on what was done."""
    found = get_object_or_404(Request.objects.select_related("case"), pk=number)
    means, failure = able(request), None
    try:
        form = made(means, found)
        if request.method == "POST" and form.is_valid():
            messages.success(request, do(means, found, form))
            return redirect("case", number=found.case_id)
    except Failure as caught:
        failure = caught
        form = forms.Form() if request.method != "POST" else made(means, found)
    shown = {"request_": found, "form": form, "failure": failure, **what}
    status = 409 if failure else 422 if request.method == "POST" else 200
    return render(request, "console/decide.html", shown, status=status)


def _told(given: Mapping[str, object], mail: str) -> str:
    """How she hears of it."""
    if given.get("told_on"):
        return "You have told her yourself; no mail goes out."
    return f"{mail} goes out within a few seconds."


@only("decide")
@require_http_methods(["GET", "POST"])
def extend(request: HttpRequest, number: UUID) -> HttpResponse:
    def made(means: Means, found: Request) -> forms.Form:
        return OnGround(
            request.POST or None,
            grounds=extension.reasons(means=means, request=found),
            hint="Why, in words that she reads",
            told=not notices.reachable(means=means, case=found.case),
        )

    def do(means: Means, found: Request, form: forms.Form) -> str:
        given = form.cleaned_data
        extension.extend(
            means=means,
            request=found,
            code=given["ground"],
            words=given["words"],
            told_on=given.get("told_on"),
        )
        return "More time is taken. " + _told(given, "The mail that tells her why")

    what = {
        "title": "Take more time",
        "lead": "Once, and only inside the first period. She gets a mail with the reason and both new dates.",
        "button": "Take more time and tell her",
    }
    return _decided(request, number, what, made, do)


@only("decide")
@require_http_methods(["GET", "POST"])
def refuse(request: HttpRequest, number: UUID) -> HttpResponse:
    def made(means: Means, found: Request) -> forms.Form:
        form = OnGround(
            request.POST or None,
            grounds=refusal.grounds(means=means, request=found),
            hint="Why, in words that she reads",
            told=not notices.reachable(means=means, case=found.case),
        )
        form.fields["systems"] = forms.MultipleChoiceField(
            choices=[(each.name, each.title or each.name) for each in means.datamap.systems],
            widget=forms.CheckboxSelectMultiple,
            required=False,
            label="Only in these systems; none ticked: the whole request",
        )
        form.order_fields(["ground", "systems", "words", "told_on"])
        return form

    def do(means: Means, found: Request, form: forms.Form) -> str:
        given = form.cleaned_data
        done = refusal.refuse(
            means=means,
            request=found,
            ground=given["ground"],
            words=given["words"],
            systems=tuple(given["systems"]),
            told_on=given.get("told_on"),
        )
        if isinstance(done, Agreement):
            return "A second yes was asked for. Nothing is refused before it is there."
        return "Refused. " + _told(given, "The mail with the ground and the ways to complain")

    what = {
        "title": "Refuse this request",
        "lead": "She gets a mail with the ground, your words, and where she can complain and go to court. "
        "A refusal is final; she can ask again.",
        "button": "Refuse and tell her",
    }
    return _decided(request, number, what, made, do)


@only("decide")
@require_http_methods(["GET", "POST"])
def take_back(request: HttpRequest, number: UUID) -> HttpResponse:
    def made(_means: Means, found: Request) -> forms.Form:
        withdrawal.refuse_begun(found)
        return Words(request.POST or None, hint="How and when she said so")

    def do(means: Means, found: Request, form: forms.Form) -> str:
        withdrawal.withdraw(means=means, request=found, words=form.cleaned_data["words"])
        return "Taken back. Nothing is written for it any more."

    what = {
        "title": "She takes it back",
        "lead": "On her word, which you write down. The request ends; nothing is written for it any more.",
        "button": "End the request",
    }
    return _decided(request, number, what, made, do)


@only("decide")
@require_http_methods(["GET", "POST"])
def identity(request: HttpRequest, number: UUID) -> HttpResponse:
    """Asked who she is; or, once asked, her answer."""
    asked = extension.open_pause(get_object_or_404(Request, pk=number))

    def made(_means: Means, _found: Request) -> forms.Form:
        hint = "How she showed who she is" if asked else "What makes you doubt"
        form = Words(request.POST or None, hint=hint)
        form.fields["on"] = forms.DateField(
            widget=forms.DateInput(attrs={"type": "date"}),
            required=False,
            label="On which day? Today unless you say",
        )
        return form

    def do(means: Means, found: Request, form: forms.Form) -> str:
        given = form.cleaned_data
        if asked:
            extension.resume(means=means, request=found, words=given["words"], answered_on=given["on"])
            return "Kept. The last lawful day has moved by the days she took; ours has not."
        extension.pause(means=means, request=found, words=given["words"], asked_on=given["on"])
        return "Kept. Our own date stays; the last lawful day moves once she has answered."

    what = {
        "title": "She has shown who she is" if asked else "You asked who she is",
        "lead": "Only the last lawful day can move by this, never the day by which we answer (Art. 12(6)).",
        "button": "Keep this",
    }
    return _decided(request, number, what, made, do)
