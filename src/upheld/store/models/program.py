"""Which programs carry work out."""

from django.db import models


class ProgramKind(models.TextChoices):
    """STARTING: a server that is about to start its runner; that one speaks for itself soon."""

    RUNNER = "RUNNER"
    WORKER = "WORKER"
    STARTING = "STARTING"


class Program(models.Model):
    """A program that lives and gets on: it says so every twenty seconds. `owner`: as in the leases. Who
    ends takes the row away, killed ones are forgotten by others."""

    owner = models.CharField(max_length=64, primary_key=True)
    kind = models.CharField(max_length=12, choices=ProgramKind)
    beat_at = models.DateTimeField()
