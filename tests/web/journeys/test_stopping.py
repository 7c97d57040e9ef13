"""A use of her data stops, and a part is refused: by browser and mailbox alone, to what she reads of it."""

from collections.abc import Callable
from pathlib import Path

from tests.servers.database import Database
from tests.web.journeys.plugin import ADA, BOB, SHOP, Visitor, ask, seated
from tests.web.journeys.server import Mailbox, Server, link, plain
from tests.web.journeys.test_deciding import opened, words
from tests.web.test_matrix import LETTERS

STOP = "    stop: [{against: [marketing], column: name, value: no mail}]\n    on_erase: delete\n"


def test_stop_e_mails_is_carried_out_in_every_system_and_she_reads_where(
    each_database: Database,
    serving: Callable[..., Server],
    mailbox: Mailbox,
    visitor: Visitor,
    tmp_path: Path,
) -> None:
    """G-21.2"""
    server = serving(each_database)
    systems = tmp_path / "privacy" / "systems"
    (systems / "shop.yaml").write_text(SHOP.replace("    on_erase: delete\n", STOP, 1))
    (systems / "letters.yaml").write_text(LETTERS)
    desk, person, owner = visitor(), visitor(phone=True), visitor()
    seated(desk, server)
    number = ask(person, server, ADA, "Stop e-mails")
    person.goto(link(mailbox.next(ADA, f"[{number}] Please confirm")))
    person.get_by_role("button", name="Yes, it was me").click()
    follow = person.url

    opened(desk, server)
    desk.get_by_role("link", name="See what will happen").click()
    assert "She objects to direct marketing: it stops at once" in words(desk)
    assert "the use stops: name becomes no mail" in words(desk)
    desk.get_by_role("button", name="Uphold the objection").click()
    owner.goto(link(mailbox.next("office@larkspur.example", "A task in Letters")))
    assert "list the person among those who get no advertising" in words(owner)
    owner.get_by_label("How many records").fill("1")
    owner.get_by_label("What you found and did").fill("off the list")
    owner.get_by_label("Your name").fill("Otto of the office")
    owner.get_by_role("button", name="Send my answer").click()

    person.goto(link(mailbox.next(ADA, f"[{number}] It has stopped")))
    person.get_by_role("link", name="Read where it has stopped").click()
    read = words(person)
    assert "You asked us to stop using your data for something." in read
    assert read.count("Records changed: 1.") == 2
    assert each_database.rows("SELECT id, name FROM users ORDER BY id") == [
        (7, "no mail"),
        (8, "Bob Ashgrove"),
    ]
    person.goto(follow.replace("/en/", "/de/"))
    assert "Lesen, wo es eingestellt ist" in words(person)

    # Years later she wants it again: the mark goes, once, and for nobody else.
    desk.goto(f"{server.address}/console/search/")
    desk.get_by_role("link", name="wants it again").click()
    for address, said in ((BOB, "No objection is kept"), (ADA, "The mark is gone"), (ADA, "No objection")):
        desk.get_by_label("Her address or number").fill(address)
        desk.get_by_label("How do you know").fill("her letter of 3 May")
        desk.get_by_role("button", name="Take the mark away").click()
        assert said in words(desk)
        assert "@" not in desk.url
    assert server.stop() == 0
    assert server.errors() == ""


def test_an_objection_to_a_use_is_weighed_restricted_meanwhile_and_upheld_in_words(
    sqlite: Database, serving: Callable[..., Server], mailbox: Mailbox, visitor: Visitor, tmp_path: Path
) -> None:
    """G-21.1, G-18.1"""
    server = serving(sqlite)
    shop = SHOP.replace("    on_erase: delete\n", STOP.replace("marketing", "use"), 1)
    (tmp_path / "privacy" / "systems" / "shop.yaml").write_text(shop)
    desk, person = visitor(), visitor()
    seated(desk, server)
    number = ask(person, server, ADA, "Stop e-mails")
    person.goto(link(mailbox.next(ADA, f"[{number}] Please confirm")))
    person.get_by_role("button", name="Yes, it was me").click()

    case = opened(desk, server)
    desk.get_by_role("link", name="See what will happen").click()
    plan = desk.url
    desk.get_by_role("button", name="No, to another use").click()
    assert "She objects to a use that is weighed" in words(desk)
    desk.get_by_role("button", name="Restrict it meanwhile").click()
    assert "Restriction" in words(desk)
    desk.goto(plan)
    assert desk.get_by_role("button", name="Restrict it meanwhile").count() == 0
    desk.get_by_label("Why does nothing of yours weigh more?").fill("We can do without it.")
    desk.get_by_role("button", name="Uphold the objection").click()
    mailbox.next(ADA, f"[{number}] It has stopped")
    assert sqlite.rows("SELECT name FROM users WHERE id = 7") == [("no mail",)]
    desk.goto(case)
    assert "Objection: upheld by Olive Officer" in words(desk)
    assert server.stop() == 0
    assert server.errors() == ""


def test_what_is_left_out_of_a_deletion_is_named_in_mail_page_and_certificate(
    each_database: Database,
    serving: Callable[..., Server],
    mailbox: Mailbox,
    visitor: Visitor,
    tmp_path: Path,
) -> None:
    """G-12.6"""
    server = serving(each_database)
    (tmp_path / "privacy" / "systems" / "letters.yaml").write_text(LETTERS)
    desk, person = visitor(), visitor(phone=True)
    seated(desk, server)
    number = ask(person, server, ADA, "Delete")
    person.goto(link(mailbox.next(ADA, f"[{number}] Please confirm")))
    person.get_by_role("button", name="Yes, it was me").click()
    follow = person.url

    opened(desk, server)
    desk.get_by_role("link", name="Refuse or narrow").click()
    desk.get_by_label("The ground").select_option("legal-obligation")
    desk.get_by_label("Letters").check()
    desk.get_by_label("Why, in words that she reads").fill("Tax law keeps our letters for ten years.")
    desk.get_by_role("button", name="Refuse and tell her").click()
    told = plain(mailbox.next(ADA, f"[{number}]"))
    assert "Letters" in told
    assert "A law obliges us to keep it." in told
    person.goto(follow)
    reason = "A law obliges us to keep it. (Art. 17(3)(b) GDPR)"
    assert f"What is left out, and why\nLetters\n{reason}" in words(person).replace("\n\n", "\n")

    desk.get_by_role("link", name="See what will happen").click()
    desk.get_by_role("button", name="Approve the deletion").click()
    person.goto(link(mailbox.next(ADA, f"[{number}] What we deleted, and what stays")))
    assert f"Letters\n{reason}" in words(person)
    person.get_by_role("link", name="Read what was deleted").click()
    assert f"Letters\nNothing was done here. {reason}" in words(person)
    person.get_by_text("The signed certificate, in English").click()
    assert "Nothing was done here: this part was refused. A law obliges us to keep it." in words(person)
    assert each_database.rows("SELECT id FROM users") == [(8,)]
    assert mailbox.left() == []
    assert server.stop() == 0
    assert server.errors() == ""
