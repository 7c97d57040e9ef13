"""The child of `test_at_once`: forms of the server sent by two at once, in a program with the server's own settings.
`python -m tests.web.hostile.at_once FILE` writes one JSON document into FILE.

Each pair of forms begins from the same records and the same privacy folder. It is sent three times: one after the
other, the other way round, and both at once, each statement delayed a little by chance so that they mix. What the
records then look like must be what they look like after one of the first two.
"""

import json
import logging
import os
import re
import shutil
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from itertools import combinations_with_replacement
from pathlib import Path
from random import Random
from typing import Any

import django

django.setup()

import psycopg  # noqa: E402 - apps first
from django.apps import apps  # noqa: E402
from django.conf import settings as project  # noqa: E402
from django.core.signals import request_finished, request_started  # noqa: E402
from django.db import close_old_connections, connection, connections, transaction  # noqa: E402

from tests.web.hostile import program, reach  # noqa: E402
from tests.web.hostile.furnished import furnish  # noqa: E402
from upheld.actions import rounds  # noqa: E402
from upheld.cli.certifying import certify_answered  # noqa: E402
from upheld.project.wsgi import application  # noqa: E402
from upheld.store import clock  # noqa: E402
from upheld.store.models import Entry, PendingEntry  # noqa: E402
from upheld.web.means import means  # noqa: E402

LONGEST = 0.004
"""Seconds before a statement, at most."""
NOT_OURS = {"Session", "LogEntry", "ContentType", "Permission", "Group"}
OF_THE_LEDGER = {"Entry", "PendingEntry", "Node", "Checkpoint"}
"""Entries are counted as one: whether they have their place already is of no weight."""
DECIDING = {"plan", "refuse", "extend", "withdraw", "take-back", "add", "task-answer", "judge"}
"""Forms that decide about the same case: each with each of the others, not only with itself."""

Image = dict[str, list[tuple[str, int]]]


@dataclass(frozen=True, slots=True)
class Press:
    """A form as somebody sends it who means it."""

    who: str
    form: reach.Form

    @property
    def name(self) -> str:
        return program.route(self.form.action)

    def send(self, cookies: dict[str, str], *, patience: int = reach.HANGS) -> str:
        """The status of the answer, and the page's heading."""
        answer = reach.ask(
            application,
            "POST",
            self.form.action,
            body=reach.written(program.plausible(self.form)),
            kind="application/x-www-form-urlencoded",
            cookie=cookies[self.who],
            patience=patience,
        )
        said = re.search(rb"<h1[^>]*>(.*?)</h1>(.*?)</p>", answer.body, re.DOTALL)
        shown = re.sub(r"<[^>]*>|\s+", " ", b" ".join(said.groups()).decode()) if said else answer.location
        return f"{answer.status} {shown}"[:300]

    def __str__(self) -> str:
        return f"{self.name} by {self.who}"


class Round:
    """The runner takes what waits, as somebody presses."""

    who, name = "runner", "round"

    def send(self, cookies: dict[str, str], *, patience: int = 0) -> str:  # noqa: ARG002 - as of a press
        """Nothing to read."""
        return self.later(timedelta())

    def later(self, passed: timedelta) -> str:
        """A round at another time."""
        able = means(by="runner", reaching=True)
        able = replace(able, now=able.now + passed, clock=lambda: clock.now() + passed)
        rounds.drain(means=able, certify=certify_answered, server=None, sender="privacy@larkspur.example")
        return "200"

    def __str__(self) -> str:
        return "the runner"


