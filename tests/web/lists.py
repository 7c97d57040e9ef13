"""The child of `test_lists`: every page that lists, asked with one row and with three. Prints one JSON document."""

import json
import sys
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402 - apps first
from django.urls import reverse  # noqa: E402

from tests.web.matrix import browser, queries, tokened, visitors  # noqa: E402
from tests.web.own import asked  # noqa: E402
from upheld.actions import adding, intake, ledger, programs, revising, rounds  # noqa: E402
from upheld.actions.means import Means  # noqa: E402
from upheld.law.right import Right  # noqa: E402
from upheld.store import release  # noqa: E402
from upheld.store.models import Channel, ProgramKind, Request, Task  # noqa: E402
from upheld.web.means import means  # noqa: E402

LISTS = (
    "cases",
    "folder",
    "history",
    "intake",
    "journal",
    "outbox",
    "programs",
    "search",
    "staff",
    "systems",
)


def one_more(able: Means, number: int) -> Request:
    """Of everything that some list shows."""
    home = Path(settings.UPHELD_DIR)
    if number:
        letters = (home / "systems" / "letters.yaml").read_text()
        (home / "systems" / f"box{number}.yaml").write_text(letters.replace("letters", f"box{number}"))
    _, request = asked(able, f"person{number}@example.org", Right.ERASURE, approved=False)
    intake.keep(means=able, channel=Channel.LETTER, raw=f"Please delete what you have, {number}".encode())
    tokened(able, f"shop{number}")
    text = (home / "upheld.yaml").read_text() + f"# note {number}\n"
    revising.propose(means=able, home=home, file="upheld.yaml", text=text)
    return request


def main() -> None:
    release.make()
    able = means(by="lists", reaching=True)
    programs.beat(owner="a runner", kind=ProgramKind.RUNNER, at=able.clock())
    clients = visitors(able)
    first = one_more(able, 0)
    token, hers = asked(able, "ada@example.org", Right.ACCESS)
    follow = reverse("follow", kwargs={"language": "en", "token": token})

    def seen() -> dict[str, int]:
        for task in Task.objects.filter(answered_at=None):
            rounds.ask(means=able, task=task)
        ledger.checkpoint(means=able)
        asking = {each: queries(clients["officer"], reverse(each)) for each in LISTS}
        asking["ended"] = queries(
            clients["officer"], reverse("cases") + "?state=ended&right=PORTABILITY&with=0"
        )
        return {**asking, "follow": queries(browser(), follow)}

    seen()  # what is kept from the first time on
    one = seen()
    for number in (1, 2):
        one_more(able, number)
        asked(means(by="lists", reaching=True), f"again{number}@example.org", Right.ACCESS)
    for right in (Right.ERASURE, Right.PORTABILITY):
        adding.add(means=able, case=hers.case, right=right, why="she wrote")
    adding.add(means=able, case=first.case, right=Right.ACCESS, why="she wrote")
    seen()
    json.dump({"one": one, "three": seen()}, sys.stdout)


if __name__ == "__main__":
    main()
