"""Mail through Exim, a server that people run: what it takes, puts off and refuses, encrypted and with a log-in."""

import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.actions.world import NOW as NOON
from tests.actions.world import forum, means
from tests.mail.plugin import come
from tests.servers import exim
from tests.servers.exim import Exim
from upheld.actions import outbox
from upheld.actions.outbox import RETRY
from upheld.mail import deliver as delivering
from upheld.mail.deliver import Away, deliver, server
from upheld.mail.letter import Letter, composed
from upheld.rights.outcome import Failure, Misconfigured, Permanent, Transient
from upheld.store.models import Mail, MailKind

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
TEXT = (
    """\
Hello Ädä & <co>,

your page: https://privacy.test/en/follow/abc123/.
"A line" that is long: """
    + "ö" * 1500
    + "\n.\n.. a dot alone\nend\n"
)


def plain(box: Exim) -> str:
    return f"smtp+plain://127.0.0.1:{box.port}"


def message(
    to: str = "ada@example.org",
    subject: str = "Grüße",
    name: str = "Büro für Bücher, e. V.",
    text: str = TEXT,
):
    letter = Letter(to, subject, text)
    return composed(letter, sender="us@example.com", name=name, reply_to="dpo@example.com", at=NOW)


def refused(url: str, **about: str) -> Failure:
    with pytest.raises(Failure) as failed:
        deliver(message(**about), server(url))
    assert [
        each for each in ("ada", "nobody", "later@", "no such", "greylisted") if each in str(failed.value)
    ] == []
    return failed.value


def test_text_and_html_arrive_as_they_were_written(begun: Callable[..., Exim]) -> None:
    box = begun()

    deliver(message(), server(plain(box)))

    ((to, mail),) = come(box)
    text, html = mail.iter_parts()
    assert (to, str(mail["Subject"])) == ("ada@example.org", "Grüße")
    assert str(mail["From"]) == '"Büro für Bücher, e. V." <us@example.com>'
    assert (text.get_content_type(), text.get_content()) == ("text/plain", TEXT)
    assert html.get_content_type() == "text/html"
    shown = html.get_content()
    link = "https://privacy.test/en/follow/abc123/"
    assert f'<a href="{link}">{link}</a>.' in shown
    assert "Hello Ädä &amp; &lt;co&gt;," in shown
    assert "ö" * 1500 in shown
    assert [each for each in ("<img", "<link", "<script", "url(") if each in shown] == []
    assert max(map(len, mail.as_bytes().splitlines())) < 200


def test_encrypted_and_with_a_log_in(begun: Callable[..., Exim], certificate: Path) -> None:
    box = begun(certificate=certificate, closed=True)
    where = f"127.0.0.1:{box.port}"

    deliver(message(), server(f"smtp://upheld:{quote(exim.PASSWORD, safe='')}@{where}"))

    assert [to for to, _ in come(box)] == ["ada@example.org"]
    for url in (f"smtp://upheld:wrong@{where}", f"smtp://{where}", f"smtp+plain://{where}"):
        assert type(refused(url)) is Misconfigured, url
    assert "wrong" not in str(refused(f"smtp://upheld:wrong@{where}"))


