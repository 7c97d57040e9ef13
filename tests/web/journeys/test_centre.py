"""A person corrects, stops e-mails and asks something, by keyboard and screen reader; staff ask back."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

from tests.servers.database import Database
from tests.web.journeys.plugin import ADA, BOB, Visitor, seated
from tests.web.journeys.server import Mailbox, Server, link
from tests.web.journeys.tree import focused, headings, heard, refuse_disorder, tabbed

OTHER = "quill@example.net"


def mended(person: Page, server: Server) -> None:
    """The form by the tab key alone, sent empty; on to the field by the summary of what is wrong."""
    person.goto(f"{server.address}/en/")
    refuse_disorder(person)
    assert tabbed(person) == [
        "input Get a copy",
        "input Correct",
        "input Delete",
        "input Stop e-mails",
        "input Something else",
        "input Your e-mail address",
        "a I cannot read that mailbox any more",
        "summary Other addresses and names that you used with us",
        "button Continue",
    ]
    person.get_by_label("Correct").check()
    person.get_by_role("button", name="Continue").click()
    assert focused(person) == "div There is something to mend"
    refuse_disorder(person)
    assert heard(person)[3:12] == [
        '  - alert "There is something to mend":',
        '    - heading "There is something to mend" [level=2]',
        "    - list:",
        "      - listitem:",
        '        - link "Write what is wrong, and what would be right.":',
        '          - /url: "#id_wrong"',
        "      - listitem:",
        '        - link "Write your e-mail address, so that we can send you the link.":',
        '          - /url: "#id_email"',
    ]
    assert [each.strip() for each in heard(person) if "[invalid]" in each] == [
        '- textbox "What is wrong? Write what is wrong, and what would be right." [invalid]',
        (
            '- textbox "Your e-mail address The one that you use with us. We send a link there to check that '
            'it is you. Write your e-mail address, so that we can send you the link." [invalid]'
        ),
    ]
    person.get_by_role("link", name="Write your e-mail address").press("Enter")
    assert focused(person) == "input Your e-mail address"


def asked(person: Page) -> str:
    """The rest of the form, a look at the answers, a change of mind; gives the number."""
    person.keyboard.type(ADA)
    person.get_by_label("What is wrong?").fill("My name is Quillfather")
    person.get_by_label("What would be right?").fill("Ada Quillfeather")
    person.get_by_label("Something else").check()
    person.get_by_label("What can we do for you?").fill("Who has read my letters?")
    person.get_by_label("Stop e-mails").check()
    person.get_by_text("Other addresses and names that you used with us").click()
    person.get_by_label("Other e-mail addresses").fill(OTHER)
    person.get_by_label("Names and numbers").fill("4711")
    person.get_by_role("button", name="Continue").click()
    refuse_disorder(person)
    assert "Who has read my letters?" in person.locator("main").inner_text()
    person.get_by_role("button", name="Change something").click()
    assert person.get_by_label("What would be right?").input_value() == "Ada Quillfeather"
    person.get_by_role("button", name="Continue").click()
    person.get_by_role("button", name="Send my request").click()
    refuse_disorder(person)
    return person.locator(".number").inner_text()


def confirmed(person: Page, address: str) -> str:
    """The link in the mail; gives the address of her page."""
    person.goto(address)
    refuse_disorder(person)
    assert heard(person) == [
        "- main:",
        '  - heading "Was it you?" [level=1]',
        '  - paragraph: "Somebody sent us a request with your address:"',
        "  - list:",
        "    - listitem: Correct",
        "    - listitem: Stop e-mails",
        "    - listitem: Something else",
        "  - paragraph: If it was not you, close this page. Nothing happens then.",
        "  - paragraph:",
        '    - button "Yes, it was me"',
    ]
    person.get_by_role("button", name="Yes, it was me").click()
    refuse_disorder(person)
    assert headings(person) == [
        (1, "Your request is with us"),
        (2, "Your message being looked at"),
        (2, "Correct being looked at"),
        (2, "Stop e-mails being looked at"),
        (2, "Not content?"),
    ]
    return person.url


def decided(desk: Page, server: Server, number: str) -> str:
    """An officer reads what was written, opens the case, and asks back; gives the case's address."""
    desk.goto(f"{server.address}/console/cases/")
    desk.get_by_role("link", name=number).click()
    assert "read my letters" not in desk.content(), "what she wrote stands behind a look"
    desk.get_by_label("Why do you look?").fill("to decide it")
    desk.get_by_role("button", name="Read it").click()
    assert "Who has read my letters?" in desk.locator("main").inner_text()
    desk.get_by_label("Access").check()
    desk.get_by_label("Why is it that?").fill("she asks for recipients: Art. 15(1)(c)")
    desk.get_by_role("button", name="Open her case").click()
    desk.get_by_label("A question to her").fill("Which letters do you mean? A picture of one helps.")
    desk.get_by_role("button", name="Send the question").click()
    return desk.url


def answered(person: Page, folder: Path) -> Path:
    """She answers, first with a file that is none of those we take; gives the right one."""
    refuse_disorder(person)
    person.get_by_role("link", name="Read it and answer").click()
    refuse_disorder(person)
    assert tabbed(person) == [
        "textarea Your answer",
        "input Files, if they help",
        "button Send my answer",
        "a Back to my request",
    ]
    person.get_by_label("Your answer").fill("Those of last spring.")
    wrong = folder / "letter.png"
    wrong.write_bytes(b"MZ\x90\x00 no picture")
    person.get_by_label("Files, if they help").set_input_files(wrong)
    person.get_by_role("button", name="Send my answer").click()
    assert focused(person) == "div There is something to mend"
    right = folder / "spring.png"
    right.write_bytes(b"\x89PNG\r\n\x1a\n of spring")
    person.get_by_label("Files, if they help").set_input_files(right)
    person.get_by_role("button", name="Send my answer").click()
    assert "We need something from you" not in person.locator("main").inner_text()
    return right


