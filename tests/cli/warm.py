"""A warm process that runs `upheld …` in children of its own, each as a process that was just begun: its own folder,
environment and streams, its own settings and databases. Only what is imported is imported already, which is nearly all
of a command's time.

Orders are JSON lines on its input, exit codes JSON lines on its output.
"""

import gc
import importlib
import json
import os
import pkgutil
import sys
import traceback
from contextlib import suppress

import upheld
from tests.kill import drivers
from upheld.cli import main, start

start.settle(None, None)

from django.conf import settings  # noqa: E402 - Django is settled by the line above
from django.db import connections  # noqa: E402
from django.utils.functional import empty  # noqa: E402

APART = (
    "upheld.demo",
    "upheld.web",
    "upheld.project.",
)
"""What a command does not load: the server is a program of its own, with other settings of Django."""


def import_all() -> None:
    for each in pkgutil.walk_packages(upheld.__path__, "upheld."):
        if not each.name.startswith(APART) and not each.name.startswith("upheld.connectors.conformance"):
            importlib.import_module(each.name)
    drivers.load_records()


def forget_settings() -> None:
    """As in a process in which nothing has asked for them yet."""
    sys.modules.pop("upheld.project.settings", None)
    settings._wrapped = empty
    connections._settings = None
    vars(connections).pop("settings", None)
    with suppress(AttributeError):
        del connections["default"]


def become(order: dict[str, object]) -> None:
    """In the child: the order's folder, environment, streams and arguments."""
    os.chdir(str(order["folder"]))
    os.environ.clear()
    os.environ.update(order["environment"])  # type: ignore[arg-type, call-overload]
    streams = (os.devnull, os.O_RDONLY), (order["out"], os.O_WRONLY), (order["err"], os.O_WRONLY)
    for number, (path, how) in enumerate(streams):
        opened = os.open(str(path), how)
        os.dup2(opened, number)
        os.close(opened)
    sys.argv = ["upheld", *order["arguments"]]  # type: ignore[misc]
    forget_settings()


def obey(order: dict[str, object]) -> int:
    """The exit code of a child that ran it."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            become(order)
            main.run()
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 0 if ended.code is None else 1
        except BaseException:  # noqa: BLE001 - as the interpreter ends a program
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


if __name__ == "__main__":
    import_all()
    gc.collect()
    gc.freeze()  # what is loaded already is shared with the children, not copied by their collections
    for line in sys.stdin:
        sys.stdout.write(json.dumps(obey(json.loads(line))) + "\n")
        sys.stdout.flush()
