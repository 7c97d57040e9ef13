"""Evidence: what was done, how we know, and what stays until when. No personal data."""

from uuid import uuid4

from django.db import models

from upheld.store.models.journal import Fulfilment, Part
from upheld.store.models.plan import Plan


class Evidence(models.Model):
    """One piece a step outcome: of one committed part, or, without `part`, of the system's verification or
    assertion. `record` is the canonical JSON whose SHA-256 is `digest`; `cls` is one of A to E (P-20)."""

    fulfilment = models.ForeignKey(Fulfilment, on_delete=models.PROTECT, related_name="evidence")
    part = models.OneToOneField(Part, on_delete=models.PROTECT, null=True, related_name="evidence")
    attempt = models.PositiveIntegerField()
    cls = models.CharField(max_length=1)
    established = models.CharField(max_length=10)
    record = models.TextField()
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                name="evidence_one_verification",
                fields=["fulfilment", "attempt"],
                condition=models.Q(part__isnull=True),
            ),
            models.CheckConstraint(
                name="evidence_class_known", condition=models.Q(cls__in=["A", "B", "C", "D", "E"])
            ),
        )


class Due(models.Model):
    """Rows that stay for a lawful ground until `on`; then the purge follows the plan's rule (G-17.3). Their
    keys are sealed: `key` names the columns. `step` is a number of `plan`, the version that kept them. A
    restore may bring purged rows back, so their keys stay readable as long as the case's key does."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)

    fulfilment = models.ForeignKey(Fulfilment, on_delete=models.PROTECT, related_name="dues")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="dues")
    step = models.PositiveIntegerField()
    table = models.CharField(max_length=200)
    on = models.DateField()
    key = models.JSONField()
    rows = models.PositiveBigIntegerField()
    sealed_rows = models.BinaryField()
    purged_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("on", "id")
        indexes = (models.Index(name="due_next", fields=["on"], condition=models.Q(purged_at__isnull=True)),)
