"""The undo window of an erasure: until when its rows can come back, and what became of an undo (ADR 0016)."""

from uuid import uuid4

from django.db import models

from upheld.store.models.case import Request
from upheld.store.models.journal import Fulfilment, PartState


class Window(models.Model):
    """`key` seals what the erasure removed, in the systems whose fulfilment names this window; it is another
    than the case's, and is destroyed on `until`, before the certificate is issued. `legal`: the legal date
    came before the days that the map says."""

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="windows")
    key = models.CharField(max_length=32, unique=True)
    until = models.DateField()
    legal = models.BooleanField(default=False)
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("until", "id")
        constraints = (models.UniqueConstraint(name="window_once", fields=["request", "until"]),)
        indexes = (
            models.Index(name="window_next", fields=["until"], condition=models.Q(destroyed_at__isnull=True)),
        )


class Kept(models.Model):
    """Before-images of a replay within the window: a restore brought her rows back, and they went again.
    Stored before the replay's commit; they are true of that moment whether or not it came to pass."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    fulfilment = models.ForeignKey(Fulfilment, on_delete=models.PROTECT, related_name="kept")
    sealed_before = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "id")


class FileCopy(models.Model):
    """A file as it was before an erasure removed or changed it. The row, with what the file was called, and
    the sealed copy in the folder `kept` of the data folder, under this id, are both durable before the file
    is touched; they are true of that moment whether or not it was. `size`: of the content."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    fulfilment = models.ForeignKey(Fulfilment, on_delete=models.PROTECT, related_name="files")
    position = models.PositiveIntegerField()
    sealed_image = models.BinaryField()
    size = models.PositiveBigIntegerField()
    at = models.DateTimeField()

    class Meta:
        ordering = ("position",)
        constraints = (models.UniqueConstraint(name="filecopy_once", fields=["fulfilment", "position"]),)


class Undoing(models.Model):
    """One transaction that puts rows back in one system: stored while it is written and not yet committed,
    as a Part of an erasure is. `restored` counts rows and conflicts; it holds no values."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    fulfilment = models.ForeignKey(Fulfilment, on_delete=models.PROTECT, related_name="undoings")
    state = models.CharField(max_length=10, choices=PartState, default=PartState.PREPARED)
    token = models.CharField(max_length=200)
    restored = models.TextField()
    established = models.CharField(max_length=10, default="")
    prepared_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("prepared_at", "id")
        constraints = (
            models.UniqueConstraint(
                name="undoing_one_unsettled",
                fields=["fulfilment"],
                condition=models.Q(state=PartState.PREPARED),
            ),
        )
