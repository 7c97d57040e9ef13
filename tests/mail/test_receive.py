"""Mails as they come in: read whatever they are, the person's inside a forward, and nothing of them is run."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from upheld.mail.moment import day_in
from upheld.mail.plain import text_of
from upheld.mail.receive import Attachment, Party, Received, party, read, wrapped

ADA = Party("Ada Quillfeather", "ada.quillfeather@example.org")
OURS = "larkspur.example"


def source(*lines: str) -> bytes:
    return "\n".join(lines).encode()


def test_a_mail_is_read_from_its_source() -> None:
    mail = source(
        "Received: from out.example.org by mx.larkspur.example; Tue, 24 Nov 2026 23:30:00 -0500",
        "From: =?utf-8?q?Ada_Quillfeather?= <ada.quillfeather@example.org>",
        "To: privacy@larkspur.example",
        "Date: Tue, 24 Nov 2026 08:00:00 +0000",
        "Subject: =?utf-8?b?TWVpbmUgRGF0ZW4gw7w=?=",
        "MIME-Version: 1.0",
        'Content-Type: multipart/mixed; boundary="cut"',
        "",
        "--cut",
        'Content-Type: multipart/alternative; boundary="two"',
        "",
        "--two",
        "Content-Type: text/plain; charset=iso-8859-1",
        "Content-Transfer-Encoding: quoted-printable",
        "",
        "L=F6schen Sie bitte alles.",
        "--two",
        "Content-Type: text/html",
        "",
        "<p>other words</p>",
        "--two--",
        "--cut",
        'Content-Type: text/plain; name="passport.txt"',
        'Content-Disposition: attachment; filename="passport.txt"',
        "",
        "%PDF-1.7",
        "--cut--",
    )

    assert read(mail, ours=OURS) == Received(
        ADA,
        "Meine Daten ü",
        "Löschen Sie bitte alles.",
        datetime(2026, 11, 25, 4, 30, tzinfo=UTC),
        (Attachment("passport.txt", "PDF", b"%PDF-1.7"),),
    ), "our own server's stamp counts, and a file is what its first bytes are"


FORWARDED = (
    "From: Sam Sales <sam@larkspur.example>",
    "To: privacy@larkspur.example",
    "Subject: Fwd: please look",
    "Message-ID: <1@larkspur.example>",
)


def test_the_person_is_found_in_a_mail_attached_to_a_forward_within_a_forward() -> None:
    mail = source(
        *FORWARDED,
        'Content-Type: multipart/mixed; boundary="a"',
        "",
        "--a",
        "Content-Type: message/rfc822",
        "",
        "From: help@mail.larkspur.example",
        'Content-Type: multipart/mixed; boundary="b"',
        "",
        "--b",
        "Content-Type: message/rfc822",
        "",
        "From: ada.quillfeather@example.org",
        "Date: Tue, 10 Nov 2026 08:00:00 +0000",
        "Subject: delete me",
        "",
        "Delete my data.",
        "--b--",
        "--a--",
    )

    assert read(mail, ours=OURS) == Received(
        Party("", ADA.address),
        "delete me",
        "Delete my data.",
        datetime(2026, 11, 10, 8, tzinfo=UTC),
        forwarded=True,
    ), "it reached us when it came, not when it was passed on"


@pytest.mark.parametrize(
    "quoted",
    [
        "-----Original Message-----\nFrom: {who}\nSent: Tuesday, 10 November 2026 09:12\nTo: Sales\nSubject: My data",
        "---------- Forwarded message ---------\nFrom: {who}\nDate: Tue, Nov 10, 2026 at 9:12 AM\nSubject: My data\nTo: <sales@larkspur.example>",
        "-------- Weitergeleitete Nachricht --------\nBetreff: \tMy data\nDatum: \tDi., 10 Nov 2026 09:12:00 +0100\nVon: \t{who}\nAn: \tsales@larkspur.example",
        "Von: {who}\nGesendet: Dienstag, 10. November 2026 09:12\nAn: Verkauf\nBetreff: My data",
        "*Von:* {who}\n*Gesendet:* Dienstag, 10. November 2026 09:12\n*An:* Verkauf\n*Betreff:* My data",
        "De : {who}\nEnvoyé : mardi 10 novembre 2026 09:12\nÀ : Ventes\nObjet : My data",
        "Début du message transféré :\n\n> De: {who}\n> Objet: My data\n> Date: 10 novembre 2026 à 09:12:33 UTC+1\n> À: sales@larkspur.example\n>",
        "Begin forwarded message:\n\nFrom: {who}\n\nSubject: My data\n\nDate: 10. November 2026 at 09:12:33 CET",
        "-------- Message transféré --------\nSujet : \tMy data\nDate : \tTue, 10 Nov 2026 09:12:00 +0100\nDe : \t{who}\nPour : \tsales@larkspur.example",
    ],
)
def test_a_pasted_mail_is_read_by_the_lines_that_its_program_put_above_it(quoted: str) -> None:
    written = "Ada Quillfeather <ada.quillfeather@example.org>"
    text = f"FYI\n\n{quoted.format(who=written)}\n\nDelete my data.\n"
    expected = Received(ADA, "My data", "Delete my data.", date(2026, 11, 10))

    assert read(text.encode(), ours=OURS) == expected
    forwarded = "\n".join(FORWARDED) + "\n\n" + text
    assert read(forwarded.encode(), ours=OURS) == Received(
        ADA, "My data", "Delete my data.", date(2026, 11, 10), forwarded=True
    )


def test_a_colleague_s_lines_above_it_are_passed_over() -> None:
    text = (
        "From: Sam <sam@larkspur.example>\nSent: 12 November 2026\nSubject: Fwd\n\nplease do\n\n"
        "From: Ada Quillfeather <ada.quillfeather@example.org>\nSent: 10 November 2026\nSubject: data\n\nDelete it."
    )

    assert read(text.encode(), ours=OURS) == Received(
        ADA, "data", "Delete it.", date(2026, 11, 10), forwarded=True
    )


def test_words_without_anything_above_them_are_only_words() -> None:
    text = (
        "Dear all,\nnote: call me.\nMine is ada.quillfeather@example.org, write to privacy@larkspur.example"
    )

    assert read(text.encode(), ours=OURS) == Received(text=text, named=(ADA.address,))


def test_html_gives_its_words_and_nothing_runs() -> None:
    html = (
        "<html><head><title>no</title><style>p{}</style></head><body><!-- <b>no</b> --><h1>Dear&nbsp;us</h1>"
        "<p>a &lt;b&gt;<br>c<script>no()</script></p><table><tr><td>x<td>y</tr></table><p unclosed"
    )

    assert text_of(html) == "Dear us\n\na <b>\nc\n\nx y"


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("Thu, 26 Nov 2026 09:12:00 +0100", date(2026, 11, 26)),
        ("Donnerstag, 26. November 2026 um 09:12 Uhr", date(2026, 11, 26)),
        ("1er décembre 2026", date(2026, 12, 1)),
        ("March 5th, 2026", date(2026, 3, 5)),
        ("05.03.2026", date(2026, 3, 5)),
        ("2026-03-05T10:00", date(2026, 3, 5)),
        ("25/12/2026 10:00", date(2026, 12, 25)),
        ("12/25/2026 10:00", date(2026, 12, 25)),
        ("3/4/2026", None),
        ("4/4/2026", date(2026, 4, 4)),
        ("31.02.2026", None),
        ("99999", None),
        ("", None),
    ],
)
def test_a_day_is_read_as_programs_write_it_and_never_guessed(written: str, day: date | None) -> None:
    assert day_in(written) == day


def test_who_wrote_is_read_from_such_a_line() -> None:
    for line in (
        "Ada Quillfeather <ada.quillfeather@example.org>",
        '"Ada Quillfeather" <ada.quillfeather@example.org>',
        "Ada Quillfeather [mailto:ada.quillfeather@example.org]",
        "ada.quillfeather@example.org (Ada Quillfeather)".replace("(", "").replace(")", ""),
    ):
        assert party(line) == ADA


def test_what_a_machine_wrote_is_said_to_be_so() -> None:
    mail = source(
        *FORWARDED[:0],
        "From: x@example.org",
        "Message-ID: <1@x>",
        "Auto-Submitted: auto-replied",
        "",
        "Away.",
    )

    assert read(mail).automatic
    assert not read(mail.replace(b"auto-replied", b"no")).automatic


def test_a_scan_is_kept_with_the_words_that_somebody_typed() -> None:
    written = "From: Ada Quillfeather <ada.quillfeather@example.org>\nSent: 10.11.2026\n\nA copy, please. äß"

    for text, sender, when in ((written, ADA, date(2026, 11, 10)), ("A copy, please. äß", Party(), None)):
        found = read(wrapped(text, 'a"\r\nb.pdf', b"%PDF-1.7 \0\xff"), ours=OURS)
        assert (found.sender, found.text, found.when, found.forwarded) == (
            sender,
            "A copy, please. äß",
            when,
            False,
        )
        assert found.attachments == (Attachment('a"b.pdf', "PDF", b"%PDF-1.7 \0\xff"),)


# --- hostile ---------------------------------------------------------------------------------------------

WORDS = st.sampled_from(
    [
        b"From: ", b"Content-Type: multipart/mixed; boundary=a", b"--a", b"--a--", b"\n", b"\n\n", b"=?utf-8?b?",
        b"?=", b"Message-ID: <1>", b"Content-Transfer-Encoding: base64", b"message/rfc822", b"\xff\xfe", b"<", b"&#",
        b"Content-Type: text/html; charset=punycode", b"Von: a@b.example", b"Gesendet: 1.1.2026", b"\0", b"(" * 50,
        b"filename*=utf-8''%41", b"Date: ", b"Received: ;", b"9" * 40, b"begin 644 x\n", b"> ", b'"',
    ]
)  # fmt: skip


@pytest.mark.fuzz
@settings(max_examples=300, deadline=None)
@given(
    st.one_of(st.binary(max_size=400), st.lists(WORDS | st.binary(max_size=20), max_size=40).map(b"".join))
)
@example(b"Content-Type:charset=\0\n\x80")
@example(b"Content-Type:charset=punycode\n\x80")
def test_any_bytes_are_read_as_something(raw: bytes) -> None:
    for given_ in (raw, b"Message-ID: <1>\n" + raw):
        found = read(given_, ours=OURS)

        assert not set(found.text + found.subject) & set(map(chr, (*range(9), *range(11, 32))))
        assert (found.text + found.subject + found.sender.name).encode().decode() is not None


def test_nothing_that_is_large_or_deep_takes_long() -> None:
    """Work grows with the length alone: for some of these the library takes minutes, or ends the program."""
    many = 20_000
    head = b"Message-ID: <1>\n"
    hostile = [
        head + b"Content-Type: text/plain" + b"; a*0=b" * many + b"\n\nx",
        head + b"Content-Type: text/html\n\n" + b"<style>" * many,
        head + b"Content-Type: text/html\n\n" + b"<!-" * many,
        head + b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(500)),
        head + b"Content-Type: message/rfc822\n\n" * 500,
        head + b"Date: " + b"(" * many,
        b"<" * many, b"From:" * many, b"a@" * many, b"> " * many, b"von: a\n\n" * many, b"\n" * many * 10,
    ]  # fmt: skip

    for raw in hostile:
        assert isinstance(read(raw, ours=OURS), Received)
