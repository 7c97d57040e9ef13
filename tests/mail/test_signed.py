"""Who really wrote a mail: signatures that hold, and the many that do not. Keys come from the test, never from
the network."""

import base64
from collections.abc import Callable
from hashlib import sha256

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
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
    co_uk=public(KEY),
    ada_github_io=public(KEY),
    below_mail_example_org=public(KEY),
    bulk_example_org=public(KEY),
    evilexample_org=public(KEY),
    bad_example=public(KEY),
)


def signed(
    domain: str = "mail.example.org", *, mail: bytes = MAIL, key: rsa.RSAPrivateKey = KEY, **more: object
) -> bytes:
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    options = {"include_headers": HEADERS} | more
    return bytes(dkim.sign(mail, b"s", domain.encode(), pem, **options)) + mail


def expiring(at: int) -> bytes:
    """Signed by hand: the library signs nothing that expires."""
    body = MAIL.partition(b"\r\n\r\n")[2]
    digest = base64.b64encode(sha256(body).digest())
    head = MAIL.partition(b"\r\n\r\n")[0] + b"\r\n"
    tags = (
        b"DKIM-Signature: v=1; a=rsa-sha256; c=simple/simple; d=mail.example.org; s=s; t=1600000000; x=%d;"
        b" h=from:to:date:subject; bh=%b; b=" % (at, digest)
    )
    made = KEY.sign(head + tags, padding.PKCS1v15(), SHA256())
    return tags + base64.b64encode(made) + b"\r\n" + MAIL


def sealed_by_a_relay() -> bytes:
    """What a relay puts above a mail of which it says that the signature held (RFC 8617)."""
    said = b"ARC-Authentication-Results: i=1; mail.example.org; dkim=pass header.d=mail.example.org\r\n"
    return said + signed().replace(b"DKIM-Signature:", b"ARC-Message-Signature: i=1;")


def test_a_signature_holds_until_it_expires() -> None:
    assert written(expiring(4_000_000_000), resolve=WORLD).sender == SENDER


@pytest.mark.parametrize(
    ("records", "says"),
    [
        ({"_dmarc.mail.example.org": b"v=DMARC1; p=none; adkim=s"}, False),
        ({"_dmarc.example.org": b"v=DMARC1; p=none; adkim = S ;"}, False),
        ({"_dmarc.example.org": b"v=DMARC1; p=none; adkim=r"}, True),
        ({"_dmarc.mail.example.org": b"v=DMARC1; p=none", "_dmarc.example.org": b"v=DMARC1; adkim=s"}, True),
        ({"_dmarc.mail.example.org": b"something else"}, False),
    ],
)
def test_a_domain_that_wants_only_its_own_signature_is_heard(records: dict[str, bytes], says: bool) -> None:
    def world(name: str) -> bytes | None:
        return records.get(name) or WORLD(name)

    assert written(signed("mail.example.org"), resolve=world).sender == SENDER
    if says:
        assert written(signed("example.org"), resolve=world).sender == SENDER
    else:
        with pytest.raises(Permanent, match="no signature of its domain"):
            written(signed("example.org"), resolve=world)


@pytest.mark.parametrize(
    "domain", ["mail.example.org", "example.org", "below.mail.example.org", "bulk.example.org"]
)
def test_a_signature_of_the_senders_domain_or_another_of_the_same_owner_vouches(domain: str) -> None:
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
        (signed("evilexample.org"), "no signature of its domain"),
        (signed("org"), "no signature of its domain"),
        (
            signed("co.uk", mail=MAIL.replace(b"mail.example.org", b"shop.co.uk")),
            "no signature of its domain",
        ),
        (signed("co.uk", mail=MAIL.replace(b"mail.example.org", b"co.uk")), "no signature of its domain"),
        (
            signed("ada.github.io", mail=MAIL.replace(b"mail.example.org", b"bob.github.io")),
            "no signature of its domain",
        ),
        (expiring(1_700_000_000), "does not hold"),
        (b"To: sales@larkspur.example\r\n" + signed(), "twice"),
        (b"Subject: keep me\r\n" + signed(), "twice"),
        (sealed_by_a_relay(), "no signature of its domain"),
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


@pytest.mark.parametrize(
    "hostile",
    [
        b"Content-Type: message/rfc822\n\n" * 3000,
        b"From: " + b"(" * 100_000 + b"\n\n",
        b"From: " + b"<" * 50_000 + b"a@b.example" + b"\n\n",
        b"From: =?nothing?b?AAAA?= <ada@mail.example.org>\nDKIM-Signature: " + b"d=\xff;" * 5000 + b"\n\n",
    ],
    ids=("mails within mails", "comments", "brackets", "no such alphabet"),
)
def test_a_mail_that_is_made_to_break_its_reader_is_refused(hostile: bytes) -> None:
    with pytest.raises(Permanent):
        written(hostile, resolve=WORLD)
