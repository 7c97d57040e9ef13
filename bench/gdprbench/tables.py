"""The layout of an organisation with a register: a table a purpose, a row a person. Plain SQL all the
same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.gdprbench.records import PAGE, PURPOSES, Operation, Record, email, objection, recipient
from bench.gdprbench.side import Answer, Side


def table(purpose: int) -> str:
    """Where the records of a purpose stand."""
    return f"records_{purpose:02}"


@dataclass
class Tables(Side):
    """By hand, with the recipients of each purpose in a table of their own."""

    tables: Mapping[int, str] = field(default_factory=lambda: {each: table(each) for each in range(PURPOSES)})

    def load(self, records: Sequence[Record]) -> None:
        run = self.base.run
        run(
            "CREATE TABLE people "
            "(id INTEGER PRIMARY KEY, email VARCHAR(80) NOT NULL, objection SMALLINT NOT NULL)"
        )
        run(self.log_table())
        users = sorted({each.user for each in records})
        highest = max(users) + 1
        self.base.load("people", ((user, email(user), objection(user)) for user in range(highest)))
        run("CREATE INDEX people_email ON people (email)")
        for purpose in range(PURPOSES):
            name = table(purpose)
            run(
                f"CREATE TABLE {name} (number INTEGER PRIMARY KEY, person_id INTEGER NOT NULL, "
                "expires DATE NOT NULL, decision SMALLINT NOT NULL, data VARCHAR(120) NOT NULL, "
                "FOREIGN KEY (person_id) REFERENCES people (id))"
            )
            self.base.load(name, (_row(each) for each in records if each.purpose == purpose))
            for column in ("person_id", "expires"):
                run(f"CREATE INDEX {name}_{column} ON {name} ({column})")
        self.register()
        self.base.commit()
        self.base.analyse(("people", *(table(purpose) for purpose in range(PURPOSES))))

    def state(self) -> list[tuple[Any, ...]]:
        found = []
        for purpose, name in self.tables.items():
            rows = self.read(
                "SELECT number, person_id, expires, objection, decision, data "
                f"FROM {name} JOIN people ON people.id = person_id ORDER BY number"
            )
            found += [(purpose, *row[:5], self.recipient(purpose), row[5]) for row in rows]
        return found

    # --- the register ---

    def register(self) -> None:
        """Make it."""
        self.base.run("CREATE TABLE purposes (id SMALLINT PRIMARY KEY, recipient SMALLINT NOT NULL)")
        self.base.load("purposes", ((purpose, recipient(purpose)) for purpose in range(PURPOSES)))

    def recipient(self, purpose: int) -> int:
        """Who receives the data of a purpose."""
        return int(self.base.run("SELECT recipient FROM purposes WHERE id = %s", purpose)[0][0])

    def update_metadata_by_purpose(self, o: Operation) -> Answer:
        self.base.run("UPDATE purposes SET recipient = %s WHERE id = %s", o.value, o.purpose)
        return self.written(o)

    def update_metadata_by_recipient(self, o: Operation) -> Answer:
        self.base.run("UPDATE purposes SET recipient = %s WHERE recipient = %s", o.value, o.purpose)
        return self.written(o)

    # --- controller ---

    def create(self, o: Operation) -> Answer:
        self.base.run(
            f"INSERT INTO {self.tables[o.purpose]} (number, person_id, expires, decision, data) "
            "VALUES (%s, %s, %s, %s, %s)",
            *(o.number, o.user, o.day.isoformat(), o.value, o.data),
        )
        self.base.commit()
        return None

    def delete_by_purpose(self, o: Operation) -> Answer:
        return self.written(o, self.base.changed(f"DELETE FROM {self.tables[o.purpose]}"))

    def delete_by_time(self, o: Operation) -> Answer:
        day = o.day.isoformat()
        gone = sum(
            self.base.changed(f"DELETE FROM {name} WHERE expires < %s", day) for name in self.tables.values()
        )
        return self.written(o, gone)

    def delete_by_user(self, o: Operation) -> Answer:
        for name in self.tables.values():
            self.base.run(f"DELETE FROM {name} WHERE person_id = %s", o.user)
        self.base.run("DELETE FROM people WHERE id = %s", o.user)
        return self.written(o)

    def update_metadata_by_user(self, o: Operation) -> Answer:
        self.base.run("UPDATE people SET objection = %s WHERE id = %s", o.value, o.user)
        return self.written(o)

    # --- customer ---

    def read_data_by_user(self, o: Operation) -> Answer:
        return sorted(self._of_user("number, data", o.user))

    def read_metadata_by_key(self, o: Operation) -> Answer:
        found = self.base.run(
            f"SELECT expires, decision, objection FROM {self.tables[o.purpose]} "
            "JOIN people ON people.id = person_id WHERE number = %s",
            o.number,
        )
        answer = [(*row, self.recipient(o.purpose)) for row in found]
        self.base.commit()
        return answer

    def update_data_by_key(self, o: Operation) -> Answer:
        self.base.run(f"UPDATE {self.tables[o.purpose]} SET data = %s WHERE number = %s", o.data, o.number)
        return self.written(o)

    def update_metadata_by_key(self, o: Operation) -> Answer:
        self.base.run(
            f"UPDATE {self.tables[o.purpose]} SET decision = %s WHERE number = %s", o.value, o.number
        )
        return self.written(o)

    def delete_by_key(self, o: Operation) -> Answer:
        gone = self.base.changed(f"DELETE FROM {self.tables[o.purpose]} WHERE number = %s", o.number)
        return self.written(o, gone)

    # --- processor ---

    def read_data_by_key(self, o: Operation) -> Answer:
        return self.read(f"SELECT data FROM {self.tables[o.purpose]} WHERE number = %s", o.number)

    def read_data_by_purpose(self, o: Operation) -> Answer:
        return self.read(f"SELECT number, data FROM {self.tables[o.purpose]} ORDER BY number LIMIT {PAGE}")

    def read_data_by_objection(self, o: Operation) -> Answer:
        return self.read(
            f"SELECT number, data FROM {self.tables[o.purpose]} JOIN people ON people.id = person_id "
            f"WHERE objection <> %s ORDER BY number LIMIT {PAGE}",
            o.value,
        )

    def read_data_by_decision(self, o: Operation) -> Answer:
        return self.read(
            f"SELECT number, data FROM {self.tables[o.purpose]} WHERE decision = 1 "
            f"ORDER BY number LIMIT {PAGE}"
        )

    # --- regulator ---

    def read_metadata_by_user(self, o: Operation) -> Answer:
        objected = self.base.run("SELECT objection FROM people WHERE id = %s", o.user)
        found = self._of_user("number, expires, decision", o.user)
        return sorted((*row, objected[0][0], self.recipient(row[0])) for row in found)

    def verify_deletion(self, o: Operation) -> Answer:
        return len(self._of_user("number", o.user))

    def _of_user(self, columns: str, user: int) -> list[tuple[Any, ...]]:
        """A user's rows of all tables in one statement, the purpose first."""
        parts = (
            f"SELECT {purpose} AS purpose, {columns} FROM {name} WHERE person_id = %s"
            for purpose, name in self.tables.items()
        )
        found = self.base.run(" UNION ALL ".join(parts), *[user] * len(self.tables))
        self.base.commit()
        return found


def _row(each: Record) -> tuple[object, ...]:
    return each.number, each.user, each.expires.isoformat(), each.decision, each.data
