"""A warm process that begins servers in children of its own, each as a process that was just begun: its own folder,
environment and streams, its own settings and databases. Only what is imported is imported already, which is most of what a
start takes.

Orders are JSON documents on a socket; with each come the descriptors of the child's streams, and of a pipe on which its pid
is told, and its exit code when it has ended.
"""

import gc
import json
import os
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402 - apps first
from django.db import connections  # noqa: E402
from django.utils.functional import empty  # noqa: E402

from tests.kill import drivers  # noqa: E402
from tests.web import seat  # noqa: E402
from upheld.cli import main  # noqa: E402
from upheld.cli.commands import command  # noqa: E402
from upheld.project import serving  # noqa: E402

OURS = ("upheld.project.settings", "upheld.project.site")


def forget_settings() -> None:
    """As in a process in which nothing has asked for them yet."""
    for name in OURS:
        sys.modules.pop(name, None)
    settings._wrapped = empty
    connections._settings = None
    vars(connections).pop("settings", None)
    with suppress(AttributeError):
        del connections["default"]


def import_all() -> None:
    for name in (*serving.SHARED, "upheld.project.runner", "upheld.project.web", "upheld.actions.lease"):
        import_module(name)
    command().get_command(None, "serve")  # type: ignore[attr-defined]
    drivers.load_records()


def become(order: dict[str, Any], streams: list[int]) -> None:
    """In the child: the order's environment, streams and arguments."""
    os.environ.clear()
    os.environ.update(order["environment"])
    for number, opened in enumerate(streams):
        os.dup2(opened, number)
    os.closerange(3, 64)
    sys.argv = ["upheld", *order["arguments"]]
    forget_settings()


def lived(program: Callable[[], None]) -> int:
    """The exit code with which it ends, as the interpreter ends a program."""
    code = 1
    try:
        program()
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:  # noqa: BLE001 - the outermost frame of a program
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return code


def watched(order: dict[str, Any], streams: list[int], told: int) -> None:
    """In a child that only waits for the server, its own child, and tells."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    pid = os.fork()
    if not pid:
        become(order, streams)
        os._exit(lived(seat.take if order["seat"] else main.run))
    os.write(told, f"{pid}\n".encode())
    for each in streams:
        os.close(each)
    os.write(told, f"{os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])}\n".encode())
    os._exit(0)


def obey(orders: socket.socket) -> None:
    while True:
        written, descriptors, _, _ = socket.recv_fds(orders, 1 << 20, 4)
        if not written:
            return
        *streams, told = descriptors
        if not os.fork():
            orders.close()
            watched(json.loads(written), streams, told)
        for each in descriptors:
            os.close(each)


if __name__ == "__main__":
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    import_all()
    forget_settings()
    gc.collect()
    gc.freeze()  # what is loaded already is shared with the children, not copied by their collections
    obey(socket.socket(fileno=int(sys.argv[1])))
