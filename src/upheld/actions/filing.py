"""An answer to something that is here already goes into its case as it came, sealed with the case's key: it
is read there, and opens nothing of its own."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q

from upheld.actions import arrivals, cases, intake, plans
from upheld.actions.desk import SHORT
from upheld.actions.means import Means
from upheld.datamap.normalise import normalise
from upheld.mail.receive import Received, read
from upheld.rights.outcome import Permanent
from upheld.store.keys import Destroyed
from upheld.store.models import Arrival, Case, Communication, Reply, Task


@dataclass(frozen=True, slots=True)
class Proposal:
    """The case that a message seems to answer. `hers`: it came from an address of the person whom the case is
    about. `tasks`: what was asked in it of owners of systems, each with the system's title; `task`: the one
    whose owner wrote."""

    case: Case
    hers: bool
    tasks: tuple[tuple[Task, str], ...]
    task: Task | None


def propose(*, means: Means, mail: Received, number: str = "") -> Proposal | None:
    """By that number, or the one in the subject, as a person has it or as staff and owners do; None where no
    case has it, or two have. Writes nothing."""
    given = number.strip().strip("[]") or intake.number_in(mail.subject)
    found = _numbered(given) if len(given) == SHORT else []
    if len(found) != 1 or found[0].key_destroyed_at is not None:
        return None
    case = found[0]
    asked = Task.objects.filter(fulfilment__request__case=case).select_related("fulfilment")
    tasks = sorted(asked, key=lambda each: (each.answered_at is not None, each.pk))
    sender = _plain(mail.sender.address)
    wrote = [each for each in tasks if sender and sender == _owner(means, each)]
    return Proposal(
        case,
        hers=bool(sender) and sender in _addresses(means, case),
        tasks=tuple((each, plans.title_of(means, each.fulfilment.system)) for each in tasks),
        task=wrote[0] if wrote else None,
    )


@transaction.atomic
def file(*, means: Means, number: UUID, case: UUID, task: int | None = None) -> Reply:
    """Keep the message in that case; as an answer to that task of it, where it is one: the task itself is
    answered by whoever reads it. The message's own key goes. Raises Gone, and Permanent for a case whose key
    is destroyed and for a task of another case."""
    communication = Communication.objects.select_for_update().filter(pk=number, closed_at=None).first()
    if communication is None:
        raise intake.Gone
    found = Case.objects.select_for_update(of=("self",)).filter(pk=case, key_destroyed_at=None).first()
    if found is None:
        raise Permanent(
            "That case is not here, or its key is destroyed already.",
            "Take the message in as a new request, or close it.",
        )
    asked = Task.objects.filter(pk=task, fulfilment__request__case=found).first() if task else None
    if task and asked is None:
        raise Permanent("That task is not of this case.", "Look at the message again.")
    raw = intake.source(means=means, communication=communication)
    row = Reply(
        id=uuid4(),
        case=found,
        task=asked,
        channel=communication.channel,
        came_at=communication.kept_at,
        filed_at=means.clock(),
        filed_by=means.by,
    )
    row.sealed_original = means.keys.seal(found.key, raw, record=record_of(row))
    row.save(force_insert=True)
    key = communication.key
    communication.delete()
    transaction.on_commit(lambda: means.keys.destroy([key]))
    return row


def opened(*, means: Means, reply: Reply) -> Received:
    """What it says. Raises Destroyed once the case's key is gone."""
    raw = means.keys.open(reply.case.key, bytes(reply.sealed_original), record=record_of(reply))
    return read(raw, ours=intake.our_domain(means))


def record_of(reply: Reply) -> str:
    """Under which it is sealed."""
    return f"reply:{reply.pk}"


def _numbered(given: str) -> list[Case]:
    try:
        span = UUID(given.ljust(32, "0")), UUID(given.ljust(32, "f"))
    except ValueError:
        return []
    came = Arrival.objects.filter(id__range=span, case__isnull=False)
    return list(Case.objects.filter(Q(id__range=span) | Q(pk__in=came.values("case")))[:2])


def _addresses(means: Means, case: Case) -> set[str]:
    """Of the person, as far as the case knows them."""
    try:
        known = [*cases.asked_in(means=means, case=case).identities]
        subject = cases.subject_of(means=means, case=case)
        known += subject.identities if subject else ()
        wrote = [arrivals.opened(means=means, arrival=each).address for each in case.arrivals.all()]
    except Destroyed:
        return set()
    return {_plain(each.value) for each in known if each.kind == "email"} | set(map(_plain, wrote))


def _owner(means: Means, task: Task) -> str:
    return _plain(plans.system_of(means, task.fulfilment.system).address)


def _plain(address: str) -> str:
    return normalise("email", address) if "@" in address else ""
