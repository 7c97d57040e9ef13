"""The first ten minutes: an empty server, five questions, twelve systems that only people reach, and a request of
one's own, answered end to end without a connector."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page

from tests.web.journeys.plugin import PASSWORD, Visitor, code
from tests.web.journeys.server import Mailbox, Server

TICKED = (
    "WordPress",
    "Microsoft 365 mail",
    "Mailman lists",
    "Brevo",
    "CiviCRM",
    "PayPal",
    "DATEV",
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
    server = Server(tmp_path / "data", {"UPHELD_SMTP_URL": mailbox.url}).start()
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


def test_the_first_lawful_acknowledgement_goes_out_within_25_clicks_and_no_file_is_edited(
    empty: Server, mailbox: Mailbox, visitor: Visitor
) -> None:
    hand = Hand(visitor())
    enter(hand, empty)
    answer_the_questions(hand)
    hand.click(hand.page.get_by_label("Deletion"))
    hand.press("Ask as myself")
    hand.press("Send my request")

    said = hand.page.locator("main").inner_text()
    assert "We answer by" in said
    assert "The law gives us until" in said
    mailbox.next("olive@larkspur.example", "Please confirm your request")
    assert hand.clicks <= 25, hand.clicks
