"""Who the case is about, looked for again where a system could not be asked before."""

from collections.abc import Iterable, Mapping

from django.db import transaction

from upheld.actions import cases
from upheld.actions.means import Means
from upheld.rights.identify import Ambiguous, Identified, identify
from upheld.rights.subject import Identity, Subject
from upheld.store import models
from upheld.store.models import FulfilmentState
from upheld.store.models.journal import FailureKind


def reach_again(*, means: Means, request: models.Request) -> None:
    """Ask the systems that could not be asked when the person was identified.

    Only they are asked by what is known; the others only by identities that were learnt now. So an account
    that she opened elsewhere since her erasure is left alone (scenario 45). What is new reopens the systems
    it is about.
    """
    missing = {each.system: each for each in request.fulfilments.filter(unreached=True)}
    if not missing:
        return
    subject = cases.subject_of(means=means, case=request.case)
    if subject is None:
        return
    reachable = {name: means.connectors[name] for name in missing if name in means.connectors}
    asked = cases.asked_in(means=means, case=request.case)
    decided = (*subject.people, *(each for each in asked.decisions if not each.key or each.system in missing))
    further = Identified(Subject(()))
    try:
        found = identify(reachable, subject.identities, decided)
        fresh = _further(subject, found.subject.identities)
        if fresh:
            others = {name: each for name, each in means.connectors.items() if name not in missing}
            further = identify(others, fresh, decided)
    except Ambiguous as doubt:
        _undecided(missing, doubt)
        return
    _learn(means, request, subject, found, further)


@transaction.atomic
def _undecided(missing: Mapping[str, models.Fulfilment], doubt: Ambiguous) -> None:
    """The systems wait for a decision, named; whatever else is open goes on. The keys in the failure's own
    words are personal, so they are not kept."""
    where = sorted({f"{each.system}.{each.table}" for each in doubt.candidates})
    for fulfilment in missing.values():
        fulfilment.failure = FailureKind.MISCONFIGURED
        fulfilment.failure_text = (
            f"Rows of {', '.join(where)} may be this person's or somebody else's. "
            "A person has to decide: `upheld erase --dry-run` for this person names them; "
            "say which are with --identity SYSTEM.TABLE=KEY."
        )
        fulfilment.save(update_fields=["failure", "failure_text"])


@transaction.atomic
def _learn(
    means: Means, request: models.Request, subject: Subject, found: Identified, further: Identified
) -> None:
    identities = dict.fromkeys((*subject.identities, *found.subject.identities, *further.subject.identities))
    people = dict.fromkeys((*subject.people, *found.subject.people, *further.subject.people))
    cases.remember(means=means, case=request.case, subject=Subject(tuple(identities), tuple(people)))
    still = {each.system: each.failure for each in found.unreached}
    for fulfilment in request.fulfilments.filter(unreached=True):
        failure = still.get(fulfilment.system)
        if failure is None and fulfilment.system in means.connectors:
            fulfilment.unreached = False
            fulfilment.state = FulfilmentState.WAITING
            fulfilment.failure, fulfilment.failure_text = "", ""
        elif failure is not None:
            fulfilment.failure_text = str(failure)
        fulfilment.save()
    known = set(subject.people)
    reopened = {each.system for each in people if each not in known}
    if _further(subject, identities):
        reopened |= set(request.fulfilments.values_list("system", flat=True))
    request.fulfilments.filter(
        system__in=reopened, state__in=[FulfilmentState.DONE, FulfilmentState.RETAINED], tasks__isnull=True
    ).update(state=FulfilmentState.WAITING, finished_at=None)


def _further(subject: Subject, identities: Iterable[Identity]) -> list[Identity]:
    """Those that were not known, in whatever spelling or from whatever source."""
    known = {(each.kind, cases.canonical(each).value, each.verified) for each in subject.identities}
    return [
        each for each in identities if (each.kind, cases.canonical(each).value, each.verified) not in known
    ]
