"""From nothing to a copy and a certificate: `upheld serve --data`, a browser and a mailbox. No file is edited, no
variable set, no other command typed; the records and the privacy folder are not looked at."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.servers.database import Database
from tests.web.journeys.plugin import ADA, BOB, Visitor, ask, axe, officer, until
from tests.web.journeys.server import Mailbox, Server, link
from tests.web.journeys.test_first import answer_in_the_console

SHOP = (
    "CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(120) NOT NULL UNIQUE, name VARCHAR(80) NOT NULL)",
    "CREATE TABLE sessions (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users(id), ip VARCHAR(40))",
    "CREATE INDEX by_user ON sessions (user_id)",
    "CREATE TABLE posts (id INTEGER PRIMARY KEY, author INTEGER NOT NULL, title VARCHAR(80), body VARCHAR(200))",
    "CREATE INDEX by_author ON posts (author)",
    "CREATE TABLE goods (id INTEGER PRIMARY KEY, title VARCHAR(80))",
    f"INSERT INTO users VALUES (7, '{ADA}', 'Ada Quillfeather'), (8, '{BOB}', 'Bob Ashgrove'), (9, 'cy@example.net', 'Cy')",
    "INSERT INTO sessions VALUES (1, 7, '203.0.113.7'), (2, 8, '203.0.113.8')",
    "INSERT INTO posts VALUES (1, 7, 'Ink', 'Violet ink, please.'), (2, 8, 'Wax', 'Sealing wax.'), (3, 9, 'Quills', 'Goose.')",
    "INSERT INTO goods VALUES (1, 'ink')",
)


@pytest.fixture
def nothing(tmp_path: Path) -> Iterator[Server]:
    """A program begun cold over a folder that is not there, with --data and --port alone."""
    server = Server(tmp_path / "data", {}).start()
    yield server
    server.stop()


def press(page: Page, words: str) -> None:
    page.get_by_role("button", name=words, exact=True).click()


def follow(page: Page, words: str) -> None:
    page.get_by_role("link", name=words, exact=True).first.click()


def introduce(page: Page) -> None:
    """Who and where; the policy and well-known systems can wait."""
    assert page.locator("h1").inner_text() == "Who are you?"
    page.locator("[name=name]").fill("Larkspur Foundation")
    page.locator("[name=contact]").fill("privacy@larkspur.example")
    press(page, "Keep and go on")
    page.locator("[name=country]").select_option("DE")
    press(page, "Keep and go on")
    press(page, "Skip")
    press(page, "Skip")


def let_mails_out(page: Page, mailbox: Mailbox) -> None:
    """From the step that says that none go out yet."""
    follow(page, "say where mails leave")
    page.locator("[name=host]").fill("127.0.0.1")
    page.get_by_label("Not encrypted").check()
    page.locator("[name=port]").fill(str(mailbox.port))
    press(page, "Let mails leave there")
    press(page, "Send a mail to olive@larkspur.example")
    until(page, "The mail server took the mail")
    assert link(mailbox.next("olive@larkspur.example", "Mails go out")).endswith("/console/")


def connect(page: Page, address: str, console: str) -> None:
    """The database's address, at first mistyped; its map drafted, looked at, decided and written."""
    page.goto(f"{console}systems/")
    follow(page, "Add a system")
    for url in ("postgresql://shop:s3cret-word@127.0.0.1:1/shop", address):
        page.get_by_label("A short name for it").fill("shop")
        page.get_by_label("A database: its map is drafted").check()
        page.locator("[name=url]").fill(url)
        press(page, "Go on")
        until(page, "look at its draft" if url == address else "no draft")
        assert "s3cret" not in page.content()
    follow(page, "look at its draft")
    press(page, "Write it into the folder")
    page.goto(f"{console}systems/shop/")
    assert axe(page) == []
    follow(page, "Decide")
    assert axe(page) == []
    for group in page.locator("main fieldset").all():
        ours = group.get_by_label("No: the person’s rows are deleted")
        (ours if ours.count() else group.get_by_label("So it is")).check()
    press(page, "Show what changes")
    assert "on_erase: delete" in page.locator("main").inner_text()
    press(page, "Write it into the folder")
    page.goto(f"{console}systems/shop/")
    until(page, "shop can be reached, and its map fits.")


def move(page: Page, address: str, console: str) -> None:
    """The database is said to be elsewhere, and where it was again: each look goes by the last."""
    page.goto(f"{console}systems/shop/")
    assert "said here by Olive Officer" in page.locator("aside").inner_text()
    for url, words in (
        ("sqlite:////nowhere/shop.sqlite", "shop cannot be reached."),
        (address, "its map fits"),
    ):
        follow(page, "Change it")
        assert axe(page) == []
        page.get_by_label("The database’s address").fill(url)
        press(page, "Keep it and look")
        until(page, words)


def test_a_copy_and_a_deletion_in_one_message_from_an_empty_server(
    each_database: Database,
    nothing: Server,
    mailbox: Mailbox,
    visitor: Visitor,
    tmp_path: Path,
) -> None:
    each_database.run(*SHOP)
    console = f"{nothing.address}/console/"
    desk, person = visitor(script=True), visitor(phone=True)
    officer(desk, nothing)
    introduce(desk)
    let_mails_out(desk, mailbox)
    connect(desk, each_database.url, console)

    number = ask(person, nothing, ADA, "Get a copy", "Delete")
    person.goto(link(mailbox.next(ADA, f"[{number}] Please confirm")))
    press(person, "Yes, it was me")
    desk.goto(f"{console}cases/")
    desk.get_by_role("cell").get_by_role("link").first.click()
    case = desk.url
    desk.get_by_role("link", name="See what will happen").first.click()
    press(desk, "Approve the copy")
    desk.goto(case)
    assert answer_in_the_console(desk, rows=0) == 1, "letters on paper, where nothing is"

    person.goto(link(mailbox.next(ADA, f"[{number}] Your copy is ready")))
    with person.expect_download() as saved:
        person.get_by_role("link", name="Download everything").click()
    with zipfile.ZipFile(saved.value.path()) as opened:
        read = {name: opened.read(name).decode() for name in opened.namelist()}
    assert "Violet ink, please." in json.dumps(read)
    assert [each for each in ("Sealing wax", BOB, "Goose") if each in json.dumps(read)] == []
    person.get_by_role("link", name="Read my copy").click()
    person.locator("a[href*=posts]").first.click()
    assert "Violet ink, please." in person.locator("body").inner_text()

    desk.goto(case)
    desk.get_by_role("link", name="See what will happen").click()
    press(desk, "Approve the deletion")
    desk.goto(case)
    assert answer_in_the_console(desk, rows=0) == 1
    until(desk, "Everything in this case is done")
    person.goto(link(mailbox.next(ADA, f"[{number}] What we deleted")))
    person.get_by_role("link", name="Read what was deleted").click()
    assert "Records deleted: 3" in person.locator("main").inner_text()

    left = {
        table: each_database.rows(f"SELECT id FROM {table} ORDER BY id")
        for table in ("users", "sessions", "posts")
    }
    assert left == {"users": [(8,), (9,)], "sessions": [(2,)], "posts": [(2,), (3,)]}
    assert each_database.rows("SELECT id, title FROM goods") == [(1, "ink")]
    assert person.context.cookies() == []
    move(desk, each_database.url, console)
    desk.goto(console)
    assert desk.locator("h1").inner_text() == "Nothing is late. No case is open."
    assert nothing.stop() == 0
    assert nothing.errors() == ""
    assert mailbox.left() == []
