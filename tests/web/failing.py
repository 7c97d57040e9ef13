"""The child of `test_failing`: two people's requests meet a shop that is away, and the pages that tell of it.

Prints one JSON document.
"""

import json
import sys
from html import unescape

import django

django.setup()

from django.utils.html import strip_tags  # noqa: E402 - apps first

from tests.web.matrix import browser, visitors  # noqa: E402
from upheld.actions import approving, arrivals, links, rounds  # noqa: E402
from upheld.actions.means import Means  # noqa: E402
from upheld.cli.certifying import certify_answered  # noqa: E402
from upheld.law.right import Right  # noqa: E402
from upheld.store import release  # noqa: E402
from upheld.store.models import Arrival, Channel, LinkPurpose, Request  # noqa: E402
from upheld.web.means import means  # noqa: E402


def approved(able: Means, right: Right, address: str) -> Request:
    """Asked by the form, confirmed and approved."""
    arrival = arrivals.receive(
        means=able, channel=Channel.FORM, rights=(right,), address=address, language="en"
    )
    arrivals.verify(
        means=able, token=links.give(means=able, purpose=LinkPurpose.VERIFY, arrival=arrival).token
    )
    request = Request.objects.get(case__arrivals=arrival)
    seen = approving.look(means=able, request=request)
    approving.approve(means=able, request=request, looked=approving.fingerprint(seen))
    return request


def words(content: bytes) -> str:
    """What a reader reads."""
    return " ".join(unescape(strip_tags(content.decode().partition("<main")[2].partition(">")[2])).split())


def main() -> None:
    release.make()
    able = means(by="test", reaching=True)
    copy = approved(able, Right.ACCESS, "ada.quillfeather@example.org")
    erasure = approved(able, Right.ERASURE, "bob.ashgrove@example.com")
    rounds.drain(means=able, certify=certify_answered, server=None, sender="privacy@larkspur.example")
    olive, found = visitors(able)["officer"], {}
    for name, address in (
        ("today", "/console/"),
        ("cases", "/console/cases/"),
        ("journal", "/console/journal/"),
        ("copy", f"/console/cases/{copy.case_id}/"),
        ("erasure", f"/console/cases/{erasure.case_id}/"),
    ):
        found[name] = words(olive.get(address).content)
    found["retry"] = [
        f'action="/console/requests/{each.pk}/retry/"'
        in olive.get(f"/console/cases/{each.case_id}/").content.decode()
        for each in (copy, erasure)
    ]
    for name, request in (("her copy", copy), ("his erasure", erasure)):
        arrival = Arrival.objects.get(case=request.case)
        token = links.give(means=able, purpose=LinkPurpose.FOLLOW, arrival=arrival).token
        for language in ("en", "de", "fr"):
            found[f"{name}, {language}"] = words(browser().get(f"/{language}/follow/{token}/").content)
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
