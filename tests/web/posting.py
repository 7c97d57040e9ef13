"""The child of `test_intake`: the pages of the post under whatever somebody pastes or uploads, in a program
with the server's own settings. Prints one JSON document."""

import io
import json
import logging
import sys
from contextlib import redirect_stderr
from html import unescape
from typing import Any

import django

django.setup()

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret  # noqa: E402 - apps first
from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils.html import strip_tags  # noqa: E402
from hypothesis import HealthCheck, example, given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402

from tests.web.matrix import verified  # noqa: E402
from upheld.actions import arrivals, intake  # noqa: E402
from upheld.actions import desk as desk_  # noqa: E402
from upheld.mail.receive import LARGEST  # noqa: E402
from upheld.store import release  # noqa: E402
from upheld.store.models import Arrival, Channel, ClosedReason, Communication, Look, Reply, Role, Staff  # noqa: E402
from upheld.web.means import means  # noqa: E402

PLANTED = "quillfeather"
HOSTILE = st.sampled_from(
    [
        b"From: ada.quillfeather@example.org\n", b"Message-ID: <1>\n", b"\n\n", b"--a\n", b"--a--\n", b"\xff", b"\0",
        b"Content-Type: multipart/mixed; boundary=a\n", b"Content-Type: message/rfc822\n\n", b"=?utf-8?b?4?=",
        b"Content-Type: text/csv\nContent-Disposition: attachment; filename=a.csv\n\nname,email\n",
        b"Ada Quillfeather,ada.quillfeather@example.org\n", b'Bob,"bob@example.com\n', b"delete my data", b"&#xD800;",
        b"Content-Type: text/html\n\n<script>alert(1)</script>", b"Date: 99999999999999999999\n", b"+1 415 555 2671",
        b"Content-Transfer-Encoding: base64\n", b"Von: x\nGesendet: 31.2.2026\n", "\u202e\u0000ﷺ".encode(), b"California",
    ]
)  # fmt: skip
MAILS = st.one_of(
    st.binary(max_size=300), st.lists(HOSTILE | st.binary(max_size=9), max_size=25).map(b"".join)
)
SAID = st.fixed_dictionaries(
    {
        "step": st.sampled_from(["open", "again", "more", "close", "reopen", "file", "?", ""]),
        "rights": st.lists(st.sampled_from(["ACCESS", "ERASURE", "OPT_OUT", "X"]), max_size=3),
        "regime": st.sampled_from(["gdpr", "ccpa", "x", ""]),
        "received": st.sampled_from(["2026-11-01", "0001-01-01", "9999-12-31", "x", "", "2027-01-01"]),
        "language": st.sampled_from(["en", "de", "xx"]),
        "reason": st.sampled_from(["SPAM", "x"]),
        "who-TOTAL_FORMS": st.sampled_from(["0", "1", "2", "-1", "100000", "x", ""]),
        "who-INITIAL_FORMS": st.sampled_from(["0", "1", "x"]),
        "who-0-take": st.sampled_from(["on", ""]),
        "who-0-name": st.text(max_size=30),
        "who-0-address": st.sampled_from(["ada.quillfeather@example.org", "x", "", "a@b@c", "ä@ö.example"]),
        "who-0-phone": st.text(max_size=10),
        "who-1-address": st.text(max_size=10),
    }
)

WHOLE = {"step": "open", "rights": ["ERASURE"], "regime": "gdpr", "received": "2026-11-01", "language": "de"}
WHOLE |= {"who-TOTAL_FORMS": "1", "who-INITIAL_FORMS": "0", "who-0-take": "on"}
GOOD = st.builds(
    lambda name: WHOLE | {"who-0-name": name, "who-0-address": "a@b.example"}, st.text(max_size=30)
)


def officer(name: str, **options: Any) -> Client:
    account = Staff.objects.create(
        email=f"{name}@larkspur.example", name=name, role=Role.OFFICER, created_at=means(by="x").now
    )
    TOTP.activate(account, generate_totp_secret())
    client = Client(HTTP_HOST="127.0.0.1", **options)
    client.force_login(account)
    return client


def words(content: bytes) -> str:
    """What a reader reads."""
    return " ".join(unescape(strip_tags(content.decode().partition("<main")[2].partition(">")[2])).split())


