"""What the server adds by itself: kinds of relation, engines, histories, triggers, hidden rows."""

from collections.abc import Iterator

from upheld.connectors.sql.check.edit import edit
from upheld.connectors.sql.check.look import Look, writes
from upheld.connectors.sql.schema import LiveTrigger
from upheld.rights.connector import Finding, Severity

TRANSACTIONAL = {"innodb", "ndbcluster", "rocksdb", "tokudb"}
WRITES = {"UPDATE", "DELETE"}


def relations(look: Look) -> Iterator[Finding]:
    for table, live in look.pairs:
        if writes(table) and not live.writable:
            yield look.finding(
                "relation.unwritable",
                table.name,
                f"{table.name} is a {live.kind.value}; the map would change it.",
                f"Map the table behind {table.name}, and give {table.name} no `on_erase`.",
            )


def engines(look: Look) -> Iterator[Finding]:
    for table, live in look.pairs:
        if live.engine and writes(table) and live.engine.lower() not in TRANSACTIONAL:
            yield look.finding(
                "engine.transactions",
                table.name,
                f"{table.name} is kept by {live.engine}, which cannot roll back.",
                f"ALTER TABLE {look.place(live)} ENGINE=InnoDB",
            )


def histories(look: Look) -> Iterator[Finding]:
    for table, live in look.pairs:
        if live.versioned and writes(table):
            yield look.finding(
                "history.server",
                table.name,
                f"The server keeps earlier versions of the rows of {table.name}.",
                f"ALTER TABLE {look.place(live)} DROP SYSTEM VERSIONING",
            )


def triggers(look: Look) -> Iterator[Finding]:
    kept = {table.history_of.table for table, _ in look.pairs if table.history_of}
    for table, live in look.pairs:
        found = [each for each in live.triggers if WRITES & set(each.events)]
        if not found or not writes(table):
            continue
        said = "; ".join(_said(each) for each in found)
        known = table.name in kept
        yield look.finding(
            "trigger.present",
            table.name,
            f"A write to {table.name} starts code of the server's own: {said}.",
            edit(
                table.name,
                {"accept": [{"finding": "trigger.present", "reason": f"say what {found[0].name} does"}]},
            ),
            severity=Severity.NOTE if known else None,
        )


def marks(look: Look) -> Iterator[Finding]:
    """A restriction is to change nothing but its mark, and its end to leave no trace: a history would keep
    her rows twice more, and a moment of the last change would be another."""
    for table, live in look.pairs:
        if not table.restricted:
            continue
        those = (live, *(look.live.tables[name] for name in live.children if name in look.live.tables))
        said = [_said(each) for one in those for each in one.triggers if "UPDATE" in each.events]
        said += ["the server keeps earlier versions"] if live.versioned else []
        if said:
            reason = "say why it copies and changes nothing of hers"
            yield look.finding(
                "restriction.trigger",
                table.name,
                f"To mark a row of {table.name} as restricted does more than that: {'; '.join(said)}.",
                edit(table.name, {"accept": [{"finding": "restriction.trigger", "reason": reason}]}),
                column=table.restricted,
            )


def _said(trigger: LiveTrigger) -> str:
    return f"{trigger.name} ({trigger.timing} {' or '.join(trigger.events)})"


def hidden(look: Look) -> Iterator[Finding]:
    for table, live in look.pairs:
        if live.row_security:
            yield look.finding(
                "row.security",
                table.name,
                f"Row-level security hides rows of {table.name} from our account.",
                f"ALTER ROLE {look.word(_account(look))} BYPASSRLS",
            )


def _account(look: Look) -> str:
    return str(look.connection.exec_driver_sql("SELECT current_user").scalar_one())


RULES = (relations, engines, histories, triggers, marks, hidden)