def read_by_staff(desk: Page, case: str, sent: Path) -> None:
    """Her words and her file stand behind a look."""
    desk.goto(case)
    assert "last spring" not in desk.content()
    desk.get_by_label("Read what she wrote").fill("to answer her")
    desk.get_by_role("button", name="Read it").click()
    said = desk.locator("main").inner_text()
    assert all(
        each in said
        for each in ("Quillfather", "Those of last spring.", "spring.png (png", "4711", "nothing says so yet")
    )
    with desk.expect_download() as saved:
        desk.get_by_role("button", name="Save it").click()
    kept = sent.with_name("kept.png")
    saved.value.save_as(kept)
    assert kept.read_bytes() == sent.read_bytes()
    desk.goto(case)
    desk.get_by_label("Why do you look?").fill("to see the second address")
    desk.get_by_role("button", name="Show who it is").click()
    assert OTHER in desk.locator("main").inner_text()


def test_wishes_in_own_words_reach_an_officer_and_her_question_is_answered(
    sqlite: Database,
    serving: Callable[..., Server],
    mailbox: Mailbox,
    visitor: Visitor,
    tmp_path: Path,
) -> None:
    server = serving(sqlite)
    desk, person, other = visitor(), visitor(phone=True), visitor(phone=True)
    seated(desk, server)

    mended(person, server)
    number = asked(person)
    follow = confirmed(person, link(mailbox.next(ADA, f"[{number}] Please confirm")))
    other.goto(link(mailbox.next(OTHER, f"[{number}] Is this address yours too?")))
    refuse_disorder(other)
    assert (ADA in other.content(), "a…@example.org" in other.locator("main").inner_text()) == (False, True)
    other.get_by_role("button", name="Yes, both are mine").click()
    assert "part of your request now" in other.locator("main").inner_text()
    case = decided(desk, server, number)
    person.goto(link(mailbox.next(ADA, f"[{number}] A question about your request")))
    read_by_staff(desk, case, answered(person, tmp_path))

    assert sqlite.rows("SELECT name FROM users WHERE id = 7") == [("Ada Quillfeather",)]
    person.goto(follow.replace("/en/", "/de/"))
    refuse_disorder(person)
    assert (person.context.cookies(), other.context.cookies()) == ([], [])
    assert server.stop() == 0
    assert server.errors() == ""


def test_a_lost_mailbox_is_a_path_and_a_false_certificate_is_told_apart(
    sqlite: Database,
    serving: Callable[..., Server],
    mailbox: Mailbox,
    visitor: Visitor,
    tmp_path: Path,
) -> None:
    server = serving(sqlite)
    desk, person = visitor(), visitor(phone=True)
    seated(desk, server)
    person.goto(f"{server.address}/en/")
    person.get_by_role("link", name="I cannot read that mailbox any more").click()
    refuse_disorder(person)
    person.get_by_label("Delete").check()
    person.get_by_label("The e-mail address that you used with us").fill(ADA)
    person.get_by_role("button", name="Continue").click()
    assert "Say how we can reach you now." in person.locator(".summary").inner_text()
    person.get_by_label("An e-mail address that you read now").fill("ada@example.net")
    person.get_by_role("button", name="Continue").click()
    refuse_disorder(person)
    person.get_by_role("button", name="Send my request").click()
    number = person.locator(".number").inner_text()
    person.goto(link(mailbox.next("ada@example.net", f"[{number}] Please confirm")))
    person.get_by_role("button", name="Yes, it was me").click()
    assert "Somebody of ours reads it" in person.locator("main").inner_text()

    desk.goto(f"{server.address}/console/cases/")
    desk.get_by_role("link", name=number).click()
    desk.get_by_label("Why do you look?").fill("a lost mailbox")
    desk.get_by_role("button", name="Read it").click()
    desk.get_by_label("How do you know that it is she?").fill("called back on the number in the contract")
    desk.get_by_role("button", name="It is she: open her case").click()
    desk.get_by_role("link", name="See what will happen").click()
    assert "3 rows of this person in 1 system" in desk.locator("main").inner_text()
    desk.get_by_role("button", name="Approve the deletion").click()
    person.goto(link(mailbox.next("ada@example.net", f"[{number}] What we deleted")))
    assert person.locator("h1").inner_text() == "Your request is done"
    assert sqlite.rows("SELECT email FROM users") == [(BOB,)]
    assert sqlite.rows("SELECT what FROM orders") == [("sealing wax",)]

    person.goto(f"{server.address}/en/contact/")
    refuse_disorder(person)
    person.get_by_role("link", name="Check a certificate").click()
    refuse_disorder(person)
    false = tmp_path / "proof.json"
    false.write_text('{"format": "upheld.certificate/v1"}\n')
    person.get_by_label("The file of the proof").set_input_files(false)
    person.get_by_role("button", name="Check it").click()
    refuse_disorder(person)
    assert person.locator("h1").inner_text() == "This is not proved"
    assert mailbox.left() == [], "nothing went to the mailbox that is lost"
    assert server.stop() == 0
    assert server.errors() == ""
