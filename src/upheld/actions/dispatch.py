"""Wake whoever carries cases out. What is ready stands in the records; a wake says where to look first."""

import json
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.apps import apps
from django.db import connection, transaction

TASK = "upheld.case"
QUEUE = "cases"
MOST = 100
"""Cases of one wake, and of one turn of a worker: enough that what is done once a turn weighs little, and few
enough that several workers have something to do."""


def wakes() -> bool:
    """Whether there can be workers to wake: the records are on PostgreSQL and Procrastinate is installed."""
    return apps.is_installed("procrastinate.contrib.django")


def wake(case: UUID) -> None:
    """Tell a worker of a case that has become ready; belongs into the transaction that made it so. One wake a
    case waits at most. Nobody relies on it: a sweep finds what no wake told."""
    _wake([case])


def wake_all(cases: Sequence[UUID]) -> None:
    """The same for many, some in each wake; those that a wake waits for already are left out."""
    if not wakes() or not cases:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT args::text FROM procrastinate_jobs WHERE status = 'todo' AND queue_name = %s", [QUEUE]
        )
        waiting = {each for (args,) in cursor.fetchall() for each in _named(args)}
    left = [each for each in dict.fromkeys(cases) if each not in waiting]
    for start in range(0, len(left), MOST):
        _wake(left[start : start + MOST])


def _wake(cases: Sequence[UUID]) -> None:
    if not wakes():
        return
    from procrastinate.contrib.django import app  # lazy: optional dependency
    from procrastinate.exceptions import AlreadyEnqueued  # lazy: optional dependency

    first = str(cases[0])
    task = app.configure_task(TASK, queue=QUEUE, queueing_lock=first)
    try:
        with transaction.atomic():
            task.defer(case=first, others=[*map(str, cases[1:])])
    except AlreadyEnqueued:
        pass


def taken_along(many: int) -> tuple[UUID, ...]:
    """Up to so many cases of further wakes, each of one case; those wakes are answered with that."""
    if not wakes() or many < 1:
        return ()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs WHERE id IN ("
            "SELECT id FROM procrastinate_jobs WHERE status = 'todo' AND queue_name = %s"
            " AND coalesce(jsonb_array_length(args->'others'), 0) = 0"
            " ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED) RETURNING args::text",
            [QUEUE, many],
        )
        return tuple(each for (args,) in cursor.fetchall() for each in _named(args))


def _named(args: str) -> tuple[UUID, ...]:
    read = json.loads(args)
    return tuple(map(UUID, (read["case"], *read.get("others", ()))))


def unheard(*, before: datetime) -> tuple[int, datetime | None]:
    """How many wakes wait since then or longer, and since when the first of them. For programs too that know
    nothing of workers."""
    if connection.vendor != "postgresql":
        return 0, None
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('procrastinate_jobs')")
        if cursor.fetchone() == (None,):
            return 0, None
        cursor.execute(
            "SELECT count(*), min(e.at) FROM procrastinate_jobs j"
            " JOIN procrastinate_events e ON e.job_id = j.id AND e.type = 'deferred'"
            " WHERE j.status = 'todo' AND j.queue_name = %s AND e.at < %s",
            [QUEUE, before],
        )
        many, first = cursor.fetchone()
    return many, first


def forget_unheard() -> None:
    """Wakes that wait though no worker is there; for who is about to look at everything that is ready. They
    would become one more with each case."""
    if not wakes():
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs WHERE status = 'todo' AND queue_name = %s AND NOT EXISTS ("
            "SELECT FROM procrastinate_workers WHERE last_heartbeat > now() - interval '60 seconds')",
            [QUEUE],
        )


def forget_dead() -> None:
    """Jobs that a worker took and did not end, for it is gone: their cases are ready again by themselves."""
    if not wakes():
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs WHERE status = 'doing' AND queue_name = %s AND NOT EXISTS ("
            "SELECT FROM procrastinate_workers WHERE id = worker_id"
            " AND last_heartbeat > now() - interval '60 seconds')",
            [QUEUE],
        )
