"""The map is changed in the console: by a form, as text, by a draft; what is written stands in the folder's files,
and the next look of the runner goes by it."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

from tests.servers.database import Database
from tests.web.journeys.plugin import SHOP, Visitor, axe, seated, until
from tests.web.journeys.server import Server


def press(page: Page, words: str) -> None:
    page.get_by_role("button", name=words, exact=True).click()


def test_the_map_is_changed_in_the_console_and_the_runner_looks_by_it(
    serving: Callable[..., Server], visitor: Visitor, sqlite: Database, tmp_path: Path
) -> None:
    server = serving(sqlite, STOCK_DATABASE_URL=sqlite.url)
    folder = tmp_path / "privacy"
    page = visitor(script=True)
    seated(page, server)

    # the usual things, by the form
    page.goto(f"{server.address}/console/systems/shop/")
    page.get_by_role("link", name="Change the usual things").click()
    assert axe(page) == []
    page.get_by_label("Who looks after it").fill("Fern")
    page.get_by_label("Changes begin only between").fill("at night")
    press(page, "Show what changes")
    assert "quiet_hours" in page.locator(".summary").inner_text()
    page.get_by_label("Changes begin only between").fill("01:00-05:00")
    press(page, "Show what changes")
    assert "quiet_hours: " in page.locator("ins").first.inner_text()
    assert (folder / "systems" / "shop.yaml").read_text() == SHOP, "nothing is written before it was shown"
    assert axe(page) == []
    press(page, "Write it into the folder")
    written = (folder / "systems" / "shop.yaml").read_text()
    assert written == SHOP + 'limits: {quiet_hours: "01:00-05:00"}\nowner: Fern\n'

    # as text: what is wrong is named with its line, and what a colleague wrote meanwhile is not lost
    text = page.locator("textarea")
    text.fill(written.replace("on_erase: delete", "on_erase: burn"))
    press(page, "Show what changes")
    assert "Line 11" in page.locator(".remarks").inner_text()
    assert axe(page) == []
    text.fill(written + "title2: x\n")
    (folder / "systems" / "shop.yaml").write_text(written + "# a colleague's\n")
    press(page, "Show what changes")
    assert "# a colleague's" in page.locator("del").inner_text()
    page.goto(page.url)
    text.fill(text.input_value().replace("title: Shop", "title: The shop"))
    press(page, "Show what changes")
    press(page, "Write it into the folder")
    assert (folder / "systems" / "shop.yaml").read_text() == written.replace(
        "title: Shop", "title: The shop"
    ) + "# a colleague's\n"
    page.get_by_role("link", name="Before").last.click()
    press(page, "Show a change back to it")
    press(page, "Drop it")

    # the runner looks at it
    page.get_by_role("link", name="The shop").click()
    until(page, "by Olive Officer")

    # a database is added: drafted by the runner, looked at, written
    page.goto(f"{server.address}/console/folder/add/")
    assert axe(page) == []
    page.get_by_label("A short name for it").fill("stock")
    page.get_by_label("A database: its map is drafted").check()
    page.get_by_label("Or the variable of the server").fill("NOWHERE_URL")
    press(page, "Go on")
    assert "no variable NOWHERE_URL" in page.locator(".summary").inner_text()
    page.get_by_label("Or the variable of the server").fill("STOCK_DATABASE_URL")
    press(page, "Go on")
    until(page, "look at its draft")
    page.get_by_role("link", name="look at its draft").click()
    assert not (folder / "systems" / "stock.yaml").exists()
    press(page, "Write it into the folder")
    assert "connect: ${STOCK_DATABASE_URL}" in (folder / "systems" / "stock.yaml").read_text()

    # and taken out again
    page.goto(f"{server.address}/console/systems/stock/")
    page.get_by_role("link", name="Take it out of the map").click()
    assert axe(page) == []
    press(page, "Show what changes")
    press(page, "Write it into the folder")
    assert not (folder / "systems" / "stock.yaml").exists()
