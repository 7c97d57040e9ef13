"""What an officer decides, by browser and mailbox alone: corrected, prolonged, taken back; refused and gone
beyond a limit by two."""

import re
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.sync_api import Page

from tests.servers.database import Database
from tests.web.journeys.plugin import ADA, BOB, PASSWORD, Visitor, ask, code, seated, until
from tests.web.journeys.server import Mailbox, Server, link, plain


def colleague(page: Page, server: Server) -> None:
    """A second account: an operator, by a link that the terminal gives."""
    ran = subprocess.run(
        [sys.executable, "-m", "upheld.cli.main", "invite", "--role", "operator", "--data", str(server.data)],
        env={**server.environment, "UPHELD_ADDRESS": server.address, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    (found,) = re.findall(r"http\S+/join/\S+/", ran.stdout)
    page.goto(found)
    page.get_by_label("Your name").fill("Carla Colleague")
    page.get_by_label("Your e-mail address").fill("carla@larkspur.example")
    page.get_by_label("A password").fill(PASSWORD)
    page.get_by_role("button", name="Make my account").click()
    page.get_by_label("Email").fill("carla@larkspur.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_label("code").fill(code(page.locator("#secret").inner_text()))
    page.get_by_role("button", name="Set it up").click()
    page.get_by_role("link", name="I have kept them").click()


def stated(server: Server, address: str, words: str) -> None:
    """A statement of hers, added some time ago."""
    file = server.data.parent / "words.txt"
    file.write_text(words)
    rectify = ["rectify", "--identity", f"email={address}", "--statement", str(file), "--about", "shop.users"]
    subprocess.run(
        [sys.executable, "-m", "upheld.cli.main", *rectify, "--yes", "--data", str(server.data)],
        env={**server.environment, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        check=True,
    )


def opened(desk: Page, server: Server, *, row: int = 0) -> str:
    """The case of that line of the list; its address."""
    desk.goto(f"{server.address}/console/cases/")
    desk.locator("table").first.get_by_role("cell").get_by_role("link").nth(row).click()
    return desk.url


def confirmed(person: Page, server: Server, mailbox: Mailbox, address: str) -> str:
    """Asked to be deleted, and confirmed; the number."""
    number = ask(person, server, address, "Delete")
    person.goto(link(mailbox.next(address, f"[{number}] Please confirm")))
    person.get_by_role("button", name="Yes, it was me").click()
    return number


def local_today() -> str:
    """The day in the organisation's zone."""
    return datetime.now(ZoneInfo("Europe/Berlin")).date().isoformat()


def words(page: Page) -> str:
    return page.locator("main").inner_text()


def test_a_wrong_name_is_corrected_and_the_deletion_prolonged_then_taken_back(
    each_database: Database, serving: Callable[..., Server], mailbox: Mailbox, visitor: Visitor
) -> None:
    server = serving(each_database)
    desk, person = visitor(), visitor(phone=True)
    seated(desk, server)
    stated(server, ADA, "That is my <b>maiden</b> name.")
    number = confirmed(person, server, mailbox, ADA)
    follow = person.url
    case = opened(desk, server)

    desk.get_by_text("She asked for something else as well").click()
    desk.get_by_label("What she asked for").select_option("RECTIFICATION")
    desk.get_by_label("Where does she ask for it").fill("in the same letter")
    desk.get_by_role("button", name="Add it to the case").click()
    desk.get_by_role("link", name="Enter what is right").click()
    desk.get_by_label("Field 1", exact=True).select_option("name")
    desk.get_by_label("Right value 1").fill("Ada Quillfeather-Byron")
    desk.get_by_role("button", name="See what would change").click()
    assert "1 value will change" in desk.locator("h1").inner_text()
    assert "shop.users.name\tAda Quillfeather\tAda Quillfeather-Byron\t1" in words(desk)
    said = desk.locator("article").inner_text()  # G-16.2
    assert "about shop.users" in said
    assert "That is my <b>maiden</b> name." in said
    assert each_database.rows("SELECT name FROM users WHERE id = 7") == [("Ada Quillfeather",)]
    desk.get_by_role("button", name="Approve the correction").click()
    until(desk, "1 corrected")
    for _ in range(300):  # the correction is written, and its request is being closed
        if desk.get_by_role("link", name="Take more time").count() == 1:
            break
        desk.wait_for_timeout(300)
        desk.reload()
    assert each_database.rows("SELECT id, name FROM users ORDER BY id") == [
        (7, "Ada Quillfeather-Byron"),
        (8, "Bob Ashgrove"),
    ]

    desk.get_by_role("link", name="Take more time").click()
    desk.get_by_label("The ground").select_option("complexity")
    desk.get_by_label("Why, in words that she reads").fill("Old letters have to be read one by one.")
    desk.get_by_role("button", name="Take more time and tell her").click()
    assert "Deletion: more time taken: complexity by Olive Officer" in words(desk)
    told = plain(mailbox.next(ADA, f"[{number}] We need more time"))
    assert "Old letters have to be read one by one." in told
    assert "you can go to court" in told

    person.goto(follow)
    person.get_by_role("link", name="I do not want this any more").click()
    person.get_by_role("button", name="Yes, take it back").click()
    assert "ended" in words(person)
    mailbox.next(ADA, f"[{number}] You took your request back")
    desk.goto(case)
    assert "taken back" in words(desk)
    assert desk.get_by_role("link", name="See what will happen").count() == 0
    assert each_database.rows("SELECT count(*) FROM users") == [(2,)]
    assert each_database.rows("SELECT count(*) FROM orders") == [(3,)]
    assert person.context.cookies() == []
    assert server.stop() == 0
    assert server.errors() == ""


def test_two_have_to_agree_before_anybody_is_refused_or_a_limit_is_passed(
    sqlite: Database,
    serving: Callable[..., Server],
    mailbox: Mailbox,
    visitor: Visitor,
    tmp_path: Path,
) -> None:
    server = serving(sqlite)
    with (tmp_path / "privacy" / "upheld.yaml").open("a") as file:
        file.write("staff: team\nlimits: {rows_per_person: 2}\n")
    desk, other, person = visitor(), visitor(), visitor()
    seated(desk, server)
    colleague(other, server)
    hers = confirmed(person, server, mailbox, ADA)
    ada = opened(desk, server)  # alone in the list: of two that are due on one day either may be first
    confirmed(person, server, mailbox, BOB)

    desk.get_by_role("link", name="See what will happen").click()
    assert "rows_per_person is 2, this would be 3" in words(desk)
    assert desk.get_by_role("button", name="Approve the deletion").count() == 0
    desk.get_by_label("Why is this").fill("she ordered more than most")
    desk.get_by_role("button", name="Ask for a second yes").click()
    desk.get_by_role("link", name="Look at it").click()
    assert "somebody else has to say yes" in words(desk)
    assert desk.get_by_role("button", name="Yes, do it").count() == 0
    other.goto(desk.url)
    assert "she ordered more than most" in words(other)
    other.get_by_role("button", name="Yes, do it").click()
    assert "Agreed. It can be approved now." in words(other)
    desk.goto(ada)
    desk.get_by_role("link", name="See what will happen").click()
    assert "Carla Colleague agreed" in words(desk)
    desk.get_by_role("button", name="Approve the deletion").click()
    until(desk, "Everything in this case is done")
    assert "3 deleted of 3 counted" in words(desk)
    mailbox.next(ADA, f"[{hers}] What we deleted")
    assert sqlite.rows("SELECT id FROM users") == [(8,)]

    bob = opened(desk, server)
    desk.get_by_role("link", name="Refuse or narrow").click()
    desk.get_by_label("The ground").select_option("legal-claims")
    desk.get_by_label("Why, in words that she reads").fill("A claim of yours is before the court.")
    desk.get_by_role("button", name="Refuse and tell her").click()
    assert "A second yes was asked for" in words(desk)
    other.goto(bob)
    other.get_by_role("link", name="Look at it").click()
    assert "A claim of yours is before the court." in words(other)
    other.get_by_role("button", name="Yes, do it").click()
    assert "Agreed, and done." in words(other)
    told = plain(mailbox.next(BOB, "What we cannot do"))
    assert "Art. 17(3)(e)" in told
    assert "A claim of yours is before the court." in told
    assert "you can go to court" in told
    assert sqlite.rows("SELECT id, email FROM users") == [(8, BOB)]
    assert sqlite.rows("SELECT id FROM orders") == [(3,)]
    assert server.stop() == 0
    assert server.errors() == ""


def test_data_is_restricted_and_lifted_taken_along_deleted_and_put_back(
    sqlite: Database,
    serving: Callable[..., Server],
    mailbox: Mailbox,
    visitor: Visitor,
    tmp_path: Path,
) -> None:
    server = serving(sqlite)
    sqlite.run("ALTER TABLE users ADD COLUMN held INTEGER NOT NULL DEFAULT 0")
    sqlite.run("ALTER TABLE orders ADD COLUMN held INTEGER NOT NULL DEFAULT 0")
    privacy = tmp_path / "privacy"
    shop = privacy / "systems" / "shop.yaml"
    shop.write_text(
        shop.read_text().replace("    on_erase: delete", "    restriction: held\n    on_erase: delete")
    )
    with (privacy / "upheld.yaml").open("a") as file:
        file.write("undo: 7d\n")
    before = sqlite.rows("SELECT * FROM users"), sqlite.rows("SELECT * FROM orders")
    desk, person = visitor(), visitor()
    seated(desk, server)
    number = confirmed(person, server, mailbox, ADA)
    case = opened(desk, server)

    for right in ("RESTRICTION", "PORTABILITY"):
        desk.get_by_text("She asked for something else as well").click()
        desk.get_by_label("What she asked for").select_option(right)
        desk.get_by_label("Where does she ask for it").fill("in the same letter")
        desk.get_by_role("button", name="Add it to the case").click()
    desk.get_by_role("link", name="See what will happen").first.click()
    assert "What she can take elsewhere" in desk.locator("h1").inner_text()
    desk.get_by_role("button", name="Approve the copy").click()
    person.goto(link(mailbox.next(ADA, f"[{number}] Your copy is ready")))
    assert person.get_by_role("heading", name="Get a copy to take elsewhere").is_visible()
    person.get_by_role("link", name="Read my copy").click()
    assert "package.json" in person.content()
    desk.goto(case)
    desk.get_by_role("link", name="See what will happen").nth(1).click()
    assert "What will be kept and not used" in desk.locator("h1").inner_text()
    desk.get_by_label("Why may she ask for this?").select_option("contested")
    desk.get_by_role("button", name="Approve the restriction").click()
    until(desk, "3 restricted of 3 counted")
    assert sqlite.rows("SELECT id, held FROM users ORDER BY id") == [(7, 1), (8, 0)]

    desk.get_by_role("link", name="Lift this restriction").click()
    assert "First tell her" in desk.locator("h1").inner_text()
    desk.get_by_label("On which day did you tell her?").fill(local_today())
    desk.get_by_role("button", name="Keep the day").click()
    desk.get_by_role("button", name="Lift the restriction").click()
    until(desk, "3 as before of 3 counted")
    assert (sqlite.rows("SELECT * FROM users"), sqlite.rows("SELECT * FROM orders")) == before

    desk.get_by_role("link", name="See what will happen").click()
    desk.get_by_role("button", name="Approve the deletion").click()
    until(desk, "What was removed can come back until")
    assert sqlite.rows("SELECT id FROM users") == [(8,)]
    desk.get_by_role("link", name="See what would come back").click()
    assert "3 rows would come back" in desk.locator("h1").inner_text()
    desk.get_by_label("Why is it undone?").fill("it was another person")
    desk.get_by_role("button", name="Put 3 rows back").click()
    until(desk, "Everything in this case is done")
    assert (sqlite.rows("SELECT * FROM users"), sqlite.rows("SELECT * FROM orders")) == before
    assert server.stop() == 0
    assert server.errors() == ""
