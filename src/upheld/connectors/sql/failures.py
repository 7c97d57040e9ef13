"""Database errors as the three failures that cross the port. No message of a driver is passed on: they quote
values."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import exc

from upheld.rights.outcome import Failure, Misconfigured, Permanent, Transient

_TRANSIENT_SQLSTATES = ("08", "40", "53", "57", "55P03", "25006")
_TRANSIENT_MARIADB = {
    1020,
    1040,
    1158,
    1159,
    1160,
    1161,
    1203,
    1205,
    1213,
    1317,
    1969,
    2002,
    2003,
    2006,
    2013,
    2014,
}
_RIGHTS_MARIADB = {1044, 1045, 1142, 1143, 1227, 1698}
_SCHEMA_MARIADB = {1049, 1054, 1146}


@contextmanager
def translated(system: str, doing: str) -> Iterator[None]:
    """Everything a driver or SQLAlchemy raises inside becomes Transient, Permanent or Misconfigured."""
    try:
        yield
    except Failure:
        raise
    except exc.NoSuchModuleError as error:
        raise Misconfigured(f"{system}: no driver for this kind of database.", "Check `connect:`.") from error
    except exc.DBAPIError as error:
        raise _failure(system, doing, error) from None
    except PermissionError:
        raise Misconfigured(
            f"{system}: {doing} failed: a file or its folder may not be read or written.",
            "Give this program the rights, then try again.",
        ) from None
    except OSError as error:
        raise Transient(f"{system}: {doing} failed: {error.strerror or 'a file'}.", "Try again.") from None
    except (exc.SQLAlchemyError, sqlite3.Error) as error:
        raise Permanent(
            f"{system}: {doing} failed ({type(error).__name__}).", "Look at the map of this system."
        ) from None


def _failure(system: str, doing: str, error: exc.DBAPIError) -> Failure:
    state = str(getattr(error.orig, "sqlstate", None) or "")
    number = error.orig.args[0] if error.orig is not None and error.orig.args else None
    code = state or (str(number) if isinstance(number, int) else type(error.orig).__name__)
    said = f"{system}: {doing} failed ({code})."
    if error.connection_invalidated or state.startswith(_TRANSIENT_SQLSTATES) or number in _TRANSIENT_MARIADB:
        return Transient(said, "The database was busy or away; try again.")
    if state == "42501" or number in _RIGHTS_MARIADB or state.startswith("28"):
        if isinstance(error.orig, BaseException) and "row-level security" in str(error.orig):
            return Misconfigured(
                f"{system}: {doing} failed, row-level security hides rows from Upheld's role.",
                "Give the role BYPASSRLS, or let it own the tables (docs/findings.md, row.security).",
            )
        return Misconfigured(
            f"{said} Upheld's role lacks a right.", "Run `upheld map grants` and apply what it prints."
        )
    if state.startswith(("3D", "42")) or number in _SCHEMA_MARIADB:
        return Misconfigured(f"{said} The schema is not as the map says.", "Run `upheld map check`.")
    if isinstance(error.orig, sqlite3.OperationalError):
        text = str(error.orig)
        if "locked" in text or "busy" in text:
            return Transient(f"{system}: {doing} failed, the database is locked.", "Try again.")
        if text == "interrupted":
            return Transient(
                f"{system}: {doing} took longer than its limit.", "Try again, or raise `timeout`."
            )
        return Misconfigured(
            f"{system}: {doing} failed.", "Check that the file exists, may be written, and fits the map."
        )
    if isinstance(error, exc.OperationalError) and not state:
        return Transient(
            f"{said} The database cannot be reached.", "Check that it runs and that `connect:` is right."
        )
    return Permanent(said, "Nothing was written. Run `upheld map check`; if it finds nothing, report this.")
