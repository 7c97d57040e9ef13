"""The outermost frame: whatever happens, a person reads what happened, where, and what to do. Never a
traceback."""

import json
import sys
import tempfile
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from upheld.datamap.fault import Invalid
from upheld.rights.outcome import Failure, Misconfigured, Misnamed, Permanent, Transient

REFUSED = 1
USAGE = 2
STOPPED = 130
"""How the command line's own frame ends after Ctrl-C."""


class WrongUse(Misnamed):
    """The command line itself does not fit; exit code 2."""


class Declined(Permanent):
    """Nobody said yes, so nothing was written; exit code 1."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a command did not do what was asked: `code` is how the program ends (docs/exit-codes.md). `each`:
    one by one, where there are several."""

    kind: str
    what: str
    remedy: str = ""
    code: int = REFUSED
    each: tuple[str, ...] = ()

    def as_text(self) -> str:
        """For people."""
        return "\n".join(line for line in (*self.each, self.what, self.remedy) if line)

    def as_json(self) -> str:
        """For programs: one object."""
        said = {name: getattr(self, name) for name in ("kind", "what", "remedy", "each")}
        return json.dumps({"error": said | {"exit": self.code}}, indent=2, ensure_ascii=False)


INTERRUPTED = Fault(
    "interrupted", "Stopped. What was begun is safe: `upheld resume` goes on with it.", code=STOPPED
)


def guarded(work: Callable[[], int], *, as_json: bool = False) -> int:
    """The exit code of `work`, whatever it raises; why it failed is said on standard error, or `as_json` on
    standard output."""
    try:
        return work()
    except SystemExit as ended:
        if ended.code != STOPPED:
            return ended.code if isinstance(ended.code, int) else REFUSED
        fault = INTERRUPTED
    except KeyboardInterrupt:
        fault = INTERRUPTED
    except BrokenPipeError:
        return REFUSED
    except Exception as error:  # noqa: BLE001 - the one place where a bug may arrive
        fault = _fault(error)
    if as_json:
        sys.stdout.write(fault.as_json() + "\n")
    else:
        sys.stderr.write(fault.as_text() + "\n")
    return fault.code


def _fault(error: Exception) -> Fault:
    if isinstance(error, Invalid):
        count = len(error.errors)
        return Fault(
            "invalid",
            f"{count} {'error' if count == 1 else 'errors'} in the privacy folder.",
            each=tuple(map(str, error.errors)),
        )
    if isinstance(error, Failure):
        code = USAGE if isinstance(error, Misnamed) else REFUSED
        kind = next(name for known, name in KINDS if isinstance(error, known))
        return Fault(kind, error.what, error.remedy, code)
    if isinstance(error, OSError) and error.filename is not None:
        return Fault(
            "misconfigured",
            f"{error.filename} cannot be used: {error.strerror}.",
            "Check that it exists, may be written by you, and that the disk has room.",
        )
    return _unexpected(error)


KINDS: tuple[tuple[type[Failure], str], ...] = (
    (Declined, "declined"),
    (Misnamed, "wrong-use"),
    (Misconfigured, "misconfigured"),
    (Transient, "transient"),
    (Failure, "refused"),
)
"""What a failure is called for programs; the first that fits."""


def _unexpected(error: Exception) -> Fault:
    """Our own records that cannot be used are told as that; everything else is a bug, with a report."""
    said = str(error).lower()
    database = sys.modules.get("django.db.utils")
    if database is not None and isinstance(error, database.OperationalError):
        if "locked" in said:
            return Fault(
                "transient",
                "Another program holds Upheld's own records.",
                "Wait until it is done, then try again.",
            )
        if "readonly" in said or "unable to open" in said or "full" in said:
            return Fault(
                "misconfigured",
                "Upheld's own records cannot be written.",
                "Check who owns the data folder (--data), that it may be written, "
                "and that the disk has room.",
            )
        return Fault(
            "transient",
            "The database of Upheld's own records cannot be reached, or broke off.",
            "Check UPHELD_DATABASE_URL and that its server runs; then `upheld resume`.",
        )
    file = write_report(error)
    return Fault(
        "unexpected",
        f"Something went wrong that Upheld did not expect ({type(error).__name__}).",
        "Nothing is lost: what was begun can be gone on with by `upheld resume`. "
        f"The report in {file} names no person; please send it to those who maintain Upheld.",
    )


def write_report(error: BaseException) -> Path:
    """Where it happened, frame by frame, and the kinds of the errors: no values, no messages, for both may be
    personal."""
    lines = []
    chain: BaseException | None = error
    while chain is not None:
        lines.append(type(chain).__qualname__)
        frames = traceback.extract_tb(chain.__traceback__)
        lines.extend(f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames)
        chain = chain.__cause__ or chain.__context__
    folder = _folder()
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}.txt"
    file = folder / name
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def _folder() -> Path:
    """The data folder where it is known and can be written, else the system's for temporary files."""
    settings = sys.modules.get("upheld.project.settings")
    if settings is not None:
        folder: Path = settings.UPHELD_DATA / "errors"
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError:
            return Path(tempfile.mkdtemp(prefix="upheld-"))
        return folder
    return Path(tempfile.mkdtemp(prefix="upheld-"))
