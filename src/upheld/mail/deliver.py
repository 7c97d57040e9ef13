"""Hand messages to a mail server. What it answers decides whether to try again."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from upheld.rights.outcome import Misconfigured, Permanent, Transient

PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}
SECONDS = 20


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
    """Hand one message over. Transient where the server may take it later, Permanent where it never will,
    Misconfigured where it does not let us in; none of them repeats an address or what the server said."""
    with _told(to), _connected(to) as session:
        _enter(session, to)
        session.send_message(message)


def probe(to: Server) -> None:
    """Log in and leave. Fails as `deliver` does."""
    with _told(to), _connected(to) as session:
        _enter(session, to)
        session.noop()


def _enter(session: smtplib.SMTP, to: Server) -> None:
    if to.scheme == "smtp":
        session.starttls(context=ssl.create_default_context())
    if to.user:
        session.login(to.user, to.password)


@contextmanager
def _told(to: Server) -> Iterator[None]:
    try:
        yield
    except smtplib.SMTPAuthenticationError as error:
        raise Misconfigured(
            f"The mail server {to.host} refused the log-in.", "Check UPHELD_SMTP_URL."
        ) from error
    except smtplib.SMTPRecipientsRefused as error:
        codes = {code for code, _ in error.recipients.values()}
        if all(code >= 500 for code in codes):
            raise Permanent(
                f"The mail server {to.host} refused the address for good.", "Write otherwise."
            ) from None
        raise Transient(f"The mail server {to.host} asks to try this address later.", "") from None
    except smtplib.SMTPResponseException as error:
        if error.smtp_code >= 500:
            raise Permanent(f"The mail server {to.host} refused the mail ({error.smtp_code}).", "") from None
        raise Transient(f"The mail server {to.host} is busy ({error.smtp_code}).", "") from None
    except smtplib.SMTPNotSupportedError as error:
        raise Misconfigured(
            f"The mail server {to.host} offers no encryption.",
            "Write smtp+plain:// if mail may go there unencrypted.",
        ) from error
    except (OSError, smtplib.SMTPException) as error:
        raise Transient(f"The mail server {to.host} cannot be reached.", "Check UPHELD_SMTP_URL.") from error


def _connected(to: Server) -> smtplib.SMTP:
    if to.scheme == "smtps":
        return smtplib.SMTP_SSL(to.host, to.port, timeout=SECONDS, context=ssl.create_default_context())
    return smtplib.SMTP(to.host, to.port, timeout=SECONDS)
