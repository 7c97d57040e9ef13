"""Certificates as files: for programs, for people, and the proof."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from django.conf import settings

from upheld.actions import certificates
from upheld.actions.erasure import Standing
from upheld.actions.means import Means
from upheld.ledger.issue import Issued
from upheld.ledger.page import as_html
from upheld.store.models import Request


def certify(means: Means, request: Request, out: Path | None = None) -> tuple[Path, ...]:
    """Issue the certificate of a request and write it to `out`, or to the data folder; gives the files."""
    issued = certificates.certify(means=means, request=request)
    files = _written(issued, request, out)
    certificates.written(means=means, request=request)
    return files


def certify_many(means: Means, requests: Sequence[Request]) -> tuple[Path, ...]:
    """The same for many, in the data folder, under one checkpoint."""
    files: list[Path] = []
    for request, issued in certificates.certify_many(means=means, requests=requests):
        files += _written(issued, request, None)
    certificates.written_many(means=means, requests=requests)
    return tuple(files)


def _written(issued: Issued, request: Request, out: Path | None) -> tuple[Path, ...]:
    if out is None:
        out = settings.UPHELD_DATA / "certificates" / f"{request.case_id}.json"
        out.parent.mkdir(mode=0o700, exist_ok=True)
    page, proof = out.with_name(out.name + ".html"), out.with_name(out.name + ".tlog-proof")
    out.write_bytes(issued.encode())
    page.write_text(as_html(issued), encoding="utf-8")
    proof.write_text(issued.proof, encoding="utf-8")
    return out, page, proof


def certify_answered(means: Means, standings: Iterable[Standing]) -> tuple[Path, ...]:
    """The same for each request that can be answered now, and for those whose certificate a crash cut off."""
    requests = {each.request.pk: each.request for each in standings if each.answered}
    requests |= {each.pk: each for each in certificates.unwritten()}
    return certify_many(means, tuple(requests.values()))
