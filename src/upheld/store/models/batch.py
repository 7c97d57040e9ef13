"""Requests that came as one list: which line of it each was."""

from uuid import uuid4

from django.db import models

from upheld.store.models.case import Request


class Batch(models.Model):
    """A list of people approved together. `lines`: how many it had; `left_out`: the numbers of lines for
    which nothing was done, agreed to by whoever approved. Neither its name nor its words are kept."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    at = models.DateTimeField()
    by = models.CharField(max_length=100)
    lines = models.PositiveIntegerField()
    left_out = models.JSONField(default=list)


class BatchLine(models.Model):
    """Line `line` of the list is this request; several lines may be one person's."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="each")
    line = models.PositiveIntegerField()
    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="batch_lines")

    class Meta:
        ordering = ("batch", "line")
        constraints = (models.UniqueConstraint(name="batch_line_once", fields=["batch", "line"]),)
