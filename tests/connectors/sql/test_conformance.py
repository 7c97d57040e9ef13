"""Databases of all three dialects pass the kit that every connector has to pass."""

import pytest
import sqlalchemy as sa

from upheld.connectors.conformance import ManyConformance, Rows, standard_system
from upheld.connectors.conformance.world import KEYS
from upheld.connectors.sql import connector
from upheld.datamap.model import NoPersonalData, System

NUMBERS = {"id", "confirmed", "amount"}
INDEXED = {
    "posts": ("person_id",),
    "messages": ("sender_id", "recipient_id"),
    "newsletter": ("email",),
    "donations": ("person_id",),
    "settings": ("person_id",),
    "people": ("email",),
}


def _tables(rows: Rows) -> sa.MetaData:
    metadata = sa.MetaData()
    for name, each in rows.items():
        columns = [
            sa.Column(
                column,
                sa.Integer() if column in NUMBERS or column.endswith("_id") else sa.String(200),
                primary_key=column in KEYS[name],
                autoincrement=False,
                nullable=column not in KEYS[name],
            )
            for column in each[0]
        ]
        table = sa.Table(name, metadata, *columns)
        for column in INDEXED.get(name, ()):
            sa.Index(f"{name}_{column}", table.c[column])
    return metadata


class TestSql(ManyConformance):
    @pytest.fixture(autouse=True, params=["sqlite", "postgresql15", "postgresql18", "mariadb"])
    def database(self, request, new_database):
        self.database = new_database(request.param)

    def make(self, rows: Rows):
        self.metadata = _tables(rows)
        with self.database.engine().begin() as connection:
            self.metadata.drop_all(connection)
            self.metadata.create_all(connection)
            for name, each in rows.items():
                connection.execute(self.metadata.tables[name].insert(), each)
        system = standard_system(
            kind="sql",
            connect="${WORLD_DATABASE_URL}",
            no_personal_data=(NoPersonalData(("cities",), "places"),),
        )
        return system, self.connect(system)

    def connect(self, system: System):
        return connector(system, secrets={"WORLD_DATABASE_URL": self.database.url})

    def stored(self) -> Rows:
        with self.database.engine().connect() as connection:
            return {
                name: [dict(row) for row in connection.execute(table.select()).mappings()]
                for name, table in self.metadata.tables.items()
            }
