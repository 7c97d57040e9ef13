"""Verifies any file that the ledger hands out: an export, a `.tlog-proof`, a certificate (P-14, P-21, P-22).

Never raises for what a file contains; whatever is wrong becomes a sentence of the verdict.
"""

import io
from dataclasses import dataclass
from pathlib import Path

from upheld.ledger import note, proof
from upheld.ledger.audit import NO_WITNESS, OWN_KEY, SAID_NOT_GONE, verify_export
from upheld.ledger.canonical import NotCanonical, decode
from upheld.ledger.checkpoint import Checkpoint, MalformedCheckpoint
from upheld.ledger.commitment import opens
from upheld.ledger.encoding import from_base64
from upheld.ledger.entry import Entry, RefusedEntry, Registry
from upheld.ledger.issue import Issued, completeness, read_issued, statement
from upheld.ledger.keys import Ed25519Verifier, MalformedKey
from upheld.ledger.merkle import ProofRefused
from upheld.ledger.record import MalformedRecord
from upheld.ledger.types import CERTIFICATE_ISSUED, REGISTRY
from upheld.ledger.verdict import Verdict, failed

MAX_FILE = 4_000_000
_EXPORT_START = b'{"format":"upheld.ledger/'
PROOF, CERTIFICATE, UNKNOWN = "proof", "certificate", "unknown file"
_REFUSALS = (
    note.MalformedNote,
    note.UnverifiedNote,
    MalformedCheckpoint,
    ProofRefused,
    MalformedKey,
    MalformedRecord,
    NotCanonical,
    RefusedEntry,
    proof.MalformedProof,
)


class Disproved(ValueError):
    """Two parts of a certificate that should agree do not."""


@dataclass(frozen=True, slots=True)
class Proved:
    """An entry and the checkpoint under which it is proved to stand in the log."""

    entry: Entry
    index: int
    checkpoint: Checkpoint


def verify_file(
    path: str | Path,
    *,
    vkey: str | None = None,
    entry: str | Path | None = None,
    registry: Registry = REGISTRY,
) -> Verdict:
    """The verdict on one file. Reads files, opens no connection.

    `vkey` is the organisation's published key; `entry` a file with the entry's bytes, for a proof that
    does not carry them.
    """
    if vkey is not None:
        try:
            Ed25519Verifier.from_vkey(vkey)
        except MalformedKey as error:
            return failed(UNKNOWN, str(error))
    try:
        with Path(path).open("rb") as file:
            start = file.read(len(_EXPORT_START))
            file.seek(0)
            if start == _EXPORT_START:
                return verify_export(file, vkey=vkey, registry=registry)
            data = file.read(MAX_FILE + 1)
        beside = None if entry is None else Path(entry).read_bytes()
    except OSError as error:
        return failed(UNKNOWN, f"The file {error.filename} cannot be read: {error.strerror}.")
    return verify_bytes(data, vkey=vkey, entry=beside, registry=registry)


def verify_bytes(
    data: bytes, *, vkey: str | None = None, entry: bytes | None = None, registry: Registry = REGISTRY
) -> Verdict:
    """As `verify_file`, for what is already in memory."""
    if data.startswith(_EXPORT_START):
        return verify_export(io.BytesIO(data), vkey=vkey, registry=registry)
    if len(data) > MAX_FILE:
        return failed(UNKNOWN, f"The file is neither a ledger export nor shorter than {MAX_FILE} bytes.")
    if data.startswith(b"c2sp.org/tlog-proof"):
        return _verify_proof(data, vkey=vkey, entry=entry, registry=registry)
    if data.startswith(b"{"):
        return _verify_certificate(data, vkey=vkey, registry=registry)
    return failed(
        UNKNOWN,
        "The file begins neither like a ledger export nor like a .tlog-proof nor like a certificate. "
        "If it was one, its beginning was changed.",
        line=1,
    )


def _verify_proof(data: bytes, *, vkey: str | None, entry: bytes | None, registry: Registry) -> Verdict:
    if vkey is None:
        return failed(PROOF, "A proof carries no key: give the organisation's published key with --vkey.")
    try:
        read = proof.parse(data.decode("utf-8"))
        proved = _prove(read, vkey, entry, registry)
    except UnicodeDecodeError:
        return failed(PROOF, "The file is not valid UTF-8.")
    except (*_REFUSALS, Disproved) as error:
        return failed(PROOF, str(error))
    return Verdict(PROOF, _sentences(proved), (), (NO_WITNESS, SAID_NOT_GONE))


def _prove(read: proof.Proof, vkey: str, entry: bytes | None, registry: Registry) -> Proved:
    if entry is not None and read.extra is not None and entry != read.extra:
        raise Disproved("The proof carries another entry than the one given with --entry.")
    data = entry if entry is not None else read.extra
    if data is None:
        raise Disproved("The proof does not carry its entry: give the entry's file with --entry.")
    key = Ed25519Verifier.from_vkey(vkey)
    checkpoint = proof.verify(read, data, [key], origin=key.name)
    return Proved(registry.decode(data), read.index, checkpoint)


def _sentences(proved: Proved) -> tuple[str, ...]:
    return (
        (
            f"The entry {proved.entry.type} of {proved.entry.at:%Y-%m-%d %H:%M} UTC is entry number "
            f"{proved.index + 1} of {proved.checkpoint.size} in the ledger {proved.checkpoint.origin}."
        ),
        f"The checkpoint that covers it is signed with the key of {proved.checkpoint.origin}.",
    )


def _verify_certificate(data: bytes, *, vkey: str | None, registry: Registry) -> Verdict:
    try:
        if not data.endswith(b"\n"):
            raise NotCanonical("The file does not end with a newline: something was cut off.")
        issued = read_issued(decode(data[:-1]))
        proved = _judge_certificate(issued, vkey, registry)
    except (*_REFUSALS, Disproved) as error:
        return failed(CERTIFICATE, str(error))
    certificate = issued.certificate
    checked = (
        (
            f"The certificate of case {certificate.case} is signed with the key of "
            f"{proved.checkpoint.origin} and is unchanged."
        ),
        "The ledger's entry is about exactly this certificate.",
        *_sentences(proved),
    )
    limits = [] if vkey else [OWN_KEY]
    if not certificate.complete:
        limits.append("The certificate itself says that the work is NOT finished in every system.")
    return Verdict(CERTIFICATE, checked, (), (*limits, NO_WITNESS, SAID_NOT_GONE))


def _judge_certificate(issued: Issued, vkey: str | None, registry: Registry) -> Proved:
    if vkey is not None and vkey != issued.vkey:
        raise Disproved("The certificate is signed with another key than the one given with --vkey.")
    certificate = issued.certificate
    opened = note.open_note(issued.signature, [Ed25519Verifier.from_vkey(issued.vkey)])
    if opened.text != statement(certificate) or len(opened.verified) != 1 or opened.unknown:
        raise Disproved("The signature is about another certificate: this one was changed, or exchanged.")
    read = proof.parse(issued.proof)
    proved = _prove(read, issued.vkey, None, registry)
    fields = proved.entry.fields
    if proved.entry.type != CERTIFICATE_ISSUED or fields["case"] != certificate.case:
        raise Disproved("The proof is about another entry, not about this certificate's.")
    committed = str(fields["certificate"])
    if not opens(from_base64(issued.case_key), certificate.canonical(), committed):
        raise Disproved("The ledger's entry is about other words than this certificate's.")
    if fields["completeness"] != completeness(certificate):
        raise Disproved("The ledger and the certificate disagree on whether everything was finished.")
    return proved
