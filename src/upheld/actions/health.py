"""Is this installation well? Each look says what is wrong and what to do; none changes anything, and none
says anything about a person."""

import os
import shutil
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from django.db import DatabaseError, connection

from upheld.actions import backlog, signin, verifying, webhook
from upheld.datamap.model import DataMap
from upheld.datamap.signin import SignIn
from upheld.mail import resolve
from upheld.mail.deliver import probe
from upheld.mail.deliver import server as read_server
from upheld.mail.webhook import reach
from upheld.rights.connector import Connector, Severity
from upheld.rights.outcome import Failure
from upheld.store import installation, masterkey, release, sequencer
from upheld.store.keys import LOST, ORGANISATION, KeyStore
from upheld.store.models import Checkpoint, Installation
from upheld.store.seen import seen

STUCK = timedelta(days=1)
SILENT = timedelta(minutes=2)
SKEW = timedelta(seconds=5)
LITTLE, TOO_LITTLE = 2 * 1024**3, 200 * 1024**2
"""Bytes that are free on the disk of the data folder."""


class State(StrEnum):
    """How it is. DOUBT: it works, and somebody should look."""

    GOOD = "good"
    DOUBT = "doubt"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Sign:
    """What one look found, and what to do about it."""

    about: str
    state: State
    what: str
    remedy: str = ""


Look = Callable[[], Iterator[Sign]]


def looked(about: str, look: Look) -> Iterator[Sign]:
    """The signs of one look. What keeps it from being taken is a sign itself."""
    try:
        yield from look()
    except Failure as failure:
        yield Sign(about, State.WRONG, failure.what, failure.remedy)
    except DatabaseError:
        yield Sign(
            about,
            State.WRONG,
            "The database of our own records cannot be used.",
            "Check UPHELD_DATABASE_URL, that its server runs, and what its account may do.",
        )


def files(*, data: Path, keys: Path, secrets: Path) -> Iterator[Sign]:
    """Who may read what, and whether the disk has room."""
    if not data.is_dir():
        yield Sign("data folder", State.WRONG, f"There is no {data}.", "Name it with --data, or UPHELD_DATA.")
        return
    own = [data, keys, *keys.rglob("*")]
    given = [secrets, *(secrets.glob("*") if secrets.is_dir() else ())]
    open_ = [each for each in dict.fromkeys(own) if each.exists() and _loose(each)]
    open_ += [each for each in given if each not in own and each.exists() and _anybodys(each)]
    for each in open_[:3]:
        yield Sign(
            "permissions",
            State.WRONG,
            f"{each} may be read by others, or belongs to somebody else.",
            f"As its owner: chmod -R {'o' if each in given else 'go'}-rwx {each}",
        )
    if not open_:
        yield Sign("permissions", State.GOOD, "Data, keys and secrets are readable by this account alone.")
    if not os.access(data, os.W_OK):
        yield Sign("data folder", State.WRONG, f"{data} cannot be written.", "Give this account the folder.")
    yield room(free=shutil.disk_usage(data).free, data=data)


def room(*, free: int, data: Path) -> Sign:
    """Whether so many bytes are enough."""
    state = State.WRONG if free < TOO_LITTLE else State.DOUBT if free < LITTLE else State.GOOD
    remedy = "" if state is State.GOOD else "Make room before a copy or an undo window cannot be written."
    return Sign("disk", state, f"{free / 1024**3:,.1f} GB are free where {data} is.", remedy)


def _loose(path: Path) -> bool:
    found = path.stat()
    return bool(stat.S_IMODE(found.st_mode) & 0o077) or found.st_uid != os.geteuid()


def _anybodys(path: Path) -> bool:
    """Secrets may be another account's, and its group's, so that the server reads and cannot change them."""
    return bool(path.stat().st_mode & stat.S_IRWXO)


