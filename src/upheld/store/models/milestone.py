"""What of the first run, and of the first week, somebody has done or passed over."""

from django.db import models


class MilestoneState(models.TextChoices):
    """DONE, or SKIPPED: then nobody is reminded."""

    DONE = "DONE"
    SKIPPED = "SKIPPED"


class Milestone(models.Model):
    """One of them, by its name. What can be seen from the records or the folder is not kept here."""

    name = models.CharField(max_length=20, primary_key=True)
    state = models.CharField(max_length=7, choices=MilestoneState)
    by = models.CharField(max_length=100)
    at = models.DateTimeField()
