"""purposes.yaml and processors.yaml: the registers from which rows of the map inherit."""

from typing import Annotated

from pydantic import Field

from upheld.datamap.document.written import Country, Day, Name, Sentence, Written
from upheld.law.basis import LegalBasis
from upheld.law.ground import Exemption


class PurposeForm(Written):
    """Why data is used."""

    title: Sentence
    """What people read."""
    basis: Annotated[LegalBasis, Field(strict=False)]
    """The legal basis of Art. 6(1)."""
    retention: Sentence
    """How long, or by what it is decided."""
    recipients: Annotated[list[Sentence], Field(min_length=1)] | None = None
    """Who receives the data, by name."""
    while_restricted: Annotated[Exemption, Field(strict=False)] | None = None
    """Why restricted data may be used for it all the same (Art. 18(2)); without it, it may not."""


class PurposesFile(Written):
    """The file purposes.yaml."""

    purposes: Annotated[dict[Name, PurposeForm], Field(min_length=1)]
    """Purposes by name."""


class ProcessorForm(Written):
    """Who processes for us."""

    title: Sentence
    """Its name, as people know it."""
    service: Sentence
    """What it does for us."""
    country: Country
    """Where it does it; one of the organisation's places."""
    agreement: Sentence | None = None
    """The agreement of Art. 28, and where it is kept."""
    expires: Day | None = None
    """When the agreement ends."""
    categories: Annotated[list[Name], Field(min_length=1)] | None = None
    """The categories of data it may have; without it, all."""
    contact: Sentence | None = None
    """Where it is told of an erasure."""


class ProcessorsFile(Written):
    """The file processors.yaml."""

    processors: Annotated[dict[Name, ProcessorForm], Field(min_length=1)]
    """Processors by name."""
