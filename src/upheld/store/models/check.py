"""What the last look at each system found."""

from django.db import models


class Check(models.Model):
    """The last check of one system: when, by whom, and what it found. `failure`: why it could not be asked.
    `findings`: as `upheld map check --json` gives them; they name tables and columns, never a value."""

    system = models.CharField(max_length=100, unique=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=100)
    failure = models.TextField(default="", blank=True)
    findings = models.JSONField(default=list)
