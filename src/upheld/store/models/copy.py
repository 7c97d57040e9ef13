"""A copy that somebody approved, before it is written."""

from django.db import models

from upheld.store.models.case import Request
from upheld.store.models.journal import FailureKind


class Copy(models.Model):
    """The approval of a person's copy, and the key that opens it: made before the copy is, sealed with the
    case's key, so that no crash leaves a copy that nobody can open. Whoever writes it is its
    `owner`, as of a system's part.

    `failure`: what kind it was when it was last tried in vain; empty where nothing failed, also while the
    owner of a system by hand has her time. `attempt`: tries in vain, one after the other. `failed`: the
    systems that failed; none where it was the copy itself."""

    request = models.OneToOneField(Request, on_delete=models.PROTECT, related_name="copy")
    approved_by = models.CharField(max_length=100)
    approved_at = models.DateTimeField()
    recipient = models.CharField(max_length=80)
    sealed_identity = models.BinaryField()
    not_before = models.DateTimeField()
    owner = models.CharField(max_length=64, default="", blank=True)
    leased_until = models.DateTimeField(null=True)
    attempt = models.PositiveIntegerField(default=0)
    failure = models.CharField(max_length=14, choices=FailureKind, default="", blank=True)
    failure_text = models.TextField(default="", blank=True)
    failed = models.JSONField(default=list, blank=True)

    class Meta:
        indexes = (models.Index(name="copy_failed", fields=["request"], condition=models.Q(failure__gt="")),)
