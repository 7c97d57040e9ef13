"""Accounts over the years: a colleague comes and goes; an officer loses her second factor and gets back in."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

from tests.servers.database import Database
from tests.web.journeys.plugin import PASSWORD, Visitor, axe, code, log_in, officer
from tests.web.journeys.server import Server

NEW = "copper kettle on a blue shelf"


def upheld(server: Server, *words: str) -> str:
    """A command on the machine of the server."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("UPHELD_", "DJANGO_"))}
    given = {**kept, **server.environment, "UPHELD_ADDRESS": server.address}
    ran = subprocess.run(
        [sys.executable, "-m", "upheld.cli.main", *words, "--data", str(server.data)],
        env=given,
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout


def rows(page: Page) -> list[list[str]]:
    """Name, address, role and standing of each account in the list."""
    found = page.locator("tbody tr")
    cells = [found.nth(place).locator("td").all_inner_texts() for place in range(found.count())]
    return [[*each[0].splitlines(), each[1].splitlines()[-1], each[4]] for each in cells]


def test_a_colleague_comes_and_goes_and_a_lost_factor_locks_nobody_out(
    sqlite: Database, serving: Callable[..., Server], visitor: Visitor, tmp_path: Path
) -> None:
    server = serving(sqlite)
    desk, colleague, home = visitor(script=True), visitor(), visitor()
    lost = officer(desk, server)

    # A colleague comes.
    desk.get_by_role("link", name="Olive Officer").click()
    desk.get_by_role("link", name="Staff", exact=True).click()
    desk.get_by_label("What may the person do?").select_option(label="operator")
    desk.get_by_role("button", name="Make a link").click()
    assert axe(desk) == []
    colleague.goto(desk.locator("pre code").inner_text())
    colleague.get_by_label("Your name").fill("Oscar Operator")
    colleague.get_by_label("Your e-mail address").fill("oscar@larkspur.example")
    colleague.get_by_label("A password").fill(PASSWORD)
    colleague.get_by_role("button", name="Make my account").click()
    colleague.get_by_label("Email").fill("oscar@larkspur.example")
    colleague.get_by_label("Password").fill(PASSWORD)
    colleague.get_by_role("button", name="Log in").click()
    colleague.get_by_label("code").fill(code(colleague.locator("#secret").inner_text()))
    colleague.get_by_role("button", name="Set it up").click()
    assert colleague.goto(f"{server.address}/console/staff/").status == 403

    # He goes: his session ends with his account.
    desk.goto(f"{server.address}/console/staff/")
    assert rows(desk) == [
        ["Olive Officer", "olive@larkspur.example", "officer", "open"],
        ["Oscar Operator", "oscar@larkspur.example", "operator", "open"],
    ]
    assert desk.get_by_text("Close the account of Olive").count() == 0, "nobody closes her own"
    desk.get_by_text("Close", exact=True).click()
    desk.get_by_role("button", name="Close the account of Oscar Operator").click()
    assert rows(desk)[1] == ["Oscar Operator", "oscar@larkspur.example", "operator", "closed"]
    colleague.goto(f"{server.address}/console/cases/")
    assert "/console/login/" in colleague.url

    # The drill: the telephone with the second factor is gone, and so are the codes.
    link = upheld(server, "invite", "--again", "OLIVE@larkspur.example").strip()
    assert desk.goto(f"{server.address}/console/staff/").status == 200, "nothing changes before it is used"
    home.goto(link)
    assert home.locator("h1").inner_text() == "Olive Officer, choose a new password."
    home.get_by_label("A new password").fill("larkspur")
    home.get_by_role("button", name="Set the password").click()
    assert "too short" in home.locator("main").inner_text()
    home.get_by_label("A new password").fill(NEW)
    home.get_by_role("button", name="Set the password").click()
    desk.goto(f"{server.address}/console/staff/")
    assert "/console/login/" in desk.url, "whoever has the lost telephone is out"
    log_in(desk)
    assert "/console/login/" in desk.url, "and does not get in by the old password"
    home.get_by_label("Email").fill("olive@larkspur.example")
    home.get_by_label("Password").fill(NEW)
    home.get_by_role("button", name="Log in").click()
    secret = home.locator("#secret").inner_text()
    assert secret != lost
    home.get_by_label("code").fill(code(secret))
    home.get_by_role("button", name="Set it up").click()
    assert home.goto(f"{server.address}/console/staff/").status == 200
    assert home.goto(link).status == 410, "the link worked once"

    # What happened is in the ledger, without anybody's name or address.
    file = tmp_path / "ledger.jsonl"
    upheld(server, "ledger", "export", "--out", str(file))
    exported = file.read_text()
    told = [json.loads(line)["entry"] for line in exported.splitlines() if '"account.changed/v1"' in line]
    assert [(each["role"], each["change"]) for each in told] == [
        ("officer", "made"),
        ("officer", "factor-added"),
        ("operator", "made"),
        ("operator", "factor-added"),
        ("operator", "closed"),
        ("officer", "renewed"),
        ("officer", "factor-added"),
    ]
    assert "larkspur.example" not in exported
    assert "Oscar" not in exported
