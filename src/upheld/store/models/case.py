"""A case is one message, one thread, one person; it holds requests, each one exercise of one right."""

from uuid import uuid4

from django.db import models

from upheld.law.objection import Against
from upheld.law.right import Right


class CaseState(models.TextChoices):
    """OPEN until every request of it has its end."""

    OPEN = "OPEN"
    CLOSED = "CLOSED"


class RequestState(models.TextChoices):
    """Where a request stands; the words of the Data Rights Protocol. The last four are final."""

    OPEN = "OPEN"
    IN_PROGRESS = "IN_PROGRESS"
    FULFILLED = "FULFILLED"
    DENIED = "DENIED"
    REVOKED = "REVOKED"
    EXPIRED = "EXPIRED"


class Level(models.IntegerChoices):
    """How sure it is who asks: `law.pack.Certainty` as numbers, so that a database can compare them."""

    NONE = 0
    REASONABLE = 1
    HIGH = 2


UNFINISHED = (RequestState.OPEN, RequestState.IN_PROGRESS)
UNPROVEN = (RequestState.OPEN, RequestState.DENIED, RequestState.REVOKED, RequestState.EXPIRED)
"""The states that a request may be in whoever asked: nothing of hers is shown or changed in them."""
RIGHTS = [(right.value, right.value) for right in Right]
OBJECTED = tuple(each.value for each in Against if each.right is Right.OBJECTION)


class Case(models.Model):
    """`id` is random and says nothing: it is what the ledger and everybody outside sees. Identities and the
    identified subject are sealed with the key `key` of the key store; when that is destroyed, nobody can tell
    any more whom the case was about. `assigned_to`: who of the staff looks after it."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    state = models.CharField(max_length=12, choices=CaseState, default=CaseState.OPEN)
    regime = models.CharField(max_length=20)
    key = models.CharField(max_length=32, unique=True)
    key_destroy_on = models.DateField(null=True)
    key_destroyed_at = models.DateTimeField(null=True)
    sealed_identities = models.BinaryField()
    sealed_subject = models.BinaryField(null=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_reason = models.CharField(max_length=200, default="")
    assigned_to = models.ForeignKey("store.Staff", on_delete=models.SET_NULL, null=True, related_name="cases")

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="case_closed_has_time",
                condition=models.Q(state=CaseState.OPEN, closed_at__isnull=True)
                | models.Q(state=CaseState.CLOSED, closed_at__isnull=False),
            ),
        )
        indexes = (
            models.Index(name="case_open", fields=["opened_at"], condition=models.Q(state=CaseState.OPEN)),
            models.Index(
                name="case_key_due",
                fields=["key_destroy_on"],
                condition=models.Q(key_destroyed_at__isnull=True),
            ),
        )


class BlindIndex(models.Model):
    """How a case is found by an identity: its HMAC under the index key. An open case is joined by it; staff
    finds a closed one by it too (`actions.search`). Rows go with the case's key.

    `whole` marks the digest of all identities of the case together: two open cases cannot have the same.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="blind_index")
    digest = models.BinaryField(max_length=32, db_index=True)
    whole = models.BooleanField(default=False)
    open = models.BooleanField(default=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(name="blind_index_once", fields=["case", "digest", "whole"]),
            models.UniqueConstraint(
                name="blind_index_one_open_case",
                fields=["digest"],
                condition=models.Q(whole=True, open=True),
            ),
        )


class Request(models.Model):
    """One exercise of one right. A case has at most one unfinished request for a right: a repeat joins it.

    `undone_at`: somebody approved that its erasure is undone; from then on nothing more is erased.
    `sealed_subject`: whom it was about, under the case's key, where a later request of the case was
    identified anew; else the case's own subject is its.

    `pack`, with `pack_digest`, is the law as it was at receipt, and the dates are computed once, then (X-01);
    a request from before packs has none. `calendar` says whose holidays were counted.

    `needed`: how sure it must be who asks, by right and risk; it is only ever raised. `reached`: how sure it
    is, as a verification says. Below what is needed no request can be in progress or fulfilled.

    `against`: what an objection is to, as `law.objection` has it; empty as long as nobody said it.

    `seen_through_at`: since when nothing follows from its end any more (`actions.owing`); until then each
    round looks at it.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="requests")
    right = models.CharField(max_length=20, choices=RIGHTS)
    state = models.CharField(max_length=12, choices=RequestState, default=RequestState.OPEN)
    reason = models.CharField(max_length=500, default="")
    received_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    seen_through_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=100, default="")
    sealed_subject = models.BinaryField(null=True)
    pack = models.CharField(max_length=60, default="")
    pack_digest = models.CharField(max_length=64, default="")
    calendar = models.CharField(max_length=40, default="")
    received_date = models.DateField(null=True)
    acknowledge_target_date = models.DateField(null=True)
    acknowledge_legal_date = models.DateField(null=True)
    target_date = models.DateField(null=True)
    legal_date = models.DateField(null=True)
    needed = models.PositiveSmallIntegerField(choices=Level, default=Level.HIGH)
    reached = models.PositiveSmallIntegerField(choices=Level, default=Level.NONE)
    against = models.CharField(max_length=10, default="", blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="request_is_proven",
                condition=models.Q(state__in=UNPROVEN) | models.Q(reached__gte=models.F("needed")),
            ),
            models.CheckConstraint(
                name="request_against_is_an_objections",
                condition=models.Q(against="") | models.Q(right=Right.OBJECTION.value, against__in=OBJECTED),
            ),
            models.CheckConstraint(
                name="request_pack_has_dates",
                condition=models.Q(pack="", target_date__isnull=True, legal_date__isnull=True)
                | (
                    ~models.Q(pack="")
                    & ~models.Q(pack_digest="")
                    & models.Q(
                        received_date__isnull=False, target_date__isnull=False, legal_date__isnull=False
                    )
                    & models.Q(target_date__lte=models.F("legal_date"))
                ),
            ),
            models.UniqueConstraint(
                name="request_one_unfinished",
                fields=["case", "right"],
                condition=models.Q(state__in=UNFINISHED),
            ),
            models.CheckConstraint(
                name="request_finished_has_time",
                condition=models.Q(state__in=UNFINISHED, finished_at__isnull=True)
                | (~models.Q(state__in=UNFINISHED) & models.Q(finished_at__isnull=False)),
            ),
        )
        indexes = (
            models.Index(name="request_received", fields=["received_at"]),
            models.Index(name="request_finished", fields=["finished_at"]),
            # By the time and not the states: SQLite cannot tell that a list of values is the index's own.
            models.Index(
                name="request_unended",
                fields=["target_date", "case"],
                condition=models.Q(finished_at__isnull=True),
            ),
            models.Index(
                name="request_waiting",
                fields=["received_at", "case"],
                condition=models.Q(finished_at__isnull=True),
            ),
            models.Index(
                name="request_owing",
                fields=["finished_at"],
                condition=models.Q(finished_at__isnull=False, seen_through_at__isnull=True),
            ),
        )
