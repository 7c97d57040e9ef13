"""The child of `test_away`: visitors while the records are away, and after they came back.

Prints one JSON document.
"""

import json
import logging
import os
import signal
import sqlite3
import sys
from contextlib import closing, suppress
from pathlib import Path

from tests.servers import postgresql
from tests.servers.server import new_run_folder, stop_all

KIND = sys.argv[1]
RUN = new_run_folder() if KIND == "postgresql" else None
if RUN is not None:
    SERVER = postgresql.postgresql(RUN, "postgresql15")
    postgresql.create(SERVER, "records")
    os.environ["UPHELD_DATABASE_URL"] = SERVER.url("records").replace("postgresql+psycopg", "postgresql")

import django  # noqa: E402 - settings first

django.setup()

from django.db import connection  # noqa: E402 - apps first
from django.test import Client  # noqa: E402

from tests.kill.house import _family  # noqa: E402
from upheld.store import release  # noqa: E402

ADDRESSES = (
    "/en/follow/" + "x" * 43 + "/",
    "/de/follow/" + "x" * 43 + "/",
    "/console/",
    "/api/v1/requests/00000000-0000-0000-0000-000000000000",
    "/readyz",
)
LINES: list[str] = []


class Kept(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.ERROR:
            LINES.append(record.getMessage())


def seen() -> dict[str, list[object]]:
    """Status, when to come again, and the heading or the problem of each page; and of a form that is sent."""
    own = Client(HTTP_HOST="127.0.0.1", raise_request_exception=False)
    own.cookies["upheld"] = "s" * 32  # whoever works here has a session
    token = {"HTTP_AUTHORIZATION": "Bearer upheld_" + "t" * 43}
    answers = {each: own.get(each, **(token if "api" in each else {})) for each in ADDRESSES}
    answers["form"] = own.post("/en/", {"email": "ada@example.org", "copy": "on", "step": "send"})
    found: dict[str, list[object]] = {}
    for name, answer in answers.items():
        text = answer.content.decode()
        assert "Traceback" not in text, name
        title = (
            text.partition("<h1>")[2].partition("</h1>")[0]
            or text.partition('"type": "')[2].partition('"')[0]
        )
        found[name[:8]] = [answer.status_code, answer.headers.get("Retry-After"), title]
    return found


def off_postgresql() -> None:
    for pid in _family(SERVER.pid):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    os.waitpid(SERVER.pid, 0)


def on_postgresql() -> dict[str, object]:
    try:
        release.make()
        found: dict[str, object] = {"before": seen()}
        LINES.clear()
        off_postgresql()
        found |= {"away": [seen(), seen()][1], "lines": list(LINES)}
        postgresql.again(SERVER)
        return found | {"after": seen()}
    finally:
        connection.close()
        stop_all(RUN)


def on_sqlite() -> dict[str, object]:
    release.make()
    file = Path(connection.settings_dict["NAME"])
    found: dict[str, object] = {"before": seen()}
    LINES.clear()
    connection.close()
    connection.settings_dict["OPTIONS"]["timeout"] = 0.1
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        found["locked"] = seen()["form"]
        other.execute("ROLLBACK")
    connection.close()
    aside = file.rename(file.with_name("aside"))
    file.mkdir()
    found |= {"away": seen(), "lines": list(LINES)}
    file.rmdir()
    aside.rename(file)
    return found | {"after": seen()}


def main() -> None:
    for name in ("upheld", "django"):
        logging.getLogger(name).addHandler(Kept())
    json.dump(on_postgresql() if KIND == "postgresql" else on_sqlite(), sys.stdout)


if __name__ == "__main__":
    main()
