"""Workers: refused where they could not do the server's work; their wakes are part of the transaction that makes work."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.servers.database import Database

CHILD = """
import json, django
django.setup()
from uuid import UUID
from django.core.management import call_command
from django.db import connection, transaction
from upheld.actions import dispatch

def jobs():
    with connection.cursor() as cursor:
        cursor.execute("SELECT queueing_lock, status::text FROM procrastinate_jobs ORDER BY id")
        return cursor.fetchall()

def numbers(cases):
    return sorted(each.int for each in cases)

call_command("migrate", verbosity=0)
one, two, said = UUID(int=1), UUID(int=2), []
with transaction.atomic():
    dispatch.wake(one)
    dispatch.wake(one)
    dispatch.wake(two)
said.append(jobs())
try:
    with transaction.atomic():
        dispatch.wake(UUID(int=3))
        raise ZeroDivisionError
except ZeroDivisionError:
    said.append(len(jobs()))
with connection.cursor() as cursor:
    cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE queueing_lock = %s", [str(one)])
dispatch.wake(one)
dispatch.forget_dead()
said.append(jobs())
with connection.cursor() as cursor:
    cursor.execute("DELETE FROM procrastinate_jobs")
for each in (1, 2, 3):
    dispatch.wake(UUID(int=each))
dispatch.wake_all([UUID(int=each) for each in range(1, 4 + dispatch.MOST + 1)])
said.append([len(jobs()), numbers(dispatch.taken_along(2)), numbers(dispatch.taken_along(9)), len(jobs())])
dispatch.wake_all([UUID(int=each) for each in range(3, 4 + dispatch.MOST + 1)])
said.append([each for each, _ in jobs()] == [str(UUID(int=each)) for each in (4, 3)])
with connection.cursor() as cursor:
    cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id")
    dispatch.forget_unheard()
    said.append(len(jobs()))
    cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '2 minutes'")
    dispatch.forget_unheard()
    said.append(len(jobs()))
print(json.dumps(said))
"""
ONE, TWO = "00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002"


def upheld(folder: Path, *arguments: str, **more: str) -> "subprocess.CompletedProcess[str]":
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("UPHELD_", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=kept | {"UPHELD_DATA": str(folder / "data")} | more,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def worker(folder: Path, **more: str) -> tuple[int, str]:
    done = upheld(folder, "-m", "upheld.cli.main", "worker", "--data", str(folder / "data"), **more)
    return done.returncode, done.stderr


def test_a_worker_is_refused_where_it_could_not_do_the_servers_work(
    tmp_path: Path, postgresql: Database
) -> None:
    code, mistyped = worker(tmp_path)
    (tmp_path / "data").mkdir()
    on_sqlite = worker(tmp_path)
    before_the_server = worker(tmp_path, UPHELD_DATABASE_URL=postgresql.url)

    assert (code, mistyped) == (
        2,
        f"There is no server's folder {tmp_path / 'data'}.\nName it with --data, as for `upheld serve`.\n",
    )
    assert on_sqlite == (
        1,
        (
            "Workers need the records on PostgreSQL; on SQLite `upheld serve` carries everything out itself.\n"
            "Set UPHELD_DATABASE_URL, for the server too.\n"
        ),
    )
    assert before_the_server == (
        1,
        "The records are not those of this version.\nNew records: start `upheld serve` first. Records of an earlier release: run `upheld migrate`.\n",
    )


def test_a_wake_is_written_with_what_makes_work_and_once_a_case(tmp_path: Path, postgresql: Database) -> None:
    (tmp_path / "data").mkdir()

    done = upheld(
        tmp_path,
        "-c",
        CHILD,
        UPHELD_DATABASE_URL=postgresql.url,
        DJANGO_SETTINGS_MODULE="upheld.project.site",
    )

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [
        [[ONE, "todo"], [TWO, "todo"]],  # the second wake of one case joins the first
        2,  # what is rolled back wakes nobody
        [[TWO, "todo"], [ONE, "todo"]],  # a job whose worker is gone goes; its case was woken anew
        # Of 104 three wait already: 100 and 1 make two wakes. Wakes of one case are taken along, so many at most.
        [5, [1, 2], [3, 104], 1],
        True,  # what waits in a wake of many is not woken again: 3 and 104 make one
        *(2, 0),  # they wait for a worker that is there, and for none that is gone
    ]