def filed(desk: Client) -> dict[str, Any]:
    """Answers of the person, of a stranger and of one who names no number, from the post into the case."""
    able, hers = means(by="a test"), "dora@example.net"
    _, request = verified(able, hers)
    number = arrivals.number(request.case.arrivals.get())

    def came(sender: str, subject: str) -> str:
        text = f"From: {sender}\nSubject: {subject}\n\nIt is the one by the river."
        return str(desk.post(reverse("intake"), {"channel": "EMAIL", "text": text}).url)

    own, strange, bare = (
        came(hers, f"Re: [{number}] Which?"),
        came("eve@example.org", f"Re: [{desk_.number(request.case)}] Which?"),
        came(hers, "the garden"),
    )
    pages = {
        "hers": words(desk.get(own).content),
        "a stranger's": words(desk.get(strange).content),
        "without a number": words(desk.get(bare).content),
        "a number that is none": words(desk.get(bare, {"number": "00000000"}).content),
        "a number that she has": words(desk.get(bare, {"number": number}).content),
    }
    done = desk.post(own, {"step": "file", "case": str(request.case_id), "task": ""})
    reply = Reply.objects.get()
    return pages | {
        "led": done.url == reverse("case", args=[request.case_id]),
        "case": words(desk.get(done.url).content),
        "unexplained": desk.post(reverse("reply", args=[reply.pk]), {"why": ""}).status_code,
        "read": words(desk.post(reverse("reply", args=[reply.pk]), {"why": "to answer"}).content),
        "looked": Look.objects.filter(case=request.case, what="an answer that came in").count(),
    }


def main() -> None:
    release.make()
    log, errors = io.StringIO(), io.StringIO()
    logging.getLogger().addHandler(logging.StreamHandler(log))
    for name in ("upheld.web", "django", "django.request", "django.security"):
        logging.getLogger(name).addHandler(logging.StreamHandler(log))
        logging.getLogger(name).setLevel(logging.DEBUG)
    desk, post = officer("olive"), reverse("intake")
    statuses, opened = set[int](), 0

    @settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(MAILS, st.booleans(), SAID | GOOD)
    @example(b"Please delete my data.", False, WHOLE | {"who-0-name": "", "who-0-address": ""})
    def hostile(raw: bytes, pasted: bool, said: dict[str, Any]) -> None:
        nonlocal opened
        sent = {"text": raw.decode("latin-1")} if pasted else {"file": SimpleUploadedFile("a.eml", raw)}
        answer = desk.post(post, {"channel": "EMAIL", **sent})
        statuses.add(answer.status_code)
        if answer.status_code != 302:
            return
        page = desk.get(answer.url)
        again = desk.post(answer.url, said)
        statuses.update((page.status_code, again.status_code))
        assert b"<script" not in page.content + again.content
        if again.status_code == 302 and "arrivals" in again.url:
            opened += 1
            shown = desk.post(f"{again.url}original/", {"why": "to see it"})
            statuses.add(shown.status_code)
            assert b"<script" not in shown.content

    with redirect_stderr(errors):
        hostile()

    big = SimpleUploadedFile("a.eml", b"x" * (LARGEST + 1))
    before = Communication.objects.count()
    large = desk.post(post, {"channel": "EMAIL", "file": big})
    none_kept = Communication.objects.count() == before
    strict = officer("otto", enforce_csrf_checks=True)
    forged = strict.post(post, {"channel": "EMAIL", "text": "hello"}).status_code
    listed = desk.post(post, {"channel": "LETTER", "text": "hello"}).url
    looks = Look.objects.count()
    desk.get(listed)

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert desk.get(post).status_code == 200
        return len(caught)

    Communication.objects.all().delete()
    Arrival.objects.all().delete()
    counts = []
    for many in (1, 3):
        for _ in range(many):
            able = means(by="x")
            intake.keep(means=able, channel=Channel.FAX, raw=b"hello")
            kept = intake.keep(means=able, channel=Channel.FAX, raw=b"hello")
            intake.close(means=able, number=kept.pk, reason=ClosedReason.SPAM)
            desk.post(reverse("message", kwargs={"number": kept.pk}), {"step": "reopen"})
        counts.append(queries())
    found = {
        "statuses": sorted(statuses),
        "opened": opened > 0,
        "logged": PLANTED in (log.getvalue() + errors.getvalue()).casefold(),
        "large": [
            large.status_code,
            b"larger than 5 MB" in large.content,
            none_kept,
        ],
        "forged": forged,
        "looked": Look.objects.count() - looks,
        "queries": counts,
        "filed": filed(desk),
    }
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
