"""Who must not come back: only keyed hashes, under a key of their own (P-24, scenario 44)."""

from django.db import models


class Suppression(models.Model):
    """HMAC of one identity of an erased person. Kept after the case's key is destroyed."""

    kind = models.CharField(max_length=50)
    digest = models.BinaryField(max_length=32, unique=True)
    at = models.DateTimeField()
