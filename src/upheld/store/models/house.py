"""What the server's environment leaves open and somebody said in the console."""

from django.db import models


class HouseSetting(models.Model):
    """One value, by the name of the variable that would say it and wins where it does. `plain`: what is no
    secret; a secret is in `sealed_content`, under a `key` of its own. `by`: the name of whoever said it."""

    name = models.CharField(max_length=101, primary_key=True)
    plain = models.CharField(max_length=500, default="", blank=True)
    key = models.CharField(max_length=32, default="", blank=True)
    sealed_content = models.BinaryField(default=b"")
    by = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="house_setting_is_plain_or_sealed",
                condition=models.Q(key="", sealed_content=b"") & ~models.Q(plain="")
                | ~models.Q(key="") & ~models.Q(sealed_content=b"") & models.Q(plain=""),
            ),
        )
