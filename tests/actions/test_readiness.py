"""Each thing that a server needs: broken on purpose, and nothing else is said to be."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, connections

from tests.store.plugin import _connect
from upheld.actions import programs, readiness
from upheld.datamap.fault import Invalid
from upheld.store import clock, installation
from upheld.store.keys import KeyStore
from upheld.store.models import ProgramKind


@pytest.fixture
def ready(records: str, tmp_path: Path) -> Path:
    """The folder of a server at which nothing is wrong."""
    data = tmp_path / "data"
    keys = KeyStore(tmp_path / "keys")
    installation.join(data=data, keys=keys, at=clock.now(), begins=True)
    programs.beat(owner="r", kind=ProgramKind.RUNNER, at=clock.now())
    return tmp_path


def wrong(folder: Path, read=lambda: None) -> dict[str, str]:
    found = readiness.checks(data=folder / "data", keys=folder / "keys", read=read)
    assert tuple(each.name for each in found) == readiness.NAMES
    return {each.name: each.why for each in found if not each.ok}


def test_nothing_is_wrong_with_a_server_that_has_everything(ready: Path) -> None:
    assert wrong(ready) == {}


def test_nobody_who_carries_work_out(ready: Path) -> None:
    at = clock.now() - timedelta(minutes=5)
    programs.beat(owner="r", kind=ProgramKind.RUNNER, at=at)

    assert wrong(ready) == {
        "work": f"No runner and no worker was seen since {at:%Y-%m-%d %H:%M} UTC. Start `upheld worker`, or "
        "serve without --no-runner."
    }


def test_a_key_store_that_is_missing_is_not_made_anew_by_a_look(ready: Path) -> None:
    shutil.rmtree(ready / "keys")

    assert list(wrong(ready)) == ["keys"]
    assert not (ready / "keys").exists()


def test_a_key_store_of_other_records(ready: Path) -> None:
    shutil.rmtree(ready / "keys")
    KeyStore(ready / "keys").derived("installation")

    assert "is not the one of these records" in wrong(ready)["keys"]


def test_migrations_that_are_missing(ready: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE name LIKE '0022%%'")

    assert wrong(ready) == {
        "migrations": "1 migrations are missing. Start `upheld serve` of this version once."
    }


def test_a_map_with_errors(ready: Path) -> None:
    def read() -> None:
        raise Invalid(("one", "two"))  # type: ignore[arg-type]

    assert list(wrong(ready, read)) == ["map"]


def test_no_room(ready: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "LEAST", shutil.disk_usage(ready).total * 2)

    assert list(wrong(ready)) == ["disk"]


def test_records_that_are_away_take_with_them_what_stands_in_them(ready: Path) -> None:
    connections["default"].close()
    _connect("postgresql://nobody@127.0.0.1:9/none", ready / "data")
    try:
        assert list(wrong(ready)) == ["store", "migrations", "keys", "work"]
    finally:
        connections["default"].close()
