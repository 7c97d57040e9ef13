"""Who works on what: a lease, which its program prolongs while it lives and others take over when it is gone.

A lease says nothing about who may write: that is the fence of owner and attempt in the journal. It only
keeps others from beginning what somebody is at.
"""

import os
import socket
from contextlib import suppress
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from django.db.models import Q, QuerySet

from upheld.store.models import Copy, Fulfilment, FulfilmentState

LEASE = timedelta(minutes=30)
"""Of a program that prolongs nothing: a command. Its end is noticed at once on its own machine."""
SHORT = timedelta(seconds=40)
"""Of a program that prolongs its leases: what it had begun when it died is taken over within a minute, with
some fifteen seconds left for whoever looks and begins (`worker.SWEEP`)."""
ABANDONED = "abandoned"
PAUSE = timedelta(minutes=5)
SOON = timedelta(seconds=10)
"""After the records themselves were away: nothing is wrong with what was begun."""


def myself() -> str:
    """This running program, so that others on this machine can see when it is gone."""
    return f"{_machine()}/{os.getpid()}/{_started(os.getpid())}"


def is_gone(owner: str) -> bool:
    """Whether that program ran on this machine and runs no more."""
    parts = owner.rsplit("/", 2)
    if len(parts) != 3 or parts[0] != _machine() or not parts[1].isdigit():
        return False
    return _started(int(parts[1])) != parts[2]


@cache
def _machine() -> str:
    """This machine since its start, and of its containers this one: host names repeat, and so do numbers of
    programs."""
    boot = space = ""
    with suppress(OSError):
        boot = Path("/proc/sys/kernel/random/boot_id").read_text()[:8]
    with suppress(OSError):
        space = str(Path("/proc/self/ns/pid").stat().st_ino)
    return f"{socket.gethostname()[:20]}.{boot}.{space}"


def _started(pid: int) -> str:
    """When a program started, in the kernel's ticks: tells it from a later one with the same number."""
    with suppress(OSError, IndexError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    with suppress(OSError):
        os.kill(pid, 0)
        return "running"
    return "gone"


def is_leased(row: Fulfilment | Copy, at: datetime) -> bool:
    """Whether another program is at it, as far as can be known."""
    until = row.leased_until
    return until is not None and until > at and not is_gone(row.owner)


def expired(at: datetime) -> Q:
    """Systems' parts that are at work in the records and nowhere else: the lease ran out, or its program is
    gone from this machine. Asked by itself, not together with what is ready: either has its own index."""
    running = Fulfilment.objects.filter(state=FulfilmentState.RUNNING, leased_until__gt=at)
    gone = [each for each in running.values_list("owner", flat=True).distinct() if is_gone(each)]
    return Q(state=FulfilmentState.RUNNING) & (Q(leased_until__lte=at) | Q(owner__in=gone))


def prolong(*, owner: str, until: datetime) -> int:
    """Everything that this program is at stays its own until then; gives how many. Writes nothing, and on
    SQLite waits for nobody, where there is nothing."""
    many = 0
    for held in (_fulfilments(owner), _copies(owner)):
        if held.exists():
            many += held.update(leased_until=until)
    return many


def abandon(*, owner: str, at: datetime, pause: timedelta = PAUSE) -> int:
    """A program that is at nothing any more gives up what an error left in its name; gives how many. It is
    tried again after a `pause`, not at once: the same error would come at once."""
    many = 0
    for held in (_fulfilments(owner), _copies(owner)):
        if held.exists():
            many += held.update(owner=ABANDONED, leased_until=at + pause)
    return many


def _fulfilments(owner: str) -> QuerySet[Fulfilment]:
    return Fulfilment.objects.filter(owner=owner, leased_until__isnull=False)


def _copies(owner: str) -> QuerySet[Copy]:
    return Copy.objects.filter(owner=owner, leased_until__isnull=False)
