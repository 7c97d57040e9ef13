"""She proves who she is by her account with the organisation; whoever signs in otherwise proves nothing."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.servers.database import Database
from tests.servers.openid import PASSWORD, SECRET, Accounts
from tests.web.journeys.plugin import ADA, Visitor, ask, axe, seated, until
from tests.web.journeys.server import Mailbox, Server, link
from tests.web.journeys.test_verification import harmful

SIGN_IN = """\
sign_in:
  accounts:
    title: Larkspur account
    issuer: ISSUER
    client: upheld
    secret: ${LARKSPUR_SIGN_IN}
    private: true
"""


@pytest.fixture
def accounts() -> Iterator[Accounts]:
    server = Accounts()
    yield server
    server.stop()


def signs_in(page: Page, account: str) -> None:
    page.get_by_label("Account").fill(account)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


def test_her_account_makes_it_sure_enough_and_anothers_does_not(
    sqlite: Database,
    serving: Callable[..., Server],
    mailbox: Mailbox,
    visitor: Visitor,
    tmp_path: Path,
    accounts: Accounts,
) -> None:
    """G-12.8"""
    server = serving(sqlite, LARKSPUR_SIGN_IN=SECRET)
    harmful(tmp_path)
    organisation = tmp_path / "privacy" / "upheld.yaml"
    organisation.write_text(organisation.read_text() + SIGN_IN.replace("ISSUER", accounts.address))
    desk, person = visitor(), visitor(phone=True, script=True, language="de-DE")
    seated(desk, server)
    number = ask(visitor(), server, ADA, "Delete")
    person.goto(link(mailbox.next(ADA, f"[{number}] Please confirm")).replace("/en/", "/de/"))
    person.get_by_role("button").first.click()
    follow = person.url
    assert axe(person) == []

    person.get_by_role("link", name="Mit Larkspur account anmelden").click()
    assert axe(person) == []
    person.get_by_role("button", name="Weiter zu Larkspur account").click()
    signs_in(person, "bob")
    assert person.locator("h1").inner_text() == "This account is not the one of the request", (
        "asked in English"
    )
    assert axe(person) == []

    person.goto(follow)
    person.get_by_role("link", name="Mit Larkspur account anmelden").click()
    person.get_by_role("button", name="Weiter zu Larkspur account").click()
    signs_in(person, "ada")
    assert person.locator("h1").inner_text() == "Is this your request?"
    assert axe(person) == []
    came = person.url
    person.get_by_role("button", name="Yes, I asked for this").click()
    assert "/follow/" in person.url
    assert person.get_by_role("link", name="Sign in with").count() == 0
    assert [each for each in person.context.cookies() if each["domain"] == "127.0.0.1"] == []
    person.goto(came)
    assert person.locator("h1").inner_text() == "This sign-in is over"

    desk.goto(f"{server.address}/console/")
    desk.get_by_role("cell").get_by_role("link").first.click()
    assert "signed in to her account anew" in desk.locator("main").inner_text().casefold()
    assert "A-7" not in desk.content()
    desk.get_by_role("link", name="See what will happen").click()
    desk.get_by_role("button", name="Approve the deletion").click()
    until(desk, "Everything in this case is done")
    assert sqlite.rows("SELECT id FROM users") == [(8,)]
    assert server.stop() == 0
    assert server.errors() == ""
