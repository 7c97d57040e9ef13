"""GDPRbench's own layout, by hand: one table, all metadata in each row, an index for each condition."""

from collections.abc import Sequence
from typing import Any

from bench.gdprbench.records import PAGE, Operation, Record, objection, recipient
from bench.gdprbench.side import Answer, Side

COLUMNS = "purpose, number, person, expires, objection, decision, recipient, source, category, data"


class Plain(Side):
    """Statements that somebody who knows the table and its indexes writes."""

    def load(self, records: Sequence[Record]) -> None:
        self.base.run(
            "CREATE TABLE records (purpose SMALLINT NOT NULL, number INTEGER NOT NULL, "
            "person INTEGER NOT NULL, expires DATE NOT NULL, objection SMALLINT NOT NULL, "
            "decision SMALLINT NOT NULL, recipient SMALLINT NOT NULL, source VARCHAR(20) NOT NULL, "
            "category VARCHAR(20) NOT NULL, data VARCHAR(120) NOT NULL, PRIMARY KEY (purpose, number))"
        )
        self.base.run(self.log_table())
        self.base.load("records", map(_row, records))
        for column in ("person", "expires", "recipient"):
            self.base.run(f"CREATE INDEX records_{column} ON records ({column})")
        self.base.commit()
        self.base.analyse(("records",))

    def state(self) -> list[tuple[Any, ...]]:
        columns = "purpose, number, person, expires, objection, decision, recipient, data"
        return self.read(f"SELECT {columns} FROM records ORDER BY purpose, number")

    # --- controller ---

    def create(self, o: Operation) -> Answer:
        self.base.run(
            f"INSERT INTO records ({COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            *(o.purpose, o.number, o.user, o.day.isoformat(), o.objection, o.value, o.recipient),
            *("direct", f"category-{o.purpose}", o.data),
        )
        self.base.commit()
        return None

    def delete_by_purpose(self, o: Operation) -> Answer:
        return self.written(o, self.base.changed("DELETE FROM records WHERE purpose = %s", o.purpose))

    def delete_by_time(self, o: Operation) -> Answer:
        return self.written(o, self.base.changed("DELETE FROM records WHERE expires < %s", o.day.isoformat()))

    def delete_by_user(self, o: Operation) -> Answer:
        self.base.run("DELETE FROM records WHERE person = %s", o.user)
        return self.written(o)

    def update_metadata_by_purpose(self, o: Operation) -> Answer:
        self.base.run("UPDATE records SET recipient = %s WHERE purpose = %s", o.value, o.purpose)
        return self.written(o)

    def update_metadata_by_user(self, o: Operation) -> Answer:
        self.base.run("UPDATE records SET objection = %s WHERE person = %s", o.value, o.user)
        return self.written(o)

    def update_metadata_by_recipient(self, o: Operation) -> Answer:
        self.base.run("UPDATE records SET recipient = %s WHERE recipient = %s", o.value, o.purpose)
        return self.written(o)

    # --- customer ---

    def read_data_by_user(self, o: Operation) -> Answer:
        return sorted(self.read("SELECT purpose, number, data FROM records WHERE person = %s", o.user))

    def read_metadata_by_key(self, o: Operation) -> Answer:
        return self.read(
            "SELECT expires, decision, objection, recipient FROM records WHERE purpose = %s AND number = %s",
            *(o.purpose, o.number),
        )

    def update_data_by_key(self, o: Operation) -> Answer:
        sql = "UPDATE records SET data = %s WHERE purpose = %s AND number = %s"
        self.base.run(sql, o.data, o.purpose, o.number)
        return self.written(o)

    def update_metadata_by_key(self, o: Operation) -> Answer:
        sql = "UPDATE records SET decision = %s WHERE purpose = %s AND number = %s"
        self.base.run(sql, o.value, o.purpose, o.number)
        return self.written(o)

    def delete_by_key(self, o: Operation) -> Answer:
        sql = "DELETE FROM records WHERE purpose = %s AND number = %s"
        return self.written(o, self.base.changed(sql, o.purpose, o.number))

    # --- processor ---

    def read_data_by_key(self, o: Operation) -> Answer:
        sql = "SELECT data FROM records WHERE purpose = %s AND number = %s"
        return self.read(sql, o.purpose, o.number)

    def read_data_by_purpose(self, o: Operation) -> Answer:
        sql = f"SELECT number, data FROM records WHERE purpose = %s ORDER BY number LIMIT {PAGE}"
        return self.read(sql, o.purpose)

    def read_data_by_objection(self, o: Operation) -> Answer:
        return self.read(
            "SELECT number, data FROM records WHERE purpose = %s AND objection <> %s "
            f"ORDER BY number LIMIT {PAGE}",
            *(o.purpose, o.value),
        )

    def read_data_by_decision(self, o: Operation) -> Answer:
        return self.read(
            "SELECT number, data FROM records WHERE purpose = %s AND decision = 1 "
            f"ORDER BY number LIMIT {PAGE}",
            o.purpose,
        )

    # --- regulator ---

    def read_metadata_by_user(self, o: Operation) -> Answer:
        return sorted(
            self.read(
                "SELECT purpose, number, expires, decision, objection, recipient FROM records "
                "WHERE person = %s",
                o.user,
            )
        )

    def verify_deletion(self, o: Operation) -> Answer:
        return self.read("SELECT count(*) FROM records WHERE person = %s", o.user)[0][0]


def _row(each: Record) -> tuple[object, ...]:
    return (
        *(each.purpose, each.number, each.user, each.expires.isoformat(), objection(each.user)),
        *(each.decision, recipient(each.purpose), "direct", f"category-{each.purpose}", each.data),
    )
