"""`upheld worker`: carries cases out on any host that shares database, key store and data folder."""

import asyncio
import logging
import signal
import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import Error as DatabaseFailed
from psycopg import Error as DriverFailed

from upheld.project.work import Work

if TYPE_CHECKING:
    from procrastinate import App

SWEEP = 5.0
"""Seconds between two looks for what no wake told of: a wake that was lost, a lease that ran out."""
PAUSE = 5.0
"""Seconds until the database is tried again after it went away."""
_log = logging.getLogger("upheld.worker")


def run() -> None:
    """Until SIGTERM or Ctrl-C; the cases at hand are finished first."""
    from procrastinate.contrib.django import app  # lazy: optional dependency
    from procrastinate.exceptions import ConnectorException  # lazy: optional dependency

    from upheld.actions import dispatch  # lazy: app ready

    for each in ("procrastinate", "psycopg", "asyncio"):  # they log tracebacks; what matters we say ourselves
        logging.getLogger(each).setLevel(logging.CRITICAL + 1)
    work, ended = Work("worker"), threading.Event()
    work.begin()

    @app.task(name=dispatch.TASK, queue=dispatch.QUEUE)
    def carry_out(case: str, others: Sequence[str] = ()) -> None:
        work.cases(tuple(map(UUID, (case, *others))))

    beside = [
        threading.Thread(target=look, args=(work, ended), name=look.__name__.strip("_"), daemon=True)
        for look in (_sweep, _mind)
    ]
    for thread in beside:
        thread.start()
    _log.info("worker.waits")
    while not ended.is_set():
        # One of its own for the worker: wakes are written by Django's connection, in its transactions.
        waiting = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]
        try:
            with waiting.open():
                asyncio.run(_wait(waiting, dispatch.QUEUE, ended))
        except (ConnectorException, DatabaseFailed, DriverFailed):
            _log.warning("worker.database")
            ended.wait(PAUSE)
    for thread in beside:
        thread.join()
    work.stop()


async def _wait(waiting: "App", queue: str, ended: threading.Event) -> None:
    """Until somebody ends it; then `ended` is set, whatever becomes of the database meanwhile. The library's
    own handling of signals is left out: a database that goes away while it ends hides who asked for it."""
    async with waiting.open_async():
        working = asyncio.ensure_future(
            waiting.run_worker_async(
                queues=[queue],
                concurrency=1,
                delete_jobs="always",
                fetch_job_polling_interval=SWEEP,
                install_signal_handlers=False,
            )
        )

        def end() -> None:
            ended.set()
            working.cancel()

        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, end)
        with suppress(asyncio.CancelledError):
            await working


def _sweep(work: Work, ended: threading.Event) -> None:
    """Alone: whatever this worker is at, what another that died has left is seen in time."""
    while not ended.is_set():
        work.sweep()
        ended.wait(SWEEP)


def _mind(work: Work, ended: threading.Event) -> None:
    """What waits for the piece of work at hand to be over."""
    while not ended.is_set():
        work.rest()
        work.due()
        ended.wait(SWEEP)
