"""What no constraint of one table can say: a request has reached only what a verification of it says, what is
needed is never lowered, and a verification stays as it was written.

Triggers, as those of the ledger (0003); but SQLite makes a table anew for most of its changes and forgets
the triggers on it. So they go before a migration and come back after it, whatever it changed.
"""

from collections.abc import Sequence

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

PROVEN = """
CREATE OR REPLACE FUNCTION store_request_proven() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NEW.needed < OLD.needed THEN
            RAISE EXCEPTION 'What is needed to believe who asks is only raised.' USING ERRCODE = '23514';
        END IF;
        IF NEW.reached <= OLD.reached THEN RETURN NEW; END IF;
    END IF;
    IF NEW.reached > 0 AND NOT EXISTS (
        SELECT 1 FROM store_verification WHERE request_id = NEW.id AND level >= NEW.reached
    ) THEN
        RAISE EXCEPTION 'No verification says that.' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$
"""
KEPT = """
CREATE OR REPLACE FUNCTION store_verification_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A verification stays as it was written.' USING ERRCODE = '23514';
END $$
"""
POSTGRESQL = (
    PROVEN,
    KEPT,
    (
        "CREATE TRIGGER store_request_proven BEFORE INSERT OR UPDATE OF needed, reached ON store_request "
        "FOR EACH ROW EXECUTE FUNCTION store_request_proven()"
    ),
    (
        "CREATE TRIGGER store_verification_kept BEFORE UPDATE OR DELETE ON store_verification "
        "FOR EACH ROW EXECUTE FUNCTION store_verification_kept()"
    ),
)
SAYS_NONE = "NOT EXISTS (SELECT 1 FROM store_verification WHERE request_id = NEW.id AND level >= NEW.reached)"
SQLITE = (
    (
        "CREATE TRIGGER store_request_proven_first BEFORE INSERT ON store_request "
        f"WHEN NEW.reached > 0 AND {SAYS_NONE} BEGIN SELECT RAISE(ABORT, 'No verification says that.'); END"
    ),
    (
        "CREATE TRIGGER store_request_proven BEFORE UPDATE OF reached ON store_request "
        f"WHEN NEW.reached > OLD.reached AND {SAYS_NONE} "
        "BEGIN SELECT RAISE(ABORT, 'No verification says that.'); END"
    ),
    (
        "CREATE TRIGGER store_request_needed BEFORE UPDATE OF needed ON store_request "
        "WHEN NEW.needed < OLD.needed "
        "BEGIN SELECT RAISE(ABORT, 'What is needed to believe who asks is only raised.'); END"
    ),
    *(
        f"CREATE TRIGGER store_verification_no_{verb.lower()} BEFORE {verb} ON store_verification "
        "BEGIN SELECT RAISE(ABORT, 'A verification stays as it was written.'); END"
        for verb in ("UPDATE", "DELETE")
    ),
)
TRIGGERS = {
    "store_request_proven": "store_request",
    "store_request_proven_first": "store_request",
    "store_request_needed": "store_request",
    "store_verification_kept": "store_verification",
    "store_verification_no_update": "store_verification",
    "store_verification_no_delete": "store_verification",
}


def put_down(using: str, plan: Sequence[object] = (), **_: object) -> None:
    """Before a migration that changes something."""
    if plan:
        _without(connections[using])


def take_up(using: str, plan: Sequence[object] = (), **_: object) -> None:
    """After it."""
    connection = connections[using]
    if not plan or not _there(connection):
        return
    _without(connection)
    with connection.cursor() as cursor:
        for statement in POSTGRESQL if connection.vendor == "postgresql" else SQLITE:
            cursor.execute(statement)


def _there(connection: BaseDatabaseWrapper) -> bool:
    with connection.cursor() as cursor:
        names = set(connection.introspection.table_names(cursor))
        if "store_verification" not in names:
            return False
        columns = connection.introspection.get_table_description(cursor, "store_request")
    return "reached" in {each.name for each in columns}


def _without(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        names = set(connection.introspection.table_names(cursor))
        for trigger, table in TRIGGERS.items():
            if connection.vendor != "postgresql":
                cursor.execute(f"DROP TRIGGER IF EXISTS {trigger}")
            elif table in names:
                cursor.execute(f"DROP TRIGGER IF EXISTS {trigger} ON {table}")
