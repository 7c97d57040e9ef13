"""Compare what a person said of herself with what the systems hold; the runner does it, apart from any page.

Only how many kinds matched is kept. Neither what she said nor what is held is shown to anybody, and what she
said is destroyed when it is done, or when its time is over.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from django.db import transaction

from upheld.actions import cases, certainty, doubts, plans
from upheld.actions.means import Means
from upheld.actions.regime import law_of
from upheld.datamap.likeness import alike
from upheld.law.certainty import Method
from upheld.law.right import Right
from upheld.rights.connector import Row
from upheld.rights.identify import identify
from upheld.rights.outcome import Failure, Transient
from upheld.rights.plan import Collect, Step
from upheld.rights.subject import Subject
from upheld.store.keys import Destroyed
from upheld.store.models import Doubt, RequestState

RETRY = timedelta(minutes=5)
TOGETHER = 20


def compare_all(*, means: Means) -> int:
    """Whatever is answered and not compared, the oldest first; gives how many are done. A system that cannot
    be asked is tried again until the question's own time is over."""
    at = means.clock()
    waiting = Doubt.objects.filter(sealed_answers__isnull=False, not_before__lte=at)
    # No join: this goes by the index of those that are to be compared.
    some = waiting.prefetch_related("request__case").order_by("not_before")[:TOGETHER]
    return sum(_compared(means, each) for each in some)


def _compared(means: Means, made: Doubt) -> bool:
    try:
        matched, silent = _matching(means, made)
    except Destroyed:
        return _done(means, made, 0, "its key was destroyed")
    except Transient as failure:
        return _later(means, made, failure.what)
    except Failure as failure:
        return _done(means, made, 0, failure.what)
    if silent and len(matched) < len(made.kinds.split()):
        return _later(means, made, f"{', '.join(silent)} cannot be asked", len(matched))
    return _done(means, made, len(matched), "")


def _matching(means: Means, made: Doubt) -> tuple[frozenset[str], tuple[str, ...]]:
    """The kinds of which something held is what she said, and the systems that could not be asked."""
    said = doubts.answers(means=means, made=made)
    request = made.request
    law = law_of(means=means, request=request)
    plan = plans.planned(means=means, right=Right.ACCESS, regime=request.case.regime, law=law)
    asked = cases.asked_in(means=means, case=request.case)
    reaching = {name: each for name, each in means.connectors.items() if not plans.by_hand(plan, name)}
    found = identify(reaching, asked.identities, asked.decisions)
    silent = {each.system for each in found.unreached}
    matched: set[str] = set()
    for name in plan.systems:
        if name not in reaching or name in silent:
            continue
        # Those that locate her keys stay; of what is read, only what may match.
        steps = tuple(step for step in plan.of(name) if not isinstance(step, Collect) or _asked(step, said))
        try:
            matched |= set(_in_system(means, name, steps, found.subject, said))
        except Failure:
            silent.add(name)
    return frozenset(matched), tuple(sorted(silent))


def _asked(step: Collect, said: Iterable[str]) -> bool:
    return not {field.category for field in step.fields}.isdisjoint(said)


def _in_system(
    means: Means, name: str, steps: tuple[Step, ...], subject: Subject, said: dict[str, str]
) -> Iterator[str]:
    fields = {step.number: step.fields for step in steps if isinstance(step, Collect)}
    country = means.datamap.organisation.country
    for row in means.connectors[name].collect(steps, subject, now=means.now) if fields else ():
        if not isinstance(row, Row) or not row.mine:
            continue
        for kind, words in said.items():
            held = [
                row.values.get(field.column)
                for field in fields[row.step]
                if field.category == kind and field.json is None and field.column not in row.redacted
            ]
            if alike(kind, words, held, country=country):
                yield kind


@transaction.atomic
def _done(means: Means, made: Doubt, matched: int, failure: str) -> bool:
    """The count is the proof; what she said goes. Writes `verification.added`, unless the request has ended
    meanwhile."""
    at = means.clock()
    fresh = Doubt.objects.select_for_update(of=("self",)).select_related("request__case").get(pk=made.pk)
    if fresh.sealed_answers is None:
        return False
    fresh.sealed_answers, fresh.compared_at, fresh.failure = None, at, failure[:200]
    fresh.save(update_fields=["sealed_answers", "compared_at", "failure"])
    if matched and fresh.request.state == RequestState.OPEN:
        certainty.prove_person(means=means, request=fresh.request, method=Method.DATA_POINTS, points=matched)
    return True


def _later(means: Means, made: Doubt, failure: str, matched: int = 0) -> bool:
    at = means.clock()
    if made.expires_at is not None and at >= made.expires_at:
        return _done(means, made, matched, failure)
    Doubt.objects.filter(pk=made.pk).update(not_before=at + RETRY, failure=failure[:200])
    return False
