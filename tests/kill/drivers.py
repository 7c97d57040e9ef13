"""What a warm process does once for all its children, for whom it would be most of their time: it loads the drivers and
what SQLAlchemy and they load when a first engine is made, and what writes the log; it keeps what is compiled."""

import pkgutil
from collections.abc import Hashable, Mapping
from importlib import import_module

import sqlalchemy as sa
import structlog  # noqa: F401 - loaded before the children are forked

from tests.servers.tls import share_context
from upheld.connectors.sql.columns import Tables
from upheld.connectors.sql.engine import make_engine
from upheld.connectors.sql.live import LiveSchema
from upheld.datamap.model import System

for url in ("sqlite://", "postgresql+psycopg://127.0.0.1/none", "mariadb+pymysql://127.0.0.1/none"):
    sa.create_engine(url).dispose()
share_context()


def load_records() -> None:
    """What a command loads when it looks at our own records: every migration, above all. Django is settled before."""
    import_module("django.core.management.commands.migrate")
    import_module("django.db.models.sql.compiler")
    migrations = import_module("upheld.store.migrations")
    for each in pkgutil.iter_modules(migrations.__path__, "upheld.store.migrations."):
        import_module(each.name)


def share() -> None:
    """What was compiled for a database is kept for whoever meets an equal one, as it is in a server that runs on;
    without it, it lasts as long as a connector. Schemas are read and checked as ever, and connections are new."""
    known: list[Tables] = []
    engines: dict[Hashable, sa.Engine] = {}

    def tables(live: LiveSchema) -> Tables:
        for each in known:
            if each.live == live:
                return each
        known.append(Tables(live))
        return known[-1]

    def engine(system: System, secrets: Mapping[str, str]) -> sa.Engine:
        made = make_engine(system, secrets)
        where = made.url.render_as_string(hide_password=False)
        return engines.setdefault((system.name, where, system.limits.timeout), made)

    module = import_module("upheld.connectors.sql.connector")
    module.Tables, module.make_engine = tables, engine  # type: ignore[attr-defined]
