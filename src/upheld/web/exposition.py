"""Numbers as text that Prometheus reads (its exposition format 0.0.4)."""

import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from upheld.actions.numbers import Numbers
from upheld.actions.readiness import Check

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BOUNDS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
"""Seconds."""
Labels = tuple[tuple[str, str], ...]
Sample = tuple[Labels, float]


def metric(name: str, kind: str, text: str, samples: Iterable[Sample]) -> Iterator[str]:
    """One metric's lines."""
    yield f"# HELP {name} {text}"
    yield f"# TYPE {name} {kind}"
    for labels, value in samples:
        yield _line(name, labels, value)


def _line(name: str, labels: Labels, value: float) -> str:
    inside = ",".join(f'{key}="{_escaped(said)}"' for key, said in labels)
    return f"{name}{{{inside}}} {value:.15g}" if inside else f"{name} {value:.15g}"


def _escaped(said: str) -> str:
    return said.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


@dataclass(slots=True)
class _Route:
    buckets: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))
    seconds: float = 0.0
    answers: dict[str, int] = field(default_factory=dict)


class Durations:
    """How long answers took, by the names of routes: since this web server began, of which there is one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._routes: dict[str, _Route] = {}

    def add(self, *, route: str, status: int, seconds: float) -> None:
        """`route` is the name of a route of ours, so that there are only as many as routes."""
        place = next((at for at, bound in enumerate(BOUNDS) if seconds <= bound), len(BOUNDS))
        with self._lock:
            known = self._routes.setdefault(route, _Route())
            known.buckets[place] += 1
            known.seconds += seconds
            said = f"{status // 100}xx"
            known.answers[said] = known.answers.get(said, 0) + 1

    def lines(self) -> Iterator[str]:
        with self._lock:
            routes = {
                name: _Route(list(each.buckets), each.seconds, dict(each.answers))
                for name, each in sorted(self._routes.items())
            }
        name = "upheld_http_request_seconds"
        yield f"# HELP {name} How long answers took, by route."
        yield f"# TYPE {name} histogram"
        for route, each in routes.items():
            below = 0
            for bound, many in zip((*BOUNDS, float("inf")), each.buckets, strict=True):
                below += many
                edge = "+Inf" if bound == float("inf") else f"{bound:g}"
                yield _line(f"{name}_bucket", (("route", route), ("le", edge)), below)
            yield _line(f"{name}_sum", (("route", route),), each.seconds)
            yield _line(f"{name}_count", (("route", route),), below)
        yield from metric(
            "upheld_http_answers_total",
            "counter",
            "Answers, by route and class of status.",
            (
                ((("route", route), ("status", status)), many)
                for route, each in routes.items()
                for status, many in sorted(each.answers.items())
            ),
        )


def standing(checks: Iterable[Check], free: int, build: Mapping[str, str]) -> Iterator[str]:
    """What can be said even while the records are away."""
    yield from metric("upheld_build_info", "gauge", "What is running.", [(tuple(build.items()), 1)])
    yield from metric(
        "upheld_ready",
        "gauge",
        "1 where /readyz says ok.",
        [((("check", each.name),), float(each.ok)) for each in checks],
    )
    yield from metric("upheld_disk_free_bytes", "gauge", "Room in the data folder.", [((), free)])


def lines(seen: Numbers, *, at: datetime, day: date) -> Iterator[str]:
    """Everything of the records. Ages are in seconds, dates in days: negative when it is over."""

    def one(name: str, text: str, value: float | None) -> Iterator[str]:
        return metric(f"upheld_{name}", "gauge", text, [] if value is None else [((), value)])

    def by(name: str, text: str, names: tuple[str, ...], values: Mapping[Any, int]) -> Iterator[str]:
        samples = []
        for key, many in values.items():
            given = key if isinstance(key, tuple) else (key,)
            said = zip(names, (str(each).lower() for each in given), strict=True)
            samples.append((tuple(said), float(many)))
        return metric(f"upheld_{name}", "gauge", text, samples)

    def age(since: datetime | None) -> float | None:
        return None if since is None else max(0.0, (at - since).total_seconds())

    yield from by("requests", "Requests, by right and state.", ("right", "state"), seen.requests)
    yield from one("oldest_request_seconds", "Age of the oldest without an end.", age(seen.oldest))
    nearest = {"target": seen.target, "legal": seen.legal}
    yield from metric(
        "upheld_nearest_date_days",
        "gauge",
        "Days until the nearest date of a request without an end.",
        [((("date", name),), (each - day).days) for name, each in nearest.items() if each],
    )
    late = {"target": seen.late, "legal": seen.overdue}
    yield from by("requests_late", "Requests beyond their date.", ("date",), late)
    yield from by("parts", "Shares of systems, of requests in progress.", ("state",), seen.parts)
    yield from by("failures", "Shares that failed, by system.", ("system", "kind"), seen.failed)
    yield from one("copies", "Copies that are not written yet.", seen.copies)
    mails = {"waiting": seen.mails, "dropped": seen.dropped}
    yield from by("mails", "Mails that wait, and that no server took.", ("state",), mails)
    yield from one("oldest_mail_seconds", "Age of the oldest waiting mail.", age(seen.mailed))
    yield from one("unconfirmed", "People who have not used their link yet.", seen.unconfirmed)
    tasks = {"open": seen.tasks, "overdue": seen.tasks_overdue}
    yield from by("tasks", "Tasks for the owners of systems.", ("state",), tasks)
    yield from one("ledger_entries", "Entries of the ledger.", seen.entries)
    yield from one("ledger_unsequenced", "Entries that have no place yet.", seen.unsequenced)
    yield from one("ledger_broken", "1 where it did not hold when verified last.", float(seen.broken))
    programs = {"runner": seen.working.runners, "worker": seen.working.workers}
    yield from by("programs", "Programs that carry work out.", ("kind",), programs)
    yield from one("stopped", "1 while all writing is stopped.", float(seen.stopped))
