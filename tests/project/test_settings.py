"""Settings: one table, looked for in two places, and a missing value names both."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from django.db.backends.sqlite3.base import DatabaseWrapper
from pytest_django import DjangoDbBlocker

from upheld.project.settings import SETTINGS, Environment, Missing, database, markdown
from upheld.rights.outcome import Misconfigured

ROOT = Path(__file__).parents[2]
PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1}


def test_the_environment_comes_before_the_folder_of_secrets(tmp_path: Path) -> None:
    (tmp_path / "A").write_text("from the file\n")
    (tmp_path / "B").write_text("only in the file\n")

    environment = Environment({"A": "from the environment"}, tmp_path)

    assert dict(environment) == {"A": "from the environment", "B": "only in the file"}


def test_a_missing_value_names_every_place_tried(tmp_path: Path) -> None:
    with pytest.raises(Missing) as missing:
        Environment({}, tmp_path)["FORUM_DATABASE_URL"]

    assert str(missing.value) == (
        "There is no value for FORUM_DATABASE_URL. It was looked for, in this order: the environment variable "
        f"FORUM_DATABASE_URL; the file {tmp_path / 'FORUM_DATABASE_URL'}. Give it in one of them."
    )
    assert Environment({}, tmp_path).get("FORUM_DATABASE_URL") is None


def test_a_name_that_is_a_path_reads_no_file(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "outside").write_text("x")

    assert "../outside" not in Environment({}, tmp_path / "secrets")


def test_records_on_sqlite_reach_the_disk_before_a_commit_returns_and_a_transaction_begins_with_the_lock(
    tmp_path: Path, django_db_blocker: DjangoDbBlocker
) -> None:
    """Design: WAL, IMMEDIATE, synchronous FULL; and what is deleted is written over."""
    usual = {"AUTOCOMMIT": True, "ATOMIC_REQUESTS": False, "CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": False}
    known = (
        database("", tmp_path)
        | usual
        | {"TIME_ZONE": None, "USER": "", "PASSWORD": "", "HOST": "", "PORT": ""}
    )
    ours = DatabaseWrapper(known, alias="ours")

    with (
        django_db_blocker.unblock(),
        closing(ours),
        ours.cursor() as cursor,
        closing(sqlite3.connect(known["NAME"], timeout=0)) as other,
    ):
        found = {name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in PRAGMAS}
        ours._start_transaction_under_autocommit()  # what `transaction.atomic` begins with
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        cursor.execute("ROLLBACK")

    assert found == PRAGMAS


def test_our_records_are_kept_in_sqlite_or_postgresql(tmp_path: Path) -> None:
    url = "postgresql://upheld:p%40ss@db.example.org:5433/records?sslmode=require"

    assert database(url, tmp_path) == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "records",
        "USER": "upheld",
        "PASSWORD": "p@ss",
        "HOST": "db.example.org",
        "PORT": "5433",
        "OPTIONS": {"sslmode": "require"},
    }
    assert database("", tmp_path)["NAME"] == str(tmp_path / "upheld.sqlite3")
    with pytest.raises(Misconfigured, match="mysql"):
        database("mysql://u:p@h/d", tmp_path)


def test_every_setting_is_documented() -> None:
    documented = (ROOT / "docs" / "settings.md").read_text()

    assert markdown() in documented
    assert len(SETTINGS) <= 40
