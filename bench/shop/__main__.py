"""`python -m bench.shop`: fifty verified requests, from receipt to package or certificate, one after another;
statements on our own database and CPU of all processes, for each. Prints JSON."""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pyrage

from bench import ours
from bench.cpu import Meter
from tests.servers import postgresql as on_postgresql
from tests.servers.server import new_run_folder, stop_all
from upheld.datamap.read import read
from upheld.law.right import Right
from upheld.rights.subject import Identity

if TYPE_CHECKING:
    from upheld.actions.means import Means

HERE = Path(__file__).parent
PRIVACY = HERE / "privacy"
WARM = 5


def loaded(url: str) -> None:
    """The shop, in an empty database."""
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        for name in ("schema.sql", "data.sql"):
            connection.execute((HERE / name).read_text(encoding="utf-8"))


def means_in(folder: Path, url: str) -> "Means":
    """As one run of a program has them."""
    from upheld.actions.means import Means, random_token, utc_now  # lazy: app ready
    from upheld.actions.reach import connectors  # lazy: app ready
    from upheld.store.keys import KeyStore  # lazy: app ready
    from upheld.store.sequencer import signer  # lazy: app ready

    datamap, keys = read(PRIVACY), KeyStore(folder / "keys")
    return Means(
        datamap=datamap,
        connectors=connectors(datamap=datamap, secrets={"SHOP_DATABASE_URL": url}),
        keys=keys,
        signer=signer(keys),
        now=datetime(2026, 11, 26, 12, tzinfo=UTC),
        clock=utc_now,
        entropy=random_token,
        owner="bench/1/1",
        by="bench",
        orders=True,
    )


def erase(means: "Means", people: Sequence[str]) -> None:
    """Each from her request to her certificate."""
    from upheld.actions import cases, certificates, erasure, preview  # lazy: app ready
    from upheld.actions.asking import Asked  # lazy: app ready
    from upheld.store import queries  # lazy: app ready

    requests = []
    for email in people:
        asked = Asked((Identity("email", email),))
        request = cases.receive(means=means, right=Right.ERASURE, asked=asked)
        seen = preview.preview(means=means, right=Right.ERASURE, asked=asked)
        erasure.approve(means=means, request=request, preview=seen)
        requests.append(request.pk)
    done = []
    for number in requests:
        request = queries.REQUEST.first(pk=number)
        if not erasure.fulfil(means=means, request=request).complete:
            raise ours.WentWrong("An erasure was not finished.")
        done.append(request)
    for _ in certificates.certify_many(means=means, requests=done):
        pass
    certificates.written_many(means=means, requests=done)


def give(means: "Means", people: Sequence[str], folder: Path) -> None:
    """Each from her request to her package."""
    from upheld.actions import access, cases, preview  # lazy: app ready
    from upheld.actions.asking import Asked  # lazy: app ready

    reader = str(pyrage.x25519.Identity.generate().to_public())
    for number, email in enumerate(people):
        asked = Asked((Identity("email", email),))
        request = cases.receive(means=means, right=Right.ACCESS, asked=asked)
        seen = preview.preview(means=means, right=Right.ACCESS, asked=asked, request=request)
        out = folder / f"{len(people)}-{number}.age"
        access.deliver(means=means, request=request, preview=seen, out=out, recipients=(reader,), days=30)


@contextmanager
def counted() -> Iterator[dict[str, int]]:
    """Statements on our own database, those that begin and end a transaction too."""
    from django.db import connection  # lazy: app ready
    from django.db.backends.base.base import BaseDatabaseWrapper  # lazy: app ready

    found = {"statements": 0}
    ending: Any = BaseDatabaseWrapper._commit

    def told(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        found["statements"] += 1
        return execute(sql, parameters, many, context)

    def commit(self: Any) -> Any:
        found["statements"] += 1 if connection.vendor == "sqlite" else 2
        return ending(self)

    BaseDatabaseWrapper._commit = commit  # type: ignore[method-assign]
    try:
        with connection.execute_wrapper(told):
            yield found
    finally:
        BaseDatabaseWrapper._commit = ending  # type: ignore[method-assign]


def measured(people: int, records: str) -> dict[str, float]:
    """Everything; `records`: which kind of database is our own."""
    run = new_run_folder()
    try:
        server = on_postgresql.postgresql(run, "postgresql18")
        on_postgresql.create(server, "shop")
        loaded(server.url("shop"))
        if records == "postgresql":
            on_postgresql.create(server, "records")
        with tempfile.TemporaryDirectory(prefix="upheld-bench-") as made:
            folder = Path(made)
            ours.begin(folder / "data", server.url("records") if records == "postgresql" else "")
            means = means_in(folder, server.url("shop"))
            everybody = [f"user{number}@example.com" for number in range(1, 10_000)]
            erase(means, everybody[:WARM])
            give(means, everybody[WARM : 2 * WARM], folder)
            found: dict[str, float] = {}
            meter = Meter((server.pid,))
            first = everybody[2 * WARM :]
            for name, work in (
                ("erasure", lambda: erase(means, first[:people])),
                ("access", lambda: give(means, first[people : 2 * people], folder)),
            ):
                with counted() as statements, meter.spent() as spent:
                    began = time.perf_counter()
                    work()
                    found[f"{name}_wall"] = (time.perf_counter() - began) / people
                found[f"{name}_statements"] = statements["statements"] / people
                found[f"{name}_cpu"] = spent.cpu / people
                found[f"{name}_client"] = spent.client / people
            return found
    finally:
        stop_all(run)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.shop", description=__doc__)
    parser.add_argument("people", type=int, nargs="?", default=50)
    parser.add_argument("--records", choices=("sqlite", "postgresql"), default="sqlite")
    chosen = parser.parse_args()
    sys.stdout.write(json.dumps(measured(chosen.people, chosen.records)) + "\n")
