"""What came in beside the form, before somebody has read what it asks for."""

from uuid import uuid4

from django.db import models

from upheld.store.models.arrival import Channel


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
