"""What somebody of the organisation has to know at once: noticed once, told by mail and by the webhook."""

from uuid import uuid4

from django.db import models

from upheld.store.models.case import Case, Request


class AlarmEvent(models.TextChoices):
    """What was noticed; the words are those of spec/webhook.md."""

    CASE_NEW = "case.new"
    CASE_NEEDS_YOU = "case.needs_you"
    TARGET_NEAR = "target.near"
    TARGET_PASSED = "target.passed"
    OWNER_OVERDUE = "owner.overdue"
    SYSTEM_FAILED = "system.failed"
    AGREEMENT_EXPIRING = "agreement.expiring"
    LEDGER_BROKEN = "ledger.broken"


class Alarm(models.Model):
    """One thing that was noticed. `about`: what it is about, so that it is noticed once. `case` and
    `request` are empty where it is about none. `day`: the date that it speaks of. No personal data.

    The last five are the webhook's: `call_at` is empty where none was to be called.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    event = models.CharField(max_length=20, choices=AlarmEvent)
    about = models.CharField(max_length=120)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="alarms")
    request = models.ForeignKey(Request, on_delete=models.PROTECT, null=True, related_name="alarms")
    day = models.DateField(null=True)
    raised_at = models.DateTimeField()
    call_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    called_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(name="alarm_once", fields=["event", "about"]),)
        indexes = (
            models.Index(
                name="alarm_to_call",
                fields=["call_at"],
                condition=models.Q(call_at__isnull=False, called_at__isnull=True, given_up_at__isnull=True),
            ),
        )
