"""The ledger's rows. Triggers refuse to change or delete a sequenced entry, a node or a checkpoint (P-04)."""

from django.db import models


class PendingEntry(models.Model):
    """An entry that its transaction has written and the sequencer has not yet given an index."""

    content = models.BinaryField()
    recorded_at = models.DateTimeField()


class Entry(models.Model):
    """A sequenced entry: canonical JSON, and its place. `pending` is the inbox row it came from, once."""

    index = models.PositiveBigIntegerField(primary_key=True)
    pending = models.PositiveBigIntegerField(unique=True)
    content = models.BinaryField()

    class Meta:
        ordering = ("index",)


class Node(models.Model):
    """The hash of a complete subtree; never changes once written."""

    level = models.PositiveSmallIntegerField()
    position = models.PositiveBigIntegerField()
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = (models.UniqueConstraint(name="node_once", fields=["level", "position"]),)


class Checkpoint(models.Model):
    """What the ledger's key has signed, verbatim, stored before anybody sees it (P-12)."""

    size = models.PositiveBigIntegerField(primary_key=True)
    signed = models.TextField()
    signed_at = models.DateTimeField()

    class Meta:
        ordering = ("size",)
