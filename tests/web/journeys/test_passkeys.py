"""Passkeys in a real browser, whose device is one of its own making: set up, log in by it alone and beside the
password, and remove it."""

import json
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

from tests.servers.database import Database
from tests.web.journeys.plugin import PASSWORD, Visitor, axe, code, log_in
from tests.web.journeys.server import Server
from tests.web.journeys.test_accounts import upheld


def device(page: Page, *, knows: bool) -> Callable[[bool], None]:
    """Give this browser a device with room for passkeys. `knows`: it can tell its holder by finger, face or PIN.
    Gives a function that says whether she is there: without her it refuses."""
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal" if knows else "usb",
        "hasResidentKey": knows,
        "hasUserVerification": knows,
        "isUserVerified": knows,
        "automaticPresenceSimulation": True,
    }
    made = cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})

    def there(is_there: bool) -> None:
        said = {"authenticatorId": made["authenticatorId"], "isUserVerified": is_there}
        cdp.send("WebAuthn.setUserVerified", said)

    return there


def enrolled(page: Page, server: Server) -> None:
    """Make the first account and log in, up to the second factor."""
    page.goto(server.first_account.replace("127.0.0.1", "localhost"))
    page.get_by_label("Your name").fill("Olive Officer")
    page.get_by_label("Your e-mail address").fill("olive@larkspur.example")
    page.get_by_label("A password").fill(PASSWORD)
    page.get_by_role("button", name="Make my account").click()
    log_in(page)


def kept(page: Page) -> list[str]:
    """What the list of one's second factors names."""
    page.get_by_role("link", name="Olive Officer").click()
    return page.locator("table").first.locator("tbody tr td:first-child").all_inner_texts()


def test_a_passkey_opens_the_console_alone_or_beside_the_password_and_the_last_one_stays(
    sqlite: Database, serving: Callable[..., Server], visitor: Visitor, tmp_path: Path
) -> None:
    server = serving(sqlite)
    desk = visitor(script=True)
    there = device(desk, knows=True)
    home = server.address.replace("127.0.0.1", "localhost")

    # Set up instead of an app: cancelled once, then made; the recovery codes come with it.
    enrolled(desk, server)
    desk.get_by_role("link", name="Use a passkey instead").click()
    desk.get_by_label("What do you call it?").fill("My laptop")
    there(False)
    assert desk.locator("[role=alert]:visible").count() == 0
    desk.get_by_role("button", name="Make the passkey").click()
    desk.locator("[role=alert]:visible").wait_for()
    assert axe(desk) == []
    there(True)
    desk.get_by_role("button", name="Make the passkey").click()
    desk.get_by_role("link", name="I have kept them").click()
    assert kept(desk) == ["Passkey “My laptop”"]
    assert desk.get_by_text("the last one stays").count() == 1
    assert axe(desk) == []

    # By the passkey alone, and beside the password.
    desk.get_by_role("button", name="Log out").click()
    desk.get_by_role("link", name="Use a passkey instead").click()
    assert axe(desk) == []
    desk.get_by_role("button", name="Use my passkey").click()
    desk.get_by_role("link", name="Olive Officer").wait_for()
    desk.get_by_role("button", name="Log out").click()
    log_in(desk)
    assert desk.locator("h1").inner_text() == "Your second factor"
    assert axe(desk) == []
    desk.get_by_role("button", name="Use my passkey").click()
    desk.get_by_role("link", name="Olive Officer").wait_for()

    # An app beside it: now either can go, and then the other stays.
    kept(desk)
    desk.get_by_role("link", name="Set up an app").click()
    secret = desk.locator("#secret").inner_text()
    desk.get_by_label("code").fill(code(secret))
    desk.get_by_role("button", name="Set it up").click()
    assert kept(desk) == ["Authenticator app", "Passkey “My laptop”"]

    # Who has no script, or comes by the number of the host, types a code.
    still = visitor()
    still.goto(f"{server.address}/console/login/")
    log_in(still)
    assert "does not work at this address" in still.locator("main").inner_text()
    still.get_by_label("code").fill(code(secret))
    still.get_by_role("button", name="Continue").click()
    still.goto(f"{server.address}/console/second/passkey/")
    assert still.locator("h1").inner_text() == "Passkeys do not work at this address."
    still.goto(f"{home}/console/login/passkey/")
    assert "scripts are switched off" in still.locator("main").inner_text()
    assert still.get_by_role("button", name="Use my passkey").count() == 0

    # Once it is removed the device still offers it, in vain; elsewhere she is logged out.
    desk.get_by_role("link", name="Remove the passkey “My laptop”").click()
    assert desk.locator("h1").inner_text() == "Remove the passkey “My laptop”?"
    assert axe(desk) == []
    desk.get_by_role("button", name="Remove it").click()
    assert kept(desk) == ["Authenticator app"]
    still.goto(f"{server.address}/console/account/")
    assert "/console/login/" in still.url
    desk.get_by_role("button", name="Log out").click()
    desk.get_by_role("link", name="Use a passkey instead").click()
    desk.get_by_role("button", name="Use my passkey").click()
    desk.get_by_text("This passkey was not taken.").wait_for()
    assert axe(desk) == []

    # What happened is in the ledger; neither the name nor the address is.
    file = tmp_path / "ledger.jsonl"
    upheld(server, "ledger", "export", "--out", str(file))
    told = [
        json.loads(line)["entry"] for line in file.read_text().splitlines() if '"account.changed/v1"' in line
    ]
    assert [each["change"] for each in told] == ["made", "factor-added", "factor-added", "factor-removed"]
    assert not {"laptop", "Olive", "larkspur.example"} & set(file.read_text().replace('"', " ").split())


def test_a_small_key_that_cannot_tell_its_holder_comes_after_the_password_only(
    sqlite: Database, serving: Callable[..., Server], visitor: Visitor
) -> None:
    server = serving(sqlite)
    desk = visitor(script=True)
    device(desk, knows=False)

    # The whole set-up by the keyboard.
    enrolled(desk, server)
    desk.get_by_role("link", name="Use a passkey instead").focus()
    desk.keyboard.press("Enter")
    name = desk.get_by_label("What do you call it?")
    name.focus()
    name.fill("Small key")
    desk.keyboard.press("Tab")
    assert desk.evaluate("document.activeElement.textContent") == "Make the passkey"
    desk.keyboard.press("Enter")
    desk.get_by_role("link", name="I have kept them").click()

    desk.get_by_role("button", name="Log out").click()
    desk.get_by_role("link", name="Use a passkey instead").click()
    desk.get_by_role("button", name="Use my passkey").click()
    desk.locator("[role=alert]:visible").wait_for()
    desk.get_by_role("link", name="Log in with the password").click()
    log_in(desk)
    desk.get_by_role("button", name="Use my passkey").click()
    desk.get_by_role("link", name="Olive Officer").wait_for()
