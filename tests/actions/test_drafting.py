"""The runner does what a page ordered: a look in the name of whoever asked, and a draft that nobody wrote yet."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from tests.actions.world import FORUM, NOW, forum, means
from tests.servers.database import Database
from upheld.actions import checking, drafting, errands, revising
from upheld.actions.means import Means
from upheld.cli.beginning import begin
from upheld.datamap.read import read
from upheld.store.models import Check, Errand, ErrandKind, Revision

SECRET = "ada.quillfeather@example.org"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    begin(tmp_path / "privacy", "Larkspur", "desk@larkspur.example", serving=True)
    monkeypatch.setattr(settings, "UPHELD_DIR", tmp_path / "privacy", raising=False)
    monkeypatch.setattr(settings, "UPHELD_ENVIRONMENT", {}, raising=False)
    return tmp_path / "privacy"


@pytest.fixture
def able(sqlite_records: Path, tmp_path: Path) -> Means:
    return means(tmp_path, forum())


def test_a_look_is_done_once_in_the_name_of_whoever_ordered_it(able: Means) -> None:
    errands.order(means=replace(able, by="olive"), kind=ErrandKind.LOOK, system=FORUM.name)
    errands.order(means=able, kind=ErrandKind.LOOK, system="gone")

    done = [drafting.run(means=replace(able, by="the runner")) for _ in range(3)]

    assert done == [1, 1, 0]
    assert [(each.system, each.by) for each in Check.objects.all()] == [("forum", "olive")]
    assert [(each.system, each.failure) for each in Errand.objects.all()] == [
        ("forum", ""),
        ("gone", "The map does not name this system any more."),
    ]
    assert checking.one(means=able, system="forum").by == "olive"


class Broken:
    """A system at which whoever looks breaks off."""

    def check(self) -> tuple[()]:
        raise ZeroDivisionError


def test_what_breaks_off_is_not_tried_in_every_round_but_when_it_is_ordered_again(able: Means) -> None:
    breaking = replace(able, connectors={"forum": Broken()})  # type: ignore[dict-item]
    errands.order(means=able, kind=ErrandKind.LOOK, system="forum")
    with pytest.raises(ZeroDivisionError):
        drafting.run(means=breaking)

    errands.order(means=able, kind=ErrandKind.LOOK, system="forum")
    soon = drafting.run(means=able)
    later = replace(able, clock=lambda: NOW + timedelta(minutes=11))
    errands.order(means=later, kind=ErrandKind.LOOK, system="forum")

    assert (soon, drafting.run(means=later), drafting.run(means=later)) == (0, 1, 0)
    assert Errand.objects.count() == 1


def test_a_draft_is_proposed_and_nothing_is_written_before_somebody_looked_at_it(
    each_database: Database, able: Means, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    each_database.run(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(120) NOT NULL, name VARCHAR(80))",
        "CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users(id))",
        f"INSERT INTO users VALUES (7, '{SECRET}', 'Ada Quillfeather')",
        "INSERT INTO orders VALUES (1, 7)",
    )
    monkeypatch.setattr(settings, "UPHELD_ENVIRONMENT", {"SHOP_URL": each_database.url}, raising=False)
    before = sorted(each.name for each in home.rglob("*"))
    errands.order(means=able, kind=ErrandKind.DRAFT, system="shop", connect="${SHOP_URL}")

    drafting.run(means=replace(able, by="the runner"))

    (errand,) = errands.drafts()
    row = errand.revision
    assert row is not None
    assert row.text is not None
    assert (errand.failure, row.file, row.state, row.asked_by) == (
        "",
        "systems/shop.yaml",
        "OPEN",
        "officer",
    )
    assert "connect: ${SHOP_URL}" in row.text
    assert SECRET not in row.text
    assert sorted(each.name for each in home.rglob("*")) == before, "a draft is no decision"
    revising.write(means=able, home=home, revision=row)
    shop = read(home).system("shop")
    assert {each.name for each in shop.tables} == {"users", "orders"}
    assert shop.proposals, "nothing is written there until somebody has decided"


def test_a_database_that_cannot_be_reached_leaves_its_reason_without_the_address(
    able: Means, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = "postgresql://shop:s3cret@127.0.0.1:1/shop"
    monkeypatch.setattr(settings, "UPHELD_ENVIRONMENT", {"SHOP_URL": address}, raising=False)
    for name in ("SHOP_URL", "NOWHERE"):
        errands.order(means=able, kind=ErrandKind.DRAFT, system=name.lower(), connect=f"${{{name}}}")
        drafting.run(means=able)

    said = [each.failure for each in errands.drafts()]

    assert all(said)
    assert "s3cret" not in "".join(said)
    assert "NOWHERE" in said[0]
    assert Revision.objects.count() == 0
