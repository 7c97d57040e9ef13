"""What a person says herself about data of hers that she holds to be incomplete (Art. 16)."""

from uuid import uuid4

from django.db import models

from upheld.store.models.case import Case


class Statement(models.Model):
    """One supplementary statement, verbatim and sealed under a key of its own: it lives as long as what it
    is about, which may be longer than the case. `system` and `table` say what that is, both empty for the
    person as a whole; the row's key, where there is one, is sealed with the words. An erasure of her
    destroys the key and the row."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="statements")
    system = models.CharField(max_length=100, default="", blank=True)
    table = models.CharField(max_length=200, default="", blank=True)
    key = models.CharField(max_length=32, unique=True)
    sealed_words = models.BinaryField()
    given_at = models.DateTimeField()

    class Meta:
        ordering = ("given_at", "id")


class StatementIndex(models.Model):
    """How a statement is found by an identity or a row of hers: its HMAC under the index key."""

    statement = models.ForeignKey(Statement, on_delete=models.CASCADE, related_name="index")
    digest = models.BinaryField(max_length=32, db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(name="statement_index_once", fields=["statement", "digest"]),)
