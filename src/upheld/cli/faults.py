"""The outermost frame: whatever happens, a person reads what happened, where, and what to do. Never a
traceback."""

import sys
import tempfile
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from upheld.datamap.fault import Invalid
from upheld.rights.outcome import Failure, Misconfigured

USAGE = 2
STOPPED = 130
"""How the command line's own frame ends after Ctrl-C."""
INTERRUPTED = "Stopped. What was begun is safe: `upheld resume` goes on with it."


class WrongUse(Misconfigured):
    """The command line itself does not fit; exit code 2."""


def guarded(work: Callable[[], int]) -> int:
    """The exit code of `work`, whatever it raises."""
    try:
        return work()
    except SystemExit as ended:
        if ended.code == STOPPED:
            tell(INTERRUPTED)
        return ended.code if isinstance(ended.code, int) else 1
    except KeyboardInterrupt:
        return tell(INTERRUPTED)
    except Invalid as invalid:
        count = len(invalid.errors)
        return tell(
            *map(str, invalid.errors), f"{count} {'error' if count == 1 else 'errors'} in the privacy folder."
        )
    except WrongUse as wrong:
        tell(wrong.what, wrong.remedy)
        return USAGE
    except Failure as failure:
        return tell(failure.what, failure.remedy)
    except BrokenPipeError:
        return 1
    except OSError as error:
        if error.filename is None:
            return unexpected(error)
        return tell(
            f"{error.filename} cannot be used: {error.strerror}.",
            "Check that it exists, may be written by you, and that the disk has room.",
        )
    except Exception as error:  # noqa: BLE001 - the one place where a bug may arrive
        return unexpected(error)


def unexpected(error: Exception) -> int:
    """Our own records that cannot be used are told as that; everything else is a bug, with a report."""
    said = str(error).lower()
    database = sys.modules.get("django.db.utils")
    if database is not None and isinstance(error, database.OperationalError):
        if "locked" in said:
            return tell(
                "Another program holds Upheld's own records.", "Wait until it is done, then try again."
            )
        if "readonly" in said or "unable to open" in said or "full" in said:
            return tell(
                "Upheld's own records cannot be written.",
                "Check who owns the data folder (--data), that it may be written, "
                "and that the disk has room.",
            )
        return tell(
            "The database of Upheld's own records cannot be reached, or broke off.",
            "Check UPHELD_DATABASE_URL and that its server runs; then `upheld resume`.",
        )
    file = write_report(error)
    return tell(
        f"Something went wrong that Upheld did not expect ({type(error).__name__}).",
        "Nothing is lost: what was begun can be gone on with by `upheld resume`. "
        f"The report in {file} names no person; please send it to those who maintain Upheld.",
    )


def tell(*lines: str) -> int:
    """Write for people, to standard error; gives the exit code 1."""
    sys.stderr.write("\n".join(line for line in lines if line) + "\n")
    return 1


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
