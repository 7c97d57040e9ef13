"""The journal: what is to be done in each system, how far it is, and what was prepared but not yet known
done."""

from uuid import uuid4

from django.db import models

from upheld.store.models.case import Request
from upheld.store.models.plan import Plan


class FulfilmentState(models.TextChoices):
    """WAITING for its turn or its not-before time; RUNNING under a lease; the last three are outcomes.

    FAILED is no end: the case stays open, and `resume` tries again. RETAINED: nothing more can be done
    until a date or the release of a hold, and the certificate says what stays.
    """

    WAITING = "WAITING"
    RUNNING = "RUNNING"
    DONE = "DONE"
    RETAINED = "RETAINED"
    FAILED = "FAILED"


class FailureKind(models.TextChoices):
    """The three failures and no fourth."""

    TRANSIENT = "TRANSIENT"
    PERMANENT = "PERMANENT"
    MISCONFIGURED = "MISCONFIGURED"


class Later(models.TextChoices):
    """Why a part waits for its not-before time: a limit of its system, or a batch that it belongs to."""

    QUIET = "QUIET"
    RATE = "RATE"
    CONCURRENCY = "CONCURRENCY"
    TOGETHER = "TOGETHER"


class PartState(models.TextChoices):
    """PREPARED: written in the target, its commit not yet established. ABORTED: the target forgot it."""

    PREPARED = "PREPARED"
    COMMITTED = "COMMITTED"
    ABORTED = "ABORTED"


class Fulfilment(models.Model):
    """One system's share of a request. Whoever drives it holds (`owner`, `attempt`): every later write
    names both and changes nothing when another has taken over. `unreached`: the person was not looked for
    here yet. `withheld`: the hold for whose sake rows stay (G-17.4). `window`: it can be undone in it.
    `taken_at`: when somebody last began with it, `later` why it is not before its `not_before`."""

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="fulfilments")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="fulfilments")
    position = models.PositiveIntegerField()
    system = models.CharField(max_length=100)
    state = models.CharField(max_length=10, choices=FulfilmentState, default=FulfilmentState.WAITING)
    owner = models.CharField(max_length=64, default="")
    attempt = models.PositiveIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    not_before = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(null=True)
    later = models.CharField(max_length=12, choices=Later, default="", blank=True)
    unreached = models.BooleanField(default=False)
    withheld = models.CharField(max_length=200, default="", blank=True)
    window = models.ForeignKey(
        "store.Window", on_delete=models.PROTECT, null=True, related_name="fulfilments"
    )
    failure = models.CharField(max_length=14, choices=FailureKind, default="", blank=True)
    failure_text = models.TextField(default="")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(name="fulfilment_once", fields=["request", "system"]),
            models.CheckConstraint(
                name="fulfilment_failure_fits_state",
                condition=models.Q(state=FulfilmentState.FAILED) & ~models.Q(failure="")
                | ~models.Q(state=FulfilmentState.FAILED) & models.Q(failure=""),
            ),
            models.CheckConstraint(
                name="fulfilment_running_has_owner",
                condition=~models.Q(state=FulfilmentState.RUNNING) | ~models.Q(owner=""),
            ),
        )
        indexes = (
            models.Index(
                name="fulfilment_taken",
                fields=["system", "taken_at"],
                condition=models.Q(taken_at__isnull=False),
            ),
            models.Index(
                name="fulfilment_ready",
                fields=["not_before"],
                condition=models.Q(state=FulfilmentState.WAITING),
            ),
            models.Index(
                name="fulfilment_leased",
                fields=["leased_until"],
                condition=models.Q(state=FulfilmentState.RUNNING),
            ),
            models.Index(
                name="fulfilment_failed",
                fields=["request"],
                condition=models.Q(state=FulfilmentState.FAILED),
            ),
        )


class Part(models.Model):
    """One transaction of one system. Stored durably while the target has written but not committed.

    `token` asks the target later what became of it. Traces and before-images are personal and sealed. A
    system has at most one part whose outcome is not known: the next is prepared only after this one is
    settled. `plan`: the version it was written by, to which the numbers of its steps belong. `last`: nothing
    of the system was left to write after it. `due`: the kept rows it purges; None for a part of the erasure.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    fulfilment = models.ForeignKey(Fulfilment, on_delete=models.PROTECT, related_name="parts")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="parts")
    attempt = models.PositiveIntegerField()
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=100)
    last = models.BooleanField(default=True)
    due = models.ForeignKey("store.Due", on_delete=models.PROTECT, null=True, related_name="parts")
    token = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=PartState, default=PartState.PREPARED)
    counts = models.TextField()
    sealed_traces = models.BinaryField()
    sealed_before = models.BinaryField(null=True)
    sealed_due = models.BinaryField(null=True)
    established = models.CharField(max_length=10, default="")
    prepared_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(name="part_once", fields=["fulfilment", "position"]),
            models.UniqueConstraint(
                name="part_one_unsettled", fields=["fulfilment"], condition=models.Q(state=PartState.PREPARED)
            ),
            models.CheckConstraint(
                name="part_committed_is_established",
                condition=models.Q(state=PartState.COMMITTED) & ~models.Q(established="")
                | ~models.Q(state=PartState.COMMITTED) & models.Q(established=""),
            ),
        )
