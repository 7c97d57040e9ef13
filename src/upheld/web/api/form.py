"""What is sent and what is answered, field by field; the document in spec/ is written from here."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from upheld.actions.submission import IDENTITIES, MOST

Right = Literal[
    "access",
    "know",
    "portability",
    "rectification",
    "restriction",
    "objection",
    "withdrawal",
    "opt_out",
    "erasure",
    "delete",
]
Kind = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]*$", max_length=40)]
Value = Annotated[str, StringConstraints(min_length=1, max_length=254, pattern=r"^[^\x00-\x1f\x7f]+$")]
Address = Annotated[str, StringConstraints(pattern=r"^[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+$", max_length=254)]


class Sent(BaseModel):
    """Nothing but what is named here, and nothing turned into what it is not."""

    model_config = ConfigDict(
        extra="forbid", strict=True, hide_input_in_errors=True, use_attribute_docstrings=True
    )


class IdentityForm(Sent):
    """One identifier of the person."""

    kind: Kind
    """A kind of the data map, such as `email`."""
    value: Value


class RequestForm(Sent):
    """One exercise of one right, for one person."""

    right: Right
    identities: Annotated[list[IdentityForm], Field(min_length=1, max_length=IDENTITIES)]
    """Who she is. Whoever is not verified is named by one e-mail address."""
    verified: bool = False
    """Your program has proved that it is she who asks, and that all of these are hers. Wants a token that is
    trusted with it. Without it she gets a mail with a link, and nothing happens before she uses it."""
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")] | None = None
    """In which she is answered: one of the organisation's, the first unless said."""
    regime: Literal["gdpr", "ccpa", "voluntary"] | None = None
    """The law: one of the organisation's, the first unless said."""
    contact: Address | None = None
    """Where she is written to, of whom is verified. Without it your program tells her."""


class SubmitForm(Sent):
    """What POST /api/v1/requests takes."""

    requests: Annotated[list[RequestForm], Field(min_length=1, max_length=MOST)]


# --- answers ---------------------------------------------------------------------------------------------


class Given(BaseModel):
    """What is answered."""

    model_config = ConfigDict(use_attribute_docstrings=True)


class Refusal(Given):
    """Why one of the requests was not taken (RFC 9457)."""

    type: str
    title: str
    detail: str


class Taken(Given):
    """One that was taken."""

    number: UUID
    """By which it is asked about."""
    follow: str | None
    """Her own page, for whoever holds the link: where it stands, her copy, her certificate. Null until she
    has confirmed by mail; then she has the link, and your program has not."""


class NotTaken(Given):
    """One that was not."""

    problem: Refusal


class Submitted(Given):
    """What became of each, in the order in which they were sent."""

    results: list[Taken | NotTaken]


class PackageForm(Given):
    """Her copy."""

    written_at: datetime
    expires_at: datetime
    size: int
    """Bytes of the encrypted file."""
    sha256: str
    opened: bool
    """Whether she, or whoever has her link, has opened it."""
    address: str | None
    """Where the ZIP is, behind her link; null where your program has no such link."""


class CertificateForm(Given):
    """The certificate of what was done."""

    issued_at: datetime
    complete: bool
    """Whether every system has its outcome."""
    address: str | None
    """Where it is as JSON with its proof, behind her link; null where your program has no such link."""


class StatusForm(Given):
    """What GET /api/v1/requests/{number} answers."""

    number: UUID
    right: Right
    state: Literal["unconfirmed", "open", "in_progress", "fulfilled", "denied", "revoked", "expired"]
    """`unconfirmed`: she has not used her link. `open`: it waits for its approval."""
    received_at: datetime
    target_date: date | None
    """When it is to be answered by our own promise."""
    legal_date: date | None
    """The last lawful day."""
    finished_at: datetime | None
    package: PackageForm | None
    certificate: CertificateForm | None
    follow: str | None
