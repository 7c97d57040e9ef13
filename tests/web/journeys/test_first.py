"""The first ten minutes: an empty server, five questions, twelve systems that only people reach, and a request of
one's own, answered end to end without a connector."""

import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page

from tests.store.plugin import stored
from tests.web.journeys.plugin import PASSWORD, Visitor, code
from tests.web.journeys.server import Mailbox, Server, link, plain

OLIVE = "olive@larkspur.example"
TICKED = (
    "WordPress",
    "Microsoft 365 mail",
    "Mailman lists",
    "Brevo",
    "CiviCRM",
    "Mailchimp",
    "Jira",
    "Nextcloud",
    "Discourse",
    "Zammad",
    "Lists and spreadsheets",
)
"""With the letters that a new folder begins with they are twelve."""


class Hand:
    """A hand at a browser: counts what it clicks. Typing is not clicking, choosing from a list is."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = 0

    def click(self, place: Locator) -> None:
        self.clicks += 1
        place.click()

    def press(self, words: str) -> None:
        self.click(self.page.get_by_role("button", name=words, exact=True))

    def fill(self, **fields: str) -> None:
        for name, value in fields.items():
            self.page.locator(f"[name={name}]").fill(value)

    def choose(self, name: str, value: str) -> None:
        self.clicks += 1
        self.page.locator(f"[name={name}]").select_option(value)


@pytest.fixture
def empty(mailbox: Mailbox, tmp_path: Path) -> Iterator[Server]:
    """`upheld serve --data` over a folder that is not there yet, with a way for mails to go out and nothing else."""
    data = tmp_path / "data"
    server = Server(data, stored(data, bare=True) | {"UPHELD_SMTP_URL": mailbox.url}).start()
    yield server
    server.stop()


def enter(hand: Hand, server: Server) -> None:
    """The first account, its password and its second factor."""
    page = hand.page
    page.goto(server.first_account)
    hand.fill(name="Olive Officer", email="olive@larkspur.example", password=PASSWORD)
    hand.press("Make my account")
    page.get_by_label("Email").fill("olive@larkspur.example")
    page.get_by_label("Password").fill(PASSWORD)
    hand.press("Log in")
    page.get_by_label("code").fill(code(page.locator("#secret").inner_text()))
    hand.press("Set it up")
    hand.click(page.get_by_role("link", name="I have kept them"))


def answer_the_questions(hand: Hand) -> None:
    """Who, where, (no policy yet,) which systems."""
    page = hand.page
    assert "Who are you?" in page.locator("h1").inner_text()
    hand.fill(name="Larkspur Foundation", contact="privacy@larkspur.example")
    hand.press("Keep and go on")
    hand.choose("country", "DE")
    hand.press("Keep and go on")
    hand.press("Skip")
    for title in TICKED:
        hand.click(page.get_by_label(title))
    hand.press("Go on")
    page.get_by_label("Address of the owner of WordPress").fill("web@larkspur.example")
    page.get_by_label("Address of the owner of Nextcloud").fill("files@larkspur.example")
    hand.press("Add 11 systems")


def ask_as_myself(hand: Hand) -> str:
    """A copy and a deletion, by the form that everybody sees; gives the number."""
    hand.click(hand.page.get_by_label("Deletion"))
    hand.press("Ask as myself")
    hand.press("Send my request")
    return hand.page.locator(".number").inner_text()


def answer_in_the_console(page: Page, *, rows: int) -> int:
    """Every task of the case that is open; gives how many there were."""
    many = 0
    while page.get_by_role("link", name="Answer the task").count():
        page.get_by_role("link", name="Answer the task").first.click()
        page.locator("[name=rows]").fill(str(rows))
        page.locator("[name=words]").fill("looked, and did what was asked")
        page.get_by_role("button", name="Keep the answer").click()
        many += 1
    return many


def answer_by_link(page: Page, address: str, *, rows: int, file: Path | None = None) -> None:
    """As the owner of a system, who has no account."""
    page.goto(address)
    page.locator("[name=rows]").fill(str(rows))
    page.locator("[name=words]").fill("two entries")
    page.locator("[name=name]").fill("Otto of the office")
    if file is not None:
        page.locator("[name=attached]").set_input_files(file)
    page.get_by_role("button", name="Send my answer").click()
    assert "is kept" in page.locator("main").inner_text()


def test_an_empty_server_answers_a_copy_and_a_deletion_with_twelve_systems_by_hand_and_no_connector(
    empty: Server, mailbox: Mailbox, visitor: Visitor, tmp_path: Path
) -> None:
    """The first lawful acknowledgement, with both dates, within 25 clicks and without a file edited."""
    hand, person, owner = Hand(visitor()), visitor(), visitor(phone=True)
    desk = hand.page
    enter(hand, empty)
    answer_the_questions(hand)
    number = ask_as_myself(hand)
    said = desk.locator("main").inner_text()
    assert hand.clicks <= 25, hand.clicks
    assert "We answer by" in said
    assert "The law gives us until" in said
    written = str(tmp_path / "data" / "privacy")
    program = [sys.executable, "-m", "upheld.cli.main", "map", "check", "--strict", "--dir", written]
    checked = subprocess.run(program, capture_output=True, text=True, check=False)
    assert checked.stdout.startswith("13 systems, "), "Upheld's own records are the thirteenth"
    assert checked.stdout.endswith(" tables, 0 findings.\n")
    asked = mailbox.next(OLIVE, f"[{number}] Please confirm")
    acknowledged = re.search(
        r"answer by (.+?), unless.*?The law gives us until (.+?)\.", plain(asked), re.DOTALL
    )
    assert acknowledged
    assert all(each in said for each in acknowledged.groups()), "the mail has the dates of the page"
    person.goto(link(asked))
    person.get_by_role("button", name="Yes, it was me").click()

    desk.goto(f"{empty.address}/console/")
    assert desk.locator("h1").inner_text() == "Nothing is late. One case needs you, not this week."
    desk.get_by_role("cell").get_by_role("link").first.click()
    case = desk.url
    desk.get_by_role("link", name="See what will happen").first.click()
    desk.get_by_role("button", name="Approve the copy").click()
    export = tmp_path / "export.zip"
    export.write_bytes(b"PK\x05\x06" + bytes(18))
    answer_by_link(owner, link(mailbox.next("web@larkspur.example", "WordPress")), rows=2, file=export)
    answer_by_link(owner, link(mailbox.next("files@larkspur.example", "Nextcloud")), rows=0)
    desk.goto(case)
    assert answer_in_the_console(desk, rows=1) == 10
    person.goto(link(mailbox.next(OLIVE, f"[{number}] Your copy is ready")))
    person.get_by_role("link", name="Read my copy").click()
    with person.expect_download() as saved:
        person.locator("a[href$='export.zip']").click()
    assert Path(saved.value.path()).read_bytes() == export.read_bytes()

    desk.goto(case)
    desk.get_by_role("link", name="See what will happen").click()
    desk.get_by_role("button", name="Approve the deletion").click()
    answer_by_link(owner, link(mailbox.next("web@larkspur.example", "WordPress")), rows=2)
    answer_by_link(owner, link(mailbox.next("files@larkspur.example", "Nextcloud")), rows=0)
    desk.goto(case)
    assert answer_in_the_console(desk, rows=1) == 10
    person.goto(link(mailbox.next(OLIVE, f"[{number}] What we deleted")))
    person.get_by_role("link", name="Read what was deleted").click()
    certificate = person.locator("main").inner_text()
    assert [title for title in ("Letters on paper", *TICKED) if title not in certificate] == []
    desk.goto(f"{empty.address}/console/")
    assert desk.locator("h1").inner_text() == "Nothing is late. No case is open."
    assert "2 requests came, and 2 were answered" in desk.locator("main").inner_text()
    assert empty.stop() == 0
    assert empty.errors() == ""


def test_what_goes_into_the_policy_works_where_it_is_pasted_and_names_stay_text(
    empty: Server, visitor: Visitor, tmp_path: Path
) -> None:
    hand = Hand(visitor())
    enter(hand, empty)
    hand.fill(name="Larkspur & <b>Sons</b>", contact="privacy@larkspur.example")
    hand.press("Keep and go on")
    page = hand.page
    page.goto(f"{empty.address}/console/link/")
    link_, mail = (page.locator("pre").nth(each).inner_text() for each in (0, 1))
    form = page.locator("details pre").first.text_content()
    assert link_ == (
        f'<a href="{empty.address}/en/" hreflang="en">Ask Larkspur &amp; &lt;b&gt;Sons&lt;/b&gt; for your data, '
        "or have it deleted</a>"
    )
    assert 'href="mailto:privacy@larkspur.example?subject=Request%20about%20my%20personal%20data"' in mail
    page.get_by_role("button", name="It is in our policy").click()
    assert "Put the link into your policy done" in " ".join(page.locator("main").inner_text().split())
    with page.expect_download() as saved:
        page.goto(f"{empty.address}/console/folder/")
        page.get_by_role("link", name="Download all").click()
    with zipfile.ZipFile(saved.value.path()) as packed:
        names = sorted(packed.namelist())
        read = packed.read("privacy/upheld.yaml")
    assert names == [
        "privacy/purposes.yaml",
        "privacy/systems/letters.yaml",
        "privacy/systems/upheld.yaml",
        "privacy/upheld.yaml",
    ]
    assert read == (tmp_path / "data" / "privacy" / "upheld.yaml").read_bytes()

    elsewhere = visitor()
    elsewhere.set_content(f"<!doctype html><h1>Our own site</h1>{form}")
    elsewhere.get_by_label("Get a copy").check()
    elsewhere.get_by_label("Your e-mail address").fill("ada.quillfeather@example.org")
    elsewhere.get_by_role("button", name="Continue").click()
    assert elsewhere.locator("h1").inner_text() == "Is this right?"
    elsewhere.get_by_role("button", name="Send my request").click()
    assert elsewhere.locator("h1").inner_text() == "Look into your mailbox"
    assert elsewhere.context.cookies() == []
