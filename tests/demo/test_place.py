"""The demo's folder: its own is made anew, anybody else's is left alone."""

from pathlib import Path

import pytest

from upheld.datamap.read import read
from upheld.demo.place import Place
from upheld.rights.outcome import Permanent


def test_a_new_folder_gets_a_valid_privacy_folder(tmp_path: Path) -> None:
    place = Place(tmp_path / "demo")

    place.make_new()

    mapped = read(place.privacy)
    assert [each.name for each in mapped.systems] == ["archive", "crm", "forum", "letters", "shop"]
    assert {each.kind for each in mapped.systems} == {"files", "sql", "manual"}


def test_its_own_folder_is_made_anew(tmp_path: Path) -> None:
    place = Place(tmp_path / "demo")
    place.make_new()
    (place.root / "old").write_text("of the last run")

    place.make_new()

    assert not (place.root / "old").exists()


def test_a_folder_with_anything_else_in_it_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("not the demo's")
    (tmp_path / "servers.json").write_text('[[1, "/"]]')
    place = Place(tmp_path)

    with pytest.raises(Permanent, match="not a folder of the demo"):
        place.make_new()
    place.stop()

    assert sorted(path.name for path in tmp_path.iterdir()) == ["letter.txt", "servers.json"]


def test_a_link_to_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")

    with pytest.raises(Permanent, match="not a folder"):
        Place(tmp_path / "link").make_new()


def test_a_secret_is_for_its_owner_alone(tmp_path: Path) -> None:
    place = Place(tmp_path / "demo")
    place.make_new()

    place.tell("SHOP_DATABASE_URL", "sqlite:///shop")

    file = place.data / "secrets" / "SHOP_DATABASE_URL"
    assert (file.read_text(), file.stat().st_mode & 0o777) == ("sqlite:///shop", 0o600)
