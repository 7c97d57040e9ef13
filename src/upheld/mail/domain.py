"""Whose a domain is: whether one that signed a mail speaks for the one that it was sent from (RFC 7489
section 3.1.1)."""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

Resolve = Callable[[str], bytes | None]
"""The TXT record of a name, None where there is none. Raises Transient when nobody answers."""


@cache
def _list() -> "PublicSuffixList":
    from publicsuffixlist import PublicSuffixList  # lazy: slow import

    return PublicSuffixList()


def registered(domain: str) -> str:
    """The part of it that somebody registered, by the list of public suffixes as it was when the package was
    made; empty for a suffix itself, under which everybody can have a name."""
    return str(_list().privatesuffix(domain) or "")


def aligned(sender: str, signer: str, *, resolve: Resolve) -> bool:
    """Whether the signer speaks for the sender: the same domain, or another of the same registered one unless
    the sender's wants none but its own (`adkim=s`). A public suffix speaks for nobody, itself included. Both
    in lower case, without a last dot. Raises Transient."""
    whose = registered(sender)
    if not whose or registered(signer) != whose:
        return False
    return sender == signer or not _strict(sender, whose, resolve)


def _strict(sender: str, whose: str, resolve: Resolve) -> bool:
    for name in dict.fromkeys((sender, whose)):
        record = resolve(f"_dmarc.{name}")
        if record is not None:
            said = "".join(record.decode("ascii", "replace").split()).casefold().split(";")
            return said[0] != "v=dmarc1" or "adkim=s" in said
    return False
