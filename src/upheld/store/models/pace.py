"""How often something was done from one place lately, and when."""

from django.db import models


class Pace(models.Model):
    """A count within one span of time. `digest`: a keyed one of what and from where, so that the row tells
    neither; it goes when its time is over."""

    digest = models.BinaryField(max_length=32, primary_key=True)
    many = models.PositiveIntegerField(default=1)
    ends_at = models.DateTimeField(db_index=True)


class Tries(models.Model):
    """What the library for accounts keeps of tries to log in: their times, in seconds, and which code was
    used. `digest` as above."""

    digest = models.BinaryField(max_length=32, primary_key=True)
    content = models.JSONField()
    ends_at = models.DateTimeField(db_index=True)
