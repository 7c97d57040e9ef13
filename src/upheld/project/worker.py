"""`upheld worker`: carries cases out on any host that shares database, key store and data folder."""

import logging
import threading
from uuid import UUID

from django.db import Error as DatabaseFailed
from psycopg import Error as DriverFailed

from upheld.project.work import Work

SWEEP = 10.0
"""Seconds between two looks for what no wake told of: a wake that was lost, a lease that ran out."""
PAUSE = 5.0
"""Seconds until the database is tried again after it went away."""
_log = logging.getLogger("upheld.worker")


def run() -> None:
    """Until SIGTERM or Ctrl-C; the case at hand is finished first."""
    from procrastinate.contrib.django import app  # lazy: optional dependency
    from procrastinate.exceptions import ConnectorException  # lazy: optional dependency

    from upheld.actions import dispatch  # lazy: app ready

    for each in ("procrastinate", "psycopg", "asyncio"):  # they log tracebacks; what matters we say ourselves
        logging.getLogger(each).setLevel(logging.CRITICAL + 1)
    work, ended = Work("worker"), threading.Event()
    work.begin()

    @app.task(name=dispatch.TASK, queue=dispatch.QUEUE)
    def carry_out(case: str) -> None:
        work.case(UUID(case))

    sweeping = threading.Thread(target=_sweep, args=(work, ended), name="sweep", daemon=True)
    sweeping.start()
    _log.info("worker.waits")
    while True:
        # One of its own for the worker: wakes are written by Django's connection, in its transactions.
        waiting = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]
        try:
            with waiting.open():
                waiting.run_worker(
                    queues=[dispatch.QUEUE],
                    concurrency=1,
                    delete_jobs="always",
                    fetch_job_polling_interval=SWEEP,
                )
            break
        except (ConnectorException, DatabaseFailed, DriverFailed):
            _log.warning("worker.database")
            ended.wait(PAUSE)
    ended.set()
    sweeping.join()
    work.stop()


def _sweep(work: Work, ended: threading.Event) -> None:
    while not ended.is_set():
        work.sweep()
        work.rest()
        work.due()
        ended.wait(SWEEP)
