"""Programs that may send requests in, each use of theirs, and what came of it."""

from uuid import uuid4

from django.db import models

from upheld.store.models.arrival import Arrival
from upheld.store.models.case import Level, Request


class Token(models.Model):
    """What a program shows to be let in. Only a digest of it is kept. `name`: the program; what was sent in
    under a name may be read by every token of it, so that one can follow another. `trusted`: how sure it is
    who asks where this program says that it has verified her; NONE where it may not say so."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    name = models.CharField(max_length=60)
    digest = models.BinaryField(max_length=32, unique=True)
    submits = models.BooleanField(default=False)
    reads = models.BooleanField(default=False)
    trusted = models.PositiveSmallIntegerField(choices=Level, default=Level.NONE)
    created_by = models.CharField(max_length=100)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_by = models.CharField(max_length=100, default="", blank=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="token_may_something",
                condition=models.Q(submits=True) | models.Q(reads=True, trusted=Level.NONE),
            ),
        )


class TokenUse(models.Model):
    """One call with a token, whatever came of it. `key_digest` and `body_digest`: of a call that creates
    something, the program's own mark of it and what it said, so that a repeat creates nothing. `results`: the
    numbers that it was answered with, or why one was not taken; never who it was about."""

    token = models.ForeignKey(Token, on_delete=models.PROTECT, related_name="uses")
    at = models.DateTimeField()
    what = models.CharField(max_length=10)
    status = models.PositiveSmallIntegerField()
    people = models.PositiveSmallIntegerField(default=0)
    key_digest = models.BinaryField(max_length=32, null=True)
    body_digest = models.BinaryField(max_length=32, null=True)
    results = models.JSONField(default=list)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                name="token_use_once",
                fields=["token", "key_digest"],
                condition=models.Q(key_digest__isnull=False),
            ),
        )
        indexes = (models.Index(name="token_use_at", fields=["at"]),)


class Submission(models.Model):
    """One request that a program sent in. `request`: once it is known who asks. `rule_at`: when the
    organisation's own rule looks at it; null where it does not, or has. `left`: why the rule left it to
    staff, as a code."""

    arrival = models.OneToOneField(
        Arrival, on_delete=models.CASCADE, primary_key=True, related_name="submission"
    )
    token = models.ForeignKey(Token, on_delete=models.PROTECT, related_name="submissions")
    request = models.ForeignKey(Request, on_delete=models.PROTECT, null=True, related_name="submissions")
    rule_at = models.DateTimeField(null=True)
    left = models.CharField(max_length=20, default="", blank=True)

    class Meta:
        indexes = (
            models.Index(
                name="submission_for_rule",
                fields=["rule_at"],
                condition=models.Q(rule_at__isnull=False),
            ),
        )
