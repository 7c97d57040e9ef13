"""Upheld's own records on a real database: SQLite and PostgreSQL in turn, migrated once a run and emptied between."""

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

import django
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from pytest_django import DjangoDbBlocker

from tests.servers.plugin import NewDatabase
from upheld.project import settings as project
from upheld.store.keys import KeyStore

NAME = "upheld.sqlite3"


def pytest_configure() -> None:
    """Django knows our app before a test imports a model; databases are put in by `records`."""
    if not settings.configured:
        settings.configure(
            INSTALLED_APPS=project.INSTALLED_APPS,
            AUTH_USER_MODEL=project.AUTH_USER_MODEL,
            DEFAULT_AUTO_FIELD=project.DEFAULT_AUTO_FIELD,
            USE_TZ=True,
            TIME_ZONE="UTC",
            LOGGING_CONFIG=None,
            UPHELD_ADDRESS="https://privacy.test",
            UPHELD_SMTP_URL="",
            UPHELD_DIR=Path("no privacy folder"),
            UPHELD_WEBHOOK_URL="",
            LOCALE_PATHS=[Path(project.__file__).parents[1] / "web" / "locale"],
            DATABASES={},
        )
        django.setup()


@pytest.fixture(params=["sqlite", "postgresql"])
def records(
    request: pytest.FixtureRequest,
    new_database: NewDatabase,
    tmp_path: Path,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[str]:
    """An empty store; the value is the kind of database."""
    url = new_database(request.param).url if request.param != "sqlite" else ""
    with django_db_blocker.unblock(), _connected(url, tmp_path / "data"):
        yield request.param


@pytest.fixture
def sqlite_records(tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[Path]:
    """An empty store on SQLite; the value is the folder with its files."""
    with django_db_blocker.unblock(), _connected("", tmp_path / "data"):
        yield tmp_path / "data"


@contextmanager
def _connected(url: str, data: Path) -> Iterator[None]:
    data.mkdir()
    if not url:
        shutil.copy(_migrated(), data / NAME)
    _connect(url, data)
    if url:
        call_command("migrate", verbosity=0)
    yield
    _disconnect()


def _connect(url: str, data: Path) -> None:
    with suppress(AttributeError):
        del connections["default"]
    connections.settings = connections.configure_settings({"default": project.database(url, data)})


def _disconnect() -> None:
    connections["default"].close()
    del connections["default"]


@cache
def _migrated() -> Path:
    """An empty store on SQLite, migrated once a process: its migrations take longer than most tests."""
    data = Path(tempfile.mkdtemp(prefix="upheld-records-"))
    atexit.register(shutil.rmtree, data)
    _connect("", data)
    call_command("migrate", verbosity=0)
    _disconnect()
    assert [each.name for each in data.iterdir()] == [NAME], "nothing waits in a log beside it"
    return data / NAME


@pytest.fixture
def keys(tmp_path: Path) -> KeyStore:
    """An empty key store."""
    return KeyStore(tmp_path / "keys")
