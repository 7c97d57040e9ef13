"""What arrived on a channel and is not verified yet, and the links by which people come back to it."""

from uuid import uuid4

from django.db import models

from upheld.store.models.case import Case
from upheld.store.models.task import Task


class Channel(models.TextChoices):
    """How it reached us; every channel is as good as any other (G-12.2)."""

    FORM = "FORM"
    EMAIL = "EMAIL", "e-mail"
    LETTER = "LETTER", "letter"
    FAX = "FAX", "fax"
    TELEPHONE = "TELEPHONE", "telephone"
    VISIT = "VISIT", "in person"
    PROGRAM = "PROGRAM", "a program"


class Arrival(models.Model):
    """One message as it came in. Nobody is looked up for it: until it is verified it belongs to no case.

    `sealed_content`: the address and what else was written, under `key`; a key of its own until the arrival
    is verified, the case's from then on. `rights`: what was asked for, in a safe order; empty where only
    staff can tell. `expires_at`: when an arrival that nobody verified goes, with its key. `sealed_original`:
    what came in on any other channel than the form, under the same key. `judged_by`: who of us judged that it
    is she, where no link did.

    `regime`: the law that the person's place or a clerk chose; empty for the organisation's first.
    `waits_at`: since when it waits for staff, who say which right it is, or whether it is she; null once they
    have.
    `confirmed_at`: the link was used while it waited, so that it belongs to no case yet. `reachable`: there
    is an address to write to; false where whoever sent it in tells her.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    channel = models.CharField(max_length=10, choices=Channel)
    language = models.CharField(max_length=10)
    rights = models.CharField(max_length=200)
    key = models.CharField(max_length=32)
    sealed_content = models.BinaryField()
    sealed_original = models.BinaryField(default=b"")
    regime = models.CharField(max_length=20, default="", blank=True)
    judged_by = models.CharField(max_length=100, default="", blank=True)
    address_digest = models.BinaryField(max_length=32)
    reachable = models.BooleanField(default=True)
    received_at = models.DateTimeField()
    waits_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    verified_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="arrivals")

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="arrival_verified_has_case",
                condition=models.Q(verified_at__isnull=True, case__isnull=True)
                | models.Q(verified_at__isnull=False, case__isnull=False),
            ),
        )
        indexes = (
            models.Index(fields=["address_digest", "received_at"], name="arrival_by_address"),
            models.Index(
                fields=["received_at", "id"],
                name="arrival_unverified",
                condition=models.Q(verified_at__isnull=True),
            ),
            models.Index(
                fields=["waits_at", "id"],
                name="arrival_for_staff",
                condition=models.Q(waits_at__isnull=False),
            ),
        )


class LinkPurpose(models.TextChoices):
    """VERIFY proves an address, ANSWER answers a task, STAFF makes a staff account: each works once. FOLLOW
    reads, as often as the person likes, until it expires."""

    VERIFY = "VERIFY"
    FOLLOW = "FOLLOW"
    ANSWER = "ANSWER"
    STAFF = "STAFF"


class Link(models.Model):
    """A link that was given to somebody. Only the digest of its token is kept; a used or expired link stays
    until it can no longer be renewed, so that it is known to whom a new one may be sent. `position`: which of
    the addresses of an arrival it proves; 0 is the one it was sent with. `account`: the account of staff that
    it opens anew; none where it makes one. `invited_by`: who invited in the console; none on the server."""

    digest = models.BinaryField(max_length=32, unique=True)
    purpose = models.CharField(max_length=10, choices=LinkPurpose)
    arrival = models.ForeignKey(Arrival, on_delete=models.CASCADE, null=True, related_name="links")
    task = models.ForeignKey(Task, on_delete=models.CASCADE, null=True, related_name="links")
    role = models.CharField(max_length=10, default="", blank=True)
    account = models.ForeignKey("store.Staff", on_delete=models.CASCADE, null=True, related_name="links")
    invited_by = models.ForeignKey(
        "store.Staff", on_delete=models.PROTECT, null=True, related_name="invitations"
    )
    position = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="link_is_about_one_thing",
                condition=models.Q(
                    purpose__in=[LinkPurpose.VERIFY, LinkPurpose.FOLLOW],
                    arrival__isnull=False,
                    task__isnull=True,
                    role="",
                )
                | models.Q(purpose=LinkPurpose.ANSWER, arrival__isnull=True, task__isnull=False, role="")
                | (
                    models.Q(purpose=LinkPurpose.STAFF, arrival__isnull=True, task__isnull=True)
                    & ~models.Q(role="")
                ),
            ),
        )
