"""Copies that were written for people: where, until when, and who opened them (P-25)."""

from uuid import uuid4

from django.db import models

from upheld.store.models.case import Request


class Package(models.Model):
    """An encrypted file with a person's copy. It expires, however its request ended (scenario 62)."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="packages")
    path = models.TextField()
    digest = models.CharField(max_length=64, default="")
    size = models.PositiveBigIntegerField(default=0)
    written_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(
                name="package_expiring", fields=["expires_at"], condition=models.Q(removed_at__isnull=True)
            ),
        )


class Opening(models.Model):
    """One fetch of a package."""

    package = models.ForeignKey(Package, on_delete=models.CASCADE, related_name="openings")
    at = models.DateTimeField()
    by = models.CharField(max_length=100)
