"""Mails handed to a real server on this machine; its answer decides whether to try again."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.mail.mailbox import Answering
from upheld.mail.deliver import Server, deliver, server
from upheld.mail.letter import Letter, composed
from upheld.rights.outcome import Failure, Misconfigured, Permanent, Transient

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)


@pytest.fixture
def box() -> Iterator[Answering]:
    made = Answering()
    yield made
    made.stop()


def message(to: str = "ada@example.org", subject: str = "Hello"):
    letter = Letter(to, subject, "Text with ü\n")
    return composed(
        letter, sender="us@example.com", name="Wattgrund, e. V.", reply_to="dpo@example.com", at=NOW
    )


def test_a_mail_arrives_as_it_was_written(box: Answering) -> None:
    deliver(message(), server(box.url))

    ((to, content),) = box.took
    assert to == "ada@example.org"
    assert b'From: "Wattgrund, e. V." <us@example.com>' in content
    assert b"Reply-To: dpo@example.com" in content


@pytest.mark.parametrize(
    ("answer", "kind"), [("550 no such ada@example.org", Permanent), ("451 later", Transient)]
)
def test_the_server_s_answer_decides_and_is_not_repeated(box: Answering, answer: str, kind: type) -> None:
    box.answer = answer

    with pytest.raises(Failure) as failed:
        deliver(message(), server(box.url))

    assert (type(failed.value), "ada" in str(failed.value)) == (kind, False)


def test_a_server_that_is_not_there_is_tried_again() -> None:
    with pytest.raises(Transient):
        deliver(message(), server("smtp+plain://127.0.0.1:9"))


def test_nothing_of_a_letter_becomes_a_header() -> None:
    assert message(subject="a\r\nBcc: x@example.org")["Subject"] == "a Bcc: x@example.org"
    for to in ("ada@example.org\r\nBcc: x@example.org", "not an address", "a@b, c@d", ""):
        with pytest.raises(Permanent):
            message(to=to)


def test_a_mail_server_is_read_from_its_url_and_never_repeated() -> None:
    assert server("smtps://us%40x:p%2Fw@mail.example.org") == Server(
        "smtps", "mail.example.org", 465, "us@x", "p/w"
    )
    assert "p/w" not in repr(server("smtp://us:p%2Fw@mail.example.org"))
    for url in ("mail.example.org", "http://mail.example.org", "smtp://", "smtp://h:seven"):
        with pytest.raises(Misconfigured):
            server(url)
