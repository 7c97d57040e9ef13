"""Base64 and decimal numbers with exactly one spelling each, so that no byte of a signed file is free."""

import binascii
import re
from base64 import b64decode, b64encode

_DECIMAL = re.compile(r"(0|[1-9][0-9]{0,18})\Z", re.ASCII)


def to_base64(value: bytes) -> str:
    """The standard alphabet, padded."""
    return b64encode(value).decode("ascii")


def from_base64(text: str) -> bytes:
    """Raises ValueError for what `to_base64` would not have written: spaces, spare bits, no padding."""
    try:
        value = b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise ValueError(f"This is not base64: {text[:60]!r}.") from error
    if to_base64(value) != text:
        raise ValueError(f"This base64 has stray bits at its end: {text[:60]!r}.")
    return value


def from_decimal(text: str) -> int:
    """Raises ValueError for signs, spaces, leading zeros, other scripts' digits, more than 19 digits."""
    if not _DECIMAL.match(text):
        raise ValueError(f"This is not a plain decimal number: {text[:60]!r}.")
    return int(text)
