"""A person asks for a copy and a deletion: she reads the copy first, then she is deleted."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.servers.database import Database
from tests.web.journeys.plugin import ADA, BOB, Visitor, ask, axe, seated, until
from tests.web.journeys.server import Mailbox, Server, link


def test_a_copy_is_read_in_the_browser_before_anything_is_deleted(
    sqlite: Database,
    serving: Callable[..., Server],
    mailbox: Mailbox,
    visitor: Visitor,
    tmp_path: Path,
) -> None:
    server = serving(sqlite)
    desk, person = visitor(), visitor()
    seated(desk, server)
    number = ask(person, server, ADA, "Get a copy", "Delete")
    person.goto(link(mailbox.next(ADA, f"[{number}] Please confirm")))
    person.get_by_role("button", name="Yes, it was me").click()

    desk.goto(f"{server.address}/console/cases/")
    desk.get_by_role("cell").get_by_role("link").first.click()
    case = desk.url
    assert "A copy, then everything deleted" in desk.locator("h1").inner_text()
    desk.get_by_role("link", name="See what will happen").nth(1).click()
    desk.get_by_role("button", name="Approve the deletion").click()
    assert "The copy comes first" in desk.locator("main").inner_text()
    desk.goto(case)
    desk.get_by_role("link", name="See what will happen").first.click()
    desk.get_by_role("button", name="Approve the copy").click()
    until(desk, "Can be read until")
    desk.get_by_role("link", name="See what will happen").click()
    desk.get_by_role("button", name="Approve the deletion").click()
    assert "has not read her copy yet" in desk.locator("main").inner_text()
    assert sqlite.rows("SELECT count(*) FROM users") == [(2,)]

    person.goto(link(mailbox.next(ADA, f"[{number}] Your copy is ready")))
    with person.expect_download() as saved:
        person.get_by_role("link", name="Download everything").click()
    archive = tmp_path / "copy.zip"
    saved.value.save_as(archive)
    with zipfile.ZipFile(archive) as opened:
        read = {name: opened.read(name).decode() for name in opened.namelist()}
    assert "violet ink" in json.dumps(read)
    assert "sealing wax" not in json.dumps({name: text for name, text in read.items() if "shop" in name})
    assert BOB not in json.dumps(read)
    person.get_by_role("link", name="Read my copy").click()
    assert "Larkspur Foundation" in person.locator("body").inner_text()
    person.locator("a[href*=orders]").first.click()
    assert "violet ink" in person.locator("body").inner_text()

    desk.goto(case)
    desk.get_by_role("link", name="See what will happen").click()
    desk.get_by_role("button", name="Approve the deletion").click()
    until(desk, "Everything in this case is done")
    assert sqlite.rows("SELECT id FROM users") == [(8,)]
    person.goto(link(mailbox.next(ADA, f"[{number}] What we deleted")))
    assert "Your request is done" in person.locator("h1").inner_text()
    assert person.context.cookies() == []
    assert server.stop() == 0
    assert server.errors() == ""


@pytest.mark.parametrize("language", ["en", "de", "fr"])
def test_axe_finds_nothing_wrong_with_any_page(
    sqlite: Database,
    serving: Callable[..., Server],
    mailbox: Mailbox,
    visitor: Visitor,
    language: str,
    tmp_path: Path,
) -> None:
    """In each language; the console once, in light, dark and on a phone."""
    server = serving(sqlite)
    person = visitor(script=True, phone=True, language=language)
    wrong: dict[str, object] = {}

    def look(name: str, page: object) -> None:
        page.screenshot(path=tmp_path / f"{language}-{name}.png", full_page=True)
        wrong[name] = axe(page)

    person.goto(f"{server.address}/{language}/")
    look("ask", person)
    person.locator("button").first.click()
    look("ask-wrong", person)
    person.locator("#id_delete").check()
    person.locator("#id_email").fill(ADA)
    person.locator("button").first.click()
    look("check", person)
    person.locator("button[value=send]").click()
    look("sent", person)
    person.goto(link(mailbox.next(ADA, "[")))
    look("confirm", person)
    person.locator("main button").click()
    look("follow", person)
    person.goto(f"{server.address}/{language}/follow/{'x' * 32}/")
    look("unknown", person)
    if language == "en":
        desk = visitor(script=True)
        desk.goto(server.first_account)
        look("enrol", desk)
        seated(desk, server)
        look("queue", desk)
        desk.get_by_role("cell").get_by_role("link").first.click()
        look("case", desk)
        case = desk.url
        for kind, more in (
            ("phone", {"viewport": {"width": 390, "height": 844}}),
            ("dark", {"color_scheme": "dark"}),
        ):
            other = desk.context.browser.new_context(storage_state=desk.context.storage_state(), **more)
            page = other.new_page()
            page.goto(case)
            look(f"case-{kind}", page)
            page.goto(f"{server.address}/console/cases/")
            look(f"queue-{kind}", page)
            other.close()
        desk.get_by_role("link", name="See what will happen").click()
        look("plan", desk)
        asks = tuple(f"first/{each}" for each in ("organisation", "countries", "policy", "systems", "try"))
        for page in ("", "link", "folder", *asks, "outbox", "stop", "account"):
            desk.goto(f"{server.address}/console/{page}/")
            look(page.replace("/", "-") or "today", desk)

    assert {name: found for name, found in wrong.items() if found} == {}
    assert server.stop() == 0
