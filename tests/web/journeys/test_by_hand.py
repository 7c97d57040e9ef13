"""A system that only a person reaches: its owner answers by a link in a mail, without an account."""

from collections.abc import Callable
from pathlib import Path

from tests.servers.database import Database
from tests.web.journeys.plugin import ADA, Visitor, ask, seated, until
from tests.web.journeys.server import Mailbox, Server, link
from tests.web.test_matrix import LETTERS


def test_the_owner_of_a_cabinet_answers_by_link_and_the_deletion_is_done(
    sqlite: Database,
    serving: Callable[..., Server],
    mailbox: Mailbox,
    visitor: Visitor,
    tmp_path: Path,
) -> None:
    (tmp_path / "privacy" / "systems").mkdir(parents=True)
    (tmp_path / "privacy" / "systems" / "letters.yaml").write_text(LETTERS)
    server = serving(sqlite)
    desk, person, owner = visitor(), visitor(), visitor(phone=True)
    seated(desk, server)
    number = ask(person, server, ADA, "Delete")
    person.goto(link(mailbox.next(ADA, f"[{number}] Please confirm")))
    person.get_by_role("button", name="Yes, it was me").click()
    follow = person.url

    desk.goto(f"{server.address}/console/cases/")
    desk.get_by_role("cell").get_by_role("link").first.click()
    desk.get_by_role("link", name="See what will happen").click()
    desk.get_by_role("button", name="Approve the deletion").click()
    asked = mailbox.next("office@larkspur.example", "A task in Letters")
    assert ADA not in asked.as_string(), "whom it is about stands behind the link"
    until(desk, "asked its owner")
    person.goto(follow)
    until(person, "1 of 2 systems are done")

    owner.goto(link(asked))
    assert ADA in owner.locator("main").inner_text()
    owner.get_by_label("How many records").fill("3")
    owner.get_by_label("What you found and did").fill("three letters, shredded")
    owner.get_by_label("Your name").fill("Otto of the office")
    owner.get_by_role("button", name="Send my answer").click()
    assert "Your answer for Letters is kept" in owner.locator("main").inner_text()
    owner.goto(link(asked))
    assert "This task has been answered" in owner.locator("h1").inner_text()

    person.goto(link(mailbox.next(ADA, f"[{number}] What we deleted")))
    person.get_by_role("link", name="Read what was deleted").click()
    assert "Records deleted: 3" in person.locator("main").inner_text()
    assert sqlite.rows("SELECT id FROM users") == [(8,)]
    desk.reload()
    assert "Everything in this case is done" in desk.locator("main").inner_text()
    desk.get_by_label("Why do you look?").fill("the person telephoned")
    desk.get_by_role("button", name="Show who it is").click()
    assert ADA in desk.locator("main").inner_text()
    desk.go_back()
    desk.reload()
    assert "the person telephoned by Olive Officer" in desk.locator("main").inner_text()
    assert server.stop() == 0
    assert server.errors() == ""


def test_a_copy_holds_what_the_owner_of_a_cabinet_uploads(
    sqlite: Database,
    serving: Callable[..., Server],
    mailbox: Mailbox,
    visitor: Visitor,
    tmp_path: Path,
) -> None:
    """G-15.3: what stands on paper is as much hers as what stands in a database."""
    (tmp_path / "privacy" / "systems").mkdir(parents=True)
    (tmp_path / "privacy" / "systems" / "letters.yaml").write_text(LETTERS)
    server = serving(sqlite)
    desk, person, owner = visitor(), visitor(), visitor(phone=True)
    seated(desk, server)
    number = ask(person, server, ADA, "Get a copy")
    person.goto(link(mailbox.next(ADA, f"[{number}] Please confirm")))
    person.get_by_role("button", name="Yes, it was me").click()
    desk.goto(f"{server.address}/console/")
    desk.get_by_role("cell").get_by_role("link").first.click()
    desk.get_by_role("link", name="See what will happen").click()
    desk.get_by_role("button", name="Approve the copy").click()
    until(desk, "asked its owner")

    scan = tmp_path / "scan.pdf"
    scan.write_bytes(b"%PDF-1.7 Dear Ada")
    owner.goto(link(mailbox.next("office@larkspur.example", "A task in Letters")))
    assert "shred" not in owner.locator("main").inner_text(), "nothing is to be removed for a copy"
    owner.get_by_label("How many records did you find").fill("1")
    owner.get_by_label("What you found").fill("one letter")
    owner.get_by_label("Files for the copy").set_input_files(scan)
    owner.get_by_label("Your name").fill("Otto of the office")
    owner.get_by_role("button", name="Send my answer").click()
    assert "Your answer for Letters is kept" in owner.locator("main").inner_text()

    person.goto(link(mailbox.next(ADA, f"[{number}] Your copy is ready")))
    person.get_by_role("link", name="Read my copy").click()
    with person.expect_download() as saved:
        person.locator("a[href$='scan.pdf']").click()
    assert Path(saved.value.path()).read_bytes() == scan.read_bytes()
    desk.reload()
    assert "Everything in this case is done" in desk.locator("main").inner_text()
    assert server.stop() == 0
    assert server.errors() == ""
