"""What `upheld serve` does: settings, first folders, records, then two programs side by side."""

import logging
import os
import socket
import sys
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import typer

from upheld.cli.faults import WrongUse
from upheld.project import child, log
from upheld.project.orphan import end_with
from upheld.project.supervisor import Pair
from upheld.rights.outcome import Misconfigured

_log = logging.getLogger("upheld.server")
SHARED = (
    "upheld.web.means",
    "upheld.project.urls",
    "upheld.project.runner",
    "upheld.actions.rounds",
    "upheld.actions.purge",
    "upheld.cli.certifying",
    "upheld.project.rehearsal",
    "granian",
)
"""Imported once, while a child looks at the records. Not what reaches systems: the runner alone needs that,
and not while nothing is to be done."""


def run(
    *,
    data: Path | None,
    folder: Path | None,
    host: str,
    port: int,
    certificate: Path | None,
    key: Path | None,
    runner: bool = True,
) -> int:
    """Serve until told to end; the exit code. Without the `runner` workers do what is approved."""
    if (certificate is None) != (key is None):
        raise WrongUse("--certificate and --key go together.", "Give both, or neither.")
    for file in (certificate, key):
        if file is not None and not file.is_file():
            raise WrongUse(f"There is no file {file}.", "Name the certificate and its key as PEM files.")
    scheme = "https" if certificate else "http"
    shown = f"{scheme}://{'127.0.0.1' if host in ('0.0.0.0', '::') else host}:{port}"  # noqa: S104 - compared
    _refuse_taken(host, port)
    _settle(_home(data), folder, shown)
    _spoken("server")
    _make_ready(announcing=runner)
    child.lean()
    programs: dict[str, Callable[[], None]] = {
        "web server": lambda: _web(host, port, certificate, key),
    }
    if runner:
        programs["runner"] = _runner
    return Pair(programs).run()


def _web(host: str, port: int, certificate: Path | None, key: Path | None) -> None:
    from upheld.project.web import serve  # lazy: slow import

    serve(host, port, certificate and certificate.resolve(), key and key.resolve())


def _runner() -> None:
    from upheld.project.runner import run as carry_out  # lazy: slow import

    carry_out()


def _make_ready(*, announcing: bool) -> None:
    """Records, the first account's link, and what the programs need imported: side by side. The records are
    made by a child: this program must not have a connection when it is copied, and whatever making them
    takes is left behind with it."""
    from upheld.actions import lease  # lazy: app ready

    owner = lease.myself()
    sys.stdout.flush()
    sys.stderr.flush()
    parent, making = os.getpid(), os.fork()
    if not making:  # whatever is wrong is told by the outermost frame, as always
        end_with(parent)
        _make_records()
        if announcing:
            _announce(owner)
        _first_account()
        raise typer.Exit(0)
    for each in SHARED:
        import_module(each)
    _, status = os.waitpid(making, 0)
    if status:
        raise typer.Exit(max(os.waitstatus_to_exitcode(status), 1))
    from upheld.project.rehearsal import rehearse  # lazy: app ready

    rehearse()


