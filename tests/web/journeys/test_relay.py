"""Where mails leave is said in the console: from a server to which nobody said anything, without a restart."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

from tests.mail.plugin import Begun, come
from tests.servers import exim
from tests.servers.database import Database
from tests.web.journeys.plugin import Visitor, axe, seated, until
from tests.web.journeys.server import Mailbox, Server, plain


def press(page: Page, words: str) -> None:
    page.get_by_role("button", name=words, exact=True).click()


def tell(page: Page, *, host: str, port: int, kind: str, user: str = "", password: str = "") -> None:
    page.get_by_label("The mail server’s name").fill(host)
    page.get_by_label(kind).check()
    for name, value in {"port": str(port), "user": user, "password": password}.items():
        page.locator(f"[name={name}]").fill(value)
    press(page, "Let mails leave there")


def tried(page: Page, words: str) -> None:
    press(page, "Send a mail to olive@larkspur.example")
    until(page, words)
    assert axe(page) == []


def doctor(server: Server) -> str:
    """What `upheld doctor` says of it, beside the server."""
    done = subprocess.run(
        [sys.executable, "-m", "upheld.cli.main", "doctor", "--data", str(server.data)],
        env={**server.environment, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    return " ".join(done.stdout.split())


def test_the_mail_server_is_said_in_the_console_and_tried_by_a_mail_to_oneself(
    serving: Callable[..., Server],
    visitor: Visitor,
    sqlite: Database,
    mailbox: Mailbox,
    begun: Begun,
    certificate: Path,
    tmp_path: Path,
) -> None:
    box = begun(certificate=certificate, closed=True)
    server = serving(sqlite, UPHELD_SMTP_URL="", SSL_CERT_FILE=str(certificate.parent / "trusted.pem"))
    page = visitor(script=True)
    seated(page, server)
    page.goto(f"{server.address}/console/outbox/")
    assert "No mail server is set." in page.locator("main").inner_text()
    page.get_by_role("link", name="Say where mails leave").click()
    assert page.locator("h1").inner_text() == "No mail goes out yet."
    assert axe(page) == []

    # what is mistyped is said at its field; what is refused, in words
    tell(page, host="https://mail.example.org/", port=587, kind="STARTTLS")
    assert "Write its name alone" in page.locator(".summary").inner_text()
    assert axe(page) == []
    tell(page, host="127.0.0.1", port=9, kind="Not encrypted")
    assert page.locator("h1").inner_text() == "Mails leave by 127.0.0.1."
    tried(page, "Nothing listens on port 9 of the mail server 127.0.0.1.")
    tell(page, host="127.0.0.1", port=box.port, kind="STARTTLS", user="upheld", password="a wrong one")
    tried(page, "The mail server 127.0.0.1 refused the log-in.")
    tell(page, host="127.0.0.1", port=box.port, kind="STARTTLS", user="upheld", password=exim.PASSWORD)
    tried(page, "The mail server took the mail")
    came = come(box)  # two, where the one before was still waiting when the right server was said
    assert {(to, str(each["From"])) for to, each in came} == {
        ("olive@larkspur.example", "Larkspur Foundation <privacy@larkspur.example>")
    }
    mail = came[0][1]
    assert f"{server.address}/console/" in plain(mail)
    assert exim.PASSWORD not in page.content()

    # another server does not get the password of this one
    tell(page, host="localhost", port=mailbox.port, kind="Encrypted after", user="upheld")
    assert "The password is missing." in page.locator(".summary").inner_text()
    tell(page, host="127.0.0.1", port=mailbox.port, kind="Not encrypted")
    page.get_by_label("The address that mails come from").fill("robot@larkspur.example")
    press(page, "Let mails leave there")
    tried(page, "The mail server took the mail")
    arrived = mailbox.next("olive@larkspur.example", "Mails go out")
    assert (str(arrived["From"]), str(arrived["Reply-To"])) == (
        "Larkspur Foundation <robot@larkspur.example>",
        "privacy@larkspur.example",
    )
    page.goto(f"{server.address}/console/history/?type=setting.changed/v1")
    assert page.locator("main").inner_text().count("mail-server") >= 4
    assert "127.0.0.1 lets us in." in doctor(server), "commands ask the same records"
    page.goto(f"{server.address}/console/mail/")
    press(page, "Forget it: mails wait in the outbox")
    assert page.locator("h1").inner_text() == "No mail goes out yet."
    folder = [each for each in tmp_path.rglob("*") if each.is_file()]
    kept = [each for each in folder if exim.PASSWORD.encode() in each.read_bytes()]
    assert kept == [], "neither in the records, nor in the folder, nor in what was written to stderr"
    assert server.stop() == 0
    assert server.errors() == ""


def test_what_the_environment_says_wins_and_the_page_says_so(
    serving: Callable[..., Server], visitor: Visitor, sqlite: Database, mailbox: Mailbox
) -> None:
    server = serving(sqlite)
    page = visitor(script=True)
    seated(page, server)

    page.goto(f"{server.address}/console/mail/")

    assert page.locator("h1").inner_text() == "Mails leave where the server’s environment says."
    assert page.get_by_label("The mail server’s name").count() == 0
    assert axe(page) == []
    tried(page, "The mail server took the mail")
    assert mailbox.next("olive@larkspur.example", "Mails go out")
