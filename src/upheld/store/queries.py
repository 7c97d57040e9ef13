"""What the verbs that are done for each person ask of our records again and again, by name."""

from functools import cache, lru_cache

from django.db.models import Exists, OuterRef, Q

from upheld.store.compiled import Changes, Deletes, Rows, Slot
from upheld.store.models import (
    BlindIndex,
    Case,
    Certificate,
    Checkpoint,
    Decision,
    Due,
    Entry,
    Evidence,
    Fulfilment,
    FulfilmentState,
    Node,
    PendingEntry,
    Plan,
    Request,
    Restriction,
    Statement,
    Step,
    Suppression,
    Task,
    Window,
)
from upheld.store.models.case import UNFINISHED
from upheld.store.models.journal import Part

ENDED = (FulfilmentState.DONE, FulfilmentState.RETAINED)

REQUEST = Rows(lambda: Request.objects.select_related("case").filter(pk=Slot("pk")))
REQUEST_LOCKED = Rows(
    lambda: Request.objects.select_for_update(of=("self",)).select_related("case").filter(pk=Slot("pk"))
)
CASE = Rows(lambda: Case.objects.filter(pk=Slot("pk")))
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
HERS = {
    "fulfilments": Rows(
        lambda: (
            Fulfilment.objects.filter(request=Slot("request"))
            .select_related("plan__same_as", "window")
            .order_by("position")
        )
    ),
    "plans": Rows(lambda: Plan.objects.filter(request=Slot("request"))),
    "decisions": Rows(lambda: Decision.objects.filter(request=Slot("request"))),
    "certificates": Rows(lambda: Certificate.objects.filter(request=Slot("request"))),
    "windows": Rows(lambda: Window.objects.filter(request=Slot("request"))),
}
"""What stands beside a request, by the names of its relations."""
OF_SYSTEMS = {
    "parts": Rows(lambda: Part.objects.filter(fulfilment__request=Slot("request"))),
    "evidence": Rows(lambda: Evidence.objects.filter(fulfilment__request=Slot("request"))),
    "dues": Rows(lambda: Due.objects.filter(fulfilment__request=Slot("request"))),
    "tasks": Rows(lambda: Task.objects.filter(fulfilment__request=Slot("request"))),
}
"""What stands beside the parts of its systems."""
ANY_STATEMENT = Rows(lambda: Statement.objects.values_list("pk")[:1])

INBOX = Rows(lambda: PendingEntry.objects.values_list("pk")[:1])
"""Whether an entry waits for its place."""
LAST_ENTRY = Rows(lambda: Entry.objects.order_by("-index").values_list("index")[:1])
ENTRY_OF = Rows(lambda: Entry.objects.filter(pending=Slot("pending")))
LAST_CHECKPOINT = Rows(lambda: Checkpoint.objects.order_by("-size")[:1])


@lru_cache(maxsize=64)
def nodes(many: int) -> Rows:
    """So many nodes of the ledger's tree, each named by its place in the list, level and position."""
    wanted = Q()
    for place in range(many):
        wanted |= Q(level=Slot(f"level{place}"), position=Slot(f"position{place}"))
    return Rows(lambda: Node.objects.filter(wanted).values_list("level", "position", "hash"))


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
WRITTEN = Changes(lambda: Certificate.objects.filter(request=Slot("request"), written_at__isnull=True))
PART = Changes(lambda: Part.objects.filter(pk=Slot("pk")))
ONE_REQUEST = Changes(lambda: Request.objects.filter(pk=Slot("pk")))
ONE_UNFINISHED = Changes(lambda: Request.objects.filter(pk=Slot("pk"), state__in=UNFINISHED))
ONE_CASE = Changes(lambda: Case.objects.filter(pk=Slot("pk")))
INDEX = Changes(lambda: BlindIndex.objects.filter(case=Slot("case")))
WHOLE_INDEX = Deletes(lambda: BlindIndex.objects.filter(case=Slot("case"), whole=True))
