"""Signed notes (C2SP signed-note): a text, an empty line, and one line for each signature (P-10).

text of one or more lines
<empty line>
— key-name base64(4 bytes key id, signature)
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from upheld.ledger.encoding import from_base64, to_base64
from upheld.ledger.keys import Signer, Verifier, valid_name

# A note is read whole before any signature is judged, so its size must be bounded first.
MAX_BYTES = 1_000_000
MAX_SIGNATURES = 100
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


class MalformedNote(ValueError):
    """The text does not have the form of a signed note."""


class UnverifiedNote(ValueError):
    """A signature of a known key is wrong, or no known key has signed."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line. `blob` is what follows the key id."""

    name: str
    key_id: bytes
    blob: bytes

    def line(self) -> str:
        """The signature's line, newline included."""
        return f"— {self.name} {to_base64(self.key_id + self.blob)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A note as read: the signatures are parsed, not judged."""

    text: str
    signatures: tuple[Signature, ...]


@dataclass(frozen=True, slots=True)
class Opened:
    """A note whose known signatures are all good. `unknown` are signatures by keys nobody asked about."""

    text: str
    verified: tuple[Signature, ...]
    unknown: tuple[Signature, ...]


def _check_text(text: str) -> None:
    if not text.endswith("\n"):
        raise MalformedNote("The text of a note must end with a newline.")
    if _CONTROL.search(text):
        raise MalformedNote("The text of a note must hold no control character except newlines.")
    try:
        size = len(text.encode("utf-8"))
    except UnicodeEncodeError as error:
        raise MalformedNote("The note is not valid UTF-8.") from error
    if size > MAX_BYTES:
        raise MalformedNote(f"The note is longer than {MAX_BYTES} bytes.")


def sign(text: str, *signers: Signer) -> str:
    """The signed note over `text`. Judges only the form: whether it *may* be signed is the caller's duty."""
    _check_text(text)
    lines = []
    for signer in signers:
        blob = signer.sign(text.encode("utf-8"))
        lines.append(Signature(signer.name, signer.key_id, blob).line())
    if not lines:
        raise MalformedNote("A note needs at least one signature.")
    return text + "\n" + "".join(lines)


def parse(signed: str) -> Note:
    """Reads a note without judging its signatures. Raises MalformedNote and nothing else."""
    _check_text(signed)
    # The last empty line divides; an earlier one belongs to the text.
    text, divider, lines = signed.rpartition("\n\n")
    if not divider or not lines:
        raise MalformedNote("The note has no empty line followed by signatures.")
    signatures = tuple(_parse_signature(line) for line in lines[:-1].split("\n"))
    if len(signatures) > MAX_SIGNATURES:
        raise MalformedNote(f"The note has more than {MAX_SIGNATURES} signatures.")
    return Note(text + "\n", signatures)


def _parse_signature(line: str) -> Signature:
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != "—" or not valid_name(parts[1]):
        raise MalformedNote(f"This is not a signature line: {line[:80]!r}.")
    try:
        blob = from_base64(parts[2])
    except ValueError as error:
        raise MalformedNote(f"The signature of {parts[1][:60]!r} is damaged. {error}") from error
    if len(blob) < 5:
        raise MalformedNote(f"The signature of {parts[1][:60]!r} is too short.")
    return Signature(parts[1], blob[:4], blob[4:])


def open_note(signed: str, verifiers: Sequence[Verifier]) -> Opened:
    """Judges a note: unknown keys are ignored, a known key that fails refuses the note, one must be good.

    A key is known by its name and its id together. Raises MalformedNote or UnverifiedNote.
    """
    note = parse(signed)
    known = {(verifier.name, verifier.key_id): verifier for verifier in verifiers}
    text = note.text.encode("utf-8")
    verified, unknown = [], []
    for signature in note.signatures:
        verifier = known.get((signature.name, signature.key_id))
        if verifier is None:
            unknown.append(signature)
        elif verifier.verify(text, signature.blob):
            verified.append(signature)
        else:
            raise UnverifiedNote(
                f"The signature of {signature.name!r} is wrong: the text was changed after it was signed."
            )
    if not verified:
        asked = ", ".join(sorted({verifier.name for verifier in verifiers})) or "none was given"
        raise UnverifiedNote(f"No key that was asked about has signed this (asked about: {asked}).")
    return Opened(note.text, tuple(verified), tuple(unknown))


def with_signatures(signed: str, *added: Signature) -> str:
    """The same note with further signatures, such as a witness's cosignature, after those it has."""
    parse(signed)
    return signed + "".join(signature.line() for signature in added)
