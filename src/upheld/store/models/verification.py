"""How it was proved who asks, and the doubts for whose sake more was asked for."""

from uuid import uuid4

from django.db import models

from upheld.law.certainty import Method
from upheld.store.models.case import Level, Request

METHODS = [(each.value, each.value) for each in Method]


class Verification(models.Model):
    """One proof for one request. Never changed or removed: the database refuses it, and refuses a request
    that says it has reached more than a row here says (`store.guard`).

    `grants`: what it is worth by itself. `level`: what all proofs together were worth with it. It counts
    until `expires_at`. `sealed_details`: the words of a judgement or a declaration, under the case's key.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="verifications")
    method = models.CharField(max_length=12, choices=METHODS)
    points = models.PositiveSmallIntegerField(default=0)
    grants = models.PositiveSmallIntegerField(choices=Level, default=Level.NONE)
    level = models.PositiveSmallIntegerField(choices=Level)
    by = models.CharField(max_length=100)
    at = models.DateTimeField()
    expires_at = models.DateTimeField()
    sealed_details = models.BinaryField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="verification_worth_its_grant", condition=models.Q(level__gte=models.F("grants"))
            ),
            models.CheckConstraint(
                name="verification_judgement_has_reason",
                condition=~models.Q(method=Method.JUDGEMENT.value) | models.Q(sealed_details__isnull=False),
            ),
        )


class Doubt(models.Model):
    """A doubt who asks, with its reason (G-12.8), and what the person was asked for because of it.

    `raised`: a higher level is needed since. `kinds`: of data she was asked to name, `declaration`: and to
    sign; nothing of either where only the level was raised. `sealed_answers` is emptied when they have been
    compared. What nobody answered until `expires_at` can be asked for once more. `not_before`: when the
    answers are compared, or tried again after a `failure`.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="doubts")
    by = models.CharField(max_length=100)
    at = models.DateTimeField()
    sealed_why = models.BinaryField()
    raised = models.BooleanField(default=False)
    kinds = models.CharField(max_length=300, default="", blank=True)
    declaration = models.BooleanField(default=False)
    expires_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    sealed_answers = models.BinaryField(null=True)
    not_before = models.DateTimeField(null=True)
    compared_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="doubt_asks_until",
                condition=models.Q(kinds="", declaration=False, expires_at__isnull=True)
                | ((~models.Q(kinds="") | models.Q(declaration=True)) & models.Q(expires_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="doubt_compared_is_emptied",
                condition=models.Q(compared_at__isnull=True) | models.Q(sealed_answers__isnull=True),
            ),
            models.UniqueConstraint(
                name="doubt_one_to_compare",
                fields=["request"],
                condition=models.Q(sealed_answers__isnull=False),
            ),
        )
        indexes = (
            models.Index(
                name="doubt_to_compare",
                fields=["not_before"],
                condition=models.Q(sealed_answers__isnull=False),
            ),
        )
