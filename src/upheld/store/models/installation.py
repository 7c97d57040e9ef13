"""Which folders belong to these records, for programs on several hosts."""

from django.db import models


class Installation(models.Model):
    """One row. `folder` stands in a file of the data folder too, `keys` is made from the key store's master
    key: a program whose folder or key store is another works on nothing here. `due_at`: when a program last
    looked for what is due; `minder`: the program that sees to what one has to."""

    folder = models.CharField(max_length=64)
    keys = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    minder = models.CharField(max_length=64, default="", blank=True)
    minded_until = models.DateTimeField(null=True)
