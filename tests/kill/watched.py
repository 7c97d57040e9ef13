"""`upheld …` as it is, but each look at all that is ready is noted in the file LOOKS: when it was, by the records' clock,
and what it found. With HOST it takes itself for a machine of that name: others cannot see that it is gone."""

import json
import os
from collections.abc import Callable
from typing import Any

from upheld.cli import main
from upheld.project.work import Work

FILE = os.open(os.environ["LOOKS"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
begin = Work.__init__


def watch(self: Work, name: str) -> None:
    """As soon as a program begins to work: before that Django is not ready."""
    from upheld.actions import lease, rounds  # lazy: app ready

    if host := os.environ.get("HOST"):
        lease._machine = lambda: host  # type: ignore[assignment]
    rounds.ready = noted(rounds.ready, lambda each: each.pk.hex)
    rounds.copies_ready = noted(rounds.copies_ready, lambda each: each.request_id.hex)
    begin(self, name)


def noted(look: Callable[..., Any], number: Callable[[Any], str]) -> Callable[..., Any]:
    def looked(*given: Any, **named: Any) -> Any:
        means = named["means"] if "means" in named else given[0]
        at = means.clock()
        found = look(*given, **named)
        if named.get("cases") is None:
            line = {
                "kind": look.__name__,
                "at": at.timestamp(),
                "over": means.clock().timestamp(),
                "found": [number(each) for each in found],
            }
            os.write(FILE, (json.dumps(line) + "\n").encode())
        return found

    return looked


Work.__init__ = watch  # type: ignore[method-assign]
main.run()
