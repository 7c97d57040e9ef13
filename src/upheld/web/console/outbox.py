"""What was written and has not gone out yet."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_POST

from upheld.actions import house, outbox, staff
from upheld.store.models import Mail
from upheld.web.console.access import able, account
from upheld.web.console.access import staff as only

SHOWN = 100


@only("outbox")
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """Kinds and times; what they say is behind a look."""
    may_set = staff.may(account(request).role, "foundation")
    mails = Mail.objects.filter(sent_at=None).order_by("-written_at")[:SHOWN]
    given = {"mails": mails, "server": house.mailing(), "may_set": may_set}
    return render(request, "console/outbox.html", given)


@only("mail")
@require_POST
def opened(request: HttpRequest, number: int) -> HttpResponse:
    """One mail, to be sent by hand; the look is recorded."""
    mail = get_object_or_404(Mail, pk=number, sent_at=None, dropped_at=None)
    means = able(request)
    staff.look(
        case=mail.case,
        by=means.by,
        at=means.clock(),
        what=f"a mail ({mail.kind.lower()})",
        why=request.POST.get("why", ""),
    )
    return render(request, "console/mail.html", {"letter": outbox.opened(means=means, mail=mail)})
