"""A clerk pastes a mail and drops an agent's list: each becomes requests, acknowledged at once."""

from collections.abc import Callable
from pathlib import Path

from tests.servers.database import Database
from tests.web.journeys.plugin import ADA, BOB, Visitor, axe, seated, until
from tests.web.journeys.server import Mailbox, Server, link, plain

CY = "cy.thistle@example.net"
PASTED = f"""\
Von: Ada Quillfeather <{ADA}>
Gesendet: Montag, 16. November 2026 09:12
An: verkauf@larkspur.example
Betreff: Meine Daten

Guten Tag,
bitte löschen Sie nach Art. 17 DSGVO alles, was Sie über mich haben.
Meine Kundennummer: K-7
Ada Quillfeather
"""
LISTED = f"""\
From: Mandates <desk@mandates.example>
To: privacy@larkspur.example
Subject: Requests of our clients
Message-ID: <7@mandates.example>
Date: Tue, 17 Nov 2026 10:00:00 +0100
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="cut"

--cut
Content-Type: text/plain

We ask for a copy of all personal data of the people in the list.
--cut
Content-Type: text/csv
Content-Disposition: attachment; filename="clients.csv"

name,email,id
Ada Quillfeather,{ADA},1
Bob Ashgrov,{BOB},2
Cy Thistle,{CY},3
--cut--
"""


def test_a_pasted_mail_and_an_agent_s_list_become_requests_that_are_acknowledged_at_once(
    sqlite: Database,
    serving: Callable[..., Server],
    mailbox: Mailbox,
    visitor: Visitor,
    tmp_path: Path,
) -> None:
    """G-12.2, G-12.9"""
    server = serving(sqlite)
    desk, person = visitor(), visitor(phone=True)
    seated(desk, server)

    desk.goto(f"{server.address}/console/intake/")
    desk.get_by_label("The message").fill(PASTED)
    desk.get_by_role("button", name="Read it").click()
    assert desk.get_by_label("Deletion").is_checked()
    assert "löschen sie" in desk.locator("label", has_text="Deletion").inner_text()
    assert desk.get_by_label("E-mail address").input_value() == ADA
    assert desk.get_by_label("Customer or account number").input_value() == "K-7"
    assert desk.get_by_label("Reached us on").input_value() == "2026-11-16"
    assert desk.get_by_label("We answer in").input_value() == "de"
    desk.get_by_label("A copy of the data").check()
    desk.get_by_role("button", name="Open the request").click()
    number = desk.locator("main .number").first.inner_text()
    assert "We do not know yet that it is she" in desk.locator("h1").inner_text()
    assert ADA not in desk.content(), "who it is stands behind a look"

    mail = mailbox.next(ADA, f"[{number}] Ihre Anfrage ist eingegangen")
    assert str(mail["Reply-To"]) == "privacy@larkspur.example"
    said = plain(mail).replace("\r\n", "\n")
    assert "– eine Kopie Ihrer Daten\n– die Löschung Ihrer Daten" in said
    assert "Wir antworten bis" in said
    assert "16. November 2026" in said
    person.goto(link(mail))
    person.get_by_role("button").first.click()
    assert "16. November 2026" in person.locator("main").inner_text()
    desk.reload()
    desk.get_by_role("link", name="Go to the case").click()
    assert "A copy, then everything deleted" in desk.locator("h1").inner_text()
    desk.get_by_role("link", name="look at the message").click()
    desk.get_by_label("Why do you look?").fill("to read what she wants")
    desk.get_by_role("button", name="Show it").click()
    assert "alles, was Sie über mich haben" in desk.locator("main").inner_text()

    listed = tmp_path / "list.eml"
    listed.write_text(LISTED)
    desk.goto(f"{server.address}/console/intake/")
    desk.get_by_label("Or its file").set_input_files(listed)
    desk.get_by_role("button", name="Read it").click()
    assert "about 3 people" in desk.locator("h1").inner_text()
    desk.locator("#id_who-1-name").fill("Bob Ashgrove")
    desk.get_by_role("button", name="Open these requests").click()
    assert "3 requests opened" in desk.locator("main").inner_text()
    for who in (ADA, BOB, CY):
        person.goto(link(mailbox.next(who, "We have received your request")))
        person.get_by_role("button", name="Yes, it was me").click()
    desk.goto(f"{server.address}/console/")
    until(desk, "Three cases need you")

    assert sqlite.rows("SELECT count(*) FROM users") == [(2,)], "nothing is done before an approval"
    assert person.context.cookies() == []
    assert mailbox.left() == []
    assert server.stop() == 0
    assert server.errors() == ""
    assert not [each for each in (ADA, BOB, CY) if each in server.said]


