"""Data that could harm: a link alone is not enough, she is asked once more, and only then it is approved."""

from collections.abc import Callable
from pathlib import Path

from tests.servers.database import Database
from tests.web.journeys.plugin import ADA, Visitor, ask, axe, seated, until
from tests.web.journeys.server import Mailbox, Server, link, plain


def harmful(folder: Path) -> None:
    """The shop holds how people pay, too."""
    shop = folder / "privacy" / "systems" / "shop.yaml"
    shop.write_text(shop.read_text().replace("category: contributions", "category: payment"))


def test_she_is_asked_for_more_and_is_not_deleted_before_it_is_sure_who_she_is(
    sqlite: Database,
    serving: Callable[..., Server],
    mailbox: Mailbox,
    visitor: Visitor,
    tmp_path: Path,
) -> None:
    server = serving(sqlite)
    harmful(tmp_path)
    desk, person = visitor(script=True), visitor(phone=True, language="de-DE")
    seated(desk, server)
    number = ask(visitor(), server, ADA, "Delete")
    person.goto(link(mailbox.next(ADA, f"[{number}] Please confirm")))
    person.get_by_role("button").first.click()
    follow = person.url

    desk.goto(f"{server.address}/console/")
    desk.get_by_role("cell").get_by_role("link").first.click()
    case = desk.url
    until(desk, "not sure enough")
    assert ADA not in desk.content()
    desk.get_by_role("link", name="See what will happen").click()
    desk.get_by_role("button", name="Approve the deletion").click()
    assert "It is not sure enough who asks" in desk.get_by_role("alert").inner_text()
    assert axe(desk) == []

    desk.goto(case)
    desk.get_by_text("Ask her for more").click()
    desk.get_by_label("her full name").check()
    desk.get_by_role("group").get_by_label("What is your doubt?").first.fill("Her mailbox was broken into.")
    assert axe(desk) == []
    desk.get_by_role("button", name="Ask her by mail").click()
    assert "waits for her answer" in desk.locator("main").inner_text()
    asked = mailbox.next(ADA, f"[{number}] We need one more thing")
    assert "Quillfeather" not in str(plain(asked))

    person.goto(follow)
    person.get_by_role("link", name="Answer now").click()
    person.get_by_role("button", name="Send").click()
    assert "Fill this in" in person.get_by_role("alert").inner_text()
    person.goto(link(asked).replace("/en/", "/de/"))
    person.get_by_label("Ihr vollständiger Name").fill("Quillfeather, ADA")
    person.get_by_role("button", name="Absenden").click()
    assert person.locator("h1").inner_text() == "Danke"
    assert person.context.cookies() == []

    until(desk, "named what is held of her: 1 matched".capitalize())
    assert "sure enough" in desk.locator("main").inner_text()
    assert ADA not in desk.content()
    assert "broken into" not in desk.content(), "what is written of her stands behind a look"
    desk.get_by_role("link", name="See what will happen").click()
    desk.get_by_role("button", name="Approve the deletion").click()
    until(desk, "Everything in this case is done")
    assert sqlite.rows("SELECT id FROM users") == [(8,)]
    desk.get_by_label("Why do you look?").fill("an auditor asked")
    desk.get_by_role("button", name="Show who it is").click()
    assert "Her mailbox was broken into." in desk.locator("main").inner_text()
    desk.get_by_role("link", name="Search").click()
    desk.get_by_label("What to look for").fill(ADA)
    desk.get_by_role("button", name="Search").click()
    assert "Say why you look" in desk.get_by_role("alert").inner_text()
    assert axe(desk) == []
    desk.get_by_label("Why do you look?").fill("she telephoned")
    desk.get_by_role("button", name="Search").click()
    assert (desk.locator("h1").inner_text(), ADA in desk.url) == ("1 case", False)
    assert axe(desk) == []
    desk.get_by_role("cell").get_by_role("link").click()
    assert "Looked at a search: she telephoned by Olive Officer" in desk.locator("main").inner_text()
    assert server.stop() == 0
    assert server.errors() == ""
