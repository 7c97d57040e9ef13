"""Run Upheld's own program many times without waiting for its libraries each time.

A fork server loads them once, while the systems are made; each command is a process forked from it, which
runs the program's main module with the arguments that a person would type.
"""

import multiprocessing
import os
import runpy
import sys
import tempfile
from collections.abc import Mapping, Sequence
from multiprocessing import forkserver
from pathlib import Path

LIBRARIES = (
    "django.core.management",
    "django.db.backends.sqlite3.base",
    "django.db.migrations.executor",
    "django.db.models",
    "django.http",
    "psycopg",
    "pyrage",
    "rich.console",
    "sqlalchemy.dialects.postgresql.psycopg",
    "sqlalchemy.dialects.sqlite",
    "structlog",
    "typer",
    "upheld.connectors.files",
    "upheld.connectors.sql",
    "upheld.datamap.read",
    "upheld.ledger.export",
    "upheld.rights.package.writing",
    "upheld.rights.planner",
)
"""What every command needs. Nothing that reads settings: those are the command's own."""


def load() -> None:
    """Start loading; returns at once."""
    multiprocessing.get_context("forkserver").set_forkserver_preload(list(LIBRARIES))
    forkserver.ensure_running()


def run(module: str, arguments: Sequence[str], environment: Mapping[str, str]) -> tuple[int, str, str]:
    """Run a module as a program: its exit code, and what it said on standard output and standard error."""
    with tempfile.TemporaryDirectory(prefix="upheld-demo-") as folder:
        said, warned = Path(folder) / "said", Path(folder) / "warned"
        child = multiprocessing.get_context("forkserver").Process(
            target=_program,
            args=(module, list(arguments), dict(environment), str(said), str(warned), str(Path.cwd())),
        )
        child.start()
        child.join()
        code = 1 if child.exitcode is None else child.exitcode
        return code, said.read_text(encoding="utf-8"), warned.read_text(encoding="utf-8")


def _program(
    module: str, arguments: list[str], environment: dict[str, str], said: str, warned: str, folder: str
) -> None:
    for target, file in ((1, said), (2, warned)):
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(descriptor, target)
        os.close(descriptor)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["upheld", *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
