"""What is changed in the privacy folder from a page, and what a page asks the runner to look at for it."""

from uuid import uuid4

from django.db import models


class RevisionState(models.TextChoices):
    """OPEN: it was tried and shown, and nothing is written yet."""

    OPEN = "OPEN"
    WRITTEN = "WRITTEN"
    DROPPED = "DROPPED"


class Revision(models.Model):
    """One change of one file. `before`: the file as it was, None where there was none; `text`: as it is to
    be, None where it is taken out. A written one keeps the earlier version. `asked_by` and `done_by` are
    names of staff."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    file = models.CharField(max_length=300)
    before = models.TextField(null=True)  # noqa: DJ001 - no file is not an empty one
    text = models.TextField(null=True)  # noqa: DJ001 - the same
    state = models.CharField(max_length=8, choices=RevisionState, default=RevisionState.OPEN)
    asked_by = models.CharField(max_length=100)
    asked_at = models.DateTimeField()
    done_by = models.CharField(max_length=100, default="", blank=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("asked_at", "id")
        indexes = (models.Index(fields=["file", "asked_at"], name="revision_of_file"),)
        constraints = (
            models.CheckConstraint(
                name="revision_of_something",
                condition=models.Q(before__isnull=False) | models.Q(text__isnull=False),
            ),
            models.CheckConstraint(
                name="revision_is_open_or_done",
                condition=models.Q(state=RevisionState.OPEN, done_at__isnull=True)
                | (~models.Q(state=RevisionState.OPEN) & models.Q(done_at__isnull=False)),
            ),
        )


class ErrandKind(models.TextChoices):
    """LOOK: at a system of the map. DRAFT: at a database that is in no map yet."""

    LOOK = "LOOK"
    DRAFT = "DRAFT"


class Errand(models.Model):
    """What a page wants of a system, done by the runner: a page itself connects to none. `connect` names the
    environment variable of a DRAFT; its result is a revision. `failure`: why there is none. `taken_at`: a
    runner is at it, or broke off."""

    kind = models.CharField(max_length=5, choices=ErrandKind)
    system = models.CharField(max_length=200)
    connect = models.CharField(max_length=200, default="", blank=True)
    by = models.CharField(max_length=100)
    at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    failure = models.TextField(default="", blank=True)
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, null=True, related_name="errands")

    class Meta:
        ordering = ("at", "id")
        constraints = (
            models.UniqueConstraint(
                name="errand_once", fields=["kind", "system"], condition=models.Q(done_at__isnull=True)
            ),
        )
