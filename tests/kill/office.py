"""The child of `house`: plays the people and the officer, by the verbs that the pages call; and reads how it
all ended. Speaks JSON."""

import json
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402 - apps first
from django.db import Error as DatabaseFailed  # noqa: E402
from django.db import connection  # noqa: E402

from upheld.actions import approving, arrivals, copies, links, tokens  # noqa: E402
from upheld.law.right import Right  # noqa: E402
from upheld.ledger import canonical  # noqa: E402
from upheld.ledger.verify import verify_bytes  # noqa: E402
from upheld.store import sequencer  # noqa: E402
from upheld.store.models import (  # noqa: E402
    Arrival,
    Channel,
    Copy,
    Evidence,
    Fulfilment,
    Level,
    LinkPurpose,
    Mail,
    Package,
    Part,
    PendingEntry,
    Request,
    Submission,
)
from upheld.web.means import means  # noqa: E402


def ask(people: list[tuple[str, str]]) -> None:
    """Each asks, confirms her address, and is approved; a line when she is. Where the database goes away in between,
    what was not told to her is done again."""
    for address, right in people:
        arrivals_made: list[Arrival] = []
        while True:
            try:
                sys.stdout.write(json.dumps(approved(address, Right(right), arrivals_made)) + "\n")
                sys.stdout.flush()
                break
            except (DatabaseFailed, approving.Changed):  # a system that is away counts as another plan
                connection.close()
                time.sleep(0.3)


def approved(address: str, right: Right, made: list[Arrival]) -> str:
    able = means(by="the officer", reaching=True)
    if not made:
        made.append(
            arrivals.receive(
                means=able, channel=Channel.FORM, rights=(right,), address=address, language="en"
            )
        )
    arrival = made[0]
    arrival.refresh_from_db()
    if arrival.verified_at is None:
        token = links.give(means=able, purpose=LinkPurpose.VERIFY, arrival=arrival).token
        arrivals.verify(means=able, token=token)
        arrival.refresh_from_db()
    request = Request.objects.get(case=arrival.case)
    if request.state == "OPEN":
        looked = approving.fingerprint(approving.look(means=able, request=request))
        approving.approve(means=able, request=request, looked=looked)
    return str(request.pk)


def token() -> str:
    """By which a program sends in requests that the rule may approve."""
    able = means(by="the officer")
    return tokens.make(means=able, name="a program", submits=True, reads=True, trusted=Level.HIGH).secret


def waiting(told: int) -> int:
    """Requests that have no end, mails that are not sent, and ends that are not told to those `told`."""
    return (
        Request.objects.exclude(state="FULFILLED").count()
        + Mail.objects.filter(sent_at=None, dropped_at=None).count()
        + told
        - Mail.objects.filter(kind__in=["DONE", "COPY_READY"]).count()
    )


def end() -> dict[str, Any]:
    """All that must be so once nothing waits."""
    able = means(by="the auditor")
    sequencer.drain(by=able.signer, now=able.now)
    entries = [canonical.decode(each) for each in sequencer.entries(stop=sequencer.size())]
    certificates = sorted((settings.UPHELD_DATA / "certificates").glob("*.json"))
    packages = Package.objects.filter(removed_at=None)
    return {
        "left": sorted(Submission.objects.exclude(left="").values_list("left", flat=True)),
        "arrivals": Arrival.objects.count(),
        "states": sorted(Counter(Request.objects.values_list("right", "state")).items()),
        "evidence": sorted(
            (str(each.request_id), each.evidence.count(), each.evidence.filter(part=None).count())
            for each in Fulfilment.objects.all()
        ),
        "unfinished": Fulfilment.objects.exclude(state__in=["DONE", "RETAINED"]).count(),
        "open parts": Part.objects.filter(state="PREPARED").count(),
        "leased": Fulfilment.objects.exclude(owner="").count() + Copy.objects.exclude(owner="").count(),
        "entries": sorted(
            Counter((str(each["case"]), str(each["type"])) for each in entries if "case" in each).items()
        ),
        "unsequenced": PendingEntry.objects.count(),
        "certificates": [verify_bytes(each.read_bytes()).ok for each in certificates],
        "packages": sorted(Path(each.path).name for each in packages),
        "files": sorted(each.name for each in (settings.UPHELD_DATA / "packages").glob("*")),
        "read": sum(copies.read(means=able, package=each).read(2) == b"PK" for each in packages),
        "mails": sorted(Counter(Mail.objects.values_list("kind", flat=True)).items()),
        "classes": sorted(Counter(Evidence.objects.values_list("cls", flat=True)).items()),
    }


if __name__ == "__main__":
    if sys.argv[1] == "ask":
        ask(json.loads(sys.argv[2]))
    elif sys.argv[1] == "waiting":
        json.dump(waiting(int(sys.argv[2])), sys.stdout)
    else:
        json.dump({"token": token, "end": end}[sys.argv[1]](), sys.stdout, default=str)
