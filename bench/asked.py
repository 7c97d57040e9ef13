"""The child of `bench.pages`: fills the records, asks for each page, prints one JSON document.

`python -m bench.asked FOLDER CASES SAMPLES [PID …]`; the processes are servers of the records.
"""

import json
import os
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from bench.cpu import Meter

if TYPE_CHECKING:
    from upheld.actions.means import Means
    from upheld.store.models import Request

ORGANISATION = """\
organisation:
  name: Larkspur Foundation
  contact: privacy@larkspur.example
  country: DE
  time_zone: Europe/Berlin
  regimes: [gdpr, ccpa]
  languages: [en, de, fr]
  backups: {days: 14}
"""
PURPOSES = "purposes: {service: {title: Our service, basis: contract, retention: while the account exists}}\n"
LETTERS = """\
system: letters
kind: manual
title: Letters
owner: The office
address: office@larkspur.example
look_for: letters
how: shred them
days: 14
"""
SHOP = """\
system: shop
title: Shop
connect: ${SHOP_DATABASE_URL}
tables:
  users:
    person: id
    identities: {email: {column: email, normalise: email}}
    fields:
      email: {category: email-address, purposes: [service], provided: true}
      name: {category: name, purposes: [service], provided: true}
    on_erase: delete
"""
ROWS = """\
CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(120) NOT NULL, name VARCHAR(80) NOT NULL);
CREATE INDEX users_email ON users(email);
INSERT INTO users(email, name) VALUES ('ada@example.org', 'Ada'), ('gil.marlowe@example.net', 'Gil'),
  ('hal@example.net', 'Hal'), ('ivy@example.net', 'Ivy'), ('jo@example.net', 'Jo'),
  ('may@example.net', 'May');
"""
SHARES = {"open": 0.015, "asked": 0.02, "failed": 0.001, "unsure": 0.004, "copied": 0.3, "fulfilled": 0.66}
"""Of all cases, by what became of them."""
SPREAD = {"open": 25, "asked": 25, "failed": 10, "unsure": 25, "copied": 700, "fulfilled": 700}
"""Days over which they came."""
LEDGER = 2
"""Entries a case."""
LONG = 200
"""Letters, notes and looks each of the case in which there was most talk."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page: how it is asked for, and the status that it must have."""

    name: str
    target: str
    form: tuple[tuple[str, str], ...] = ()
    who: str = "officer"
    status: int = 200


def prepare(folder: Path) -> None:
    """The privacy folder, the shop, and Django's settings."""
    privacy = folder / "privacy"
    (privacy / "systems").mkdir(parents=True)
    (privacy / "upheld.yaml").write_text(ORGANISATION)
    (privacy / "purposes.yaml").write_text(PURPOSES)
    (privacy / "systems" / "letters.yaml").write_text(LETTERS)
    (privacy / "systems" / "shop.yaml").write_text(SHOP)
    shop = sqlite3.connect(folder / "shop.db")
    shop.executescript(ROWS)
    shop.close()
    (folder / "data").mkdir()
    os.environ |= {
        "UPHELD_DIR": str(privacy),
        "UPHELD_DATA": str(folder / "data"),
        "SHOP_DATABASE_URL": f"sqlite:///{folder / 'shop.db'}",
    }


def fill(cases: int) -> tuple[int, int, list[Page]]:
    """Rows and entries that were written, and the pages to ask for."""
    from django.core.management import call_command  # lazy: app ready
    from django.db.models import F  # lazy: app ready

    from bench.filled import copies  # lazy: app ready
    from tests.web import matrix  # lazy: app ready
    from tests.web.hostile import furnished  # lazy: app ready
    from upheld.actions import alarms, arrivals, ledger, owing  # lazy: app ready
    from upheld.law.right import Right  # lazy: app ready
    from upheld.store.models import Case, Channel, Mail, Request  # lazy: app ready
    from upheld.web.means import means  # lazy: app ready

    call_command("migrate", verbosity=0)
    able = means(by="the benchmark", reaching=True)
    hers, waits = matrix.verified(able, "ada@example.org")
    _, asked = matrix.verified(able, "may@example.net")
    furnished.approve(able, asked)
    done = furnished.fulfilled(able)
    copy = furnished.copied(able)
    roots = {
        "open": waits,
        "asked": asked,
        "failed": furnished.failed(able),
        "unsure": furnished.unsure(able),
        "copied": Request.objects.get(copy__isnull=False),
        "fulfilled": Request.objects.get(pk=done["number"]),
    }
    resting()(0)  # what was to be told of these is told
    Mail.objects.update(sent_at=F("written_at"))
    counts = {name: round(cases * share) for name, share in SHARES.items()}
    patterns = [
        (Case.objects.get(pk=roots[name].case_id), many, SPREAD[name]) for name, many in counts.items()
    ]
    rows = copies(patterns, seed=4)
    fresh = arrivals.receive(
        means=able, channel=Channel.FORM, rights=(Right.ACCESS,), address="zoe@example.net", language="en"
    )
    rows += copies([(fresh, round(cases * 0.003), 20)], seed=5)
    roots["long"] = talked(able, LONG)
    settled(able.now)
    ledger.checkpoint(means=able)
    entries = enter(cases * LEDGER)
    while alarms.notice(means=able, mailing=False):
        pass
    owing.see_through(at=able.now)
    ledger.checkpoint(means=able)
    _analyse()
    return rows, entries, list(pages(hers, roots, done, copy))


