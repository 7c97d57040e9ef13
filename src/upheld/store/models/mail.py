"""The outbox: mails that are to be sent, written in the transaction of what they tell of."""

from django.db import models

from upheld.store.models.arrival import Arrival
from upheld.store.models.case import Case
from upheld.store.models.task import Task


class MailKind(models.TextChoices):
    """What a mail is for. LETTER: somebody of the organisation wrote it. ALARM and DIGEST go to her and her
    deputy, OVERDUE to the owner of a system, TEST to whoever wants to see whether mails arrive."""

    VERIFY = "VERIFY"
    ACKNOWLEDGE = "ACKNOWLEDGE"
    FOLLOW = "FOLLOW"
    COPY_READY = "COPY_READY"
    DONE = "DONE"
    TASK = "TASK"
    EXTENDED = "EXTENDED"
    REFUSED = "REFUSED"
    WITHDRAWN = "WITHDRAWN"
    AGREE = "AGREE"
    PROVE = "PROVE"
    LETTER = "LETTER"
    OVERDUE = "OVERDUE"
    ALARM = "ALARM"
    DIGEST = "DIGEST"
    OTHER = "OTHER"
    QUESTION = "QUESTION"
    REMINDER = "REMINDER"
    TEST = "TEST"


class Mail(models.Model):
    """One mail. `sealed_content` (to whom, subject, text) is under `key` and emptied once it is sent: what is
    kept is that it was; a LETTER stays, as long as the case's key does. `letter` names its template, `by` who
    wrote it. `about`: what it tells of, so that it is told once."""

    kind = models.CharField(max_length=12, choices=MailKind)
    about = models.CharField(max_length=80, default="", blank=True)
    letter = models.CharField(max_length=40, default="", blank=True)
    by = models.CharField(max_length=100, default="", blank=True)
    arrival = models.ForeignKey(Arrival, on_delete=models.CASCADE, null=True, related_name="mails")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="mails")
    task = models.ForeignKey(Task, on_delete=models.CASCADE, null=True, related_name="mails")
    key = models.CharField(max_length=32)
    sealed_content = models.BinaryField()
    written_at = models.DateTimeField()
    not_before = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    failure = models.CharField(max_length=200, default="", blank=True)
    sent_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                name="mail_told_once", fields=["kind", "about"], condition=~models.Q(about="")
            ),
        )
        indexes = (
            models.Index(
                name="mail_ready",
                fields=["not_before"],
                condition=models.Q(sent_at__isnull=True, dropped_at__isnull=True),
            ),
            models.Index(
                name="mail_dropped",
                fields=["dropped_at"],
                condition=models.Q(dropped_at__isnull=False),
            ),
            models.Index(name="mail_unsent", fields=["written_at"], condition=models.Q(sent_at__isnull=True)),
        )
