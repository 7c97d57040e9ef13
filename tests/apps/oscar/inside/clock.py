"""Makes a run of the shop repeatable: its clock stands still until it is moved, and its chance comes from a seed.

Import this before anything of Oscar: its modules copy `now` when they are loaded.
"""

import datetime as dt
import random
import secrets
from types import SimpleNamespace

from django.contrib.auth import tokens
from django.core import signing
from django.utils import timezone

_dice = random.Random(20160111)
_now = dt.datetime(2016, 1, 11, 9, 0, 0, tzinfo=dt.UTC)


def advance(**span):
    """Moves the clock on: `advance(days=3)`."""
    global _now
    _now += dt.timedelta(**span)


def now():
    return _now


def _seconds():
    return _now.timestamp()


def _naive(_generator):
    return _now.replace(tzinfo=None)


def settle():
    """Puts Django's clock and its random texts on ours."""
    random.seed(20160111)
    secrets.choice = _dice.choice
    timezone.now = now
    signing.time = SimpleNamespace(time=_seconds)
    tokens.PasswordResetTokenGenerator._now = _naive
