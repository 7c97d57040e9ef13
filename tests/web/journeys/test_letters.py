"""An officer is told of a case by mail, writes to the person with words of her own, and the answer finds its way."""

from collections.abc import Callable
from pathlib import Path

from tests.servers.database import Database
from tests.web.journeys.plugin import ADA, Visitor, ask, axe, seated
from tests.web.journeys.server import Mailbox, Server, link, plain

DESK = "privacy@larkspur.example"


def test_an_officer_answers_an_alarm_with_a_letter_in_her_own_words(
    sqlite: Database,
    serving: Callable[..., Server],
    mailbox: Mailbox,
    visitor: Visitor,
    tmp_path: Path,
) -> None:
    server = serving(sqlite)
    desk, person, script = visitor(), visitor(phone=True), visitor(script=True)
    seated(desk, server)
    number = ask(person, server, ADA, "Delete")
    person.goto(link(mailbox.next(ADA, f"[{number}] Please confirm")))
    person.get_by_role("button", name="Yes, it was me").click()

    alarm = mailbox.next(DESK, "Something needs you")
    case = link(alarm)
    assert plain(alarm).splitlines()[2:4] == ["– A new case.", "– It waits for your decision."]
    assert ADA not in alarm.as_string()
    desk.goto(f"{server.address}/console/letters/en/keep-archive/edit/")
    words = desk.get_by_label("Text").input_value()
    desk.get_by_label("Text").fill(words.replace("{kept}", "{keep}"))
    desk.get_by_role("button", name="Keep these words").click()
    assert "line 6: this letter knows no {keep}" in desk.get_by_role("alert").inner_text()
    assert not (tmp_path / "privacy" / "letters").exists()
    desk.get_by_label("Text").fill(words.replace("This stays in the archive", "The newspaper keeps"))
    desk.get_by_role("button", name="Keep these words").click()
    assert desk.locator("ins").inner_text() == "The newspaper keeps: {kept}"
    assert "The newspaper keeps" in (tmp_path / "privacy/letters/en/keep-archive.md").read_text()

    desk.goto(case)
    desk.get_by_role("link", name="Write to the person").click()
    assert desk.get_by_role("link", name="Your information is deleted").count() == 0, "that is California's"
    desk.get_by_role("link", name="What we deleted, and what stays in the archive").click()
    desk.get_by_label("What was done").fill("your account")
    desk.get_by_label("What stays").fill("your letters of 1998 to the editor")
    desk.get_by_role("button", name="Show the letter").click()
    desk.get_by_role("button", name="Send it to the person").click()
    assert "still has a blank" in desk.get_by_role("alert").inner_text()
    whole = desk.get_by_label("Text").input_value()
    desk.get_by_label("Text").fill(whole.replace("[…: Why, in your words]", "they are history."))
    desk.get_by_role("button", name="Send it to the person").click()
    assert "Wrote a letter (keep-archive)" in desk.locator("main").inner_text() or (
        "Mailed a letter (keep-archive)" in desk.locator("main").inner_text()
    )

    letter = mailbox.next(ADA, f"[{number}] What we deleted, and what stays in the archive")
    assert (str(letter["Reply-To"]), str(letter["From"]).endswith(f"<{DESK}>")) == (DESK, True)
    text = plain(letter)
    assert "The newspaper keeps: your letters of 1998 to the editor" in text
    assert "(Art. 17(3)(d) GDPR): they are history. It is protected" in text
    desk.goto(case)
    desk.get_by_label("Why do you read the letter").fill("she asked")
    desk.get_by_role("button", name="Read the letter").click()
    assert "they are history." in desk.locator("main").inner_text()

    script.context.add_cookies(desk.context.cookies())
    for page in (
        "letters/",
        "letters/de/extend/",
        "letters/fr/received/edit/",
        case.partition("/console/")[2],
    ):
        script.goto(f"{server.address}/console/{page}")
        assert script.get_by_role("heading", level=1).count() == 1
        assert axe(script) == [], page
    assert server.errors() == ""
