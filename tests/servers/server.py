"""What the servers of one run share: a folder, a lock, an account to run as, a free port, a stop by process id."""

import contextlib
import fcntl
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

_started: list[subprocess.Popen[bytes]] = []  # kept, for a forgotten child process warns
START_LIMIT = 60.0  # seconds; a cold machine needs a few


class ServerMissing(Exception):
    """This machine has no such server; the message says why, `remedy` how to get it."""

    def __init__(self, why: str, remedy: str) -> None:
        super().__init__(why)
        self.why = why
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: the process that started it and the account that may do everything."""

    kind: str
    pid: int
    port: int
    folder: str
    user: str
    password: str

    def url(self, database: str) -> str:
        """Give the SQLAlchemy URL of one of its databases."""
        scheme = "mariadb+pymysql" if self.kind == "mariadb" else "postgresql+psycopg"
        options = "?charset=utf8mb4" if self.kind == "mariadb" else ""
        return f"{scheme}://{self.user}:{self.password}@127.0.0.1:{self.port}/{database}{options}"


def parent_folder() -> Path:
    """Give the folder of all runs of this account; others may enter it, for root's servers run as somebody else."""
    folder = Path(tempfile.gettempdir()) / f"upheld-servers-{os.getuid()}"
    folder.mkdir(mode=0o711, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        message = f"{folder} belongs to somebody else: remove it, then run the tests again"
        raise PermissionError(message)
    folder.chmod(0o711)
    return folder


def new_run_folder() -> Path:
    """Make the folder of this run, named after the process that will stop its servers; sweep abandoned ones."""
    parent = parent_folder()
    for old in parent.glob("run-*"):
        if not _alive(int(old.name.split("-")[1])):
            stop_all(old)
    folder = parent / f"run-{os.getpid()}"
    stop_all(folder)
    folder.mkdir(mode=0o711)
    folder.chmod(0o711)
    return folder


def shared(run_folder: Path, kind: str, start: Callable[[Path], Server]) -> Server:
    """Give the run's server of this kind: the first worker that asks starts it, the others wait and read its file."""
    record = run_folder / f"{kind}.json"
    with locked(run_folder / f"{kind}.lock"):
        if not record.exists():
            server = start(run_folder)
            record.write_text(json.dumps(asdict(server)))
            record.chmod(0o600)
        return Server(**json.loads(record.read_text()))


def stop_all(run_folder: Path) -> None:
    """Stop every server that was started in this folder, each by its own process id, and remove the folder."""
    for pid_file in run_folder.glob("*.pid"):
        pid = int(pid_file.read_text())
        if _runs_in(pid, run_folder):
            _stop(pid)
    shutil.rmtree(run_folder, ignore_errors=True)


def launch(command: Sequence[str | Path], folder: Path, account: str | None) -> subprocess.Popen[bytes]:
    """Start a server in the background and note its process id beside its folder."""
    with (folder / "server.log").open("ab") as log:
        running = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=folder,
            start_new_session=True,
            **as_account(account),
        )
    _started.append(running)
    folder.with_suffix(".pid").write_text(str(running.pid))
    return running


def set_up(command: Sequence[str | Path], folder: Path, account: str | None) -> None:
    """Run one command that prepares a server's folder; what it says is in the error if it fails."""
    done = subprocess.run(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        cwd=folder,
        check=False,
        **as_account(account),
    )
    if done.returncode != 0:
        message = f"{command[0]} failed: {done.stdout[-1000:]}{done.stderr[-1000:]}"
        raise RuntimeError(message)


def wait_until(ready: Callable[[], bool], running: subprocess.Popen[bytes], folder: Path) -> bool:
    """Wait for the server to answer; False when it ended by itself, for instance since its port was taken."""
    limit = time.monotonic() + START_LIMIT
    while time.monotonic() < limit:
        if running.poll() is not None:
            return False
        if ready():
            return True
        time.sleep(0.05)
    _stop(running.pid)
    log = (folder / "server.log").read_text(errors="replace")[-2000:]
    message = f"{running.args!r} did not answer within {START_LIMIT:.0f} seconds: {log}"
    raise RuntimeError(message)


def account_for(*names: str) -> str | None:
    """Choose the account a server runs as: nobody special unless we are root, which database servers refuse."""
    if os.getuid() != 0:
        return None
    for name in (*names, "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    raise ServerMissing("root needs an account to run servers as", "adduser --system nobody")


def as_account(account: str | None) -> dict[str, Any]:
    """Give the arguments of `subprocess` that run a command as that account."""
    if account is None:
        return {}
    entry = pwd.getpwnam(account)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": [], "umask": 0o077}


def owned_folder(folder: Path, account: str | None) -> Path:
    """Make an empty folder that only this account may read."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    if account is not None:
        entry = pwd.getpwnam(account)
        os.chown(folder, entry.pw_uid, entry.pw_gid)
    return folder


def free_port() -> int:
    """Ask the system for a port that is free now; whoever takes it must be ready to ask again."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Alone among the workers of a run."""
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _stop(pid: int) -> None:
    """End a server at once: its data is thrown away, and both kinds recover or vanish."""
    for number, patience in ((signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        limit = time.monotonic() + patience
        while time.monotonic() < limit:
            if not _alive(pid):
                return
            time.sleep(0.02)


def _alive(pid: int) -> bool:
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _runs_in(pid: int, folder: Path) -> bool:
    """Guard against a process id that was given to a stranger meanwhile."""
    shown = subprocess.run(
        ["ps", "-ww", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return str(folder) in shown.stdout
