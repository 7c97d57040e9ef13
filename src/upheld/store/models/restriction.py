"""Restrictions in force: why, and what must have happened before one is lifted (Art. 18)."""

from django.db import models

from upheld.law.ground import RestrictionGround
from upheld.store.models.case import Request

GROUNDS = [(ground.value, ground.value) for ground in RestrictionGround]


class Restriction(models.Model):
    """One restriction, from its approval on. While it is in force its case stays open, and with it the key
    under which it is sealed what the marks were before.

    `told_on`: the day on which the person was told that it will be lifted (Art. 18(3)); without it no `lift`.
    `sealed_inherited`: what stood in rows that a restriction of somebody else had marked first and that is
    lifted meanwhile; this one then restores it.
    """

    request = models.OneToOneField(Request, on_delete=models.PROTECT, related_name="restriction")
    ground = models.CharField(max_length=12, choices=GROUNDS)
    set_at = models.DateTimeField()
    told_on = models.DateField(null=True)
    told_at = models.DateTimeField(null=True)
    lift = models.ForeignKey(Request, on_delete=models.PROTECT, null=True, related_name="lifts")
    lifted_at = models.DateTimeField(null=True)
    sealed_inherited = models.BinaryField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="restriction_lift_was_told",
                condition=models.Q(lift__isnull=True) | models.Q(told_on__isnull=False),
            ),
            models.CheckConstraint(
                name="restriction_lifted_by_an_order",
                condition=models.Q(lifted_at__isnull=True) | models.Q(lift__isnull=False),
            ),
            models.CheckConstraint(
                name="restriction_told_is_recorded",
                condition=models.Q(told_on__isnull=True, told_at__isnull=True)
                | models.Q(told_on__isnull=False, told_at__isnull=False),
            ),
        )
