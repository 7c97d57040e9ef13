"""What people do by hand in systems that no connector reaches."""

from uuid import uuid4

from django.db import models

from upheld.store.models.journal import Fulfilment


class Task(models.Model):
    """One task of a manual system, and its answer. `sealed_answer` may hold words about the person."""

    fulfilment = models.ForeignKey(Fulfilment, on_delete=models.PROTECT, related_name="tasks")
    step = models.PositiveIntegerField()
    asked_at = models.DateTimeField()
    due_on = models.DateField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=100, default="")
    sealed_answer = models.BinaryField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(name="task_once", fields=["fulfilment", "step"]),
            models.CheckConstraint(
                name="task_answer_has_author",
                condition=models.Q(answered_at__isnull=True) | ~models.Q(answered_by=""),
            ),
        )
        indexes = (
            models.Index(name="task_open", fields=["due_on"], condition=models.Q(answered_at__isnull=True)),
        )


class Upload(models.Model):
    """A file that came with an answer, for the person's copy. It stands sealed under the case's key in the
    folder `kept/uploads` of the data folder, by this id, until the copy is written whole; what stays is its
    digest."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="uploads")
    position = models.PositiveIntegerField()
    sealed_name = models.BinaryField()
    digest = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("position",)
        constraints = (models.UniqueConstraint(name="upload_once", fields=["task", "position"]),)
