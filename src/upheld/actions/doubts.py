"""Ask the person for what is lacking to be sure that it is she, and take her answers in.

Asked only on a doubt that is written down, and only while it is not sure enough (G-12.8). She names
values that she says we hold; nothing that is held is ever shown, to her or to staff.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.db import transaction

from upheld.actions import arrivals, certainty, letters, links, outbox, search
from upheld.actions.means import Means
from upheld.datamap.model import DataMap
from upheld.law.certainty import Method
from upheld.law.right import Right
from upheld.rights.outcome import Permanent
from upheld.store.database import hold
from upheld.store.models import Arrival, Case, Doubt, LinkPurpose, MailKind, Request, RequestState
from upheld.store.sealing import open_value, seal_value

KINDS = ("name", "postal-address", "phone-number", "date-of-birth", "username", "customer-number")
"""What can be asked for: what a person knows of herself and a stranger does not easily guess, and harms
nobody in a form. Not the address of her mailbox: the link has proved it."""
LASTS = timedelta(days=14)
MOST = 2
"""Questions for one request. Whoever guesses gets no third."""
LONGEST = 300


def offered(datamap: DataMap) -> tuple[str, ...]:
    """The kinds that some system holds."""
    held = {
        field.category for system in datamap.systems for table in system.tables for field in table.every_field
    }
    return tuple(kind for kind in KINDS if kind in held)


@transaction.atomic
def ask(
    *,
    means: Means,
    request: Request,
    kinds: tuple[str, ...],
    declaration: bool,
    why: str,
    contested: tuple[str, ...] = (),
) -> Doubt:
    """Ask by mail, with a link to a page; the doubt is recorded. Writes `doubt.recorded`.

    Permanent without a doubt, while nothing is lacking, while a question is open, after the second, and for
    kinds that no system holds. `contested`: what a correction is about, which cannot verify it (C-44).
    """
    hold("cases")
    request = Request.objects.select_for_update(of=("self",)).select_related("case").get(pk=request.pk)
    _refuse(means, request, kinds, declaration, contested)
    arrival = latest(means=means, case=request.case)
    if arrival is None:
        raise Permanent(
            "No address of this person is proved, so that nobody can be asked.",
            "Ask by letter or by telephone, and say in the case why you are sure.",
        )
    made = certainty.note(means=means, request=request, why=why, raised=False)
    made.kinds, made.declaration = " ".join(kinds), declaration
    made.expires_at = made.at + LASTS
    made.save(force_insert=True)
    certainty.told(made, needed=request.needed)
    _write(means, arrival, made.expires_at, compared=bool(kinds))
    return made


def _refuse(
    means: Means, request: Request, kinds: tuple[str, ...], declaration: bool, contested: tuple[str, ...]
) -> None:
    if request.state != RequestState.OPEN:
        raise Permanent("This request is approved already, or has ended.", "There is nothing more to ask.")
    if certainty.standing(means=means, request=request).enough:
        raise Permanent(
            "It is sure enough who asks; more must not be asked for.",
            "If you doubt it all the same, record your doubt first: then more is needed.",
        )
    if not kinds and not declaration:
        raise Permanent("Nothing was chosen to ask for.", "Choose one kind of data at least.")
    if not set(kinds) <= set(offered(means.datamap)):
        raise Permanent(
            "No system holds what was chosen, by the map.",
            f"Choose of: {', '.join(offered(means.datamap)) or 'nothing, the map names no such data'}.",
        )
    if request.right == Right.RECTIFICATION and kinds and not contested:
        raise Permanent(
            "Nobody said what the correction is about.",
            "Name it: a value that is to be corrected does not verify its own correction.",
        )
    if set(kinds) & set(contested):
        raise Permanent(
            f"The correction is about {', '.join(sorted(set(kinds) & set(contested)))}.",
            "Ask for something else: what is to be corrected does not verify its own correction.",
        )
    asked = [each for each in request.doubts.all() if each.expires_at is not None]
    if any(is_open(each, means.clock()) or each.sealed_answers is not None for each in asked):
        raise Permanent("She was asked already, and the answer is still to come.", "Wait for it.")
    if len(asked) >= MOST:
        raise Permanent(
            f"She was asked {MOST} times; a stranger who guesses gets no further try.",
            "Say why you are sure, or refuse the request.",
        )


def latest(*, means: Means, case: Case) -> Arrival | None:
    """The newest message of hers in this case that came with an address: to it we write."""
    proved = case.arrivals.filter(verified_at__isnull=False, reachable=True).order_by("-received_at")
    return next((each for each in proved if arrivals.opened(means=means, arrival=each).address), None)


def _write(means: Means, arrival: Arrival, until: datetime, *, compared: bool) -> None:
    given = links.give(means=means, purpose=LinkPurpose.FOLLOW, arrival=arrival)
    letter = letters.prove(
        means=means,
        to=arrivals.opened(means=means, arrival=arrival).address,
        language=arrival.language,
        number=arrivals.number(arrival),
        address=links.page(arrival.language, "prove", given.token),
        until=means.datamap.organisation.local(until).date(),
        compared=compared,
    )
    outbox.put(
        means=means, kind=MailKind.PROVE, letter=letter, key=arrival.key, arrival=arrival, case=arrival.case
    )


# --- answering -------------------------------------------------------------------------------------------


def is_open(made: Doubt, at: datetime) -> bool:
    """Whether it asks for something, and can still be answered."""
    return made.expires_at is not None and made.answered_at is None and made.expires_at > at


def open_in(*, means: Means, case: Case) -> Doubt | None:
    """The oldest question of the case that can be answered."""
    found = Doubt.objects.filter(
        request__case=case,
        request__state=RequestState.OPEN,
        answered_at=None,
        expires_at__gt=means.clock(),
    )
    return found.select_related("request__case").order_by("at").first()


@transaction.atomic
def answer(*, means: Means, made: Doubt, given: Mapping[str, str], name: str = "", words: str = "") -> None:
    """Keep her answers, sealed, to be compared by the runner: whoever sends them learns nothing from it, not
    even by how long it took. `words` is the declaration that she signed with her `name`; it is kept (C-39).

    Permanent when it was answered or is over, without an answer to each kind, and without the name where a
    declaration was asked for.
    """
    fresh = Doubt.objects.select_for_update(of=("self",)).select_related("request__case").get(pk=made.pk)
    at = means.clock()
    if not is_open(fresh, at):
        raise Permanent("This has been answered already, or its time is over.", "Look at your request.")
    kinds = fresh.kinds.split()
    said = {kind: given.get(kind, "").strip()[:LONGEST] for kind in kinds}
    if not all(said.values()):
        raise Permanent("Something is not answered.", "Fill in each field.")
    if fresh.declaration and not (name.strip() and words):
        raise Permanent("The declaration is not signed.", "Write your name below it.")
    if fresh.declaration:
        signed = f"{words}\n\n{name.strip()[:100]}, {today(means).isoformat()}"
        certainty.prove_person(means=means, request=fresh.request, method=Method.DECLARATION, details=signed)
        search.named(means=means, case=fresh.request.case, names=[name])
    fresh.answered_at = fresh.not_before = at
    if said:
        fresh.sealed_answers = seal_value(means.keys, fresh.request.case.key, said, record=_record(fresh))
    else:
        fresh.compared_at = at
    fresh.save(update_fields=["answered_at", "not_before", "sealed_answers", "compared_at"])


def today(means: Means) -> date:
    """By the organisation's own clock."""
    return means.datamap.organisation.local(means.clock()).date()


def answers(*, means: Means, made: Doubt) -> dict[str, str]:
    """What she said, for the comparison alone. Raises Destroyed."""
    if made.sealed_answers is None:
        return {}
    read = open_value(means.keys, made.request.case.key, bytes(made.sealed_answers), record=_record(made))
    if not isinstance(read, dict):
        raise TypeError("Answers are a mapping.")
    return {str(kind): str(value) for kind, value in read.items()}


def _record(made: Doubt) -> str:
    return f"doubt:{made.pk}:answers"
