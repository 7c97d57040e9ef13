"""Certificates that were issued: what they say, and whether their files were written."""

from django.db import models

from upheld.store.models.case import Request


class Certificate(models.Model):
    """One issued certificate. `entry` is the inbox number of its ledger entry; the words are sealed with the
    case's key. `written_at` is empty until its files are on the disk: a crash between the two is made good by
    writing the same certificate again, never by issuing another."""

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="certificates")
    entry = models.PositiveBigIntegerField(unique=True)
    complete = models.BooleanField()
    sealed_content = models.BinaryField()
    issued_at = models.DateTimeField()
    written_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                name="certificate_complete_once", fields=["request"], condition=models.Q(complete=True)
            ),
        )
