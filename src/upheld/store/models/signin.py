"""A sign-in elsewhere that somebody began, to prove who she is."""

from uuid import uuid4

from django.db import models

from upheld.store.models.arrival import Arrival


class SignIn(models.Model):
    """One try, for some minutes. Nothing of it is in a browser: `digest` is that of the state in the address
    that she comes back by, once; `answer`, that of the token in the form by which she then says that the
    request is hers, once. `sealed`, under the case's key: first what ties the provider's answer to the
    question, from `returned_at` on whom it named. A verification tells what came of it; the row goes."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    arrival = models.ForeignKey(Arrival, on_delete=models.CASCADE, related_name="sign_ins")
    provider = models.CharField(max_length=40)
    digest = models.BinaryField(max_length=32, unique=True)
    answer = models.BinaryField(max_length=32, unique=True, null=True)
    sealed = models.BinaryField()
    begun_at = models.DateTimeField()
    returned_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="sign_in_answers_what_returned",
                condition=models.Q(answer__isnull=True) | models.Q(returned_at__isnull=False),
            ),
        )
