"""The mail server that the console was told, tried by a mail that Exim answers."""

from pathlib import Path

import pytest
from django.conf import settings

from tests.actions.world import forum, means
from tests.mail.plugin import Begun, come
from tests.servers import exim
from upheld.actions import house, outbox, relay
from upheld.actions.lease import SHORT
from upheld.actions.means import Means
from upheld.actions.relay import Wish
from upheld.mail.deliver import Server, server
from upheld.mail.letter import Letter
from upheld.rights.outcome import Permanent
from upheld.store.models import Mail, MailKind, Role, Staff


@pytest.fixture
def able(sqlite_records: Path, tmp_path: Path) -> Means:
    return means(tmp_path, forum())


@pytest.fixture
def olive(able: Means) -> Staff:
    return Staff.objects.create(
        email="olive@larkspur.example", name="officer", role=Role.OFFICER, created_at=able.clock()
    )


def sent(able: Means) -> int:
    """What a runner does in its round."""
    return outbox.send(means=able, server=server(house.mail_server(keys=able.keys)), sender="us@example.com")


def answer(able: Means, olive: Staff, wish: Wish) -> str:
    """What the page says of a mail that tries this server; empty where it was taken."""
    relay.settle(means=able, account=olive, wish=wish)
    relay.try_out(means=able, account=olive)
    sent(able)
    tried = relay.tried()
    assert tried is not None
    assert bool(tried.sent_at) is not bool(tried.failure)
    return tried.failure


def test_a_mail_to_oneself_says_what_the_server_said(
    begun: Begun, certificate: Path, able: Means, olive: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = begun(certificate=certificate, closed=True)
    right = Wish("smtp", "127.0.0.1", box.port, "upheld", exim.PASSWORD)
    with monkeypatch.context() as strange:
        strange.delenv("SSL_CERT_FILE")
        untrusted = answer(able, olive, right)

    said = [
        answer(able, olive, Wish("smtp", "127.0.0.1", 9)),
        answer(able, olive, Wish("smtp", "mail.invalid", 587)),
        answer(able, olive, Wish("smtps", "127.0.0.1", box.port)),
        answer(able, olive, Wish("smtp", "127.0.0.1", box.port, "upheld", "wrong-word")),
        answer(able, olive, Wish("smtp", "127.0.0.1", box.port)),
        answer(able, olive, right),
    ]

    assert [untrusted, *said] == [
        "The certificate of the mail server 127.0.0.1 is not one that this machine trusts.",
        "Nothing listens on port 9 of the mail server 127.0.0.1.",
        "No address is known of a mail server mail.invalid.",
        f"The mail server 127.0.0.1 does not encrypt in this way on port {box.port}.",
        "The mail server 127.0.0.1 refused the log-in.",
        "The mail server 127.0.0.1 takes no mail from us (550).",
        "",
    ]
    ((to, mail),) = come(box)
    assert (to, str(mail["Subject"])) == ("olive@larkspur.example", "Mails go out")
    assert "https://privacy.test/console/" in str(mail.get_body(("plain",)).get_content())
    assert Mail.objects.filter(kind=MailKind.TEST).count() == 1


def test_a_password_stays_with_the_server_and_the_user_that_it_was_given_for(
    able: Means, olive: Staff
) -> None:
    """Whoever names a server of her own does not learn the password of the one before."""
    kept = Wish("smtp", "mail.example.org", 587, "upheld", "pass:w/ö rd", "privacy@example.org")
    relay.settle(means=able, account=olive, wish=kept)

    relay.settle(means=able, account=olive, wish=Wish("smtp", "mail.example.org", 587, "upheld"))
    assert relay.known(means=able) == Server("smtp", "mail.example.org", 587, "upheld", "pass:w/ö rd")
    assert house.sender() == ""
    for other in (
        Wish("smtp", "evil.example.org", 587, "upheld"),
        Wish("smtp", "mail.example.org", 2525, "upheld"),
        Wish("smtp+plain", "mail.example.org", 587, "upheld"),
        Wish("smtp", "mail.example.org", 587, "somebody"),
    ):
        with pytest.raises(Permanent):
            relay.settle(means=able, account=olive, wish=other)
    relay.settle(means=able, account=olive, wish=Wish("smtp", "mail.example.org", 587))
    with pytest.raises(Permanent):
        relay.settle(means=able, account=olive, wish=Wish("smtp", "mail.example.org", 587, "upheld"))
    relay.forget(means=able, account=olive)
    assert (relay.known(means=able), house.mailing()) == (None, False)


def test_what_waits_goes_as_soon_as_the_right_server_is_said(begun: Begun, able: Means, olive: Staff) -> None:
    box = begun()
    letter = Letter("ada@example.org", "Hello", "Hello\n")
    outbox.put(means=able, kind=MailKind.OTHER, letter=letter, key=able.keys.create())
    assert answer(able, olive, Wish("smtp+plain", "127.0.0.1", 9))

    relay.settle(means=able, account=olive, wish=Wish("smtp+plain", "127.0.0.1", box.port))

    assert sent(able) == 2
    assert sorted(to for to, _ in come(box, 2)) == ["ada@example.org", "olive@larkspur.example"]


def test_what_another_program_is_just_sending_does_not_go_twice(able: Means, olive: Staff) -> None:
    relay.settle(means=able, account=olive, wish=Wish("smtp+plain", "127.0.0.1", 9))
    letter = Letter("ada@example.org", "Hello", "Hello\n")
    for _ in range(2):
        outbox.put(means=able, kind=MailKind.OTHER, letter=letter, key=able.keys.create())
    claimed, waits = Mail.objects.order_by("pk")
    until, later = able.clock() + SHORT, able.clock() + outbox.RETRY
    Mail.objects.filter(pk=claimed.pk).update(not_before=until)
    Mail.objects.filter(pk=waits.pk).update(not_before=later, failure="away")

    relay.settle(means=able, account=olive, wish=Wish("smtp+plain", "127.0.0.1", 10))

    claimed.refresh_from_db()
    waits.refresh_from_db()
    assert claimed.not_before == until
    assert waits.not_before < later - SHORT


def test_without_a_server_nothing_is_tried_and_one_of_the_environment_is(
    able: Means, olive: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Permanent):
        relay.try_out(means=able, account=olive)
    monkeypatch.setattr(settings, "UPHELD_SMTP_URL", "smtp+plain://127.0.0.1:9")

    relay.try_out(means=able, account=olive)

    tried = relay.tried()
    assert tried is not None
    assert (tried.by, tried.sent_at, outbox.opened(means=able, mail=tried).to) == (able.by, None, olive.email)
