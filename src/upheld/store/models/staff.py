"""Who works with Upheld, and what they looked at."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.crypto import salted_hmac

from upheld.store.models.case import Case


class Role(models.TextChoices):
    """What somebody may do; who may do what stands in the table of `actions.staff`."""

    OFFICER = "OFFICER", "officer"
    OPERATOR = "OPERATOR", "operator"
    SUPPORT = "SUPPORT", "support"
    AUDITOR = "AUDITOR", "auditor"
    ENGINEER = "ENGINEER", "engineer"


class Accounts(BaseUserManager["Staff"]):
    """Made by `actions.staff` alone; this only finds."""


class Staff(AbstractBaseUser):
    """An account of the console. `name` is what others read where this person approved or looked.
    `invited_by`: who sent the invitation in the console, none where it was made on the server. `known_to`:
    another colleague, who has said that she knows the person. `sessions_ended_at`: what was open before that
    is open no more."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=100, unique=True)
    role = models.CharField(max_length=10, choices=Role)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    invited_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="invited")
    sessions_ended_at = models.DateTimeField(null=True)
    known_to = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="knows")

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    objects = Accounts()

    def _get_session_auth_hash(self, secret: str | bytes | None = None) -> str:
        """A session holds this from its log-in, and ends when it is another: with the password, as Django
        has it, and whenever the account's sessions are ended."""
        ended = self.sessions_ended_at.isoformat() if self.sessions_ended_at else ""
        made = salted_hmac(f"upheld.session:{ended}", self.password, secret=secret, algorithm="sha256")
        return made.hexdigest()

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


class Look(models.Model):
    """One look at a person's data: who, when, why, and what was shown. Never changed, never removed while the
    case is there."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="looks")
    by = models.CharField(max_length=100)
    at = models.DateTimeField()
    what = models.CharField(max_length=40)
    why = models.CharField(max_length=500)
