"""What every side does: load the records, carry out an operation, and say what it answered."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bench.gdprbench.place import Base
from bench.gdprbench.records import Operation, Record

LOGS = 100
"""Entries that one look at the log reads."""
Answer = object


@dataclass
class Side(ABC):
    """One way of keeping the records. Each operation has a method of its name, which ends its transaction."""

    base: Base

    @abstractmethod
    def load(self, records: Sequence[Record]) -> None:
        """Make the tables and their indexes, and fill them."""

    @abstractmethod
    def state(self) -> list[tuple[Any, ...]]:
        """Every record with its metadata, in order."""

    def finish(self) -> None:  # noqa: B027 - nothing, unless a side says otherwise
        """What is left to do after a mix, and belongs to its cost."""

    def do(self, operation: Operation) -> Answer:
        """Carry out an operation."""
        answer: Answer = getattr(self, operation.name.replace("-", "_"))(operation)
        return answer

    def log(self, operation: Operation) -> None:
        """Into the log, in the same transaction."""
        self.base.run("INSERT INTO log (operation) VALUES (%s)", operation.name)

    def get_logs(self, _: Operation) -> Answer:
        """The last entries, the newest first."""
        found = self.base.run(f"SELECT operation FROM log ORDER BY id DESC LIMIT {LOGS}")
        self.base.commit()
        return [name for (name,) in found]

    def written(self, operation: Operation, answer: Answer = None) -> Answer:
        """Log it and end the transaction."""
        self.log(operation)
        self.base.commit()
        return answer

    def read(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """A query as a transaction of its own."""
        found = self.base.run(sql, *values)
        self.base.commit()
        return found

    def log_table(self) -> str:
        """The statement that makes it."""
        number = {
            "sqlite": "INTEGER PRIMARY KEY",
            "mariadb": "BIGINT AUTO_INCREMENT PRIMARY KEY",
            "postgresql": "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
        }[self.base.kind]
        at = "TIMESTAMP DEFAULT CURRENT_TIMESTAMP"
        return f"CREATE TABLE log (id {number}, at {at}, operation VARCHAR(40) NOT NULL)"
