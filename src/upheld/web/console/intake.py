"""What is this? A message that came beside the form is pasted, read with what we think of it, corrected, and
opened with its acknowledgement; or closed with a reason."""

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from upheld.actions import bymail, filing, originals, queue, staff
from upheld.actions import intake as verbs
from upheld.actions.arrivals import number as number_of
from upheld.actions.arrivals import rights_of
from upheld.actions.intake import Reading
from upheld.actions.means import Means
from upheld.actions.proposals import propose
from upheld.mail.letter import Letter
from upheld.mail.receive import LARGEST, MOST_TEXT, Received, wrapped
from upheld.mail.resolve import keys_in_dns
from upheld.mail.typed import OLDER, TEXT, UNKNOWN, kind
from upheld.rights.outcome import Failure, Permanent
from upheld.rights.regime import Pinned
from upheld.store.models import Arrival, Channel, ClosedReason, Communication
from upheld.web.console.access import able
from upheld.web.console.access import staff as only
from upheld.web.console.cases import said
from upheld.web.console.filing import filed
from upheld.web.console.reading import forms_of, mistakes
from upheld.web.upload import takes_files, too_large

SHOWN = 50
CHANNELS = [(each.value, each.label) for each in Channel if each not in (Channel.FORM, Channel.PROGRAM)]
EXAMPLE = "XXXXXXXX"
LINK = "https://… (a link of her own)"


class Paste(forms.Form):
    """A message: its text, or its file."""

    channel = forms.ChoiceField(choices=CHANNELS, label="How it came")
    text = forms.CharField(
        required=False,
        max_length=MOST_TEXT,
        strip=False,
        label="The message",
        widget=forms.Textarea(attrs={"rows": 10}),
    )
    file = forms.FileField(required=False, label="Or its file", allow_empty_file=True)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        text, file = str(cleaned.get("text", "")), cleaned.get("file")
        if not (text.strip() or file or self.errors):
            self.add_error("text", "Paste the message, or choose its file.")
        content = bytes(file.read()) if file else b""
        what = kind(content)
        if what == OLDER:
            self.add_error(
                "file", "Outlook’s own files (.msg) cannot be read. Save it as .eml, or paste its text."
            )
        is_mail = bool(content) and what in (TEXT, UNKNOWN)
        if is_mail and text.strip():
            self.add_error("file", "Give the text or the file, not both: nobody would see which one counts.")
        scan = wrapped(text, file.name, content) if file and not is_mail else b""
        cleaned["raw"] = content if is_mail else scan or text.encode()
        return cleaned


@only("intake")
@takes_files(LARGEST)
@require_http_methods(["GET", "POST"])
def intake(request: HttpRequest) -> HttpResponse:
    """What waits to be read; and a new message."""
    form = Paste(request.POST or None, request.FILES or None, initial={"channel": Channel.EMAIL})
    if request.method == "POST":
        if too_large(request):
            form.add_error(
                "file", f"The file is larger than {LARGEST // 1024**2} MB. Paste its text instead."
            )
        elif form.is_valid():
            try:
                kept = verbs.keep(
                    means=able(request),
                    channel=Channel(form.cleaned_data["channel"]),
                    raw=form.cleaned_data["raw"],
                )
            except Permanent as failure:
                form.add_error("text", f"{failure.what} {failure.remedy}")
            else:
                return redirect("message", number=kept.pk)
    waiting = Communication.objects.defer("sealed_original").order_by("-kept_at")
    many, unconfirmed = queue.unconfirmed()
    shown = {
        "form": form,
        "unread": waiting.filter(closed_at=None)[:SHOWN],
        "closed": waiting.filter(closed_at__isnull=False)[:SHOWN],
        "many": many,
        "unconfirmed": [(each, number_of(each), said(rights_of(each))) for each in unconfirmed],
    }
    return render(request, "console/intake.html", shown, status=422 if request.method == "POST" else 200)


