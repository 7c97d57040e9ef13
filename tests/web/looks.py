"""The child of `test_looks`: what is fetched of a copy, file by file, in a program with the server's own settings.

Prints one JSON document.
"""

import json
import sys
import zipfile
from datetime import timedelta
from io import BytesIO

import django

django.setup()

from django.db.models import F  # noqa: E402 - apps first
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402

from tests.web.hostile.furnished import copied  # noqa: E402
from tests.web.journeys.plugin import ADA  # noqa: E402
from upheld.store import release  # noqa: E402
from upheld.store.models import Opening, PendingEntry  # noqa: E402
from upheld.web.means import PERSON, means  # noqa: E402


def main() -> None:
    release.make()
    link = copied(means(by="looks", reaching=True), ADA)
    browser = Client(HTTP_HOST="127.0.0.1")
    whole = reverse("copy-archive", kwargs=link)

    def get(address: str) -> tuple[int, bytes]:
        answer = browser.get(address)
        return answer.status_code, b"".join(answer) if answer.streaming else answer.content

    def noted() -> int:
        entries = [bytes(each.content) for each in PendingEntry.objects.all()]
        return sum(b"package.opened/v1" in each for each in entries)

    def address(name: str) -> str:
        return reverse("copy", kwargs=link | {"name": name})

    found: dict[str, object] = {"no such file": [get(address("data/nobody.jsonl"))[0], noted()]}
    with zipfile.ZipFile(BytesIO(get(whole)[1])) as opened:
        names = sorted(each for each in opened.namelist() if not each.endswith("/"))
    for name in names:
        Opening.objects.update(at=F("at") - timedelta(hours=1))
        before = noted()
        status, _ = get(address(name))
        again, _ = get(address(name))
        found[name] = [status, again, noted() - before]
    found["by"] = sorted(set(Opening.objects.values_list("by", flat=True)) - {PERSON})
    found["openings"] = Opening.objects.count() - len(names)
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
