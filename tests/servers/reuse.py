"""Databases on PostgreSQL that an earlier test of this process had, emptied: to make and drop one costs the server seven
times as much as that.

Whoever finds anything in it that emptying does not take away drops it: a schema, a setting, a changed table.
"""

import itertools
import os

import psycopg

from tests.servers import postgresql
from tests.servers.server import Server

PATIENCE = "SET lock_timeout = '10s'; SET statement_timeout = '60s'; SET client_min_messages = 'error'"
ALONE = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
FRESH_SCHEMA = (
    "DROP SCHEMA public CASCADE",
    "CREATE SCHEMA public AUTHORIZATION pg_database_owner",
    "GRANT USAGE ON SCHEMA public TO PUBLIC",
    "COMMENT ON SCHEMA public IS 'standard public schema'",
)
LEFT_OVER = """
WITH this AS (SELECT oid, datacl FROM pg_database WHERE datname = current_database())
SELECT (SELECT datacl IS NOT NULL FROM this)
    OR EXISTS (SELECT FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname NOT IN ('public', 'information_schema'))
    OR EXISTS (SELECT FROM pg_depend WHERE objid >= 16384 AND deptype <> 'i')
    OR EXISTS (SELECT FROM pg_shdepend, this WHERE dbid = this.oid)
    OR EXISTS (SELECT FROM pg_db_role_setting, this WHERE setdatabase = this.oid)
    OR EXISTS (SELECT FROM pg_subscription, this WHERE subdbid = this.oid)
    OR EXISTS (SELECT FROM pg_event_trigger) OR EXISTS (SELECT FROM pg_publication)
    OR EXISTS (SELECT FROM pg_largeobject_metadata) OR EXISTS (SELECT FROM pg_default_acl)
    OR EXISTS (SELECT FROM pg_foreign_data_wrapper) OR EXISTS (SELECT FROM pg_cast WHERE oid >= 16384)
    OR EXISTS (SELECT FROM pg_prepared_xacts WHERE database = current_database())
    OR (SELECT count(*) > 1 FROM pg_extension)
"""
SHAPE = """
SELECT md5(concat(
    (SELECT string_agg(concat(attrelid, attnum, xmin), ' ' ORDER BY attrelid, attnum) FROM pg_attribute WHERE attrelid >= 16384
        AND attrelid NOT IN (SELECT oid FROM pg_class WHERE relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname ~ '^pg_'))),
    (SELECT string_agg(concat(oid, tgenabled), ' ' ORDER BY oid) FROM pg_trigger),
    (SELECT string_agg(concat(oid, xmin), ' ' ORDER BY oid) FROM pg_constraint),
    (SELECT string_agg(concat(oid, xmin), ' ' ORDER BY oid) FROM pg_proc WHERE oid >= 16384),
    (SELECT string_agg(concat(app, name), ' ' ORDER BY id) FROM django_migrations)))
"""
"""What a test may not have changed in a database whose tables are kept."""
KEPT = "django_migrations"
EMPTY_TABLES = f"""
DO $$
DECLARE names text;
BEGIN
    SET LOCAL session_replication_role = replica;
    SELECT string_agg(oid::regclass::text, ', ') INTO names FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> '{KEPT}' AND pg_relation_size(oid) > 0;
    IF names IS NOT NULL THEN EXECUTE 'TRUNCATE ' || names || ' CASCADE'; END IF;
    PERFORM setval(oid, 1, false) FROM pg_class
        WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace AND relname NOT LIKE '{KEPT}%';
END $$
"""

_numbers = itertools.count(1)
_spare: dict[tuple[str, str], list[str]] = {}
_shapes: dict[str, str] = {}


def take(server: Server, template: str = "") -> str:
    """The name of an empty database, or of one like `template`, which has tables of ours and no rows but Django's list."""
    spare = _spare.setdefault((server.folder, template), [])
    if spare:
        return spare.pop()
    name = f"test_{os.getpid()}_{next(_numbers)}"
    postgresql.create(server, name, template or "template0")
    if template:
        with _connected(server, name) as connection:
            _shapes[name] = _shape(connection)
    return name


def give_back(server: Server, name: str, template: str = "") -> None:
    """Whoever is still connected is cut off; what is in it is gone."""
    try:
        with _connected(server, name) as connection:
            connection.execute(PATIENCE)
            connection.execute(ALONE)
            as_new = _emptied(connection, name) if template else _bare(connection)
    except psycopg.Error:
        as_new = False
    if as_new:
        _spare[server.folder, template].append(name)
    else:
        postgresql.drop(server, name)


def _connected(server: Server, name: str) -> "psycopg.Connection[tuple[object, ...]]":
    return psycopg.connect(server.url(name).replace("+psycopg", ""), autocommit=True, connect_timeout=5)


def _bare(connection: "psycopg.Connection[tuple[object, ...]]") -> bool:
    connection.execute("; ".join(FRESH_SCHEMA))
    return connection.execute(LEFT_OVER).fetchone() == (False,)


def _emptied(connection: "psycopg.Connection[tuple[object, ...]]", name: str) -> bool:
    if _shape(connection) != _shapes[name]:
        return False
    connection.execute(EMPTY_TABLES)
    return True


def _shape(connection: "psycopg.Connection[tuple[object, ...]]") -> str:
    [[told]] = connection.execute(SHAPE)
    return str(told)
