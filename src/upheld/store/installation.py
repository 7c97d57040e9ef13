"""Whether programs over the same records, perhaps on several hosts, share the folders that they have to."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from django.db import connection, transaction
from django.db.models import Q

from upheld.rights.outcome import Misconfigured
from upheld.store.database import hold
from upheld.store.keys import KeyStore
from upheld.store.models import Installation

MARK = "installation"
HOURLY = timedelta(minutes=55)
MINDED = timedelta(seconds=45)


def refuse_lost(*, data: Path) -> None:
    """Misconfigured where a server has worked with this data folder and its records are not there: new ones
    beside it would know nobody who was erased, and stop nothing. Before anything is made."""
    if not (data / MARK).is_file() or connection.vendor != "sqlite":
        return
    file = Path(connection.settings_dict["NAME"])
    if not file.is_file():
        raise Misconfigured(
            f"The data folder {data} is a server's, and there are no records at {file}.",
            "Give this command what the server is given: UPHELD_DATABASE_URL, or UPHELD_SECRETS in which it "
            "stands. Where the records are lost, put them back by `upheld restore`.",
        )


def belong(*, data: Path, keys: KeyStore, at: datetime) -> None:
    """What a command asks before it works on records: where a server has marked them, only with its data
    folder and its key store. Misconfigured otherwise."""
    if (data / MARK).is_file() or Installation.objects.filter(pk=1).exists():
        join(data=data, keys=keys, at=at, begins=False)


def is_of_others(*, keys: KeyStore) -> bool:
    """Whether these records were begun with another key store."""
    known = Installation.objects.filter(pk=1).first()
    return known is not None and known.keys not in _digests(keys)


def _digests(keys: KeyStore) -> list[str]:
    """Two while the master key is being changed."""
    return [sha256(each).hexdigest() for each in keys.derived_all("installation")]


@transaction.atomic
def join(*, data: Path, keys: KeyStore, at: datetime, begins: bool) -> None:
    """Work on these records with this data folder and this key store. Misconfigured where they are not the
    ones of the installation: copies that were written elsewhere would be missing here, and what was sealed
    elsewhere unreadable.

    The first program that `begins` an installation marks both. A data folder that is put in the place of a
    lost one gets the mark by hand, from its backup; the error says where.
    """
    hold("installation")
    known = Installation.objects.filter(pk=1).first()
    if known is None and (data / MARK).is_file():
        raise Misconfigured(
            f"The data folder {data} is of other records than these.",
            "Let UPHELD_DATABASE_URL and UPHELD_DATA name what belongs together.",
        )
    if known is not None and not keys.begun:
        raise Misconfigured(
            "The key store of these records is not there.",
            "Let UPHELD_KEYS name the folder that the server has. Where it is lost, see "
            "docs/how-to/lost-keys.md.",
        )
    own = _digests(keys)
    if known is None and not begins:
        raise Misconfigured(
            "These records have no installation yet.",
            "Start `upheld serve` on them once, with their data folder.",
        )
    if known is None:
        known = Installation.objects.create(pk=1, folder=_mark(data), keys=own[0], made_at=at)
        _write(data, known.folder)
    if known.keys not in own:
        raise Misconfigured(
            "The key store is not the one of these records.",
            "All hosts share one key store: let UPHELD_KEYS name the same folder everywhere.",
        )
    if _mark(data) != known.folder:
        raise Misconfigured(
            f"The data folder {data} is not the one of these records.",
            "Let UPHELD_DATA name the same folder everywhere. One that replaces a lost one, or shares the "
            f"server's packages, kept and certificates, becomes it by this line in its file {MARK!r}: "
            f"{known.folder}",
        )


def _mark(data: Path) -> str:
    """What the folder says; a new mark where it says nothing. It says which folder it is and gives access to
    nothing."""
    file = data / MARK
    return file.read_text(encoding="ascii").strip() if file.is_file() else secrets.token_hex(16)


def _write(data: Path, mark: str) -> None:
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    (data / MARK).write_text(mark + "\n", encoding="ascii")


def due_now(*, at: datetime) -> bool:
    """Whether nobody looked for what is due within the hour; then whoever asks has to, and nobody else is
    told so."""
    late = Installation.objects.filter(Q(due_at=None) | Q(due_at__lte=at - HOURLY), pk=1)
    return bool(late.update(due_at=at))


def minds(*, owner: str, at: datetime) -> bool:
    """Whether this program is the one that sees to what only one has to: it stays so while it asks at least
    every 45 seconds, then another takes over. Everybody is where no installation was begun."""
    free = Q(minder=owner) | Q(minded_until__lte=at) | Q(minded_until=None)
    known = Installation.objects.filter(pk=1)
    mine = known.filter(minder=owner, minded_until__gt=at + MINDED / 2)
    if mine.exists():
        return True
    return bool(known.filter(free).update(minder=owner, minded_until=at + MINDED)) or not known.exists()


def leave(*, owner: str) -> None:
    """This program ends: what it saw to another takes over at once."""
    Installation.objects.filter(pk=1, minder=owner).update(minded_until=None)
