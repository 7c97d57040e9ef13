"""What `upheld doctor` looks at, in the order in which one thing stands on the other."""

from collections.abc import Generator, Iterator, Mapping
from functools import partial

from django.conf import settings

from upheld.actions import health, house
from upheld.actions.health import Sign, State, looked
from upheld.actions.means import utc_now
from upheld.actions.reach import connectors
from upheld.cli.faults import WrongUse
from upheld.cli.start import datamap
from upheld.datamap.fault import Invalid
from upheld.datamap.model import DataMap
from upheld.project.plausible import is_address, plausible
from upheld.rights.outcome import Misconfigured
from upheld.store.keys import KeyStore


def examined(unread: Mapping[str, Misconfigured]) -> Iterator[Sign]:
    """Every sign. What cannot be looked at because of an earlier one is left out. `unread`: settings that
    cannot be read."""
    data, keys = settings.UPHELD_DATA, settings.UPHELD_KEYS
    signs = tuple(plausible(unread))
    yield from signs
    yield from health.files(data=data, keys=keys, secrets=settings.UPHELD_ENVIRONMENT.folder)
    mapped = yield from _folder()
    if "UPHELD_DATABASE_URL" not in unread and data.is_dir():
        yield from _records(mapped, known_keys="UPHELD_KEYS" not in unread)
    yield from _others(mapped, " ".join(each.what for each in signs if each.state is State.WRONG))


def _records(mapped: DataMap | None, *, known_keys: bool) -> Iterator[Sign]:
    keys, now = settings.UPHELD_KEYS, utc_now()
    stands = tuple(looked("records", partial(health.records, data=settings.UPHELD_DATA)))
    yield from stands
    if [each.state for each in stands] != [State.GOOD]:
        return
    if known_keys:
        store, name = KeyStore(keys), settings.UPHELD_LEDGER_NAME
        yield from looked("keys", lambda: health.keys(folder=keys, store=store, name=name))
    yield from looked("ledger", health.ledger)
    yield from looked("clock", lambda: health.clock(now=now, data=mapped))
    yield from looked("runner", lambda: health.programs(now=now))
    today = mapped.organisation.local(now) if mapped is not None else now
    yield from looked("queue", lambda: health.queue(now=today))


def _others(mapped: DataMap | None, wrong: str) -> Iterator[Sign]:
    """Whatever is connected to. `wrong`: what was said of settings; those that it names are not used."""
    keys = KeyStore(settings.UPHELD_KEYS)
    if mapped is not None:
        reached = connectors(datamap=mapped, secrets=house.secrets(keys))
        own = {each.name for each in mapped.systems if each.kind == "own"}
        asked = {name: each for name, each in reached.items() if name not in own}
        yield from health.systems(connectors=asked)
        yield from _vouching(mapped)
        if house.mailing() and not house.sender():
            yield from _sender(mapped)
    yield from looked(
        "mail server", lambda: health.mail(url=house.mail_server(keys=KeyStore(settings.UPHELD_KEYS)))
    )
    if "UPHELD_WEBHOOK" not in wrong:
        yield from looked("webhook", health.called)
    if "UPHELD_DNS" not in wrong:
        yield from health.resolvers(servers=settings.UPHELD_DNS)


def _vouching(mapped: DataMap) -> Iterator[Sign]:
    for way in mapped.organisation.sign_in:
        yield from looked(f"sign-in {way.name}", lambda way=way: health.vouching(way=way))  # type: ignore[misc]


def _sender(mapped: DataMap) -> Iterator[Sign]:
    if not is_address(mapped.organisation.contact):
        yield Sign(
            "settings",
            State.WRONG,
            "The organisation's contact is no e-mail address, and nobody said from whom mails come: none "
            "can be written.",
            "Say it in the console, where the mail server is set, or set UPHELD_MAIL_FROM.",
        )


def _folder() -> Generator[Sign, None, DataMap | None]:
    try:
        mapped = datamap()
    except Invalid as invalid:
        yield Sign(
            "privacy folder", State.WRONG, f"{len(invalid.errors)} errors.", "`upheld map check` lists them."
        )
        return None
    except WrongUse as missing:
        yield Sign("privacy folder", State.WRONG, missing.what, missing.remedy)
        return None
    yield Sign("privacy folder", State.GOOD, f"{len(mapped.systems)} systems, without errors.")
    return mapped