@only("intake")
@require_http_methods(["GET", "POST"])
def message(request: HttpRequest, number: UUID) -> HttpResponse:
    """One message, with what we think it is. POST says what it is."""
    means, step = able(request), request.POST.get("step", "")
    if step == "close":
        return _closed(request, means, number)
    if step == "file":
        return filed(request, means, number)
    if step == "reopen":
        verbs.reopen(means=means, number=number)
        return redirect("message", number=number)
    found = Communication.objects.filter(pk=number).first()
    if found is None:
        raise verbs.Gone
    if found.closed_at is not None:
        return render(request, "console/message_closed.html", {"message": found})
    return _read(request, means, found, step)


def _closed(request: HttpRequest, means: Means, number: UUID) -> HttpResponse:
    reason = request.POST.get("reason", "")
    if reason not in ClosedReason.values:
        raise Permanent("Nobody said why it is closed.", "Go back and choose a reason.")
    verbs.close(means=means, number=number, reason=ClosedReason(reason))
    messages.success(request, "Closed. It is destroyed in two weeks; until then it can be taken up again.")
    return redirect("intake")


def _read(request: HttpRequest, means: Means, found: Communication, step: str) -> HttpResponse:
    mail = verbs.opened(means=means, communication=found)
    proposal, failure = propose(means=means, mail=mail), None
    sent = request.POST if request.method == "POST" else None
    what, who, said_now = forms_of(sent, step=step, means=means, proposal=proposal)
    if said_now is not None and step == "open":
        try:
            made, unproved = bymail.take_in(
                means=means, number=found.pk, reading=said_now, resolve=keys_in_dns(settings.UPHELD_DNS)
            )
            return _opened(request, made, unproved)
        except Failure as caught:
            failure = caught
    if sent is None:
        staff.look(
            case=None, by=means.by, at=means.clock(), what="a message that came in", why="to take it in"
        )
    wanted = request.GET.get("number", "")[:10]
    law, letter, failure = _drafted(means, mail, said_now, failure)
    judged = sent is not None and step != "more"
    shown = {
        "message": found,
        "mail": mail,
        "proposal": proposal,
        "answers": verbs.number_in(mail.subject),
        "asked_number": wanted,
        "filing": filing.propose(means=means, mail=mail, number=wanted),
        "what": what,
        "who": who,
        "many": len(who.forms) > 1,
        "law": law,
        "letter": letter,
        "failure": failure,
        "reasons": ClosedReason.choices,
        "wrong": judged,
        "mistakes": mistakes(what, who) if judged else [],
    }
    wrong = failure is not None or (judged and said_now is None)
    return render(request, "console/message.html", shown, status=422 if wrong else 200)


def _drafted(
    means: Means, mail: Received, said_now: Reading | None, failure: Failure | None
) -> tuple[Pinned | None, Letter | None, Failure | None]:
    """Both dates and the acknowledgement, as they would be now."""
    if said_now is None or not said_now.rights or not said_now.people:
        return None, None, failure
    try:
        law = verbs.law(means=means, reading=said_now)
    except Failure as caught:
        return None, None, failure or caught
    who = said_now.people[0]
    sender = originals.in_her_name(mail, who)
    letter = verbs.acknowledgement(
        means=means, who=who, reading=said_now, due=law, sender=sender, number=EXAMPLE, link=LINK
    )
    return law, letter, failure


def _opened(request: HttpRequest, made: tuple[Arrival, ...], unproved: Failure | None) -> HttpResponse:
    numbers = ", ".join(number_of(each) for each in made)
    if len(made) == 1:
        messages.success(request, f"Taken in under the number {numbers}. {_proof(made[0], unproved)}".strip())
        return redirect("arrival", number=made[0].pk)
    messages.success(request, f"{len(made)} requests opened: {numbers}.")
    return redirect("intake")


def _proof(made: Arrival, unproved: Failure | None) -> str:
    """What the mail itself says of who wrote it."""
    if made.channel != Channel.EMAIL:
        return ""
    if unproved is None:
        return (
            "The mail is signed by its sender’s own domain: it is from her address, and she need not confirm."
        )
    return f"The mail does not prove itself: {unproved.what}"
