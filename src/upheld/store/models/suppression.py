"""Who must not come back: only keyed hashes, under a key of their own (P-24, scenario 44)."""

from django.db import models

from upheld.store.models.case import Request


class Suppression(models.Model):
    """HMAC of one identity of an erased person. Kept after the case's key is destroyed. `request`: the
    erasure that set it, as long as that can be undone; then nobody can tell any more."""

    kind = models.CharField(max_length=50)
    digest = models.BinaryField(max_length=32, unique=True)
    at = models.DateTimeField()
    request = models.ForeignKey(Request, on_delete=models.SET_NULL, null=True, related_name="marks")
