"""What somebody sees who erases a list on a terminal, and what she has to type."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.program import ADA, Shop
from tests.cli.terminal import on_a_terminal

ASKED = "Type how many lines the list has, 2, to go on"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path)
    (tmp_path / "people.csv").write_text(f"email\n{ADA}\nbob@example.com\n")
    return made


def erase(shop: Shop, types: bytes, *more: str) -> tuple[int, str]:
    ordered = ("erase", "--identities-file", "people.csv", *more)
    return on_a_terminal(shop.folder, *ordered, at=ASKED, types=types, SHOP_DATABASE_URL=shop.url)


def test_the_number_of_the_list_goes_on_and_each_thing_that_is_done_has_a_bar_with_its_name(
    shop: Shop,
) -> None:
    """Scenario 52"""
    code, shown = erase(shop, b"2\r")

    assert code == 0, shown
    assert "2 of 2 people are erased." in shown
    assert shop.users() == []
    names = ("finding", "counting", "approving", "erasing", "certifying", "writing certificates")
    at = [shown.find(f"{each} ") for each in names]
    assert -1 not in at, shown
    assert at == sorted(at)
    assert "ada" not in shown.casefold()


@pytest.mark.parametrize(
    "types", [b"3\r", b"\r", b"yes\r", b"\x03"], ids=["other", "nothing", "yes", "ctrl-c"]
)
def test_anything_else_erases_nobody(types: bytes, shop: Shop) -> None:
    before = shop.dump()

    code, shown = erase(shop, types)

    assert (code, "Nothing was erased." in shown) == (1, True), shown
    assert shop.dump() == before


def test_programs_see_no_bar(shop: Shop) -> None:
    code, shown = erase(shop, b"", "--json", "--yes", "--count", "2")

    assert code == 0, shown
    assert [each for each in ("finding", "counting", "erasing", "writing") if each in shown] == []
