"""The demo's inbox keeps everybody's mail and shows it as text, never as markup."""

import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

from upheld.demo.inbox import Inbox, digits


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    box = Inbox(page=0, style="http://127.0.0.1:9/static/")
    yield box
    box.stop()


def test_a_mail_is_shown_with_a_link_and_given_out_once(inbox: Inbox) -> None:
    assert "No mail has been sent yet." in inbox.shown()
    mail = EmailMessage()
    mail["To"], mail["From"], mail["Subject"] = "ada@example.org", "us@example.net", "<b>[12] Grüße</b>"
    mail.set_content("Hello <script>alert(1)</script>\nhttp://127.0.0.1:9/en/confirm/x_y-z/\n")
    where = urlsplit(inbox.url)
    with smtplib.SMTP(where.hostname or "", where.port or 0) as session:
        session.send_message(mail)

    came = inbox.next("ada@example.org", "[12]")
    inbox.code = lambda: "123456"
    with urlopen(inbox.address) as answer:  # noqa: S310 - our own page
        page = answer.read().decode()

    assert came.text.startswith("Hello <script>")
    assert "<script>" not in page
    assert "&lt;b&gt;[12] Grüße&lt;/b&gt;" in page
    assert '<a href="http://127.0.0.1:9/en/confirm/x_y-z/">' in page
    assert "<code>123456</code>" in page


def test_the_digits_are_those_of_the_standard() -> None:
    """The vectors of RFC 6238, appendix B, cut to six digits."""
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

    assert [digits(secret, at) for at in (59, 1111111109, 1234567890)] == ["287082", "081804", "005924"]
