"""Who held what and when: each change of a row that somebody can be at, kept by a trigger in the records themselves, by
the clock of their database; and whether anything was stuck, told from that and from what each look found."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import Path

from tests.servers.database import Database

LEASED = 45.0
"""Seconds: a lease, and what two clocks may be apart. A quarter of the minute is left for whoever takes over."""
APART = 5.0
"""Seconds that the clocks of two programs may be apart: each asks the database once a minute, and counts on."""
TABLE = (
    "CREATE TABLE kill_trace (number {serial}, kind VARCHAR(20), pk VARCHAR(40), request VARCHAR(40),"
    " state VARCHAR(10), owner VARCHAR(64), attempt INTEGER, until_at {float}, at {float})"
)
ROW = (
    "INSERT INTO kill_trace (kind, pk, request, state, owner, attempt, until_at, at) VALUES"
    " ('{kind}', NEW.id, NEW.request_id, {state}, NEW.owner, {attempt}, {until}, {now})"
)
KINDS = {
    "ready": ("store_fulfilment", "NEW.state", "NEW.attempt"),
    "copies_ready": ("store_copy", "CASE WHEN NEW.owner = '' THEN 'WAITING' ELSE 'RUNNING' END", "0"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One change of a row. `until`: when the lease of its `owner` ends; both in seconds."""

    kind: str
    pk: str
    request: str
    state: str
    owner: str
    attempt: int
    until: float | None
    at: float


@dataclass(frozen=True, slots=True)
class Taken:
    """What one program held when it was heard of for the last time, and another began with."""

    before: Step
    after: Step

    @property
    def seconds(self) -> float:
        return self.after.at - self.before.at


def install(records: Database) -> None:
    """The table and its triggers, into records that nobody has used."""
    sqlite = records.dialect == "sqlite"
    serial = "INTEGER PRIMARY KEY" if sqlite else "BIGSERIAL"
    statements = [TABLE.format(serial=serial, float="REAL" if sqlite else "DOUBLE PRECISION")]
    for kind, (table, state, attempt) in KINDS.items():
        until = "(julianday({0}) - 2440587.5) * 86400.0" if sqlite else "EXTRACT(EPOCH FROM {0})"
        row = ROW.format(
            kind=kind,
            state=state,
            attempt=attempt,
            until=until.format("NEW.leased_until"),
            now=until.format("'now'" if sqlite else "clock_timestamp()"),
        )
        if sqlite:
            statements += [
                f"CREATE TRIGGER kill_{kind}_{when} AFTER {when} ON {table} BEGIN {row}; END"
                for when in ("INSERT", "UPDATE")
            ]
        else:
            statements += [
                (
                    f"CREATE FUNCTION kill_{kind}() RETURNS trigger LANGUAGE plpgsql AS"
                    f" $$ BEGIN {row}; RETURN NULL; END $$"
                ),
                (
                    f"CREATE TRIGGER kill_{kind} AFTER INSERT OR UPDATE ON {table}"
                    f" FOR EACH ROW EXECUTE FUNCTION kill_{kind}()"
                ),
            ]
    records.run(*statements)


def read(records: Database) -> list[Step]:
    """Row by row, in the order in which they changed."""
    found = records.rows(
        "SELECT kind, pk, request, state, owner, attempt, until_at, at FROM kill_trace ORDER BY kind, pk, number"
    )
    return [Step(*each) for each in found]


def taken_over(steps: Iterable[Step]) -> list[Taken]:
    """What one held and another took: the holder was killed, or gave it up."""
    rows = groupby(steps, key=lambda each: (each.kind, each.pk))
    return [
        Taken(before, after)
        for _, changes in rows
        for before, after in pairwise(changes)
        if before.owner and after.state == "RUNNING" and after.owner != before.owner
    ]


def longest_lease(steps: Iterable[Step]) -> float:
    """Seconds after which anybody may take what the program that wrote this has not said again that it holds."""
    return max((each.until - each.at for each in steps if each.owner and each.until), default=0.0)


def passed_over(taken: Iterable[Taken], looks: Path) -> list[tuple[str, float]]:
    """Of what was free, the looks that did not find it: what and how long after."""
    lines = [json.loads(line) for line in looks.read_text().splitlines()]
    return [
        (each.before.kind, look["at"] - each.before.until)
        for each in taken
        for look in lines
        if look["kind"] == each.before.kind
        and each.before.until
        and look["at"] > each.before.until + APART
        and look["over"] < each.after.at - APART
        and each.before.request.replace("-", "") not in look["found"]
    ]
