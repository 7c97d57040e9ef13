"""Is this certificate real? Whoever has its file drops it here. Nothing of it is kept or written down."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from upheld.ledger.canonical import NotCanonical, decode
from upheld.ledger.issue import Issued, read_issued
from upheld.ledger.record import MalformedRecord
from upheld.ledger.verify import MAX_FILE, verify_bytes
from upheld.web import rate
from upheld.web.centre.pages import public
from upheld.web.means import PERSON, means

AROUND = 4096
"""Bytes of the form around the file."""
FROM_ONE_NETWORK = 60


@dataclass(frozen=True, slots=True)
class Found:
    """What the file proves. `ours`: signed with our key, not only with one that it carries."""

    good: bool
    ours: bool = False
    whole: bool = False
    case: str = ""
    organisation: str = ""
    day: date | None = None


@public
def check(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return render(request, "centre/proof.html")
    length = str(request.META.get("CONTENT_LENGTH") or "0")
    # Asked before anything is read: more is not taken in.
    if not length.isdigit() or int(length) > MAX_FILE + AROUND:
        return render(request, "centre/proof.html", {"large": True}, status=413)
    able = means(by=PERSON)
    if rate.exceeded(request, able, "check", most=FROM_ONE_NETWORK):
        return render(request, "centre/proof.html", {"often": True}, status=429)
    given = request.FILES.get("file")
    if given is None or not given.size:
        return render(request, "centre/proof.html", {"lacking": True}, status=422)
    found = judged(given.read(), able.signer.verifier().vkey)
    return render(request, "centre/proof.html", {"found": found}, status=200 if found.good else 422)


def judged(data: bytes, own: str) -> Found:
    """The verdict of the ledger's own verifier on a certificate. A file that is none is not good."""
    if not data.startswith(b"{") or not verify_bytes(data).ok:
        return Found(good=False)
    try:
        issued: Issued = read_issued(decode(data[:-1]))
    except (NotCanonical, MalformedRecord):
        return Found(good=False)
    facts = issued.certificate
    return Found(
        good=True,
        ours=verify_bytes(data, vkey=own).ok,
        whole=facts.complete,
        case=facts.case,
        organisation=facts.organisation,
        day=facts.finished_at.date(),
    )
