"""From the command's options to the means of the verbs: settings, database, map, connectors, keys."""

import getpass
import os
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import django
from django.conf import settings

from upheld.actions.asking import Asked
from upheld.actions.means import Means, random_token
from upheld.actions.reach import connectors as reach
from upheld.actions.undecided import guarded
from upheld.cli.faults import WrongUse
from upheld.datamap.model import DataMap
from upheld.datamap.read import read
from upheld.rights.connector import Connector
from upheld.rights.proposals import accepted
from upheld.rights.regime import chosen
from upheld.rights.subject import Identity, Person
from upheld.store import release
from upheld.store.keys import KeyStore

STDIN = "-"


def settle(dir_: Path | None, data: Path | None) -> None:
    """Make the options of the command the settings, and Django ready. Once a program. What is written from
    now on is for its owner alone."""
    os.umask(0o077)
    if dir_ is not None:
        os.environ["UPHELD_DIR"] = str(dir_)
    if data is not None:
        os.environ["UPHELD_DATA"] = str(data)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "upheld.project.settings")
    django.setup()


def beside(dir_: Path | None, data: Path | None) -> Path | None:
    """The privacy folder, where nobody names one: a server keeps it in its data folder."""
    inside = data / "privacy" if data is not None else None
    if dir_ is None and "UPHELD_DIR" not in os.environ and inside is not None and inside.is_dir():
        return inside
    return dir_


def datamap() -> DataMap:
    """The map of the privacy folder. Raises Invalid with every error."""
    folder: Path = settings.UPHELD_DIR
    if not folder.is_dir():
        raise WrongUse(
            f"There is no privacy folder {folder}.", "Name it with --dir, or make one: `upheld init`."
        )
    return read(folder)


def connectors(mapped: DataMap) -> dict[str, Connector]:
    """Connectors of the map's systems; no connection is opened."""
    from upheld.actions import house  # lazy: app ready

    return reach(datamap=mapped, secrets=house.secrets(KeyStore(settings.UPHELD_KEYS)))


def records() -> None:
    """Our own database, there and of this release; the data folder is for its owner alone. Raises
    OlderRecords, NewerRecords."""
    folder: Path = settings.UPHELD_DATA
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    from upheld.store import installation  # lazy: app ready

    installation.refuse_lost(data=folder)
    release.make()


def means(*, accept_proposals: bool = False, place: str = "") -> Means:
    """Everything a verb needs. Reads the clock, once. `place`: where the person asks from."""
    mapped = accepted(datamap()) if accept_proposals else datamap()
    records()
    from upheld.actions.lease import myself  # lazy: app ready
    from upheld.actions.regime import pin_old  # lazy: app ready
    from upheld.actions.stop import stoppable  # lazy: app ready
    from upheld.store import clock, installation  # lazy: app ready
    from upheld.store.sequencer import signer  # lazy: app ready

    clock.measure()
    keys = KeyStore(settings.UPHELD_KEYS)
    installation.belong(data=settings.UPHELD_DATA, keys=keys, at=clock.now())
    made = Means(
        datamap=mapped,
        connectors=stoppable(guarded(mapped, connectors(mapped))),
        keys=keys,
        signer=signer(keys, settings.UPHELD_LEDGER_NAME),
        now=mapped.organisation.local(clock.now()),
        clock=clock.now,
        entropy=random_token,
        owner=myself(),
        by=getpass.getuser(),
        regime=regime_of(mapped, place),
        kept=settings.UPHELD_DATA / "kept",
        orders=True,
    )
    pin_old(means=made)
    return made


def regime_of(mapped: DataMap, place: str) -> str:
    """The regime of whoever asks from there; empty where nobody says from where. WrongUse for what is no
    place."""
    if place and not re.fullmatch(r"[A-Z]{2}(-[A-Z0-9]{1,3})?", place):
        raise WrongUse(f"{place!r} is no place.", "Write a country such as DE, or a state such as US-CA.")
    return chosen(mapped.organisation, place=place) if place else ""


def refuse_out(out: Path | None) -> None:
    """WrongUse when a file could not be written there: before anything is done, not after."""
    if out is not None and not out.resolve().parent.is_dir():
        raise WrongUse(
            f"There is no folder {out.resolve().parent} for --out.", "Make it, or name another file."
        )


def people_tables(mapped: DataMap, system: str) -> tuple[str, ...]:
    """Where people live in a system."""
    return tuple(table.name for table in mapped.system(system).tables if table.person)


def known_kind(mapped: DataMap, kind: str, where: str = "") -> None:
    """WrongUse for a kind that no system knows: mistyped, it would find nobody and look like success. Where
    people answer by hand only, every kind is theirs to read."""
    known = kinds(mapped)
    if known and kind not in known:
        raise WrongUse(
            f"{where}No system knows identities of the kind {kind!r}.", f"Kinds: {', '.join(sorted(known))}."
        )


def kinds(mapped: DataMap) -> frozenset[str]:
    """The kinds of identities that systems know people by."""
    tables = [table for system in mapped.systems for table in system.tables]
    known = {each.kind for table in tables for each in table.identities}
    return frozenset(known | {link.identity for table in tables for link in table.links if link.identity})


def asked(mapped: DataMap, named: Mapping[str, Connector], given: Sequence[str], file: Path | None) -> Asked:
    """What --identity, --identity-file and standard input say. WrongUse for what is no KIND=VALUE.

    `SYSTEM.TABLE=` with nothing behind it decides that no row of that table is this person."""
    written = [
        line for each in given for line in (sys.stdin.read().splitlines() if each == STDIN else [each])
    ]
    if file is not None:
        try:
            written += file.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise WrongUse(
                f"The file {file} cannot be read as text.", "Write one KIND=VALUE a line."
            ) from error
    identities, decisions = [], []
    for number, line in enumerate((each.strip() for each in written), start=1):
        if not line:
            continue
        kind, equals, value = line.partition("=")
        none_there = "." in kind and not value.strip()
        if not equals or not kind.strip() or not (value.strip() or none_there):
            raise WrongUse(
                f"The identity number {number} is not KIND=VALUE.", "Write it as email=person@example.org."
            )
        system, dot, table = kind.strip().partition(".")
        if not dot:
            known_kind(mapped, kind.strip())
            identities.append(Identity(kind.strip(), value.strip()))
            continue
        if system not in named:
            raise WrongUse(f"There is no system {system!r}.", f"Systems: {', '.join(named) or 'none'}.")
        if table not in people_tables(mapped, system):
            raise WrongUse(
                f"No people live in {system}.{table}.",
                f"Tables of people: {', '.join(people_tables(mapped, system)) or 'none'}.",
            )
        key = () if none_there else named[system].key(table, value.strip())
        decisions.append(Person(system, table, key))
    if not identities and not any(each.key for each in decisions):
        raise WrongUse(
            "Nobody was named.", "Give --identity KIND=VALUE, as in --identity email=person@example.org."
        )
    return Asked(tuple(identities), tuple(decisions))
