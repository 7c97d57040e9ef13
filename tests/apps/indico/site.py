"""One Indico on a given database: its settings, its cache server, its own Python."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import make_url

from tests.apps.indico.setup import ROOT, VENV
from tests.servers.server import free_port

_SETTINGS = """\
SQLALCHEMY_DATABASE_URI = {database!r}
SECRET_KEY = 'a secret of the tests, used nowhere else'
BASE_URL = 'http://localhost'
REDIS_CACHE_URL = {redis!r}
CELERY_BROKER = {redis!r}
CELERY_CONFIG = {{'task_always_eager': True}}
EMAIL_BACKEND = 'indico.vendor.django_mail.backends.locmem.EmailBackend'
SMTP_USE_CELERY = False
DEFAULT_TIMEZONE = 'UTC'
DEFAULT_LOCALE = 'en_GB'
ENABLE_ROOMBOOKING = True
SIGNUP_CAPTCHA = False
SUPPORT_EMAIL = 'support@indico.example.org'
PUBLIC_SUPPORT_EMAIL = 'support@indico.example.org'
NO_REPLY_EMAIL = 'noreply@indico.example.org'
SYSTEM_NOTICES_URL = None
ATTACHMENT_STORAGE = 'default'
STORAGE_BACKENDS = {{'default': 'fs:{folder}/archive'}}
CACHE_DIR = '{folder}/cache'
TEMP_DIR = '{folder}/tmp'
LOG_DIR = '{folder}/log'
"""

_LOGGING = """\
version: 1
handlers: {indico: {class: logging.StreamHandler, formatter: plain, level: WARNING}}
formatters: {plain: {format: "%(levelname)s %(name)s %(message)s"}}
loggers: {indico: {handlers: [indico], level: WARNING}}
root: {handlers: [indico], level: WARNING}
"""


@dataclass(frozen=True, slots=True)
class Site:
    """An Indico that is ready to run commands; the folder holds its settings and stored files."""

    folder: Path

    def run(self, *arguments: str | Path) -> str:
        """Run Indico's own Python with these arguments and give what it printed.

        Raises RuntimeError with the last lines of its output if it fails.
        """
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "INDICO_CONFIG": str(self.folder / "indico.conf"),
            "PYTHONWARNINGS": "ignore",
            "PYTHONHASHSEED": "0",
            "PYTHONDONTWRITEBYTECODE": "1",
            "TZ": "UTC",
        }
        done = subprocess.run(
            [str(VENV / "bin" / "python"), *map(str, arguments)],
            env=environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            tail = "\n".join((done.stdout + done.stderr).splitlines()[-40:])
            raise RuntimeError(f"Indico ended with {done.returncode}:\n{tail}")
        return done.stdout


@contextmanager
def site(database: str) -> Iterator[Site]:
    """An Indico on this database, with a Redis of its own on loopback for its cache and its sessions."""
    folder = Path(tempfile.mkdtemp(prefix="upheld-indico-"))
    for name in ("archive", "cache", "tmp", "log"):
        (folder / name).mkdir()
    port = free_port()
    redis = subprocess.Popen(
        ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)],
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait_for(port)
        url = make_url(database).set(drivername="postgresql").render_as_string(hide_password=False)
        settings = _SETTINGS.format(database=url, redis=f"redis://127.0.0.1:{port}/0", folder=folder)
        (folder / "indico.conf").write_text(settings, encoding="utf-8")
        (folder / "logging.yaml").write_text(_LOGGING, encoding="utf-8")
        yield Site(folder)
    finally:
        redis.terminate()
        redis.wait(timeout=10)
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(port: int) -> None:
    limit = time.monotonic() + 10
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > limit:
                raise
            time.sleep(0.05)
        else:
            return