def test_the_pages_of_the_post_are_as_axe_wants_them(
    sqlite: Database, serving: Callable[..., Server], visitor: Visitor, tmp_path: Path
) -> None:
    """Empty, full and wrong; the two densest in the dark and on a phone, where nothing is wider than it."""
    server = serving(sqlite)
    desk = visitor(script=True)
    seated(desk, server)
    wrong: dict[str, object] = {}

    def look(name: str, *, everywhere: bool = False) -> None:
        desk.screenshot(path=tmp_path / f"{name}.png", full_page=True)
        wrong[name] = axe(desk)
        ways = {"phone": {"viewport": {"width": 390, "height": 844}}, "dark": {"color_scheme": "dark"}}
        for kind, more in ways.items() if everywhere else ():
            other = desk.context.browser.new_context(storage_state=desk.context.storage_state(), **more)
            page = other.new_page()
            page.goto(desk.url)
            page.screenshot(path=tmp_path / f"{name}-{kind}.png", full_page=True)
            wrong[f"{name}-{kind}"] = axe(page)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
            other.close()

    desk.goto(f"{server.address}/console/intake/")
    look("empty")
    desk.get_by_role("button", name="Read it").click()
    wrong["nothing"] = axe(desk)
    desk.screenshot(path=tmp_path / "nothing.png", full_page=True)
    desk.get_by_label("The message").fill("Hello")
    desk.get_by_role("button", name="Read it").click()
    look("unclear")
    desk.get_by_role("button", name="Open the request").click()
    wrong["refused"] = axe(desk)
    desk.screenshot(path=tmp_path / "refused.png", full_page=True)
    desk.get_by_text("It is no request").click()
    desk.get_by_role("button", name="Close it").click()
    listed = tmp_path / "list.eml"
    listed.write_text(LISTED)
    desk.get_by_label("Or its file").set_input_files(listed)
    desk.get_by_role("button", name="Read it").click()
    look("list", everywhere=True)
    desk.goto(f"{server.address}/console/intake/")
    desk.get_by_label("How it came").select_option("LETTER")
    desk.get_by_label("The message").fill("I want a copy of my data. Ada Quillfeather")
    desk.get_by_role("button", name="Read it").click()
    desk.get_by_label("Name").fill("Ada Quillfeather")
    desk.get_by_label("Postal address").fill("17 Larkspur Lane")
    look("letter")
    desk.get_by_role("button", name="Open the request").click()
    look("arrival")
    desk.goto(f"{server.address}/console/intake/")
    look("full", everywhere=True)
    desk.locator("table a.number").first.click()
    desk.get_by_label("Why do you look?").fill("to print the letter")
    desk.get_by_role("button", name="Show it").click()
    wrong["original"] = axe(desk)
    desk.screenshot(path=tmp_path / "original.png", full_page=True)
    desk.go_back()
    desk.get_by_label("What makes you sure?").fill("she signed as on her contract")
    desk.get_by_role("button", name="It is she").click()
    look("case")

    assert {name: found for name, found in wrong.items() if found} == {}
    assert server.stop() == 0
    assert server.errors() == ""
