"""Issuing a certificate: signature, ledger entry, proof and the key that opens the entry, in one file (P-21).

Order of acts: write `certificate_entry` to the ledger, wait for a checkpoint that covers it, then `issue`.
The file is one line of canonical JSON; the first member that a reader should look at is "format".
"""

from dataclasses import dataclass, fields
from datetime import datetime

from upheld.ledger import note
from upheld.ledger.canonical import Spelled, encode
from upheld.ledger.certificate import Certificate
from upheld.ledger.commitment import commit, opens
from upheld.ledger.encoding import from_base64, to_base64
from upheld.ledger.entry import Entry
from upheld.ledger.keys import Signer
from upheld.ledger.proof import Proof
from upheld.ledger.proof import parse as parse_proof
from upheld.ledger.record import MalformedRecord, from_value
from upheld.ledger.types import CERTIFICATE_ISSUED, REGISTRY

FORMAT = "upheld.certificate/v1"


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate with everything needed to check it offline, as it stands in the file.

    `case_key` (base64) opens this case's commitments. Whoever holds the file can show that the ledger's entry
    is about this certificate; nobody else can, once the organisation has destroyed its own copy of the key.
    """

    format: str
    certificate: Certificate
    signature: str
    vkey: str
    case_key: str
    proof: str

    def encode(self) -> bytes:
        """The bytes of the file."""
        members = {each.name: getattr(self, each.name) for each in fields(self)}
        members["certificate"] = Spelled(self.certificate.canonical().decode())
        return encode(members) + b"\n"

    @property
    def inclusion(self) -> Proof:
        """The embedded proof, read but not judged."""
        return parse_proof(self.proof)


def completeness(certificate: Certificate) -> str:
    """The code that the ledger's entry holds."""
    return "complete" if certificate.complete else "incomplete"


def certificate_entry(certificate: Certificate, *, case_key: bytes, at: datetime) -> Entry:
    """The ledger entry that binds the certificate's words without holding them."""
    return REGISTRY.create(
        CERTIFICATE_ISSUED,
        at=at,
        case=certificate.case,
        certificate=commit(case_key, certificate.canonical()),
        completeness=completeness(certificate),
    )


def statement(certificate: Certificate) -> str:
    """What is signed. Its first line differs from every origin, so it can never pass for a checkpoint."""
    return f"{FORMAT}\ncase {certificate.case}\n{to_base64(certificate.digest())}\n"


def issue(certificate: Certificate, *, case_key: bytes, inclusion: Proof, signer: Signer) -> Issued:
    """Signs the certificate and joins it with the proof of its entry, which `inclusion` must carry as extra.

    Raises ValueError if that entry is not about this very certificate: a proof of something else would
    only be noticed by the person who checks it.
    """
    entry = REGISTRY.decode(inclusion.extra or b"")
    committed = str(entry.fields.get("certificate", ""))
    if entry.type != CERTIFICATE_ISSUED or not opens(case_key, certificate.canonical(), committed):
        raise ValueError(f"The proof is not about the certificate of case {certificate.case}.")
    return Issued(
        format=FORMAT,
        certificate=certificate,
        signature=note.sign(statement(certificate), signer),
        vkey=signer.verifier().vkey,
        case_key=to_base64(case_key),
        proof=inclusion.text(),
    )


def read_issued(value: object) -> Issued:
    """Reads the file's JSON value, unjudged. Raises MalformedRecord."""
    issued = from_value(Issued, value, "file")
    if issued.format != FORMAT:
        raise MalformedRecord(f"The format is {issued.format[:40]!r}; this version reads {FORMAT!r}.")
    try:
        size = len(from_base64(issued.case_key))
    except ValueError as error:
        raise MalformedRecord(f"file.case_key is damaged. {error}") from error
    if size != 32:
        raise MalformedRecord("file.case_key must hold 32 bytes.")
    return issued
