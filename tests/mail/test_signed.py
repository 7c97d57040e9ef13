"""Who really wrote a mail: signatures that hold, and the many that do not. Keys come from the test, never from
the network."""

import base64
from collections.abc import Callable

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from upheld.mail.signed import written
from upheld.rights.outcome import Permanent, Transient

SENDER = "ada@mail.example.org"
MAIL = (
    b"From: Ada <ada@mail.example.org>\r\nTo: privacy@larkspur.example\r\n"
    b"Date: Sun, 22 Nov 2026 10:00:00 +0100\r\nSubject: delete me\r\n\r\nPlease delete what you hold.\r\n"
)
HEADERS = [b"from", b"to", b"date", b"subject"]
KEY = rsa.generate_private_key(65537, 2048)
OTHER = rsa.generate_private_key(65537, 2048)


def public(key: rsa.RSAPrivateKey) -> bytes:
    der = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return b"v=DKIM1; k=rsa; p=" + base64.b64encode(der)


def zone(**records: bytes) -> Callable[[str], bytes | None]:
    """The names of a small world."""
    known = {f"s._domainkey.{name.replace('_', '.')}": value for name, value in records.items()}
    return known.get


WORLD = zone(
    mail_example_org=public(KEY),
    example_org=public(KEY),
    org=public(KEY),
    below_mail_example_org=public(KEY),
    evilexample_org=public(KEY),
    bad_example=public(KEY),
)


def signed(
    domain: str = "mail.example.org", *, mail: bytes = MAIL, key: rsa.RSAPrivateKey = KEY, **more: object
) -> bytes:
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    options = {"include_headers": HEADERS} | more
    return bytes(dkim.sign(mail, b"s", domain.encode(), pem, **options)) + mail


@pytest.mark.parametrize("domain", ["mail.example.org", "example.org"])
def test_a_signature_of_the_senders_domain_or_one_above_it_vouches_for_the_sender(domain: str) -> None:
    said = written(signed(domain), resolve=WORLD)

    assert (said.sender, said.to, said.at.isoformat()) == (
        SENDER,
        ("privacy@larkspur.example",),
        "2026-11-22T10:00:00+01:00",
    )
    assert SENDER not in repr(said)


def test_of_several_signatures_the_aligned_one_counts() -> None:
    both = signed("bad.example", mail=signed())

    assert written(both, resolve=WORLD).sender == SENDER


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (MAIL, "no signature of its domain"),
        (signed("bad.example"), "no signature of its domain"),
        (signed("below.mail.example.org"), "no signature of its domain"),
        (signed("evilexample.org"), "no signature of its domain"),
        (signed("org"), "no signature of its domain"),
        (signed(key=OTHER), "does not hold"),
        (signed().replace(b"Please delete", b"Please leave"), "does not hold"),
        (signed().replace(b"Subject: delete", b"Subject: obtain"), "does not hold"),
        (signed().replace(b"From: Ada <ada@", b"From: Ada <bea@"), "does not hold"),
        (signed(include_headers=[b"from", b"subject"]), "does not cover: to, date"),
        (signed(length=True), "covers a part"),
        (signed(signature_algorithm=b"rsa-sha1"), "no longer safe"),
        (b"From: b@mail.example.org\r\n" + signed(), "one sender"),
        (signed(mail=MAIL.replace(b"From: Ada", b"From: x@y.example, Ada")), "one sender"),
        (b"", "one sender"),
        (b"\x00\xff" * 50, "one sender"),
    ],
)
def test_what_does_not_hold_or_is_not_of_the_sender_counts_for_nothing(raw: bytes, says: str) -> None:
    with pytest.raises(Permanent, match=says) as refused:
        written(raw, resolve=WORLD)
    assert SENDER not in str(refused.value)


def test_a_name_without_a_key_does_not_vouch() -> None:
    for keys in (zone(), zone(mail_example_org=b"v=DKIM1; p="), zone(mail_example_org=b"nonsense")):
        with pytest.raises(Permanent, match="does not hold"):
            written(signed(), resolve=keys)


def test_a_resolver_that_does_not_answer_is_no_answer() -> None:
    def silent(_name: str) -> bytes | None:
        raise Transient("nobody answers")

    with pytest.raises(Transient):
        written(signed(), resolve=silent)