def talked(able: "Means", many: int) -> "Request":
    """A case with so many letters, notes and looks of each."""
    from django.db.models import F  # lazy: app ready

    from tests.web import matrix  # lazy: app ready
    from upheld.actions import correspondence, staff, thread  # lazy: app ready
    from upheld.store.models import Mail  # lazy: app ready

    _, asked = matrix.verified(able, "kim@example.org")
    words = "The archive has answered in part, and looks for the rest until Friday. " * 5
    for number in range(many):
        thread.note(means=able, case=asked.case, words=f"{number}: {words}")
        staff.look(case=asked.case, by=able.by, at=able.now, what="a letter", why="she asked again")
        correspondence.send(
            means=able, case=asked.case, name="delay", language="en", subject="Later", text=words
        )
    Mail.objects.filter(case=asked.case).update(sent_at=F("written_at"))
    return asked


def settled(now: datetime) -> None:
    """Nothing of the copies is left to do for the runner: copies of data whose time is over are removed, and
    whoever was to be told that hers goes soon was told."""
    from upheld.store.models import Mail, MailKind, Package  # lazy: app ready

    Package.objects.filter(expires_at__lte=now).update(removed_at=now)
    soon = Package.objects.filter(removed_at=None, expires_at__lte=now + timedelta(days=8))
    Mail.objects.bulk_create(
        Mail(
            kind=MailKind.REMINDER,
            about=str(each),
            key="",
            sealed_content=b"",
            written_at=now,
            not_before=now,
            sent_at=now,
        )
        for each in soon.values_list("pk", flat=True)
    )


def enter(many: int) -> int:
    """So many entries more in the ledger, in their places."""
    from bench.filled import durably  # lazy: app ready
    from bench.ours import COUNTED, NOW  # lazy: app ready
    from upheld.actions.record import entry, put_all  # lazy: app ready
    from upheld.ledger.types import STEP_FULFILLED  # lazy: app ready
    from upheld.store import sequencer  # lazy: app ready

    durably(False)
    for start in range(0, many, 20_000):
        put_all(
            entry(
                STEP_FULFILLED,
                at=NOW,
                case=str(UUID(int=number)),
                system="shop",
                step="part:1",
                outcome="done",
                evidence_class="A",
                counts=dict.fromkeys(COUNTED, number),
                evidence=f"{number:064x}",
            )
            for number in range(start, min(start + 20_000, many))
        )
        while sequencer.sequence():
            pass
    durably(True)
    return sequencer.size()


def _analyse() -> None:
    """As a server does by itself: PostgreSQL's own, and our runner once an hour."""
    from django.db import connection  # lazy: app ready

    from upheld.store import database  # lazy: app ready

    database.refresh_statistics()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")  # as autovacuum does: counts go by an index alone then


def pages(hers: str, roots: dict[str, Any], done: dict[str, Any], copy: dict[str, Any]) -> Iterator[Page]:
    """Every page that somebody opens often, and those that go through many rows."""
    case = {name: f"/console/cases/{each.case_id}/" for name, each in roots.items()}
    request = {name: f"/console/requests/{each.pk}/" for name, each in roots.items()}
    yield Page("start page", "/console/")
    yield Page("list of cases", "/console/cases/")
    yield Page("list of cases, a later page", later("/console/cases/", 10))
    for name in ("open", "asked", "failed", "unsure", "copied", "fulfilled", "long"):
        yield Page(f"a case: {name}", case[name])
    yield Page("a plan, with what it finds", f"{request['open']}plan/")
    number = case["fulfilled"].rpartition("cases/")[2][:8]
    yield Page("search by number", "/console/search/", (("words", number),))
    yield Page("search by address", "/console/search/", (("words", "ada@example.org"), ("why", "she asked")))
    yield Page("search by name", "/console/search/", (("words", "ada nobody"), ("why", "she asked")))
    yield Page("extend", f"{request['open']}extend/")
    yield Page("refuse", f"{request['open']}refuse/")
    yield Page("notes", f"{case['open']}notes/")
    yield Page("notes of the long case", f"{case['long']}notes/")
    yield Page("letters of a case", f"{case['open']}letters/")
    yield Page("post", "/console/intake/")
    yield Page("outbox", "/console/outbox/")
    yield Page("journal", "/console/journal/")
    yield Page("systems", "/console/systems/")
    yield Page("a system", "/console/systems/shop/")
    yield Page("history", "/console/history/")
    yield Page("history of a type that is rare", "/console/history/?type=request.received")
    yield Page("history of one case", f"/console/history/?case={UUID(int=3)}")
    yield Page("proof of an entry", "/console/history/7/proof/")
    yield Page("letters", "/console/letters/")
    yield Page("staff", "/console/staff/")
    yield Page("programs", "/console/programs/")
    yield Page("the privacy folder", "/console/folder/")
    yield Page("first step", "/console/first/organisation/")
    yield Page("log in", "/console/login/", who="nobody")
    form = (("email", "kim@example.net"), ("copy", "on"), ("place", "gdpr"))
    yield Page("ask", "/en/", who="nobody")
    yield Page("ask: check the answers", "/en/", form, "nobody")
    yield Page("ask: send", "/en/", (*form, ("step", "send")), "nobody", 302)
    yield Page("follow: open", f"/en/follow/{hers}/", who="nobody")
    yield Page("follow: done", f"/en/follow/{done['token']}/", who="nobody")
    yield Page("read the copy", f"/en/follow/{copy['token']}/copy/index.html", who="nobody")
    yield Page("certificate", f"/en/follow/{done['token']}/certificate/{done['number']}/", who="nobody")


