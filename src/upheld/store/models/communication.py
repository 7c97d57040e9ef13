"""What came in beside the form, before somebody has read what it asks for."""

from uuid import uuid4

from django.db import models

from upheld.store.models.arrival import Channel
from upheld.store.models.case import Case
from upheld.store.models.task import Task


class ClosedReason(models.TextChoices):
    """Why nothing is opened for it."""

    NOT_A_REQUEST = "NOT_A_REQUEST", "it asks for nothing of the kind"
    SPAM = "SPAM", "spam"
    HERE_ALREADY = "HERE_ALREADY", "the same message is here already"


class Communication(models.Model):
    """One message, sealed under `key`, until it is opened as one or more arrivals, whose keys it goes under
    then, or closed with a reason. `destroy_at`: when a closed one goes, with its key; until then it can be
    reopened. One that nobody has read stays."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    channel = models.CharField(max_length=10, choices=Channel)
    key = models.CharField(max_length=32)
    sealed_original = models.BinaryField()
    kept_at = models.DateTimeField()
    kept_by = models.CharField(max_length=100)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=100, default="", blank=True)
    reason = models.CharField(max_length=20, choices=ClosedReason, default="", blank=True)
    destroy_at = models.DateTimeField(null=True, db_index=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="communication_closed_has_reason",
                condition=models.Q(closed_at__isnull=True, destroy_at__isnull=True, reason="")
                | (models.Q(closed_at__isnull=False, destroy_at__isnull=False) & ~models.Q(reason="")),
            ),
        )


class Reply(models.Model):
    """A message that answers something of a case, sealed as it came under the case's key. `task`: what was
    asked of the owner of a system, where she wrote it. `came_at`: when it was kept, `filed_by`: who said
    where it belongs."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="replies")
    task = models.ForeignKey(Task, on_delete=models.PROTECT, null=True, related_name="replies")
    channel = models.CharField(max_length=10, choices=Channel)
    sealed_original = models.BinaryField()
    came_at = models.DateTimeField()
    filed_at = models.DateTimeField()
    filed_by = models.CharField(max_length=100)

    class Meta:
        ordering = ("came_at", "id")
