"""What staff asked the person about her request, and what she answered."""

from uuid import uuid4

from django.db import models

from upheld.store.models.case import Case


class QuestionKind(models.TextChoices):
    """WORDS: in staff's own words. IDENTIFIER: nothing was found under what she gave (G-12.8)."""

    WORDS = "WORDS"
    IDENTIFIER = "IDENTIFIER"


class Question(models.Model):
    """One question, sealed with its answer under the case's key. A case asks for another identifier once."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="questions")
    kind = models.CharField(max_length=10, choices=QuestionKind)
    sealed_text = models.BinaryField()
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=100)
    sealed_answer = models.BinaryField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                name="question_identifier_once", fields=["case"], condition=models.Q(kind="IDENTIFIER")
            ),
            models.CheckConstraint(
                name="question_answer_has_time",
                condition=models.Q(answered_at__isnull=True, sealed_answer__isnull=True)
                | models.Q(answered_at__isnull=False, sealed_answer__isnull=False),
            ),
        )


class Enclosure(models.Model):
    """A file that came with an answer: sealed under the case's key outside every folder that is served.
    `kind`: what its first bytes say it is; what it was called is sealed."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="enclosures")
    kind = models.CharField(max_length=10)
    sealed_name = models.BinaryField()
    size = models.PositiveBigIntegerField()
    at = models.DateTimeField()
