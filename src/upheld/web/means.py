"""The means of the verbs for one page or one round: the map as the folder has it now, the clock, who acts."""

import threading
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings

from upheld.actions import house
from upheld.actions.lease import myself
from upheld.actions.means import Means, random_token
from upheld.actions.reach import connectors as reach
from upheld.actions.stop import stoppable
from upheld.actions.undecided import guarded
from upheld.datamap.model import DataMap
from upheld.datamap.read import digest, read
from upheld.rights.connector import Connector
from upheld.store import clock
from upheld.store.keys import KeyStore
from upheld.store.sequencer import signer
from upheld.web.late import Late

PERSON = "the person, by her link"


class _Folder:
    """The privacy folder, read again when a file of it changed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: tuple[Path, str, DataMap] | None = None

    def read(self, folder: Path) -> DataMap:
        with self._lock:
            now = digest(folder)
            if self._known is None or self._known[:2] != (folder, now):
                self._known = (folder, now, read(folder))
            return self._known[2]


_folder = _Folder()


def datamap() -> DataMap:
    """The map. Raises Invalid with every error of the folder."""
    return _folder.read(settings.UPHELD_DIR)


def _reached(mapped: DataMap, keys: KeyStore) -> Mapping[str, Connector]:
    return stoppable(guarded(mapped, reach(datamap=mapped, secrets=house.secrets(keys))))


def means(*, by: str, reaching: bool = False) -> Means:
    """Everything a verb needs; reads the clock, once. Without `reaching` there is no connector in it, so that
    a page that must not connect to any system cannot."""
    mapped = datamap()
    clock.measure()
    keys = KeyStore(settings.UPHELD_KEYS)
    named: Mapping[str, Connector] = {}
    if reaching:
        names = (each.name for each in mapped.systems)
        named = Late(names, lambda: _reached(mapped, keys))
    return Means(
        datamap=mapped,
        connectors=named,
        keys=keys,
        signer=signer(keys, settings.UPHELD_LEDGER_NAME),
        now=mapped.organisation.local(clock.now()),
        clock=clock.now,
        entropy=random_token,
        owner=myself(),
        by=by,
        kept=settings.UPHELD_DATA / "kept",
    )
