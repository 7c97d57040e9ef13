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


class LedgerCheck(models.Model):
    """A verification of the whole ledger that somebody ordered. A runner does it a piece at a time: `size` is
    how many entries it goes through, known once it begins, `reached` how many it has read, and `paused` what
    it needs to go on. `ok` and the sentences are the verdict, once `done_at` is there."""

    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField(null=True)
    reached = models.PositiveBigIntegerField(default=0)
    paused = models.JSONField(null=True)
    done_at = models.DateTimeField(null=True)
    ok = models.BooleanField(default=False)
    checked = models.JSONField(default=list)
    failures = models.JSONField(default=list)
    limits = models.JSONField(default=list)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="ledger_check_holds_only_when_done",
                condition=models.Q(done_at__isnull=False) | models.Q(ok=False),
            ),
        )


class Checkpoint(models.Model):
    """What the ledger's key has signed, verbatim, stored before anybody sees it (P-12)."""

    size = models.PositiveBigIntegerField(primary_key=True)
    signed = models.TextField()
    signed_at = models.DateTimeField()

    class Meta:
        ordering = ("size",)
