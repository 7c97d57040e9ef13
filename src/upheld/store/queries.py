"""What the verbs that are done for each person ask of our records again and again, by name."""

from functools import cache

from django.db.models import Exists, OuterRef, Q

from upheld.store.compiled import Changes, Deletes, Rows, Slot
from upheld.store.models import (
    BlindIndex,
    Case,
    Due,
    Fulfilment,
    FulfilmentState,
    Plan,
    Request,
    Restriction,
    Statement,
    Step,
    Suppression,
)
from upheld.store.models.case import UNFINISHED
from upheld.store.models.journal import Part

ENDED = (FulfilmentState.DONE, FulfilmentState.RETAINED)

REQUEST = Rows(lambda: Request.objects.select_related("case").filter(pk=Slot("pk")))
REQUEST_LOCKED = Rows(
    lambda: Request.objects.select_for_update(of=("self",)).select_related("case").filter(pk=Slot("pk"))
)
WITHDRAWN = Rows(
    lambda: Request.objects.select_for_update().filter(pk=Slot("pk")).values_list("state", "undone_at")
)
"""Whether it was taken back or is being undone, locked."""
STILL_OPEN = Rows(
    lambda: Request.objects.filter(
        Q(state__in=UNFINISHED)
        | Exists(Restriction.objects.filter(request=OuterRef("pk"), lifted_at__isnull=True)),
        case=Slot("case"),
    ).values_list("pk")[:1]
)
"""Whether the case has another request that is not finished, or a restriction that is in force."""
CASE_HELD = Rows(
    lambda: Case.objects.select_for_update(no_key=True).filter(pk=Slot("pk")).values_list("state")
)
"""The case's state, held. Whoever holds requests too takes those first."""
FULFILMENTS = Rows(lambda: Fulfilment.objects.filter(request=Slot("request")).order_by("position"))
UNFINISHED_FULFILMENTS = Rows(
    lambda: (
        Fulfilment.objects.filter(request=Slot("request"))
        .exclude(state__in=ENDED)
        .select_related("plan__same_as", "window")
        .order_by("position")
    )
)
FULFILMENT_LOCKED = Rows(lambda: Fulfilment.objects.select_for_update().filter(pk=Slot("pk")))

PLAN_OF = Rows(
    lambda: Plan.objects.filter(digest=Slot("digest"), format=Slot("format"), same_as__isnull=True).order_by(
        "pk"
    )[:1]
)
"""The first plan of those steps."""
BODIES = Rows(lambda: Step.objects.filter(plan=Slot("plan")).order_by("position").values_list("body"))

LAST_DUE = Rows(
    lambda: (
        Due.objects.filter(fulfilment__request=Slot("request"), purged_at__isnull=True)
        .order_by("-on")
        .values_list("on")[:1]
    )
)
DUE_OF = Rows(
    lambda: (
        Due.objects.filter(fulfilment=Slot("fulfilment"), table=Slot("table"))
        .order_by("-on")
        .values_list("on")[:1]
    )
)
ANY_STATEMENT = Rows(lambda: Statement.objects.values_list("pk")[:1])


@cache
def open_cases(many: int) -> Rows:
    """Which open cases are known by so many digests, each named by its place."""
    named = [Slot(str(place)) for place in range(many)]
    return Rows(
        lambda: BlindIndex.objects.filter(digest__in=named, open=True, whole=False).select_related("case")
    )


@cache
def suppressed(many: int) -> Rows:
    """Which of so many digests are suppressed, each named by its place."""
    named = [Slot(str(place)) for place in range(many)]
    return Rows(lambda: Suppression.objects.filter(digest__in=named).values_list("digest"))


FULFILMENT = Changes(lambda: Fulfilment.objects.filter(pk=Slot("pk")))
FENCED = Changes(
    lambda: Fulfilment.objects.filter(
        pk=Slot("pk"), owner=Slot("owner"), attempt=Slot("attempt"), state=FulfilmentState.RUNNING
    )
)
"""Of whoever still holds the part."""
PART = Changes(lambda: Part.objects.filter(pk=Slot("pk")))
ONE_REQUEST = Changes(lambda: Request.objects.filter(pk=Slot("pk")))
ONE_UNFINISHED = Changes(lambda: Request.objects.filter(pk=Slot("pk"), state__in=UNFINISHED))
ONE_CASE = Changes(lambda: Case.objects.filter(pk=Slot("pk")))
INDEX = Changes(lambda: BlindIndex.objects.filter(case=Slot("case")))
WHOLE_INDEX = Deletes(lambda: BlindIndex.objects.filter(case=Slot("case"), whole=True))
