"""One Indico: its settings, its cache server, its own Python. The database is given."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.apps.postgres import free_port

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
VENV = ROOT / ".apps" / "indico" / "venv"
DUMP = HERE / "indico.dump.xz"

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
CACHE_DIR = {folder!r} + '/cache'
TEMP_DIR = {folder!r} + '/tmp'
LOG_DIR = {folder!r} + '/log'
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

    def run(self, *arguments: str) -> str:
        """Runs Indico's own Python with these arguments and returns what it printed.

        Raises RuntimeError with the last lines of its output if it fails.
        """
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "INDICO_CONFIG": str(self.folder / "indico.conf"),
            "PYTHONWARNINGS": "ignore",
            "PYTHONHASHSEED": "0",
            "TZ": "UTC",
        }
        done = subprocess.run(
            [str(VENV / "bin" / "python"), *arguments],
            env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False,
        )
        if done.returncode:
            tail = "\n".join((done.stdout + done.stderr).splitlines()[-40:])
            raise RuntimeError(f"Indico ended with {done.returncode}:\n{tail}")
        return done.stdout


def missing() -> str:
    """What keeps Indico from running here and how to get it; empty if nothing does."""
    if not VENV.exists():
        return f"Indico is not installed: {Path(sys.executable).name} -m tests.apps.indico.setup"
    for program in ("redis-server", "xz"):
        if shutil.which(program) is None:
            return f"{program} is missing: install what tests/apps/indico/apt.txt names"
    return ""


@contextmanager
def site(database: str) -> Iterator[Site]:
    """An Indico on this database, with a Redis of its own on loopback for its cache and sessions."""
    folder = Path(tempfile.mkdtemp(prefix="upheld-apps-indico-"))
    for name in ("archive", "cache", "tmp", "log"):
        (folder / name).mkdir()
    port = free_port()
    redis = subprocess.Popen(
        ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)],
        stdout=subprocess.DEVNULL,
    )
    try:
        settings = _SETTINGS.format(database=database, redis=f"redis://127.0.0.1:{port}/0", folder=str(folder))
        (folder / "indico.conf").write_text(settings, encoding="utf-8")
        (folder / "logging.yaml").write_text(_LOGGING, encoding="utf-8")
        yield Site(folder)
    finally:
        redis.terminate()
        redis.wait(timeout=10)
        shutil.rmtree(folder, ignore_errors=True)