def records(*, data: Path) -> Iterator[Sign]:
    """Reached, of this release, sound; and not lost beside the folder in which a server worked."""
    installation.refuse_lost(data=data)
    if connection.vendor == "sqlite" and not Path(connection.settings_dict["NAME"]).is_file():
        yield Sign("records", State.DOUBT, "There are no records yet.", "Any command makes them.")
        return
    found = release.refuse_other()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA quick_check(1)")
            if cursor.fetchone() != ("ok",):
                yield Sign(
                    "records", State.WRONG, "The database is damaged.", "Stop everything; restore a backup."
                )
                return
    yield Sign("records", State.GOOD, f"On {connection.vendor}, at {found.last.get(release.OWN, 'nothing')}.")


def keys(*, folder: Path, store: KeyStore, name: str) -> Iterator[Sign]:
    """There, whole, and of these records."""
    last = Checkpoint.objects.order_by("-size").first()
    missing = store.lacks()
    if (folder / LOST).exists() or (missing and (last is not None or len(missing) < len(ORGANISATION))):
        yield Sign(
            "keys",
            State.WRONG,
            f"The key store in {folder} is missing or not whole.",
            "Restore it as a whole from its newest copy (docs/how-to/lost-keys.md).",
        )
        return
    if missing:
        yield Sign("keys", State.DOUBT, "There are no keys yet.", "The first command makes them.")
        return
    if (folder / "master.next").exists():
        yield Sign(
            "keys", State.WRONG, "A change of the master key was cut off.", "Finish it: `upheld keys rotate`."
        )
    if store.outside:
        store.derived("installation")  # the command gives it, and it is that of this store
    elif masterkey.source.command:
        yield Sign(
            "keys",
            State.DOUBT,
            f"{masterkey.SETTING} is set, and the master key still is a file of {folder}.",
            "`upheld keys outside` compares both, and removes the file.",
        )
    sequencer.signer(store, name)
    if installation.is_of_others(keys=store):
        yield Sign(
            "keys",
            State.WRONG,
            "The key store is not the one of these records.",
            "Let UPHELD_KEYS name the folder that the server has had from the beginning.",
        )
        return
    known, size = seen(store), last.size if last else 0
    if known is not None and known.size > size:
        yield Sign(
            "ledger",
            State.WRONG,
            f"The ledger ends after {size} entries, but {known.size} were signed.",
            "An older database was put in place: put the newest back (docs/how-to/restore.md).",
        )
    else:
        yield Sign("keys", State.GOOD, "The key store is whole, and that of these records.")


def ledger() -> Iterator[Sign]:
    """What was found when the whole ledger was verified last; nothing where nobody ordered that."""
    found, _ = verifying.latest()
    if found is None:
        return
    on = f"{found.done_at:%Y-%m-%d %H:%M} UTC"
    if found.ok:
        yield Sign("ledger", State.GOOD, f"All {found.size} entries held when they were verified on {on}.")
    else:
        yield Sign(
            "ledger",
            State.WRONG,
            f"The ledger did not hold when it was verified on {on}: {len(found.failures)} faults.",
            "The console lists them under *History*. Keep the records as they are, export the ledger, and "
            "verify it elsewhere (`upheld ledger verify`).",
        )


def clock(*, now: datetime, data: DataMap | None) -> Iterator[Sign]:
    """Ours against the database's, and against what was signed; the organisation's zone."""
    last = Checkpoint.objects.order_by("-size").first()
    if last is not None and last.signed_at > now + SKEW:
        yield Sign(
            "clock",
            State.WRONG,
            f"The last checkpoint was signed at {last.signed_at:%Y-%m-%d %H:%M} UTC, which is to come.",
            "Set the clock of this machine (timedatectl); dates of the law are counted by it.",
        )
    elif connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            apart = abs(cursor.fetchone()[0] - now)
        state = State.DOUBT if apart > SKEW else State.GOOD
        yield Sign(
            "clock",
            state,
            f"This machine and the database's are {apart.total_seconds():.0f} seconds apart.",
            "Let both follow one time server." if state is State.DOUBT else "",
        )
    else:
        yield Sign("clock", State.GOOD, "Nothing that is signed is of a time to come.")
    if data is not None and data.organisation.time_zone == "UTC":
        yield Sign(
            "time zone",
            State.DOUBT,
            "The organisation's days begin by UTC.",
            "Write `time_zone: Europe/Berlin`, or yours, into upheld.yaml: periods are counted in days.",
        )
    elif data is not None:
        yield Sign("time zone", State.GOOD, f"Days begin by {data.organisation.time_zone}.")
    if data is not None and data.organisation.backup_days is None:
        yield Sign(
            "backups",
            State.DOUBT,
            "Nobody said how long backups live, so certificates cannot.",
            "Write `backups: {days: 30}`, or yours, into upheld.yaml.",
        )
    elif data is not None:
        yield Sign("backups", State.GOOD, f"They live for {data.organisation.backup_days} days.")


