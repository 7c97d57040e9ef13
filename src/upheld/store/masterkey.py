"""The master key from elsewhere: a command prints it, once for each program, and it is on no disk of ours."""

import hmac
import shlex
import subprocess
from base64 import b64decode
from functools import lru_cache
from hashlib import sha256

from upheld.rights.outcome import Misconfigured

SETTING = "UPHELD_MASTER_KEY_COMMAND"
SECONDS = 30.0
LENGTH = 32


class _Source:
    """Which command; the settings say it, for every key store of this program."""

    command = ""


source = _Source()


def fetched() -> bytes:
    """The key that the command prints. Misconfigured where there is none, or it fails; what it printed is in
    no error."""
    if not source.command:
        raise Misconfigured(
            "The master key of this key store is kept elsewhere, and no command says where.",
            f"Set {SETTING} to the command that prints it.",
        )
    return _printed(source.command)


@lru_cache(maxsize=2)
def _printed(command: str) -> bytes:
    try:
        done = subprocess.run(
            shlex.split(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _failed(f"did not end within {SECONDS:.0f} seconds") from None
    except (OSError, ValueError) as error:
        raise _failed(f"cannot be run ({type(error).__name__})") from None
    if done.returncode:
        raise _failed(f"ended with {done.returncode}")
    try:
        key = b64decode(done.stdout.strip(), validate=True)
    except ValueError:
        key = b""
    if len(key) != LENGTH:
        raise _failed("did not print a key: base64 of 32 bytes, as it stands in `master.key`")
    return key


def _failed(why: str) -> Misconfigured:
    return Misconfigured(
        f"The command of {SETTING} {why}.", "Run it by hand, as the account of this program."
    )


def check_value(key: bytes) -> bytes:
    """By which a key is known to be that of a key store, and which tells nothing of it."""
    return hmac.new(key, b"upheld master key check v1", sha256).hexdigest().encode() + b"\n"
