"""Upheld's own records on a real database: SQLite and PostgreSQL in turn, made once a process and copied for each
test.

With `--store=postgresql` they are on PostgreSQL in every test: in those too that ask for SQLite, that start the server,
and that run commands. Tests of SQLite's files, marked `store("sqlite")`, are left out then.
"""

import atexit
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

import django
import pytest
from django.conf import settings
from django.db import connections
from pytest_django import DjangoDbBlocker

from tests.servers.database import Database
from tests.servers.plugin import new_server_database
from upheld.project import settings as project
from upheld.store import release
from upheld.store.keys import KeyStore

NAME = "upheld.sqlite3"
_chosen = {"kind": ""}
"""What `--store` says, for whatever starts a program: a fixture would have to be asked for everywhere."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--store",
        choices=("sqlite", "postgresql"),
        default="",
        help="Keep Upheld's own records there in every test. Without it, on SQLite, and on both where that matters.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Django knows our app before a test imports a model; databases are put in by `records`."""
    _chosen["kind"] = config.getoption("--store")
    if not settings.configured:
        settings.configure(
            INSTALLED_APPS=project.INSTALLED_APPS,
            AUTH_USER_MODEL=project.AUTH_USER_MODEL,
            DEFAULT_AUTO_FIELD=project.DEFAULT_AUTO_FIELD,
            USE_TZ=True,
            TIME_ZONE="UTC",
            LOGGING_CONFIG=None,
            UPHELD_ADDRESS="https://privacy.test",
            UPHELD_LISTENS="",
            UPHELD_MAIL_FROM="",
            UPHELD_ENVIRONMENT={},
            UPHELD_SMTP_URL="",
            UPHELD_DIR=Path("no privacy folder"),
            UPHELD_WEBHOOK_URL="",
            LOCALE_PATHS=[Path(project.__file__).parents[1] / "web" / "locale"],
            DATABASES={},
        )
        django.setup()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    store = config.getoption("--store")
    if not store:
        return
    left_out = [each for each in items if _is_of_another(each, store)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [each for each in items if each not in left_out]


def _is_of_another(item: pytest.Item, store: str) -> bool:
    """Whether a test would keep its records elsewhere: it says so by its mark, or by its parameter."""
    mark = item.get_closest_marker("store")
    parameters = getattr(getattr(item, "callspec", None), "params", {})
    return (mark is not None and mark.args[0] != store) or parameters.get("records", store) != store


def asked_for(kind: str) -> str:
    """The kind of database that `--store` says; without it, this one."""
    return _chosen["kind"] or kind


def stored(data: Path, *, bare: bool = False) -> dict[str, str]:
    """The environment that says where the records of the data folder `data` are, one database for each; empty
    without `--store=postgresql`. `bare`: one that is made now has no tables, for a backup to be restored into."""
    if _chosen["kind"] != "postgresql":
        return {}
    where = data.resolve()
    if where not in _made:
        _made[where] = new_server_database("postgresql", where, template="" if bare else _template())
    return {"UPHELD_DATABASE_URL": _made[where][0].url}


_made: dict[Path, tuple[Database, Callable[[], None]]] = {}


@pytest.fixture(autouse=True, scope="session")
def _template_made(django_db_blocker: DjangoDbBlocker) -> None:
    """Before any test: those that only start programs may not reach a database themselves."""
    if _chosen["kind"] == "postgresql":
        with django_db_blocker.unblock():
            _template()


@pytest.fixture(autouse=True)
def _stores_dropped(request: pytest.FixtureRequest) -> Iterator[None]:
    """What `stored` made below the test's folder goes with it."""
    if not _chosen["kind"] or "tmp_path" not in request.fixturenames:
        yield
        return
    below: Path = request.getfixturevalue("tmp_path").resolve()
    yield
    for each in [where for where in _made if where.is_relative_to(below)]:
        made, drop = _made.pop(each)
        made.close()
        drop()


@pytest.fixture(params=["sqlite", "postgresql"])
def records(
    request: pytest.FixtureRequest, tmp_path: Path, django_db_blocker: DjangoDbBlocker
) -> Iterator[str]:
    """An empty store; the value is the kind of database."""
    with django_db_blocker.unblock(), _connected(request.param, tmp_path / "data"):
        yield request.param


@pytest.fixture
def sqlite_records(tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[Path]:
    """An empty store on SQLite, or where `--store` says; the value is the data folder."""
    with django_db_blocker.unblock(), _connected(asked_for("sqlite"), tmp_path / "data"):
        yield tmp_path / "data"


@contextmanager
def _connected(kind: str, data: Path) -> Iterator[None]:
    data.mkdir()
    if kind == "sqlite":
        shutil.copy(_migrated(), data / NAME)
        _connect("", data)
        yield
        _disconnect()
        return
    made, drop = new_server_database(kind, data, template=_template())
    _connect(made.url, data)
    yield
    _disconnect()
    made.close()
    drop()


def _connect(url: str, data: Path) -> None:
    with suppress(AttributeError):
        del connections["default"]
    connections.settings = connections.configure_settings({"default": project.database(url, data)})


def _disconnect() -> None:
    connections["default"].close()
    del connections["default"]


@cache
def _migrated() -> Path:
    """An empty store on SQLite, made once a process: that takes longer than most tests."""
    data = Path(tempfile.mkdtemp(prefix="upheld-records-"))
    atexit.register(shutil.rmtree, data)
    _connect("", data)
    release.make()
    _disconnect()
    assert [each.name for each in data.iterdir()] == [NAME], "nothing waits in a log beside it"
    return data / NAME


@cache
def _template() -> str:
    """The name of an empty store on PostgreSQL, made once a process."""
    data = Path(tempfile.mkdtemp(prefix="upheld-records-"))
    atexit.register(shutil.rmtree, data)
    made, _ = new_server_database("postgresql", data)
    _connect(made.url, data)
    release.make()
    _disconnect()
    made.close()
    name = made.url.rpartition("/")[2]
    return name.partition("?")[0]


@pytest.fixture
def keys(tmp_path: Path) -> KeyStore:
    """An empty key store."""
    return KeyStore(tmp_path / "keys")
