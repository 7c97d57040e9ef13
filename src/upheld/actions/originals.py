"""What a person wrote, as it came: kept sealed with her request, and gone with its key."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from upheld.actions.means import Means
from upheld.mail.receive import Received
from upheld.rights.codec import decode, encode
from upheld.store.models import Arrival
from upheld.store.sealing import open_value, seal_value


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, as far as what came in says it. `number`: hers as a customer, or of her account. Personal."""

    name: str = ""
    address: str = ""
    phone: str = ""
    post: str = ""
    number: str = ""

    def __repr__(self) -> str:
        return "Asker(…)"


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that came with it; `kind` is by its content."""

    name: str
    kind: str
    content: bytes

    def __repr__(self) -> str:
        return f"Kept({self.kind}, {len(self.content)} bytes)"


@dataclass(frozen=True, slots=True)
class Original:
    """One message. `sender`: who wrote, where that is not the person herself. `judged`: why somebody was sure
    that it is she. Personal."""

    asker: Asker
    sender: str = ""
    subject: str = ""
    text: str = ""
    files: tuple[Kept, ...] = ()
    judged: str = ""

    def __repr__(self) -> str:
        return "Original(…)"


NOTHING = Original(Asker())
ELSEWHERE = "[a line about somebody else]"


def of(mail: Received, asker: Asker, others: Iterable[Asker]) -> Original:
    """What is kept with this person's request. Where the message is about others too, their lines are left
    out and no file is kept: when one of them is erased, nothing about her may stay in another's case."""
    sender = in_her_name(mail, asker)
    hidden = {each for other in others for each in _words(other)} - set(_words(asker))
    if not hidden:
        files = tuple(Kept(each.name, each.kind, each.content) for each in mail.attachments)
        return Original(asker, sender, mail.subject, mail.text, files)
    text, subject = _without(mail.text, hidden), _without(mail.subject, hidden)
    return Original(asker, sender, subject, text)


def in_her_name(mail: Received, asker: Asker) -> str:
    """Who wrote, where the mail came from another address than the person's; empty where it did not say."""
    address = mail.sender.address
    if not address or address.casefold() == asker.address.casefold():
        return ""
    return f"{mail.sender.name} <{address}>".strip()


def _words(asker: Asker) -> tuple[str, ...]:
    said = (asker.name, asker.address, asker.phone, asker.post, asker.number)
    return tuple(each.casefold() for each in said if each)


def _without(text: str, hidden: set[str]) -> str:
    return "\n".join(
        ELSEWHERE if any(each in line.casefold() for each in hidden) else line for line in text.splitlines()
    )


def seal(*, means: Means, arrival: Arrival, original: Original) -> None:
    """Put it into the arrival, under the arrival's key as it is now; does not save."""
    arrival.sealed_original = (
        b""
        if original == NOTHING
        else seal_value(means.keys, arrival.key, encode(original), record=_record(arrival))
    )


def opened(*, means: Means, arrival: Arrival) -> Original:
    """What came in; empty for the form, which has none. Raises Destroyed."""
    if not arrival.sealed_original:
        return NOTHING
    sealed = bytes(arrival.sealed_original)
    read = decode(
        open_value(means.keys, arrival.key, sealed, record=_record(arrival)), (Original, Asker, Kept)
    )
    if not isinstance(read, Original):
        raise TypeError("An arrival holds its original.")
    return read


def judged(original: Original, why: str) -> Original:
    """The same, with why somebody was sure."""
    return replace(original, judged=why)


def _record(arrival: Arrival) -> str:
    return f"arrival:{arrival.pk}:original"
