"""The switch that stops all writing in the systems."""

from django.db import models


class Stop(models.Model):
    """In force until it is lifted; at most one is."""

    at = models.DateTimeField()
    by = models.CharField(max_length=100)
    reason = models.CharField(max_length=500)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.CharField(max_length=100, default="")

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                name="stop_one_in_force",
                fields=["lifted_by"],
                condition=models.Q(lifted_at__isnull=True),
            ),
        )
