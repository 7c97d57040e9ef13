"""Mails that tell a person what was decided on her request, and one that asks somebody outside for a yes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import override

from upheld.actions import arrivals, grounds, links, outbox
from upheld.actions.letters import day
from upheld.actions.means import Means
from upheld.law.right import Right
from upheld.mail.letter import Letter
from upheld.rights.outcome import Permanent
from upheld.store.keys import Destroyed
from upheld.store.models import Arrival, Decision, LinkPurpose, MailKind, Request

CALIFORNIA = "the California Privacy Protection Agency"


@dataclass(frozen=True, slots=True)
class About:
    """What each of these mails names. `page`: where she follows her request."""

    number: str
    right: Right
    received: date
    page: str
    organisation: str
    contact: str
    complain_to: str = ""


Write = Callable[[About], tuple[str, tuple[str, ...]]]
"""Gives subject and paragraphs, in the language in force."""


def reachable(request: Request) -> bool:
    """Whether we know an address of hers to write to."""
    return Arrival.objects.filter(case=request.case).exists()


def refuse_untold(*, means: Means, request: Request, told_on: date | None) -> None:
    """Permanent where she could not be told: no address of hers is known, and nobody has told her, or says so
    of a day that is still to come or before her request."""
    if told_on is None:
        if not reachable(request):
            raise Permanent(
                "No address of hers is known here, so she would not hear of it.",
                "Tell her first, then give the day on which she was told.",
            )
        return
    received = request.received_date or means.datamap.organisation.local(request.received_at).date()
    if not received <= told_on <= means.now.date():
        raise Permanent(
            f"She cannot have been told on {told_on.isoformat()}.",
            f"Give a day from {received.isoformat()} to today.",
        )


def tell(*, means: Means, decision: Decision, kind: MailKind, write: Write) -> None:
    """Write to the newest address of hers in this case, where there is one. Belongs into the transaction of
    what it tells."""
    request = decision.request
    arrival = Arrival.objects.filter(case=request.case).order_by("-received_at").first()
    if arrival is None or decision.told_on is not None:
        return
    try:
        to = arrivals.opened(means=means, arrival=arrival).address
    except Destroyed:
        return
    organisation = means.datamap.organisation
    given = links.give(means=means, purpose=LinkPurpose.FOLLOW, arrival=arrival)
    about = About(
        number=arrivals.number(arrival),
        right=Right(request.right),
        received=organisation.local(request.received_at).date(),
        page=arrivals.followed_at(arrival, given),
        organisation=organisation.name,
        contact=organisation.contact,
        complain_to=organisation.authority or (CALIFORNIA if request.case.regime == "ccpa" else ""),
    )
    with override(arrival.language):
        subject, paragraphs = write(about)
        signed = f"{about.organisation}\n{about.contact}"
        text = "\n\n".join((_("Hello,"), *paragraphs, about.page, signed)) + "\n"
    outbox.put(
        means=means,
        kind=kind,
        letter=Letter(to, subject, text),
        key=request.case.key,
        about=str(decision.pk),
        arrival=arrival,
        case=request.case,
    )


def asked(about: About) -> str:
    """What she asked for and when."""
    return _("on {day} you asked us for this: {wish}.").format(
        day=day(about.received), wish=grounds.wish(about.right)
    )


def ways(about: About) -> str:
    """To whom she can complain (Art. 12(4))."""
    if about.complain_to:
        return _("You can complain to {authority}, and you can go to court.").format(
            authority=about.complain_to
        )
    return _("You can complain to the data protection authority of your country, and you can go to court.")


def extended(*, reason: str, words: str, former: date, target: date, legal: date) -> Write:
    """More time is taken, and why (G-12.4)."""

    def write(about: About) -> tuple[str, tuple[str, ...]]:
        return _("[{number}] We need more time").format(number=about.number), (
            asked(about),
            _("We cannot answer by {day}.").format(day=day(former)) + " " + grounds.extension(reason),
            words,
            _("We answer by {target}. The law now gives us until {legal}.").format(
                target=day(target), legal=day(legal)
            ),
            ways(about),
            _("Where your request stands, you see here:"),
        )

    return write


def refused(*, ground: str, cites: str, words: str, systems: tuple[str, ...] = ()) -> Write:
    """What is not done and why, and where she can complain (G-12.6). `systems`: only there."""

    def write(about: About) -> tuple[str, tuple[str, ...]]:
        if systems:
            what = _("We do not do it here: {systems}. Everything else goes on.").format(
                systems=", ".join(systems)
            )
            subject = _("[{number}] What we do, and what we cannot do")
        else:
            what = _("We do not do it.")
            subject = _("[{number}] What we cannot do")
        return subject.format(number=about.number), (
            asked(about),
            f"{what} {grounds.refusal(ground)} ({cites})",
            words,
            _("If you think that this is wrong, reply to this mail: somebody looks at it again."),
            ways(about),
            _("Where your request stands, you see here:"),
        )

    return write


def withdrawn() -> Write:
    """It was taken back, and nothing was done."""

    def write(about: About) -> tuple[str, tuple[str, ...]]:
        return _("[{number}] You took your request back").format(number=about.number), (
            asked(about),
            _("It was taken back. Nothing was deleted or changed for it, and nothing will be."),
            _("If that was not you, reply to this mail. You can ask again whenever you like."),
            _("Where your request stands, you see here:"),
        )

    return write


def agree(
    *, means: Means, to: str, number: str, who: str, said: str, reason: str, page: str, until: date
) -> Letter:
    """Asks somebody outside for a second yes. Names no person whose data it is about."""
    organisation = means.datamap.organisation
    with override(organisation.languages[0]):
        paragraphs = (
            _("Hello,"),
            _(
                "{who} wants to do something for {organisation} that one person alone may not decide: {said}"
            ).format(who=who, organisation=organisation.name, said=said),
            _("The reason given: {reason}").format(reason=reason),
            _("Say yes or no here. No account is needed; the link works until {day}.").format(day=day(until)),
            page,
            f"{organisation.name}\n{organisation.contact}",
        )
        return Letter(
            to, _("[{number}] Your yes is needed").format(number=number), "\n\n".join(paragraphs) + "\n"
        )