def later(address: str, pages: int) -> str:
    """The address of a page that the list leads to after so many."""
    from tests.web.hostile.reach import ask, links  # lazy: app ready
    from upheld.project.wsgi import application  # lazy: app ready

    for _ in range(pages):
        answer = ask(application, "GET", address, cookie=_cookies()["officer"])
        further = [each for each in links(address, answer.body) if "after=" in each]
        if not further:
            break
        address = further[0]
    return address


def _cookies(made: dict[str, str] = {}) -> dict[str, str]:  # noqa: B006 - made once
    from tests.web import matrix  # lazy: app ready
    from upheld.web.means import means  # lazy: app ready

    if not made:
        for who, client in matrix.visitors(means(by="the benchmark")).items():
            made[who] = "; ".join(f"{each.key}={each.value}" for each in client.cookies.values())
    return made


def timed(page: Page, samples: int, meter: Meter) -> dict[str, float]:
    """Milliseconds of one request."""
    from tests.web.hostile.reach import ask, written  # lazy: app ready
    from upheld.project.wsgi import application  # lazy: app ready

    def once(number: int) -> int:
        return ask(
            application,
            "POST" if page.form else "GET",
            page.target,
            body=written([*page.form]) if page.form else b"",
            kind="application/x-www-form-urlencoded" if page.form else "",
            cookie=_cookies()[page.who],
            headers={"REMOTE_ADDR": f"10.1.{number // 250}.{number % 250}"},  # each a visitor of her own
        ).status

    for number in range(3):
        if (status := once(number)) != page.status:
            raise SystemExit(f"{page.name} answered {status}.")
    return spent(once, samples, meter)


def resting() -> Callable[[int], object]:
    """A round of the runner, after those that find what is left to do."""
    from upheld.actions import rounds  # lazy: app ready
    from upheld.cli.certifying import certify_answered  # lazy: app ready
    from upheld.web.means import means  # lazy: app ready

    def once(_number: int) -> object:
        able = means(by="the runner", reaching=True)
        return rounds.drain(means=able, certify=certify_answered, server=None, sender="privacy@example.org")

    return once


def spent(once: Callable[[int], object], samples: int, meter: Meter) -> dict[str, float]:
    """Milliseconds of it: median and 95 of 100, CPU and clock."""
    each = [meter.of(partial(once, number)) for number in range(3, 3 + samples)]
    cpu, wall = [one.cpu * 1000 for one in each], [one.wall * 1000 for one in each]
    return {
        "cpu": statistics.median(cpu),
        "cpu_95": statistics.quantiles(cpu, n=20)[-1],
        "wall": statistics.median(wall),
        "wall_95": statistics.quantiles(wall, n=20)[-1],
    }


def main(folder: Path, cases: int, samples: int, pids: tuple[int, ...]) -> None:
    import django  # lazy: app ready

    prepare(folder)
    django.setup()
    sys.excepthook = sys.__excepthook__  # whoever measures may read what went wrong
    began = time.monotonic()
    rows, entries, asked = fill(cases)
    sys.stderr.write(f"filled in {time.monotonic() - began:.0f} s\n")
    meter = Meter(pids)
    found = {each.name: timed(each, samples, meter) for each in asked}
    found["the runner: a round with nothing to do"] = spent(resting(), samples, meter)
    json.dump({"rows": rows, "entries": entries, "pages": found}, sys.stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), tuple(map(int, sys.argv[4:])))
