"""Exim, the mail server of Debian: run by an account without rights, on this machine alone, its mail kept in a folder.

Installed, or unpacked below the folder that UPHELD_UNPACKED names (`dpkg -x` of exim4-daemon-light, libidn12 and
libnss-wrapper): it wants an account by the name of Debian-exim, which the wrapper makes it believe in.
"""

import os
import pwd
import shutil
import smtplib
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from tests.servers.server import (
    ServerMissing,
    account_for,
    free_port,
    launch,
    owned_folder,
    parent_folder,
    stop_all,
    wait_until,
)

PASSWORD = "p/w with:signs@"
SETTINGS = """\
exim_path = {folder}/exim
exim_user = {account}
exim_group = {group}
keep_environment = ^LD_|^NSS_
spool_directory = {folder}/spool
log_file_path = {folder}/%slog
primary_hostname = mail.test
deliver_drop_privilege = true
message_size_limit = 2M
tls_advertise_hosts = {tls}
tls_certificate = {certificate}
auth_advertise_hosts = *
acl_smtp_rcpt = rcpt
acl_smtp_data = data
begin acl
rcpt:
  deny    condition = {closed}
          !authenticated = *
          message = relay not permitted
  deny    local_parts = nobody
          message = no such person here
  defer   local_parts = later
          !condition = ${{if exists{{{folder}/now}}}}
          message = greylisted
  warn    local_parts = slow
          delay = 30s
  accept
data:
  deny    condition = ${{if match{{$h_subject:}}{{refused}}}}
          message = this content is refused
  accept
begin routers
all:
  driver = accept
  transport = box
begin transports
box:
  driver = appendfile
  directory = {folder}/box
  maildir_format
  create_directory
  delivery_date_add
  envelope_to_add
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_condition = ${{if and{{{{eq{{$auth2}}{{upheld}}}}{{eq{{$auth3}}{{{password}}}}}}}}}
  server_set_id = $auth2
"""


@dataclass(frozen=True, slots=True)
class Exim:
    """A running one, and the folder where its mail comes in."""

    port: int
    folder: Path
    pid: int

    def came(self) -> list[tuple[str, EmailMessage]]:
        """To whom and what, in the order in which it came."""
        files = sorted((self.folder / "box" / "new").glob("*"), key=lambda each: each.stat().st_mtime_ns)
        mails = [message_from_bytes(each.read_bytes(), policy=default) for each in files]
        return [(str(mail["Envelope-to"]), mail) for mail in mails]

    def let_in(self) -> None:
        """From now on it takes mail for `later`."""
        (self.folder / "now").touch()

    def stop(self) -> None:
        """And what it kept is gone. Safe to repeat."""
        stop_all(self.folder.parent)


def start(*, certificate: Path | None = None, closed: bool = False, implicit: bool = False) -> Exim:
    """With a `certificate` it offers STARTTLS, or, `implicit`, speaks TLS from the first byte; `closed`: it takes
    mail only from who has logged in."""
    unpacked = Path(os.environ.get("UPHELD_UNPACKED", "/"))
    program = unpacked / "usr" / "sbin" / "exim4"
    if not program.exists():
        raise ServerMissing("Exim is missing", "apt install exim4-daemon-light")
    account = account_for("Debian-exim")
    run_folder = Path(tempfile.mkdtemp(prefix=f"run-{os.getpid()}-exim-", dir=parent_folder()))
    run_folder.chmod(0o711)
    folder = owned_folder(run_folder / "exim", account)
    own = folder / "exim"
    shutil.copyfile(program, own)
    own.chmod(0o755)  # and not set to run as root, as the package has it
    (folder / "spool").mkdir()
    written = folder / "certificate.pem"
    if certificate is not None:
        shutil.copyfile(certificate, written)
    entry = pwd.getpwnam(account) if account else pwd.getpwuid(os.getuid())
    settings = SETTINGS.format(
        folder=folder,
        account=entry.pw_uid,
        group=entry.pw_gid,
        tls="*" if certificate else "",
        certificate=written,
        closed=str(closed).lower(),
        password=PASSWORD,
    )
    (folder / "settings").write_text(settings)
    command: list[str | Path] = [own, "-C", folder / "settings", "-bdf", "-oP", folder / "pid"]
    if implicit:
        command.append("-tls-on-connect")
    wrapped = _wrapped(unpacked, folder, entry)
    for each in (folder, *folder.rglob("*")):
        if account:
            os.chown(each, entry.pw_uid, entry.pw_gid)
    for _ in range(5):
        port = free_port()
        running = launch([*wrapped, *command, "-oX", f"127.0.0.1.{port}"], folder, account)
        if wait_until(_greets(port, implicit=implicit), running, folder):
            return Exim(port, folder, running.pid)
    message = f"Exim does not start: {(folder / 'server.log').read_text(errors='replace')[-2000:]}"
    raise RuntimeError(message)


def _wrapped(unpacked: Path, folder: Path, entry: pwd.struct_passwd) -> list[str | Path]:
    """What lets an unpacked one find its libraries and its account."""
    try:
        pwd.getpwnam("Debian-exim")
    except KeyError:
        line = f"Debian-exim:x:{entry.pw_uid}:{entry.pw_gid}::/:/bin/false\n"
        (folder / "passwd").write_text(Path("/etc/passwd").read_text() + line)
        (folder / "group").write_text(Path("/etc/group").read_text() + f"Debian-exim:x:{entry.pw_gid}:\n")
        wrapper = next(unpacked.glob("usr/lib/*/libnss_wrapper.so"), None)
        if wrapper is None:
            raise ServerMissing(
                "the account Debian-exim is missing", "apt install exim4-daemon-light"
            ) from None
        return [
            "env",
            f"LD_LIBRARY_PATH={wrapper.parent}",
            f"LD_PRELOAD={wrapper}",
            f"NSS_WRAPPER_PASSWD={folder / 'passwd'}",
            f"NSS_WRAPPER_GROUP={folder / 'group'}",
        ]
    return []


def _greets(port: int, *, implicit: bool) -> Callable[[], bool]:
    kind = smtplib.SMTP_SSL if implicit else smtplib.SMTP

    def asked() -> bool:
        try:
            with kind("127.0.0.1", port, timeout=5) as session:
                return session.noop()[0] == 250
        except (OSError, smtplib.SMTPException):
            return False

    return asked
