"""Whether a mail comes from whom it says: a DKIM signature that its sender's own domain vouches for (RFC
6376, aligned as RFC 7489 section 3.1.1 asks)."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import default
from email.utils import getaddresses, parsedate_to_datetime

from upheld.mail.domain import Resolve, aligned
from upheld.rights.outcome import Permanent

ALGORITHMS = (b"rsa-sha256", b"ed25519-sha256")
MUST_SIGN = ("from", "to", "date", "subject")
"""Without these signed, an old mail of hers could be sent again as another."""
SMALLEST_KEY = 1024
SIGNATURES = 5
"""More of them in one mail are not tried: each costs a look-up."""


@dataclass(frozen=True, slots=True)
class Written:
    """Who wrote, to whom, and when, as the signature vouches for. Personal."""

    sender: str
    to: tuple[str, ...]
    at: datetime

    def __repr__(self) -> str:
        return "Written(…)"


def written(raw: bytes, *, resolve: Resolve) -> Written:
    """What a mail's aligned signature vouches for (`upheld.mail.domain`).

    Nothing else vouches: not what a relay says that it saw (ARC, Authentication-Results), not a signature
    that has expired or covers a part, not one of which a signed header stands there twice.

    Permanent, saying which, when it is no mail, has several senders, or no signature that holds. Transient
    when a key cannot be looked up."""
    try:
        # Only headers are asked for: mails within mails, thousands deep, are not unfolded.
        return _written(raw, BytesHeaderParser(policy=default).parsebytes(raw), resolve)
    except (RecursionError, ValueError, LookupError, TypeError):  # what Python's reader of mails raises
        raise Permanent(
            "This mail cannot be read.", "Save the mail itself, with all its headers, as .eml."
        ) from None


def _written(raw: bytes, message: EmailMessage, resolve: Resolve) -> Written:
    sender = _sender(message)
    _once(message)
    domain = sender.rpartition("@")[2]
    found = Permanent("The mail has no signature of its domain.", "Ask her in another way.")
    for index, held in enumerate(message.get_all("DKIM-Signature", [])[:SIGNATURES]):
        tags = _tags(str(held))
        signer = tags.get("d", "").rstrip(".").casefold()
        if not aligned(domain, signer, resolve=resolve):
            continue
        wrong = _refused(tags)
        if wrong is None and _holds(raw, index, resolve):
            return Written(sender, _to(message), _date(message))
        found = Permanent(wrong or "The signature of this mail does not hold.", "Ask her in another way.")
    raise found


def _sender(message: EmailMessage) -> str:
    fields = message.get_all("From", [])
    named = [address for _, address in getaddresses([str(each) for each in fields]) if address]
    if len(fields) != 1 or len(named) != 1 or named[0].count("@") != 1:
        raise Permanent(
            "This is no mail of one sender.", "Save the mail itself, with all its headers, as .eml."
        )
    return named[0].casefold()


def _once(message: EmailMessage) -> None:
    """What was read must be what was signed: of two headers of a name each reader takes another."""
    if any(len(message.get_all(name, [])) > 1 for name in MUST_SIGN):
        raise Permanent("A header of this mail stands there twice.", "Ask her in another way.")


def _tags(header: str) -> dict[str, str]:
    pairs = (each.partition("=") for each in "".join(header.split()).split(";"))
    return {name: value for name, _, value in pairs if name}


def _refused(tags: dict[str, str]) -> str | None:
    """Why a signature counts for nothing, whatever it says."""
    signed = [each.casefold() for each in tags.get("h", "").split(":")]
    if "l" in tags:
        return "The signature covers a part of the mail only."
    if tags.get("a", "").encode() not in ALGORITHMS:
        return "The signature is made in a way that is no longer safe."
    missing = [each for each in MUST_SIGN if each not in signed]
    return f"The signature does not cover: {', '.join(missing)}." if missing else None


def _holds(raw: bytes, index: int, resolve: Resolve) -> bool:
    import dkim  # lazy: slow import

    silent = logging.getLogger("upheld.mail.silent")
    silent.addHandler(logging.NullHandler())
    silent.propagate = False  # what it would say quotes the mail

    def asked(name: bytes, timeout: int = 5) -> bytes | None:  # noqa: ARG001 - dkimpy's
        return resolve(name.decode("ascii", "replace").rstrip("."))

    try:
        verifier = dkim.DKIM(raw, logger=silent, minkey=SMALLEST_KEY)
        return bool(verifier.verify(idx=index, dnsfunc=asked))
    except (dkim.DKIMException, ValueError, IndexError, KeyError):
        return False


def _to(message: EmailMessage) -> tuple[str, ...]:
    fields = [str(each) for each in message.get_all("To", [])]
    return tuple(address.casefold() for _, address in getaddresses(fields) if address)


def _date(message: EmailMessage) -> datetime:
    try:
        at = parsedate_to_datetime(str(message["Date"]))
    except (TypeError, ValueError) as error:
        raise Permanent("The mail has no date.", "Save the mail itself, with all its headers.") from error
    if at.tzinfo is None:
        raise Permanent("The mail's date has no time zone.", "Ask her in another way.")
    return at


RECENT = timedelta(days=31)
"""How old a mail may be to say anything of a request."""
