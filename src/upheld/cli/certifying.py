"""Certificates as files: for programs, for people, and the proof."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path

from django.conf import settings

from upheld.actions import certificates, ledger
from upheld.actions.erasure import Standing
from upheld.actions.means import Means
from upheld.actions.telling import Telling, silently
from upheld.law.right import Right
from upheld.ledger.issue import Issued
from upheld.ledger.page import as_html
from upheld.store.models import Request


def certify(means: Means, request: Request, out: Path | None = None) -> tuple[Path, ...]:
    """Issue the certificate of a request and write it to `out`, or to the data folder; gives the files."""
    issued = certificates.certify(means=means, request=request)
    files = _written(issued, request, out)
    certificates.written(means=means, request=request)
    return files


LEFT = "Not finished. `upheld resume` goes on with what is left."


def tell(means: Means, standing: Standing, out: Path | None, *, as_json: bool, left: str) -> int:
    """Certify what can be answered, and say where it stands; 1, with what to do about what is `left`, while
    it is not complete."""
    import typer  # lazy: slow import

    from upheld.cli import show  # lazy: slow import

    files = certify(means, standing.request, out) if standing.answered else ()
    ledger.checkpoint(means=means)
    if as_json:
        show.as_json({**show.standing_json(standing), "files": list(map(str, files))})
    else:
        typer.echo(show.standing_text(standing))
        show.files_text(files)
        if not standing.complete:
            typer.echo(left)
    return 0 if standing.complete else 1


def certify_many(means: Means, requests: Sequence[Request], told: Telling = silently) -> tuple[Path, ...]:
    """The same for many, in the data folder, under one checkpoint."""
    files: list[Path] = []
    for request, issued in certificates.certify_many(means=means, requests=requests, told=told):
        told("writing certificates", 0, len(requests))
        files += _written(issued, request, None)
        told("writing certificates", 1, len(requests))
    certificates.written_many(means=means, requests=requests)
    return tuple(files)


def _written(issued: Issued, request: Request, out: Path | None) -> tuple[Path, ...]:
    if out is None:
        out = settings.UPHELD_DATA / "certificates" / f"{request.case_id}{_of(request)}.json"
        out.parent.mkdir(mode=0o700, exist_ok=True)
    page, proof = out.with_name(out.name + ".html"), out.with_name(out.name + ".tlog-proof")
    out.write_bytes(issued.encode())
    page.write_text(as_html(issued), encoding="utf-8")
    proof.write_text(issued.proof, encoding="utf-8")
    return out, page, proof


def _of(request: Request) -> str:
    """A case may have a certificate for each of its requests."""
    if certificates.lifts(request):
        return f"-lifted-{request.pk}"
    return "" if request.right in (Right.ERASURE, Right.DELETE) else f"-{request.right.lower()}-{request.pk}"


def certify_answered(
    means: Means,
    standings: Iterable[Standing],
    *,
    pause: timedelta = timedelta(),
    told: Telling = silently,
) -> tuple[Path, ...]:
    """The same for each request that can be answered now, and for those whose certificate a crash cut off.
    `pause`: only where it is that long ago, for until then another program is likely writing it."""
    requests = {each.request.pk: each.request for each in standings if each.answered}
    finished = means.clock() - pause if pause else None
    requests |= {each.pk: each for each in certificates.unwritten(finished=finished)}
    return certify_many(means, tuple(requests.values()), told)