def programs(*, now: datetime) -> Iterator[Sign]:
    """Whether somebody carries out what is approved."""
    known = Installation.objects.filter(pk=1).first()
    if known is not None and (known.minded_until is None or known.minded_until < now - SILENT):
        since = f"since {known.minded_until:%Y-%m-%d %H:%M} UTC" if known.minded_until else "yet"
        yield Sign(
            "runner",
            State.WRONG,
            f"No runner and no worker has been seen {since}.",
            "Start `upheld serve`, or `upheld worker`: until then nothing is carried out and no mail goes.",
        )
    elif known is not None:
        yield Sign("runner", State.GOOD, "A runner or a worker is at work.")


def queue(*, now: datetime) -> Iterator[Sign]:
    """What waits too long. Wrong where a program should have done it, or tried it, for more than a day."""
    found = tuple(backlog.heaps(now=now))
    for each in found:
        old = each.since is not None and each.since < now - STUCK
        since = f", since {each.since:%Y-%m-%d %H:%M} UTC" if each.since else ""
        state = State.WRONG if old else State.DOUBT
        yield Sign("queue", state, f"{each.many} {each.what}{since}.", each.remedy)
    if not found:
        yield Sign("queue", State.GOOD, "Nothing has waited for an hour, and nothing was given up.")


def systems(*, connectors: Mapping[str, Connector]) -> Iterator[Sign]:
    """Each system is connected to, and compared with the map."""
    for name, connector in connectors.items():
        about = f"system {name}"
        try:
            findings = connector.check()
        except Failure as failure:
            yield Sign(about, State.WRONG, failure.what, failure.remedy)
            continue
        stops = sum(each.severity is Severity.STOP for each in findings)
        doubts = sum(each.severity is Severity.DOUBT for each in findings)
        state = State.WRONG if stops else State.DOUBT if doubts else State.GOOD
        said = f"Reached; {stops} findings that stop writing, {doubts} doubts." if findings else "Reached."
        yield Sign(about, state, said, "" if state is State.GOOD else "`upheld map check` lists them.")


def mail(*, url: str) -> Iterator[Sign]:
    """The mail server lets us in."""
    if not url:
        yield Sign(
            "mail server",
            State.DOUBT,
            "None is set: mails wait in the outbox.",
            "Set it in the console (Outbox), or UPHELD_SMTP_URL.",
        )
        return
    server = read_server(url)
    probe(server)
    yield Sign("mail server", State.GOOD, f"{server.host} lets us in.")


def called() -> Iterator[Sign]:
    """The program that is told of alarms can be connected to; nothing is said to it. Nothing where there is
    none."""
    hook = webhook.configured()
    if hook is not None:
        reach(hook)
        yield Sign("webhook", State.GOOD, "The program that is called can be reached.")


def resolvers(*, servers: Sequence[str]) -> Iterator[Sign]:
    """Who is asked for the keys of mails answers: each of those that the settings name."""
    for each in servers:
        try:
            resolve.probe(each)
        except Failure as failure:
            yield Sign("name servers", State.WRONG, failure.what, failure.remedy)
        else:
            yield Sign("name servers", State.GOOD, f"{each} answers.")


def vouching(*, way: SignIn) -> Iterator[Sign]:
    """Who vouches for people by a sign-in can be asked, and is who the map says."""
    signin.leads_to(provider=way)
    yield Sign(f"sign-in {way.name}", State.GOOD, f"{way.issuer} answers, and calls itself that.")
