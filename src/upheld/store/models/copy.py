"""A copy that somebody approved, before it is written."""

from django.db import models

from upheld.store.models.case import Request


class Copy(models.Model):
    """The approval of a person's copy, and the key that opens it: made before the copy is, sealed with the
    case's key, so that no crash leaves a copy that nobody can open. Whoever writes it is its
    `owner`, as of a system's part."""

    request = models.OneToOneField(Request, on_delete=models.PROTECT, related_name="copy")
    approved_by = models.CharField(max_length=100)
    approved_at = models.DateTimeField()
    recipient = models.CharField(max_length=80)
    sealed_identity = models.BinaryField()
    not_before = models.DateTimeField()
    owner = models.CharField(max_length=64, default="", blank=True)
    leased_until = models.DateTimeField(null=True)
    failure = models.TextField(default="", blank=True)
