"""What became of a transaction that nobody saw commit (scenario 69)."""

import json
import time

import sqlalchemy as sa

from upheld.connectors.sql import driver
from upheld.connectors.sql.columns import Tables
from upheld.datamap.model import System
from upheld.rights.outcome import Settled, Transient

_PATIENCE_SECONDS = 20


def token(connection: sa.Connection, system: System, tables: Tables, part: str, random: str) -> str:
    """Names the open transaction so that it can be asked for later; writes the receipt where the map has one.

    PostgreSQL 13 and later: its transaction id, and the receipt for the day on which the server has forgotten
    that id. Elsewhere with `receipt`: a row of that table, written in the same transaction. Otherwise only
    `reread` is left."""
    named = {"how": "reread", "id": random, "part": part}
    if system.receipt:
        receipt = tables[system.receipt]
        connection.execute(sa.insert(receipt).values({tables.known(system.receipt, "token").name: random}))
        named = {"how": "receipt", "id": random, "part": part}
    if connection.dialect.name == "postgresql":
        cursor = driver.run(connection, "SELECT pg_catalog.pg_current_xact_id()::text", None)
        [(xid,)] = cursor.fetchall()
        cursor.close()
        if not any(table.triggers for table in tables.live.tables.values()):  # one may change a schema
            tables.wrote.add(int(xid))
        left = {"receipt": random} if system.receipt else {}
        named = {"how": "xid", "id": xid, "part": part, **left}
    return json.dumps(named)


def settle(connection: sa.Connection, system: System, tables: Tables, token_text: str) -> Settled:
    """Asks until the transaction has ended. Transient when it still runs after some patience. A token that no
    connector of this kind gave out settles nothing."""
    try:
        asked = json.loads(token_text)
        known = asked["how"] in ("xid", "receipt", "reread") and isinstance(asked["id"], str)
    except (ValueError, TypeError, KeyError):
        known = False
    if not known:
        return Settled.UNKNOWN
    if asked["how"] == "xid":
        known_there = _by_xid(connection, system, asked["id"])
        if known_there is Settled.UNKNOWN and isinstance(asked.get("receipt"), str):
            return _by_receipt(connection, system, tables, asked["receipt"])
        return known_there
    if asked["how"] == "receipt":
        return _by_receipt(connection, system, tables, asked["id"])
    return Settled.UNKNOWN


def _by_receipt(connection: sa.Connection, system: System, tables: Tables, left: str) -> Settled:
    if not system.receipt:
        return Settled.UNKNOWN
    column = tables.column(system.receipt, "token")
    statement = sa.select(column).where(column == left)
    if connection.dialect.name != "sqlite":
        statement = statement.with_for_update()
    return Settled.COMMITTED if connection.execute(statement).first() else Settled.ABORTED


def _by_xid(connection: sa.Connection, system: System, xid: str) -> Settled:
    question = sa.text("SELECT pg_xact_status(CAST(:xid AS xid8))")
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        status = connection.execute(question, {"xid": xid}).scalar_one()
        if status == "committed":
            return Settled.COMMITTED
        if status == "aborted":
            return Settled.ABORTED
        if status is None:
            return Settled.UNKNOWN
        if time.monotonic() > deadline:
            raise Transient(
                f"{system.name}: the interrupted transaction still runs there.", "Try again in a minute."
            )
        time.sleep(0.1)