class Seed:
    """Records, keys, privacy folder and the shop's rows as they were at the beginning."""

    def __init__(self) -> None:
        connections.close_all()
        self._given: dict[str, Any] = project.DATABASES["default"]
        self._shop = Path(os.environ["SHOP_DATABASE_URL"].removeprefix("sqlite:///"))
        self._folders = [project.UPHELD_DATA, project.UPHELD_DIR]
        self._kept = project.UPHELD_DATA.parent / "as it was"
        for each in self._folders:
            shutil.copytree(each, self._kept / each.name)
        shutil.copy(self._shop, self._kept / "shop")
        if connection.vendor == "postgresql":
            self._keep()

    def take(self) -> None:
        """As they were again."""
        connections.close_all()
        self.take_files()
        if connection.vendor == "postgresql":
            self._run(self._back)

    def take_files(self) -> None:
        """All but the records on PostgreSQL."""
        connections.close_all()
        for each in self._folders:
            shutil.rmtree(each)
            shutil.copytree(self._kept / each.name, each)
        shutil.copy(self._kept / "shop", self._shop)

    def end(self) -> None:
        connections.close_all()
        if connection.vendor == "postgresql":
            self._run("DROP SCHEMA kept CASCADE")

    def _keep(self) -> None:
        """Every table's rows beside it, and the statements that put them back: a database that is made anew each time
        costs the server ten times as much."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            tables = [name for (name,) in cursor.fetchall()]
            cursor.execute("SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'")
            numbers = cursor.fetchall()
        self._run("CREATE SCHEMA kept", *(f'CREATE TABLE kept."{name}" AS TABLE "{name}"' for name in tables))
        self._back = "; ".join(
            (
                "SET session_replication_role = replica",
                "SET lock_timeout = '20s'",
                *(f'DELETE FROM "{name}"' for name in tables),
                *(f'INSERT INTO "{name}" OVERRIDING SYSTEM VALUE TABLE kept."{name}"' for name in tables),
                *(
                    f"SELECT setval('\"{name}\"', {last or 1}, {str(last is not None).lower()})"
                    for name, last in numbers
                ),
            )
        )

    def _run(self, *statements: str) -> None:
        given = self._given
        with psycopg.connect(
            host=given["HOST"],
            port=given["PORT"],
            user=given["USER"],
            password=given["PASSWORD"],
            dbname=given["NAME"],
        ) as connected:
            for each in statements:
                connected.execute(each)


@cache
def seen_of() -> list[tuple[str, list[str], list[str], list[str], str]]:
    """Of each kind of rows: its name, its columns, which are choices, which may be empty, and the statement that reads
    them; put together once, for they are read some hundred times."""
    found = []
    for model in apps.get_models():
        if model.__name__ not in NOT_OURS | OF_THE_LEDGER:
            fields = model._meta.concrete_fields
            chosen = [each.attname for each in fields if each.choices]
            empty = [each.attname for each in fields if each.null]
            every = list(dict.fromkeys((*chosen, *empty, model._meta.pk.attname)))
            rows = model._base_manager.order_by().values_list(*every)
            found.append((model.__name__, every, chosen, empty, str(rows.query)))
    return found


def image() -> Image:
    """How many rows of each kind there are: what their choices say, and which of their columns are empty."""
    found = {}
    with connection.cursor() as cursor:
        for kind, every, chosen, empty, statement in seen_of():
            cursor.execute(statement)
            rows = [dict(zip(every, each, strict=True)) for each in cursor.fetchall()]
            counted = Counter(
                str(
                    [
                        *(f"{name}={row[name]}" for name in chosen),
                        *(f"no {name}" for name in empty if row[name] is None),
                    ]
                )
                for row in rows
            )
            found[kind] = sorted(counted.items())
    found["entries"] = [("", Entry.objects.count() + PendingEntry.objects.count())]
    return found


def at_once(one: Press | Round, other: Press | Round, cookies: dict[str, str], chance: Random) -> list[str]:
    """Both, in a thread each; the statuses of their answers."""
    ready = threading.Barrier(2)
    statuses: dict[int, str] = {}

    def pressed(number: int, press: Press | Round, drawn: Random) -> None:
        def late(execute: Callable[..., Any], *given: Any) -> Any:
            time.sleep(drawn.random() * LONGEST)
            return execute(*given)

        ready.wait()
        try:
            with connection.execute_wrapper(late):
                statuses[number] = press.send(cookies, patience=0)
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=pressed, args=(number, press, Random(chance.random())))
        for number, press in enumerate((one, other))
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return [statuses[0], statuses[1]]


def presses(cookies: dict[str, str], addresses: dict[str, str]) -> Iterator[Press]:
    """Every form of the public pages and of the console that changes something, once."""
    run = program.Run(1)
    run.cookies = {who: cookies[who] for who in ("nobody", "officer")}
    program.crawl(run, addresses, program.folder())
    for name, seen in sorted(run.forms.items()):
        if not name.startswith(("account_", "mfa_", "i18n")):
            known = {
                names: Press(who, form) for who in ("officer", "nobody") for names, form in seen[who].items()
            }
            yield from (each for each in known.values() if each.form.method == "POST")


def settle(one: Press | Round) -> None:
    """A round is many transactions: what was pressed between two of them is seen through by the next."""
    if isinstance(one, Round):
        one.later(timedelta(hours=1))
        one.later(timedelta(hours=2))


def compare(
    seed: Seed, one: Press | Round, other: Press | Round, cookies: dict[str, str], chance: Random
) -> dict[str, Any]:
    """What is wrong with both at once; nothing where it is what one after the other makes of it."""
    apart = []
    for first, second in {(one, other), (other, one)}:
        with transaction.atomic():
            answers = [first.send(cookies), second.send(cookies)]
            settle(one)
            apart.append((answers, image()))
            transaction.set_rollback(True)
        seed.take_files()
    answers = at_once(one, other, cookies, chance)
    settle(one)
    seen = image()
    seed.take()
    if max(answers) >= "5":
        return {f"{one}, {other}: a fault": answers}
    if seen not in [each for _, each in apart]:
        return {f"{one}, {other}": [answers, [each for each, _ in apart], differing(seen, apart[0][1])]}
    return {}


def main(file: Path) -> None:
    for each in (request_started, request_finished):  # they would end the transaction that takes all back
        each.disconnect(close_old_connections)
    addresses, cookies = furnish()
    every = list(presses(cookies, addresses))
    seed, chance = Seed(), Random(7)
    pairs: list[tuple[Press | Round, Press | Round]] = [
        (one, other)
        for one, other in combinations_with_replacement(every, 2)
        if one is other or {one.name, other.name} <= DECIDING
    ]
    pairs += [(Round(), each) for each in every if each.name in DECIDING | {"stop", "retry"}]
    findings: dict[str, Any] = {}
    for one, other in pairs:
        findings |= compare(seed, one, other, cookies, chance)
    seed.end()
    told = {"pairs": len(pairs), "pressed": sorted({each.name for each in every}), "findings": findings}
    file.write_text(json.dumps(told, indent=1))


def differing(seen: Image, apart: Image) -> dict[str, Any]:
    """Of the records that are not alike, what they are in each."""
    return {name: [apart[name], rows] for name, rows in seen.items() if rows != apart[name]}


if __name__ == "__main__":
    logging.getLogger().handlers.clear()
    main(Path(sys.argv[1]))