def test_encrypted_from_the_first_byte_and_with_a_log_in(
    begun: Callable[..., Exim], certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`smtps`, as port 465 speaks it. Neither side goes on in the clear where the other does not speak TLS."""
    box, clear = begun(certificate=certificate, closed=True, implicit=True), begun()
    own = f"upheld:{quote(exim.PASSWORD, safe='')}"

    deliver(message(), server(f"smtps://{own}@127.0.0.1:{box.port}"))

    ((to, mail),) = come(box)
    assert (to, " with esmtpsa " in " ".join(str(mail["Received"]).split())) == ("ada@example.org", True)
    assert type(refused(f"smtps://upheld:wrong@127.0.0.1:{box.port}")) is Misconfigured
    assert type(refused(f"smtps://{own}@127.0.0.1:{clear.port}")) is Away
    assert type(refused(f"smtp+plain://127.0.0.1:{box.port}")) is Away
    monkeypatch.setenv("SSL_CERT_FILE", ssl.get_default_verify_paths().openssl_cafile)
    unknown = refused(f"smtps://{own}@127.0.0.1:{box.port}")
    assert (type(unknown), "SSL_CERT_FILE" in unknown.remedy) == (Misconfigured, True)
    assert (len(box.came()), clear.came()) == (1, [])


def test_a_certificate_of_somebody_else_is_not_taken(
    begun: Callable[..., Exim], certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = begun(certificate=certificate)
    monkeypatch.setenv("SSL_CERT_FILE", ssl.get_default_verify_paths().openssl_cafile)

    failure = refused(f"smtp://127.0.0.1:{box.port}")

    assert type(failure) is Misconfigured
    assert "SSL_CERT_FILE" in failure.remedy


def test_a_server_without_encryption_gets_nothing_unless_told_so(begun: Callable[..., Exim]) -> None:
    box = begun()

    assert type(refused(f"smtp://upheld:secret@127.0.0.1:{box.port}")) is Misconfigured
    assert box.came() == []


def test_its_answers_decide(begun: Callable[..., Exim]) -> None:
    box = begun()

    assert type(refused(plain(box), to="nobody@example.org")) is Permanent
    assert type(refused(plain(box), to="later@example.org")) is Transient
    assert type(refused(plain(box), subject="refused")) is Permanent
    assert type(refused(plain(box), text="long " * 500_000)) is Permanent


def test_a_server_that_answers_slowly_is_left_in_time(
    begun: Callable[..., Exim], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "WHOLE", 1.0)

    assert type(refused(plain(begun()), to="slow@example.org")) is Away


def write(able, *names: str) -> None:
    for name in names:
        letter = Letter(f"{name}@example.org", f"For {name}", "Hello\n")
        outbox.put(means=able, kind=MailKind.OTHER, letter=letter, key=able.keys.create())


def standing() -> list[tuple[bool, bool, int, str]]:
    rows = Mail.objects.order_by("pk")
    return [(bool(each.sent_at), bool(each.dropped_at), each.attempts, each.failure) for each in rows]


def test_what_is_put_off_goes_later_and_what_is_refused_stays_for_the_officer(
    begun: Callable[..., Exim], records: str, tmp_path: Path
) -> None:
    box, able = begun(), means(tmp_path, forum())
    write(able, "later", "nobody", "ada")

    first = outbox.send(means=able, server=server(plain(box)), sender="us@example.com")
    before = standing()
    box.let_in()
    Mail.objects.update(not_before=able.clock())
    second = outbox.send(means=able, server=server(plain(box)), sender="us@example.com")

    assert (first, second) == (1, 1)
    assert before == [
        (False, False, 1, "The mail server 127.0.0.1 asks to try this address later."),
        (False, True, 0, "The mail server 127.0.0.1 refused the address for good."),
        (True, False, 0, ""),
    ]
    assert [each[:3] for each in standing()] == [(True, False, 1), (False, True, 0), (True, False, 0)]
    assert [to for to, _ in come(box, 2)] == ["ada@example.org", "later@example.org"]
    assert outbox.refused(means=able) == 1


def test_while_the_server_is_away_one_mail_is_tried_and_all_wait(
    begun: Callable[..., Exim], records: str, tmp_path: Path
) -> None:
    box, able = begun(), means(tmp_path, forum())
    box.stop()
    write(able, "ada", "bob", "cy")

    sent = outbox.send(means=able, server=server(plain(box)), sender="us@example.com")

    words = f"Nothing listens on port {box.port} of the mail server 127.0.0.1."
    assert (sent, standing()) == (0, [(False, False, n, words) for n in (1, 0, 0)])
    assert min(Mail.objects.values_list("not_before", flat=True)) >= NOON + RETRY
