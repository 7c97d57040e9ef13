"""`proposed`: what a draft puts where a decision belongs that nobody took yet."""

from typing import Annotated

from pydantic import Field

from upheld.datamap.document.written import Sentence, Written


class Proposed(Written):
    """Stands in the place of a decision; whoever takes it writes the decision itself there."""

    confidence: Annotated[float, Field(ge=0, le=1)]
    """How sure the draft is, from 0 to 1."""
    because: Sentence
    """What speaks for it."""
