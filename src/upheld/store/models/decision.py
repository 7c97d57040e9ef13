"""What somebody of the organisation decided on a request, what is noted in a case, and who agreed to it."""

from uuid import uuid4

from django.db import models

from upheld.store.models.case import Case, Request
from upheld.store.models.revision import Revision
from upheld.store.models.stop import Stop


class DecisionKind(models.TextChoices):
    """RETURN: rows of an erasure are put back; the others are what they say of the request."""

    EXTEND = "EXTEND", "More time taken"
    REFUSE = "REFUSE", "Refused"
    WITHDRAW = "WITHDRAW", "Taken back"
    PAUSE = "PAUSE", "Identity asked for"
    RESUME = "RESUME", "Identity shown"
    RETURN = "RETURN", "To be put back"
    UPHOLD = "UPHOLD", "Upheld"


class Decision(models.Model):
    """One decision of a named person (G-12.11). `code`: the ground, of the pack of the request. `systems`:
    those that are left out, where a part was refused. `sealed_words`: under the case's key. `former_target`
    and `former_legal`: the dates before it. `told_on`: the day on which the person was told by other means
    than our mail. `done_at`: when what is left to the runner was done."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="decisions")
    kind = models.CharField(max_length=10, choices=DecisionKind)
    code = models.CharField(max_length=40, default="", blank=True)
    systems = models.JSONField(default=list)
    sealed_words = models.BinaryField()
    by = models.CharField(max_length=100)
    at = models.DateTimeField()
    told_on = models.DateField(null=True)
    former_target = models.DateField(null=True)
    former_legal = models.DateField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("at", "id")
        constraints = (
            models.UniqueConstraint(
                name="decision_once",
                fields=["request", "kind"],
                condition=models.Q(kind__in=["EXTEND", "REFUSE", "WITHDRAW", "UPHOLD"]),
            ),
            models.CheckConstraint(name="decision_has_a_name", condition=~models.Q(by="")),
            models.CheckConstraint(
                name="decision_has_a_ground",
                condition=~models.Q(kind__in=["EXTEND", "REFUSE"]) | ~models.Q(code=""),
            ),
        )


class Pause(models.Model):
    """A question of identity: asked on one day, answered on another. Moves the lawful date alone (G-12.9)."""

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="pauses")
    asked_on = models.DateField()
    answered_on = models.DateField(null=True)

    class Meta:
        ordering = ("asked_on", "id")
        constraints = (
            models.UniqueConstraint(
                name="pause_one_open", fields=["request"], condition=models.Q(answered_on__isnull=True)
            ),
            models.CheckConstraint(
                name="pause_ends_after_it_began",
                condition=models.Q(answered_on__isnull=True)
                | models.Q(answered_on__gte=models.F("asked_on")),
            ),
        )


class Note(models.Model):
    """What colleagues tell each other about a case. Sealed: it may name the person."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="notes")
    by = models.CharField(max_length=100)
    at = models.DateTimeField()
    sealed_words = models.BinaryField()

    class Meta:
        ordering = ("at", "id")


class Matter(models.TextChoices):
    """What one person alone may not decide, where the organisation says so."""

    LIMITS = "LIMITS", "going beyond a limit"
    UNDO = "UNDO", "an undo beyond a limit"
    REFUSAL = "REFUSAL", "a refusal"
    STOP = "STOP", "lifting the stop"
    MAP = "MAP", "a change of the map that allows more"


class Rule(models.TextChoices):
    """Who has to agree: another member of staff, somebody outside by a link, or the same person later."""

    COLLEAGUE = "COLLEAGUE", "a second member of staff"
    OUTSIDE = "OUTSIDE", "somebody outside"
    COOLING = "COOLING", "the same person, later"


class Agreement(models.Model):
    """One wish that needs a second yes, and that yes. `what`: a digest of exactly what was asked for; `said`
    tells it in words that name nobody. `sealed_content`: what is done once it is agreed. `used_at`: it was
    done, and this yes is not good for anything else."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    matter = models.CharField(max_length=10, choices=Matter)
    rule = models.CharField(max_length=10, choices=Rule)
    request = models.ForeignKey(Request, on_delete=models.PROTECT, null=True, related_name="agreements")
    stop = models.ForeignKey(Stop, on_delete=models.PROTECT, null=True, related_name="agreements")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, null=True, related_name="agreements")
    what = models.CharField(max_length=64)
    said = models.CharField(max_length=500)
    reason = models.CharField(max_length=500)
    sealed_content = models.BinaryField(null=True)
    asked_by = models.CharField(max_length=100)
    asked_at = models.DateTimeField()
    not_before = models.DateTimeField()
    expires_at = models.DateTimeField()
    link_digest = models.BinaryField(max_length=32, null=True, unique=True)
    agreed_by = models.CharField(max_length=100, default="", blank=True)
    agreed_at = models.DateTimeField(null=True)
    declined_by = models.CharField(max_length=100, default="", blank=True)
    declined_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("asked_at", "id")
        constraints = (
            models.CheckConstraint(
                name="agreement_is_about_one_thing",
                condition=models.Q(request__isnull=False, stop__isnull=True, revision__isnull=True)
                | models.Q(request__isnull=True, stop__isnull=False, revision__isnull=True)
                | models.Q(request__isnull=True, stop__isnull=True, revision__isnull=False),
            ),
            models.CheckConstraint(name="agreement_has_reason", condition=~models.Q(reason="")),
            models.CheckConstraint(
                name="agreement_is_of_two",
                condition=models.Q(agreed_at__isnull=True)
                | models.Q(rule=Rule.COOLING)
                | ~models.Q(agreed_by=models.F("asked_by")),
            ),
            models.CheckConstraint(
                name="agreement_waited",
                condition=models.Q(agreed_at__isnull=True) | models.Q(agreed_at__gte=models.F("not_before")),
            ),
            models.CheckConstraint(
                name="agreement_used_was_given",
                condition=models.Q(used_at__isnull=True)
                | models.Q(agreed_at__isnull=False, declined_at__isnull=True),
            ),
        )
