"""Loads the drivers and what SQLAlchemy and they load when a first engine is made, and what writes the log: a warm
process does it once, before its children are forked, for whom it would be half of their time."""

import sqlalchemy as sa
import structlog  # noqa: F401 - loaded before the children are forked

for url in ("sqlite://", "postgresql+psycopg://127.0.0.1/none", "mariadb+pymysql://127.0.0.1/none"):
    sa.create_engine(url).dispose()
