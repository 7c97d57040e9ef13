"""Programs that share records must share keys and folders too: another one is refused, by what to set."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from upheld.rights.outcome import Misconfigured
from upheld.store import installation
from upheld.store.keys import KeyStore

NOW = datetime(2026, 11, 26, 4, tzinfo=UTC)


def join(folder: Path, keys: Path, *, begins: bool = False) -> None:
    installation.join(data=folder / "data", keys=KeyStore(keys), at=NOW, begins=begins)


def test_a_worker_with_the_servers_folders_joins_and_one_with_others_is_refused(
    records: str, tmp_path: Path
) -> None:
    own, other = tmp_path / "a", tmp_path / "b"
    with pytest.raises(Misconfigured, match="Start `upheld serve`"):
        join(own, own / "keys")

    join(own, own / "keys", begins=True)
    join(own, own / "keys")
    with pytest.raises(Misconfigured, match="UPHELD_KEYS"):
        join(own, other / "keys")
    with pytest.raises(Misconfigured, match="UPHELD_DATA") as refused:
        join(other, own / "keys")

    (other / "data").mkdir(parents=True)
    (other / "data" / "installation").write_text(str(refused.value).rpartition(": ")[2])
    join(other, own / "keys")  # it has taken the place of the lost one


def test_what_is_due_is_looked_for_by_one_of_all_programs_an_hour(records: str, tmp_path: Path) -> None:
    join(tmp_path, tmp_path / "keys", begins=True)

    first, second = installation.due_now(at=NOW), installation.due_now(at=NOW + timedelta(minutes=50))

    assert (first, second, installation.due_now(at=NOW + timedelta(hours=1))) == (True, False, True)


def test_one_of_all_programs_minds_the_house_and_another_takes_over_when_it_asks_no_more(
    records: str, tmp_path: Path
) -> None:
    assert installation.minds(owner="a command", at=NOW), "nobody shares records without an installation"
    join(tmp_path, tmp_path / "keys", begins=True)

    asked = [
        installation.minds(owner=owner, at=NOW + timedelta(seconds=seconds))
        for owner, seconds in (("a", 0), ("b", 10), ("a", 30), ("b", 50), ("b", 75), ("a", 76), ("b", 80))
    ]

    assert asked == [True, False, True, False, True, False, True]


def test_a_program_that_ends_lets_another_mind_the_house_at_once(records: str, tmp_path: Path) -> None:
    join(tmp_path, tmp_path / "keys", begins=True)
    assert installation.minds(owner="a", at=NOW)

    installation.leave(owner="b")
    still = installation.minds(owner="b", at=NOW + timedelta(seconds=1))
    installation.leave(owner="a")

    assert (still, installation.minds(owner="b", at=NOW + timedelta(seconds=1))) == (False, True)


def test_records_that_are_another_folders_are_not_begun_beside_its_mark(records: str, tmp_path: Path) -> None:
    (tmp_path / "a" / "data").mkdir(parents=True)
    (tmp_path / "a" / "data" / "installation").write_text("ab" * 16 + "\n")

    with pytest.raises(Misconfigured, match="of other records than these"):
        join(tmp_path / "a", tmp_path / "keys", begins=True)


def test_keys_that_are_missing_beside_records_are_not_made(records: str, tmp_path: Path) -> None:
    join(tmp_path, tmp_path / "keys", begins=True)

    with pytest.raises(Misconfigured, match="key store of these records is not there"):
        installation.belong(data=tmp_path / "data", keys=KeyStore(tmp_path / "elsewhere"), at=NOW)

    assert not (tmp_path / "elsewhere").exists() or not any((tmp_path / "elsewhere").iterdir())


def test_a_command_where_no_server_has_been_asks_nothing(records: str, tmp_path: Path) -> None:
    installation.belong(data=tmp_path / "none", keys=KeyStore(tmp_path / "keys"), at=NOW)

    assert not (tmp_path / "none").exists()
