"""A plan is stored as rows when it is approved: an upgrade of the map or of Upheld never changes a running
case."""

from django.db import models

from upheld.store.models.case import Request


class Plan(models.Model):
    """What was approved, by whom, and what was allowed beyond its limits. Names no person (P-23).

    `version` counts up when a request is planned anew, for instance when a hold was released. `format` names
    the form in which its steps and its digest are written (spec/plan.md). `expected`: rows that the preview
    counted, by system and step. `sealed_cells`: the values that its steps set, sealed with the case's key.
    `same_as`: the plan under which the same steps stand already, for people approved together.
    """

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="plans")
    version = models.PositiveIntegerField(default=1)
    format = models.CharField(max_length=40)
    digest = models.CharField(max_length=64)
    regime = models.CharField(max_length=20)
    approved_at = models.DateTimeField()
    approved_by = models.CharField(max_length=100)
    allowed = models.JSONField(default=list)
    reason = models.CharField(max_length=500, default="")
    go_on = models.CharField(max_length=500, default="")
    expected = models.JSONField(default=dict)
    sealed_cells = models.BinaryField(null=True)
    same_as = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="others")

    class Meta:
        constraints = (
            models.UniqueConstraint(name="plan_version_once", fields=["request", "version"]),
            models.CheckConstraint(
                name="plan_allowed_has_reason", condition=models.Q(allowed=[]) | ~models.Q(reason="")
            ),
        )
        indexes = (
            models.Index(name="plan_steps", fields=["digest"], condition=models.Q(same_as__isnull=True)),
        )


class Step(models.Model):
    """One step in its canonical text (spec/plan.md); `kind`, `system` and `table` repeat what stands in
    it."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveIntegerField()
    number = models.PositiveIntegerField()
    system = models.CharField(max_length=100)
    kind = models.CharField(max_length=20)
    body = models.TextField()

    class Meta:
        ordering = ("position",)
        constraints = (models.UniqueConstraint(name="step_position_once", fields=["plan", "position"]),)
