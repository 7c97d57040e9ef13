"""Hand messages to a mail server. What it answers decides whether to try again."""

import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from upheld.rights.outcome import Failure, Misconfigured, Permanent, Transient

PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}
SECONDS = 8.0
"""To be connected, and once more to be greeted."""
WHOLE = 28.0
"""For all the rest of one mail: together less than the time for which it is claimed."""
NOT_LET_IN = frozenset({530, 535, 538})
"""Answers to an address that speak of us: log in first."""

_SET = "It is set in the console (Outbox), or as UPHELD_SMTP_URL."
TOO_LARGE = 552
"""Said to the sender's address, for that is where a mail's size is told."""


class Away(Transient):
    """The server takes nothing now, whatever it is: what else waits need not be tried at once."""


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server as UPHELD_SMTP_URL says it."""

    scheme: str
    host: str
    port: int
    user: str
    password: str

    def __repr__(self) -> str:
        return f"Server({self.scheme}://{self.host}:{self.port})"


def server(url: str) -> Server:
    """Read a URL. Misconfigured, without repeating it, for one that names no mail server."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in PORTS or not parts.hostname:
        raise Misconfigured(
            "UPHELD_SMTP_URL names no mail server.",
            "Write smtp://user:password@host:587, smtps://user:password@host:465 or smtp+plain://host:25.",
        )
    return Server(
        parts.scheme,
        parts.hostname,
        port or PORTS[parts.scheme],
        unquote(parts.username or ""),
        unquote(parts.password or ""),
    )


def deliver(message: EmailMessage, to: Server) -> None:
    """Hand one message over, within 45 seconds whatever the server does: by then others may take it up.

    Transient where the server may take it later, `Away` where it takes nothing now; Permanent where it never
    will; Misconfigured where it takes nothing from us. None repeats an address or what the server said.
    """
    with _told(to), _connected(to) as session, _ended_after(session, WHOLE):
        _enter(session, to)
        session.send_message(message)


def probe(to: Server) -> None:
    """Log in and leave. Fails as `deliver` does."""
    with _told(to), _connected(to) as session, _ended_after(session, WHOLE):
        _enter(session, to)
        session.noop()


def _enter(session: smtplib.SMTP, to: Server) -> None:
    if to.scheme == "smtp":
        _encrypt(session, to)
    if to.user:
        session.login(to.user, to.password)


@contextmanager
def _told(to: Server) -> Iterator[None]:
    try:
        yield
    except smtplib.SMTPAuthenticationError as error:
        if error.smtp_code < 500:
            raise Away(f"The mail server {to.host} cannot check the log-in now.", "") from None
        raise Misconfigured(
            f"The mail server {to.host} refused the log-in.", f"Check user and password. {_SET}"
        ) from error
    except smtplib.SMTPRecipientsRefused as error:
        raise _refused_address(to, error.recipients) from None
    except (smtplib.SMTPConnectError, smtplib.SMTPHeloError, smtplib.SMTPSenderRefused) as error:
        raise _refused_us(to, error.smtp_code) from None
    except smtplib.SMTPResponseException as error:
        if error.smtp_code >= 500:
            raise Permanent(f"The mail server {to.host} refused the mail ({error.smtp_code}).", "") from None
        raise Transient(f"The mail server {to.host} is busy ({error.smtp_code}).", "") from None
    except smtplib.SMTPNotSupportedError:
        raise Permanent(
            f"The mail server {to.host} takes no address with such letters.", "Write otherwise."
        ) from None
    except ssl.SSLCertVerificationError as error:
        raise Misconfigured(
            f"The certificate of the mail server {to.host} is not one that this machine trusts.",
            "Call it as its certificate does; SSL_CERT_FILE names other authorities.",
        ) from error
    except (OSError, smtplib.SMTPException) as error:
        raise Away(_away(to, error), _SET) from error


def _away(to: Server, error: Exception) -> str:
    """Why nothing was said, or nothing that is SMTP."""
    match error:
        case socket.gaierror():
            return f"No address is known of a mail server {to.host}."
        case ConnectionRefusedError():
            return f"Nothing listens on port {to.port} of the mail server {to.host}."
        case TimeoutError():
            return f"The mail server {to.host} does not answer on port {to.port}."
        case ssl.SSLError():
            return f"The mail server {to.host} does not encrypt in this way on port {to.port}."
    return f"The mail server {to.host} cannot be reached on port {to.port}."


def _refused_address(to: Server, answers: Mapping[str, tuple[int, bytes]]) -> Failure:
    """Servers that do not know us refuse every address, mostly for good, and mostly with this word."""
    codes = {code for code, _ in answers.values()}
    if codes & NOT_LET_IN or any(b"relay" in said.lower() for _, said in answers.values()):
        return _refused_us(to, max(codes))
    if all(code >= 500 for code in codes):
        return Permanent(f"The mail server {to.host} refused the address for good.", "Write otherwise.")
    return Transient(f"The mail server {to.host} asks to try this address later.", "")


def _refused_us(to: Server, code: int) -> Failure:
    """Not about this mail, but for its size: it takes none from what we are. 421: only now."""
    if code == TOO_LARGE:
        return Permanent(f"The mail is too large for the mail server {to.host}.", "")
    if code < 500:
        return Away(f"The mail server {to.host} takes nothing now ({code}).", "")
    return Misconfigured(
        f"The mail server {to.host} takes no mail from us ({code}).",
        f"See whether it lets this machine in, and takes mails from our address. {_SET}",
    )


def _encrypt(session: smtplib.SMTP, to: Server) -> None:
    try:
        session.starttls(context=ssl.create_default_context())
    except smtplib.SMTPNotSupportedError as error:
        raise Misconfigured(
            f"The mail server {to.host} offers no encryption.",
            "Say so where it is set if mail may go there unencrypted (smtp+plain://).",
        ) from error


def _connected(to: Server) -> smtplib.SMTP:
    if to.scheme == "smtps":
        return smtplib.SMTP_SSL(to.host, to.port, timeout=SECONDS, context=ssl.create_default_context())
    return smtplib.SMTP(to.host, to.port, timeout=SECONDS)


@contextmanager
def _ended_after(session: smtplib.SMTP, seconds: float) -> Iterator[None]:
    """A limit for each answer would not do: a server that answers a byte at a time is always in time."""
    if session.sock is not None:
        session.sock.settimeout(seconds)

    def end() -> None:
        with suppress(OSError, AttributeError):
            session.sock.shutdown(socket.SHUT_RDWR)  # type: ignore[union-attr]

    watch = threading.Timer(seconds, end)
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()
