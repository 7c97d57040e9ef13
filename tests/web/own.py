"""The child of `test_own`: two people whose copies are written and two who are erased, and each at the pages of
herself and of the other. Prints one JSON document."""

import json
import sys
from uuid import UUID

import django

django.setup()

from django.test import Client  # noqa: E402 - apps first
from django.urls import reverse  # noqa: E402

from tests.web.matrix import browser  # noqa: E402
from upheld.actions import approving, arrivals, certificates, copies, erasure, links, rounds, tasks  # noqa: E402
from upheld.actions.means import Means  # noqa: E402
from upheld.law.right import Right  # noqa: E402
from upheld.store import release  # noqa: E402
from upheld.store.models import Arrival, Channel, LinkPurpose, Request, Task  # noqa: E402
from upheld.web.means import means  # noqa: E402


def asked(able: Means, address: str, right: Right, *, approved: bool = True) -> tuple[str, Request]:
    """Somebody whose address is proved: the token of her page, and her request."""
    arrival = arrivals.receive(
        means=able, channel=Channel.FORM, rights=(right,), address=address, language="en"
    )
    token = links.give(means=able, purpose=LinkPurpose.VERIFY, arrival=arrival).token
    followed = arrivals.verify(means=able, token=token)
    request = Request.objects.get(case=Arrival.objects.get(pk=arrival.pk).case)
    if approved:
        seen = approving.look(means=able, request=request)
        approving.approve(means=able, request=request, looked=approving.fingerprint(seen))
        for task in Task.objects.filter(answered_at=None):
            tasks.answer(means=able, task=task, words=f"a letter to {address}", rows=1, by="Otto")
    return followed.token, request


def erased(able: Means, address: str) -> tuple[str, Request]:
    token, request = asked(able, address, Right.ERASURE)
    request.refresh_from_db()
    erasure.fulfil(means=able, request=request)
    certificates.certify(means=able, request=request)
    certificates.written(means=able, request=request)
    return token, request


def status(client: Client, page: str, token: str, number: UUID | None = None, **more: str) -> list[object]:
    """What the page answers to her who has that token, and whose letter stands in it."""
    given = {"language": "en", "token": token, **({"number": number} if number else {}), **more}
    answer = client.get(reverse(page, kwargs=given))
    body = b"".join(answer) if answer.streaming else answer.content
    return [answer.status_code, [who for who in ("ada", "bob") if f"a letter to {who}@".encode() in body]]


def main() -> None:
    release.make()
    able = means(by="own", reaching=True)
    ada, bob = (asked(able, f"{who}@example.org", Right.ACCESS)[0] for who in ("ada", "bob"))
    for copy in rounds.copies_ready(able):
        copies.write(means=able, copy=copy, language="en")
    (cy, hers), (dee, others) = (erased(able, f"{who}@example.org") for who in ("cy", "dee"))
    (eve, open_), (fay, other) = (
        asked(able, f"{who}@example.org", Right.ERASURE, approved=False) for who in ("eve", "fay")
    )
    client = browser()
    file = "files/letters/answer/answer.txt"
    found = {
        "ada's own copy": status(client, "copy", ada, name=file),
        "bob's own copy": status(client, "copy", bob, name=file),
        "a copy by the link of somebody without one": status(client, "copy", cy, name=file),
        "ada's own archive": status(client, "copy-archive", ada)[0],
        "an archive by the link of somebody without one": status(client, "copy-archive", cy)[0],
        "her own certificate": status(client, "certificate", cy, hers.pk)[0],
        "another's certificate": status(client, "certificate", cy, others.pk)[0],
        "the other's own certificate": status(client, "certificate", dee, others.pk)[0],
        "her own proof": status(client, "proof", cy, hers.pk)[0],
        "another's proof": status(client, "proof", cy, others.pk)[0],
        "withdrawing her own": status(client, "withdraw", eve, open_.pk)[0],
        "withdrawing another's": status(client, "withdraw", eve, other.pk)[0],
        "withdrawing the other's own": status(client, "withdraw", fay, other.pk)[0],
        "another's, by sending": client.post(
            reverse("withdraw", kwargs={"language": "en", "token": eve, "number": other.pk})
        ).status_code,
        "still open": Request.objects.get(pk=other.pk).state,
    }
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