def _refuse_taken(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise WrongUse(
                f"Port {port} of {host} cannot be listened on: {error.strerror}.",
                "Choose another with --port.",
            ) from error


def begin(data: Path | None, folder: Path | None, address: str) -> None:
    """Everything that a first start lacks. Django is ready afterwards."""
    _settle(_home(data), folder, address)
    _make_records()


def _settle(home: Path, folder: Path | None, address: str) -> None:
    """Folders and settings. Django is ready afterwards."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    _environment(home, folder)
    os.environ["UPHELD_LISTENS"] = address
    privacy = Path(os.environ["UPHELD_DIR"])
    if not privacy.exists():
        from upheld.cli.beginning import begin as make  # lazy: slow import

        make(privacy, "Your organisation", "privacy@example.org", serving=True)
    import django  # lazy: slow import

    django.setup()


def _make_records() -> None:
    """The tables, where there are none. Refuses records of another release, and a map with errors."""
    from django.conf import settings  # lazy: slow import

    from upheld.store import installation, release  # lazy: app ready

    installation.refuse_lost(data=settings.UPHELD_DATA)
    release.make()
    _join(begins=True)
    from upheld.web.means import datamap  # lazy: app ready

    datamap()


def _home(data: Path | None) -> Path:
    os.umask(0o077)
    return (data or Path(os.environ.get("UPHELD_DATA", "upheld-data"))).resolve()


def _environment(home: Path, folder: Path | None) -> None:
    os.environ["UPHELD_DATA"] = str(home)
    if folder is not None:
        os.environ["UPHELD_DIR"] = str(folder.resolve())
    os.environ.setdefault("UPHELD_DIR", str(home / "privacy"))
    os.environ["DJANGO_SETTINGS_MODULE"] = "upheld.project.site"


def work(*, data: Path | None, folder: Path | None) -> int:
    """Carry cases out until told to end. Refuses where it could not do the work of the server whose records
    these are: another database, another data folder, another key store, another version."""
    home = _home(data)
    if not home.is_dir():
        raise WrongUse(f"There is no server's folder {home}.", "Name it with --data, as for `upheld serve`.")
    if find_spec("procrastinate") is None:
        raise Misconfigured(
            "Workers need the package procrastinate, which is not installed.",
            "Install it: pip install 'upheld[workers]'.",
        )
    _environment(home, folder)
    import django  # lazy: slow import

    django.setup()
    from django.db import connection  # lazy: slow import
    from django.db.migrations.executor import MigrationExecutor  # lazy: slow import

    if connection.vendor != "postgresql":
        raise Misconfigured(
            "Workers need the records on PostgreSQL; on SQLite `upheld serve` carries everything out itself.",
            "Set UPHELD_DATABASE_URL, for the server too.",
        )
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise Misconfigured(
            "The records are not those of this version.",
            "New records: start `upheld serve` first. Records of an earlier release: run `upheld migrate`.",
        )
    _join(begins=False)
    from upheld.project.worker import run as carry_out  # lazy: slow import
    from upheld.web.means import datamap  # lazy: app ready

    datamap()
    _spoken("worker")
    carry_out()
    return 0


def _spoken(program: str) -> None:
    from django.conf import settings  # lazy: slow import

    log.begin(program, form=settings.UPHELD_LOG)


def _join(*, begins: bool) -> None:
    from django.conf import settings  # lazy: slow import

    from upheld.store import clock, installation  # lazy: app ready
    from upheld.store.keys import KeyStore  # lazy: app ready

    clock.measure()
    keys = KeyStore(settings.UPHELD_KEYS)
    installation.join(data=settings.UPHELD_DATA, keys=keys, at=clock.now(), begins=begins)


def _announce(owner: str) -> None:
    """Until the runner can say so itself: what is approved now will be carried out."""
    from upheld.actions import programs  # lazy: app ready
    from upheld.store import clock  # lazy: app ready
    from upheld.store.models import ProgramKind  # lazy: app ready

    programs.beat(owner=owner, kind=ProgramKind.STARTING, at=clock.now())


def _first_account() -> None:
    from django.conf import settings  # lazy: slow import

    from upheld.actions import house  # lazy: app ready
    from upheld.store.models import Staff  # lazy: app ready

    nobody = not Staff.objects.filter(is_active=True).exists()
    if settings.UPHELD_LOG == "json":  # lines for a machine, and kept: no link that gives access
        _log.info("server.begun")
        if nobody:
            _log.warning("server.alone")
        return
    address = house.address()
    typer.echo(f"Privacy centre: {address}/")
    typer.echo(f"Staff console:  {address}/console/")
    if nobody:
        typer.echo("Nobody has an account yet. Make the first one here, within a day; the link works once:")
        typer.echo(f"  {address}{_link('officer')}")
    if not house.mailing():
        typer.echo("No mail server is set: mails wait in the console's outbox. An officer can set it there.")
    also = [name for name in ("UPHELD_KEYS", "UPHELD_SECRETS", "UPHELD_DATABASE_URL") if name in os.environ]
    further = f", with the same {' and '.join(also)}" if also else ""
    typer.echo(f"Other commands for it: --dir {settings.UPHELD_DIR} --data {settings.UPHELD_DATA}{further}")
    sys.stdout.flush()


def _link(role: str, again: str = "") -> str:
    """The link's path."""
    from upheld.actions import accounts, staff  # lazy: app ready
    from upheld.store.models import Role  # lazy: app ready
    from upheld.web.means import means  # lazy: app ready

    if role.upper() not in Role.values:
        raise WrongUse(f"There is no role {role!r}.", f"Roles: {', '.join(Role.values).lower()}.")
    able = means(by="the terminal")
    if again:
        return f"/console/join/{accounts.readmit(means=able, email=again)}/"
    return f"/console/join/{staff.invite(means=able, role=Role(role.upper()))}/"


def invite_one(*, data: Path | None, folder: Path | None, role: str, again: str) -> int:
    """One more link. WrongUse where there is no installation: a mistyped folder must not become one."""
    home = data or Path(os.environ.get("UPHELD_DATA", "upheld-data"))
    if not home.is_dir():
        raise WrongUse(f"There is no server's folder {home}.", "Name it with --data, as for `upheld serve`.")
    begin(data, folder, "")
    from upheld.actions import house  # lazy: app ready

    address = house.address()
    typer.echo(f"{address}{_link(role, again)}")
    if not address:
        typer.echo("Put the server's address before it.", err=True)
    return 0
