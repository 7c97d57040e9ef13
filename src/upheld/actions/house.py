"""What the server's environment leaves open and somebody said in the console: where mails leave, under which
address people reach us, where a database is. The environment wins wherever it says something.

Every program asks the records each time, so that a change counts at once. What is a secret is sealed under a
key of its own, which goes when another value takes its place.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection, transaction

from upheld.actions import outbox
from upheld.actions.means import Means
from upheld.actions.record import record
from upheld.ledger.types import SETTING_CHANGED
from upheld.store.keys import Destroyed, KeyStore
from upheld.store.models import HouseSetting, Staff
from upheld.store.sealing import open_value, seal_value

SERVER, SENDER, ADDRESS = "UPHELD_SMTP_URL", "UPHELD_MAIL_FROM", "UPHELD_ADDRESS"
_PLAIN = frozenset({SENDER, ADDRESS})
_CALLED = {SERVER: "mail-server", SENDER: "mail-sender", ADDRESS: "address"}
_OWN = "UPHELD_"


class Secrets(Mapping[str, str]):
    """What a privacy folder calls by `${NAME}`: from the environment, else as the console was told. What is
    Upheld's own and was told to the console, no folder can call. Of iteration, the environment's names."""

    def __init__(self, environment: Mapping[str, str], keys: KeyStore) -> None:
        self._environment, self._keys = environment, keys

    def __getitem__(self, name: str) -> str:
        if name not in self._environment and not name.startswith(_OWN):
            said = told(name, self._keys)
            if said:
                return said
        return self._environment[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._environment)

    def __len__(self) -> int:
        return len(self._environment)


def secrets(keys: KeyStore) -> Secrets:
    """The values that maps call by name. A value is looked up when it is wanted."""
    return Secrets(settings.UPHELD_ENVIRONMENT, keys)


def mail_server(*, keys: KeyStore) -> str:
    """The URL of the server that takes our mails; empty where there is none: they wait."""
    return settings.UPHELD_SMTP_URL or told(SERVER, keys)


def mailing() -> bool:
    """Whether a mail server is set anywhere; opens nothing."""
    return bool(settings.UPHELD_SMTP_URL) or standing(SERVER) is not None


def sender() -> str:
    """From whom mails come; empty: from the organisation's contact."""
    return settings.UPHELD_MAIL_FROM or _plain(SENDER)


def address() -> str:
    """Under which address people reach the server, without a slash at its end."""
    return settings.UPHELD_ADDRESS or _plain(ADDRESS) or settings.UPHELD_LISTENS


def address_told() -> str:
    """The same, where it counts because the console was told it; empty otherwise."""
    return "" if settings.UPHELD_ADDRESS else _plain(ADDRESS)


def standing(name: str) -> HouseSetting | None:
    """What the console was told under that name, and by whom; its secret stays sealed."""
    try:
        return HouseSetting.objects.filter(name=name).first() if _recorded() else None
    except DatabaseError:  # no records yet, or none that can be reached: then nothing was said
        return None


def told(name: str, keys: KeyStore) -> str:
    """The secret that the console was told; empty where there is none, and where its key is gone, as after a
    restore of older records: then it has to be said again."""
    known = standing(name)
    if known is None:
        return ""
    try:
        return str(open_value(keys, known.key, bytes(known.sealed_content), record=_record(name)))
    except Destroyed:
        return ""


@transaction.atomic
def put(*, means: Means, account: Staff, name: str, value: str, system: str = "") -> None:
    """Keep it, in place of what was said before; what waits in the outbox is tried again at once. Writes
    `setting.changed`, without the value. `system`: whose database it is the address of."""
    before = HouseSetting.objects.select_for_update().filter(name=name).first()
    kept = {"plain": value, "key": "", "sealed_content": b""}
    if name not in _PLAIN:
        key = means.keys.create()
        sealed = seal_value(means.keys, key, value, record=_record(name))
        kept = {"plain": "", "key": key, "sealed_content": sealed}
    HouseSetting.objects.update_or_create(name=name, defaults=kept | {"by": means.by, "at": means.clock()})
    _changed(means, account, name, "set", system, before)


@transaction.atomic
def remove(*, means: Means, account: Staff, name: str, system: str = "") -> None:
    """It is not said any more; safe to repeat. Writes `setting.changed`."""
    before = HouseSetting.objects.select_for_update().filter(name=name).first()
    if before is not None:
        before.delete()
        _changed(means, account, name, "removed", system, before)


def _changed(
    means: Means, account: Staff, name: str, change: str, system: str, before: HouseSetting | None
) -> None:
    about = {"system": system} if system else {}
    called = _CALLED.get(name, "database")
    record(SETTING_CHANGED, at=means.clock(), setting=called, change=change, account=str(account.pk), **about)
    if before is not None and before.key:
        key = before.key
        transaction.on_commit(lambda: means.keys.destroy([key]))
    if called.startswith("mail"):
        outbox.hurry(means=means)


def _plain(name: str) -> str:
    known = standing(name)
    return known.plain if known else ""


def _recorded() -> bool:
    """To ask SQLite where there is no file yet would make one."""
    return connection.vendor != "sqlite" or Path(connection.settings_dict["NAME"]).is_file()


def _record(name: str) -> str:
    return f"setting:{name}"
