"""A colleague who was invited in the console is one of two only when another has confirmed that she knows him."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

from tests.servers.database import Database
from tests.web.journeys.plugin import PASSWORD, Visitor, axe, code, officer
from tests.web.journeys.server import Server
from tests.web.journeys.test_accounts import upheld


def enrolled(page: Page, link: str, name: str) -> None:
    """An account by that link, logged in with its second factor."""
    address = f"{name.split(maxsplit=1)[0].lower()}@larkspur.example"
    page.goto(link)
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Your e-mail address").fill(address)
    page.get_by_label("A password").fill(PASSWORD)
    page.get_by_role("button", name="Make my account").click()
    page.get_by_label("Email").fill(address)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_label("code").fill(code(page.locator("#secret").inner_text()))
    page.get_by_role("button", name="Set it up").click()


def agrees(page: Page, server: Server) -> str:
    """Gives the second yes to what waits; what the page says then."""
    page.goto(f"{server.address}/console/stop/")
    page.get_by_role("link", name="It waits for a second yes.").click()
    page.get_by_role("button", name="Yes, do it").click()
    return page.locator("main").inner_text()


def test_an_invited_colleague_counts_as_the_second_once_another_has_confirmed_him(
    sqlite: Database, serving: Callable[..., Server], visitor: Visitor, tmp_path: Path
) -> None:
    server = serving(sqlite)
    organisation = tmp_path / "privacy" / "upheld.yaml"
    organisation.write_text(organisation.read_text() + "two: {stop: colleague}\n")
    olive, nora, ivan = visitor(script=True), visitor(script=True), visitor()
    officer(olive, server)
    enrolled(nora, upheld(server, "invite", "--role", "officer").strip(), "Nora Officer")
    staff = f"{server.address}/console/staff/"
    olive.goto(staff)
    olive.get_by_label("What may the person do?").select_option(label="officer")
    olive.get_by_role("button", name="Make a link").click()
    enrolled(ivan, olive.locator("pre code").inner_text(), "Ivan Invited")

    olive.goto(f"{server.address}/console/stop/")
    olive.get_by_label("Why?").fill("look first")
    olive.get_by_role("button", name="Stop all writing").click()
    olive.get_by_label("Why may writing go on?").fill("all is well")
    olive.get_by_role("button", name="Ask for a second yes").click()

    assert "no other colleague has confirmed it" in agrees(ivan, server)
    olive.goto(staff)
    assert olive.get_by_text("not confirmed").count() == 1
    assert olive.get_by_text("Confirm", exact=True).count() == 0, "whoever invited him does not vouch for him"
    ivan.goto(staff)
    assert ivan.get_by_text("Confirm", exact=True).count() == 0, "nor does he himself"

    nora.goto(staff)
    nora.get_by_text("Confirm", exact=True).click()
    assert axe(nora) == []
    nora.get_by_role("button", name="Confirm the account of Ivan Invited").click()

    assert nora.get_by_text("not confirmed").count() == 0
    agrees(ivan, server)
    ivan.goto(f"{server.address}/console/stop/")
    assert ivan.locator("h1").inner_text() == "Writing is allowed."
    assert server.errors() == ""
