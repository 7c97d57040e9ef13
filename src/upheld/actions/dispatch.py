"""Wake whoever carries a case out. What is ready stands in the records; a wake says where to look first."""

from uuid import UUID

from django.apps import apps
from django.db import connection, transaction

TASK = "upheld.case"
QUEUE = "cases"


def wakes() -> bool:
    """Whether there can be workers to wake: the records are on PostgreSQL and Procrastinate is installed."""
    return apps.is_installed("procrastinate.contrib.django")


def wake(case: UUID) -> None:
    """Tell a worker of a case that has become ready; belongs into the transaction that made it so. One wake a
    case waits at most. Nobody relies on it: a sweep finds what no wake told."""
    if not wakes():
        return
    from procrastinate.contrib.django import app  # lazy: optional dependency
    from procrastinate.exceptions import AlreadyEnqueued  # lazy: optional dependency

    task = app.configure_task(TASK, queue=QUEUE, queueing_lock=str(case))
    try:
        with transaction.atomic():
            task.defer(case=str(case))
    except AlreadyEnqueued:
        pass


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
