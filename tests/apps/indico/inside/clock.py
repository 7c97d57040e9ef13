"""Makes a run of Indico repeatable: its clock, UUIDs, password salts and the order of its sets come from a seed.

Import this before anything of Indico: its modules copy `uuid4` when they are loaded.
"""

import datetime as dt
import itertools
import random
import sys
import uuid
import zlib

import bcrypt

_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_dice = random.Random(20250303)
_streams = {}
_counter = itertools.count()
_now = dt.datetime(2025, 3, 3, 9, 0, 0)


class _Standing(dt.datetime):
    """A clock that stands still until `advance`."""

    @classmethod
    def utcnow(cls):
        return _now

    @classmethod
    def now(cls, tz=None):
        return _now.replace(tzinfo=dt.UTC).astimezone(tz) if tz else _now


def advance():
    """Moves the clock on by a minute."""
    global _now
    _now += dt.timedelta(minutes=1)


def token(length=43):
    """Looks like a token of Indico's; always the same ones in the same order."""
    return "".join(_dice.choice(_LETTERS) for _ in range(length))


def _uuid4():
    """One stream of UUIDs for each place that asks: the order in which tables are saved is not fixed."""
    caller = sys._getframe(1).f_code
    name = f"{caller.co_filename.rpartition('site-packages')[2]}:{caller.co_firstlineno}:{caller.co_name}"
    stream = _streams.setdefault(name, random.Random(name))
    return uuid.UUID(int=stream.getrandbits(128), version=4)


def _salt(rounds=6, prefix=b"2b"):
    """Few rounds: two hundred log-ins are made, none of them is a secret."""
    return b"$" + prefix + b"$%02d$" % rounds + token(21).encode() + b"."


def _steady_hash(thing):
    """A hash that depends on no address, so that Indico's sets of objects are saved in the same order each time:
    of the key where the object has one when it is first asked, else a running number."""
    state = thing._sa_instance_state
    if "_steady_hash" not in state.__dict__:
        named = f"{state.key[0].__name__}{state.key[1]}" if state.key else None
        state.__dict__["_steady_hash"] = zlib.crc32(named.encode()) if named else next(_counter)
    return state.__dict__["_steady_hash"]


def settle():
    """Puts Indico's own `now` on this clock and its sets in order; call it once Indico is imported."""
    from indico.core.db import db  # lazy: Indico is imported after the patches below
    from indico.util import date_time  # lazy: Indico is imported after the patches below

    date_time.datetime = _Standing
    db.Model.__hash__ = _steady_hash


uuid.uuid4 = _uuid4
bcrypt.gensalt = _salt
