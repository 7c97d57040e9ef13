"""Start a database server for the demo, and stop it by its process id."""

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from upheld.demo.account import Account
from upheld.rights.outcome import Misconfigured

PATIENCE = 30.0
STOPPING = ((signal.SIGINT, 3.0), (signal.SIGTERM, 8.0), (signal.SIGQUIT, 4.0), (signal.SIGKILL, 4.0))
"""PostgreSQL ends at once on the first of them, MariaDB on the second."""
TRIES = 5
"""A port that was free may be taken a moment later."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs. `folder` holds its data, and nobody else's."""

    pid: int
    port: int
    password: str
    folder: Path


Try = Callable[[int], tuple[Sequence[str | Path], Callable[[], bool]]]
"""For a port: the command that starts the server, and the question whether it answers."""


def start(attempt: Try, folder: Path, account: Account, password: str) -> Server:
    """Start it on a free port of the loopback. Misconfigured, with its last words, if it does not answer."""
    log = folder / "server.log"
    for _ in range(TRIES):
        port = free_port()
        command, answers = attempt(port)
        with log.open("ab") as output:
            running = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=folder,
                start_new_session=True,
                **account.options(),
            )
        ready = False
        try:
            ready = _answers_in_time(answers, running)
        finally:
            if not ready:
                end(running.pid)
        if ready:
            return Server(running.pid, port, password, folder)
    said = log.read_text(errors="replace")[-800:].strip()
    raise Misconfigured(
        f"A database server of the demo does not start: {said}", "Repair that, then run it again."
    )


def _answers_in_time(answers: Callable[[], bool], running: "subprocess.Popen[bytes]") -> bool:
    limit = time.monotonic() + PATIENCE
    while running.poll() is None and time.monotonic() < limit:
        if answers():
            return True
        time.sleep(0.05)
    return False


def end(pid: int) -> None:
    """Stop a server and wait until it is gone. One that is gone already is no error."""
    for number, patience in STOPPING:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        limit = time.monotonic() + patience
        while time.monotonic() < limit:
            if not _alive(pid):
                return
            time.sleep(0.05)


def runs_in(pid: int, folder: Path) -> bool:
    """Whether the process of that id was started for that folder: ids are given to strangers again."""
    shown = subprocess.run(
        ["ps", "-ww", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return str(folder) in shown.stdout


def new_password() -> str:
    """Nobody needs to remember it."""
    return secrets.token_hex(12)


def refuse_taken(port: int) -> None:
    """Misconfigured where the loopback has something else on that port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Misconfigured(
                f"Port {port} is taken: {error.strerror}.", "Choose others with --port and --inbox-port."
            ) from error


def free_port() -> int:
    """One that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


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
